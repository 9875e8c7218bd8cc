"""Roles: give, approve, withdraw."""

from collections.abc import Sequence

from flask import request
from flask.typing import ResponseReturnValue

from accounts.forms import ChosenScopeForm, ScopeForm
from accounts.models import RoleGrant
from accounts.permissions import AccountRight
from accounts.queries import get_scope, get_user
from accounts.services import approve_grant, grant_role, withdraw_grant
from accounts.values import BOUND_TO, ROLE_DUTIES, ROLE_NAMES, SCOPE_KIND_NAMES, Role, ScopeKind
from accounts.views.frame import blueprint, scopes
from core.clock import now
from core.i18n import name_of, text
from core.scopes import ScopeName
from core.web.forms import ActForm, Form, choices
from core.web.guards import current_actor, guarded
from core.web.pages import page, redirect_to, told
from core.web.session import reading, transaction

_FEW = 100
"""So many are still chosen from a list; beyond, the code is typed, with the list as a help."""


@blueprint.route("/users/<int:user_id>/grant", methods=["GET", "POST"])
@guarded(AccountRight.MANAGE_USERS)
def grant(user_id: int) -> ResponseReturnValue:
    """Give a role: first which one, then within which scope."""
    role, kind = _asked()
    with reading() as session:
        user = get_user(session, user_id)
        options = scopes()[kind].options(session) if kind in scopes() else []
    form = _form(kind, options)
    given = form.accepts(lambda: _give(form, user_id, role, kind)) if role else None
    if given is None:
        ways = [(each, kind) for each, kinds in BOUND_TO.items() for kind in kinds]
        return page(
            form=form,
            user=user,
            role=role,
            kind=kind,
            options=options,
            ways=ways,
            role_names=ROLE_NAMES,
            role_duties=ROLE_DUTIES,
            kind_names=SCOPE_KIND_NAMES,
        )
    told(
        text("The role counts from now on.") if given.approved_at else text("The role waits for another administrator.")
    )
    return redirect_to("accounts.show_user", user_id=user_id)


def _asked() -> tuple[str, str]:
    """Return the role and the kind of scope named by the address, or empty ones."""
    role, kind = request.args.get("role", ""), request.args.get("kind", "")
    known = role in {*Role} and kind in BOUND_TO[Role(role)]
    return (role, kind) if known else ("", "")


def _form(kind: str, options: Sequence[ScopeName]) -> Form:
    if kind in {"", ScopeKind.COUNTRY}:
        return ActForm()
    if len(options) > _FEW:
        return ScopeForm()
    form = ChosenScopeForm()
    named = ((option.code, f"{name_of(option)} · {option.code}") for option in options)
    form.code.choices = choices([("", ""), *named])
    return form


def _give(form: Form, user_id: int, role: str, kind: str) -> RoleGrant:
    code = form.code.data or "" if isinstance(form, ScopeForm | ChosenScopeForm) else ""
    with transaction() as session:
        scope_id = get_scope(session, scopes(), kind=kind, code=code)
        return grant_role(
            session, user_id=user_id, role=role, scope_kind=kind, scope_id=scope_id, actor=current_actor(), at=now()
        )


@blueprint.post("/grants/<int:grant_id>/approve")
@guarded(AccountRight.MANAGE_USERS)
def approve(grant_id: int) -> ResponseReturnValue:
    """Approve a role that another administrator gave."""
    with transaction() as session:
        approved = approve_grant(session, grant_id=grant_id, actor=current_actor(), at=now())
    told(text("The role counts from now on."))
    return redirect_to("accounts.show_user", user_id=approved.user_id)


@blueprint.post("/grants/<int:grant_id>/withdraw")
@guarded(AccountRight.MANAGE_USERS)
def withdraw(grant_id: int) -> ResponseReturnValue:
    """Take a role back."""
    with transaction() as session:
        withdrawn = withdraw_grant(session, grant_id=grant_id, actor=current_actor(), at=now())
    told(text("The role is withdrawn."))
    return redirect_to("accounts.show_user", user_id=withdrawn.user_id)
