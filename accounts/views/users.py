"""Users: list, show, create, close and open, reset, end sessions."""

from flask import url_for
from flask.typing import ResponseReturnValue

from accounts.forms import UserForm
from accounts.models import User
from accounts.permissions import AccountRight
from accounts.queries import count_users_by_role, get_user, list_grants, name_scopes, select_users
from accounts.queries.users import STATES
from accounts.services import create_user as invite, disable_user, enable_user, end_sessions, reset_user
from accounts.values import ROLE_DUTIES, ROLE_NAMES, SCOPE_KIND_NAMES
from accounts.views.frame import blueprint, scopes
from core.browser_sessions import list_sessions_of
from core.clock import now
from core.i18n import text
from core.web.attempts import Limit
from core.web.forms import ActForm
from core.web.guards import current_actor, guarded
from core.web.lists import ordered, read_list_query, slice_of
from core.web.pages import page, redirect_to, told
from core.web.session import keep_location, reading, settings, transaction

_RESETS = Limit("resets of an account", "5 per day")
_COLUMNS = ("state", "login", "roles", "seen")
_SORTS = {"name": User.sort_name, "login": User.login, "seen": User.last_sign_in_at}
_STATE_NAMES = {
    "active": text("Can sign in"),
    "invited": text("Invited"),
    "waiting": text("Role waits for approval"),
    "disabled": text("Closed"),
}


@blueprint.get("/users")
@guarded(AccountRight.READ_USERS)
def list_users() -> ResponseReturnValue:
    """List the users."""
    query = read_list_query(sorts=_SORTS, default="name", filters={"role", "state"}, columns=_COLUMNS)
    role, state = query.filters.get("role"), query.filters.get("state")
    with reading() as session:
        found = select_users(pattern=query.pattern if query.q else "", role=role, state=state)
        users = slice_of(session, ordered(found, query, _SORTS, User.id), query)
        grants = list_grants(session, [row.id for row in users.rows])
        names = name_scopes(session, scopes(), [grant for held in grants.values() for grant in held])
        counts = count_users_by_role(session)
    roles = [(None, text("All roles"), None), *((key, name, counts.get(key, 0)) for key, name in ROLE_NAMES.items())]
    states = [(None, text("All states"), None), *((key, _STATE_NAMES[key], None) for key in STATES)]
    return page(query=query, users=users, grants=grants, names=names, roles=roles, states=states, role_names=ROLE_NAMES)


@blueprint.get("/users/<int:user_id>")
@guarded(AccountRight.READ_USERS)
def show_user(user_id: int) -> ResponseReturnValue:
    """Show a user, their roles and what can be done."""
    with reading() as session:
        user = get_user(session, user_id)
        grants = list_grants(session, [user.id])[user.id]
        names = name_scopes(session, scopes(), grants)
        sessions = list_sessions_of(session, user.id, at=now())
    return page(
        user=user,
        grants=grants,
        names=names,
        sessions=sessions,
        act_form=ActForm(),
        role_names=ROLE_NAMES,
        role_duties=ROLE_DUTIES,
        kind_names=SCOPE_KIND_NAMES,
    )


@blueprint.route("/users/create", methods=["GET", "POST"])
@guarded(AccountRight.MANAGE_USERS)
def create_user() -> ResponseReturnValue:
    """Invite a person: the answer shows the one-time link, once."""
    form = UserForm()
    made = form.accepts(lambda: _invite(form))
    if made is None:
        return page(form=form, user=None, link=None)
    user, token = made
    return page(form=form, user=user, link=_address(token))


def _invite(form: UserForm) -> tuple[User, str]:
    with transaction() as session:
        user, token = invite(
            session,
            login=form.login.data or "",
            name=form.name.data or "",
            language=form.language.data or "kk",
            actor=current_actor(),
            at=now(),
        )
    keep_location(url_for("accounts.show_user", user_id=user.id))
    return user, token


def _address(token: str) -> str:
    return f"{settings().base_url}{url_for('accounts.accept', token=token)}"


@blueprint.post("/users/<int:user_id>/reset")
@guarded(AccountRight.MANAGE_USERS)
def reset(user_id: int) -> ResponseReturnValue:
    """Close a password and show a one-time link to set a new one, once."""
    _RESETS.count(str(user_id))
    with transaction() as session:
        token = reset_user(session, user_id=user_id, actor=current_actor(), at=now())
        user = get_user(session, user_id)
    keep_location(url_for("accounts.show_user", user_id=user_id))
    return page(user=user, link=_address(token))


@blueprint.post("/users/<int:user_id>/disable")
@guarded(AccountRight.MANAGE_USERS)
def disable(user_id: int) -> ResponseReturnValue:
    """Close an account."""
    with transaction() as session:
        disable_user(session, user_id=user_id, actor=current_actor(), at=now())
    told(text("The account is closed and its sessions are ended."))
    return redirect_to("accounts.show_user", user_id=user_id)


@blueprint.post("/users/<int:user_id>/enable")
@guarded(AccountRight.MANAGE_USERS)
def enable(user_id: int) -> ResponseReturnValue:
    """Open a closed account again."""
    with transaction() as session:
        enable_user(session, user_id=user_id, actor=current_actor(), at=now())
    told(text("The account is open again."))
    return redirect_to("accounts.show_user", user_id=user_id)


@blueprint.post("/users/<int:user_id>/end-sessions")
@guarded(AccountRight.MANAGE_USERS)
def end_user_sessions(user_id: int) -> ResponseReturnValue:
    """End all sessions of a user."""
    with transaction() as session:
        end_sessions(session, user_id=user_id, actor=current_actor(), at=now())
    told(text("All sessions of this user are ended."))
    return redirect_to("accounts.show_user", user_id=user_id)
