"""Who may call which view. Every view carries one of these marks; the factory refuses a view without."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, Protocol, TypeVar, cast

from flask import abort, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import UserMixin, current_user

from core.actors import Actor
from core.i18n import text
from core.web.bearers import (
    Program,
    TokenRefused,
    bears_token,
    is_for_programs,
    refuse_writing_by_readers,
)

SIGN_IN = "accounts.sign_in"

P = ParamSpec("P")
R = TypeVar("R")


class SignedIn(UserMixin):  # type: ignore[misc]  # Flask-Login ships no types
    """The person of this session or token, with the roles that count at this very request."""

    def __init__(self, actor: Actor, program: Program | None = None) -> None:
        self.id = actor.id
        self.actor = actor
        self.program = program


class _Guarded(Protocol):
    guard: str


def current_actor() -> Actor:
    """Return the person who is signed in; only for views that are guarded."""
    return cast("Actor", current_user.actor)


def find_actor() -> Actor | None:
    """Return the person who is signed in, or None."""
    return cast("Actor", current_user.actor) if current_user.is_authenticated else None


def public(view: Callable[P, R]) -> Callable[P, R]:
    """Mark a view that anybody may call."""
    return _marked(view, "public")


def signed_in(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Mark a view for anybody who is signed in."""
    return _guard(view, None)


def guarded(
    *rights: str,
) -> Callable[[Callable[P, ResponseReturnValue]], Callable[P, ResponseReturnValue]]:
    """Mark a view for those who hold one of the rights; for others it does not exist (404)."""

    def decorate(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
        return _guard(view, rights)

    return decorate


def guard_of(view: object) -> str | None:
    """Return the mark of a view: "public", "signed in" or the rights, or None when it has none."""
    found: str | None = getattr(view, "guard", None)
    return found


def _guard(view: Callable[P, ResponseReturnValue], rights: tuple[str, ...] | None) -> Callable[P, ResponseReturnValue]:
    @wraps(view)
    def checked(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if not current_user.is_authenticated:
            return _ask_to_sign_in()
        if rights is not None and not any(current_actor().may(right) for right in rights):
            g.denied = True
            abort(404)
        refuse_writing_by_readers()
        return view(*args, **kwargs)

    return _marked(checked, "signed in" if rights is None else " ".join(rights))


def _ask_to_sign_in() -> ResponseReturnValue:
    if bears_token():
        raise TokenRefused(text("This token opens nothing: it is wrong, was withdrawn, or is too old."))
    if is_for_programs():
        return abort(401)
    wants_page = request.accept_mimetypes.best_match(["text/html", "application/json"], "text/html") == "text/html"
    if request.method == "GET" and wants_page:
        return redirect(url_for(SIGN_IN, next=request.full_path.rstrip("?")), 303)
    return abort(401)


def _marked(view: Callable[P, R], mark: str) -> Callable[P, R]:
    cast("_Guarded", view).guard = mark
    return view
