"""One's own page: what one may do, password, language, sessions."""

from flask.typing import ResponseReturnValue

from accounts.forms import ChangePasswordForm, LanguageForm
from accounts.queries import get_user, name_scopes
from accounts.services import change_password as keep_password, end_other_sessions, end_own_session, set_own_language
from accounts.values import ROLE_DUTIES, ROLE_NAMES, SCOPE_KIND_NAMES
from accounts.views.frame import blueprint, scopes
from core.browser_sessions import list_sessions_of, mark_of
from core.clock import now
from core.i18n import LANGUAGES, text
from core.web.browser_sessions import this_session
from core.web.forms import ActForm
from core.web.guards import current_actor, signed_in
from core.web.pages import page, redirect_to, told
from core.web.session import cookie_name, reading, settings, transaction


@blueprint.get("/own")
@signed_in
def show_own() -> ResponseReturnValue:
    """Show who I am here, what I may do, and where I am signed in."""
    actor = current_actor()
    with reading() as session:
        names = name_scopes(session, scopes(), actor.grants)
        sessions = list_sessions_of(session, actor.id, at=now())
    return page(
        names=names,
        sessions=sessions,
        here=mark_of(this_session().cookie),
        role_names=ROLE_NAMES,
        role_duties=ROLE_DUTIES,
        kind_names=SCOPE_KIND_NAMES,
        act_form=ActForm(),
        language_form=LanguageForm(language=actor.language),
    )


@blueprint.route("/own/password", methods=["GET", "POST"])
@signed_in
def change_password() -> ResponseReturnValue:
    """Change my password; every other session of mine ends."""
    form = ChangePasswordForm()
    if form.accepts(lambda: _change(form)):
        this_session().renew()
        told(text("Your password is changed. You stay signed in here and nowhere else."))
        return redirect_to("accounts.show_own")
    return page(form=form)


def _change(form: ChangePasswordForm) -> bool:
    actor = current_actor()
    with transaction() as session:
        keep_password(
            session,
            user=get_user(session, actor.id),
            old=form.old.data or "",
            new=form.password.data or "",
            actor=actor,
            at=now(),
            staying=mark_of(this_session().cookie),
        )
    return True


@blueprint.post("/own/language")
@signed_in
def set_language() -> ResponseReturnValue:
    """Keep the language in which I am addressed, here and on other machines."""
    form = LanguageForm()
    response = redirect_to("accounts.show_own")
    if form.validate_on_submit() and form.language.data in LANGUAGES:
        with transaction() as session:
            set_own_language(session, language=form.language.data, actor=current_actor())
        response.set_cookie(
            cookie_name("language"), form.language.data, secure=settings().production, httponly=True, samesite="Lax"
        )
    return response


@blueprint.post("/own/sessions/<mark>/end")
@signed_in
def end_session(mark: str) -> ResponseReturnValue:
    """End one of my sessions."""
    with transaction() as session:
        end_own_session(session, mark=mark, actor=current_actor(), at=now())
    told(text("The session is ended."))
    return redirect_to("accounts.show_own")


@blueprint.post("/own/sessions/end-others")
@signed_in
def end_others() -> ResponseReturnValue:
    """End all of my sessions but this one."""
    with transaction() as session:
        end_other_sessions(session, staying=mark_of(this_session().cookie), actor=current_actor(), at=now())
    told(text("All other sessions are ended."))
    return redirect_to("accounts.show_own")
