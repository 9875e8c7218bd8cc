"""Signing in and out, and one-time links."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_user

from accounts.errors import NotSignedIn
from accounts.forms import FirstAdministratorForm, NewPasswordForm, SignInForm
from accounts.models import User
from accounts.queries import find_actor, find_credential, get_link
from accounts.services import (
    accept_first_link,
    accept_link,
    check_password,
    record_refusal,
    record_sign_in,
    record_sign_out,
)
from accounts.views.frame import blueprint, rights
from core.clock import now
from core.i18n import current_language, text
from core.text import fold
from core.web import guards
from core.web.attempts import Limit, caller
from core.web.browser_sessions import forget_old, this_session
from core.web.guards import public, signed_in
from core.web.pages import local_path, page, told
from core.web.session import reading, transaction

_OF_ACCOUNT = Limit("sign-in of an account", "10 per 5 minutes")
_OF_ADDRESS = Limit("sign-in from an address", "10 per 5 minutes")
_OF_ALL = Limit("sign-in", "1000 per 5 minutes")
_LINKS = Limit("one-time links from an address", "20 per 5 minutes")

_BROWSERS = (("Edg", "Edge"), ("YaBrowser", "Yandex"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"))
_SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"))


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    """Let somebody in who knows the password of an account."""
    onward = local_path(request.args.get("next")) or "/"
    if request.method == "GET" and guards.find_actor() is not None:
        return redirect(onward, 303)
    form = SignInForm()
    if form.accepts(lambda: _enter(fold(form.login.data or ""), form.password.data or "")):
        return redirect(onward, 303)
    return page(form=form)


def _enter(login: str, password: str) -> bool:
    """Open a session for whoever knows the password; every attempt counts until it proves rightful."""
    at, address = now(), caller()
    counted = ((_OF_ALL, ()), (_OF_ADDRESS, (address,)), (_OF_ACCOUNT, (login,)))
    for limit, whose in counted:
        limit.count(*whose)
    with reading() as session:
        credential = find_credential(session, login)
    verdict = check_password(credential, password)
    with transaction() as session:
        forget_old(session, at=at)
        if verdict.user_id is None:
            record_refusal(session, credential, at=at, address=address)
        else:
            record_sign_in(session, verdict, at=at, address=address)
        actor = None if verdict.user_id is None else find_actor(session, rights=rights(), user_id=verdict.user_id)
    if actor is None:
        raise NotSignedIn(
            text("This login and password do not belong together. Check both; after 10 attempts wait 5 minutes.")
        )
    for limit, whose in counted:
        limit.forgive(*whose)
    opened = this_session()
    opened.clear()
    opened.renew()
    opened["browser"] = _browser()
    login_user(guards.SignedIn(actor))
    return True


def _browser() -> str:
    """Return a short name of the browser, by which its owner knows it again in the list of sessions."""
    agent = request.user_agent.string
    browser = next((name for sign, name in _BROWSERS if sign in agent), "Safari" if "Safari" in agent else "")
    system = next((name for sign, name in _SYSTEMS if sign in agent), "Linux" if "Linux" in agent else "")
    return " · ".join(filter(None, (browser, system)))


@blueprint.post("/sign-out")
@signed_in
def sign_out() -> ResponseReturnValue:
    """End this session."""
    actor = guards.current_actor()
    with transaction() as session:
        record_sign_out(session, actor.id, at=now(), address=caller())
    opened = this_session()
    opened.clear()
    opened.renew()
    told(text("You have signed out."))
    return redirect(url_for("accounts.sign_in"), 303)


@blueprint.route("/link/<token>", methods=["GET", "POST"])
@public
def accept(token: str) -> ResponseReturnValue:
    """Let whoever holds a one-time link choose a password."""
    _LINKS.count(caller())
    with reading() as session:
        _, user = get_link(session, token, at=now())
    form = FirstAdministratorForm() if user is None else NewPasswordForm()
    accepted = form.accepts(lambda: _accept(token, form))
    if accepted is None:
        return page(form=form, user=user)
    told(text("Your password is set. Sign in as %(login)s.", login=accepted.login))
    return redirect(url_for("accounts.sign_in"), 303)


def _accept(token: str, form: NewPasswordForm) -> User:
    password = form.password.data or ""
    with transaction() as session:
        if not isinstance(form, FirstAdministratorForm):
            return accept_link(session, token=token, password=password, at=now())
        return accept_first_link(
            session,
            token=token,
            login=form.login.data or "",
            name=form.name.data or "",
            language=current_language(),
            password=password,
            at=now(),
        )
