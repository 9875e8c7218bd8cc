"""What every request of a program passes through: its allowance, and the headers of every answer."""

from datetime import datetime, timedelta
from typing import Protocol, cast

from flask import Flask, Response, current_app, g, request
from sqlalchemy.orm import Session

from core.clock import now
from core.i18n import LANGUAGES
from core.web.api.allowance import WINDOW, Allowance, Standing
from core.web.bearers import find_program, is_for_programs
from core.web.guards import find_actor
from core.web.session import database

_POLICY = "per-minute"
_NOTED = timedelta(minutes=5)
"""How exactly the last use of a token is kept: a write for every request would cost more than it tells."""


def serve_programs(app: Flask) -> None:
    """Count the requests to the API and add its headers."""
    app.extensions["allowance"] = Allowance()
    app.before_request(_count)
    app.after_request(_add_headers)


def accepted_language() -> str | None:
    """Return which of our languages a program asks for (Accept-Language), the most wanted first."""
    wanted = (tag.partition("-")[0].lower() for tag, weight in request.accept_languages if weight > 0)
    return next((language for language in wanted if language in LANGUAGES), None)


def count_stranger(whose: str) -> None:
    """Count a request of somebody who shows neither a token nor a session; `whose` names them, as by their address.

    Raises:
        TooManyAttempts: the minute's allowance is used up.
    """
    g.standing = Standing(0, int(WINDOW.total_seconds()))
    g.standing = _allowance().take(database(), whose, at=now())


class NoteUse(Protocol):
    """Remembers when a token was last used."""

    def __call__(self, session: Session, token_id: int, *, at: datetime) -> None:
        """Write it down."""


def note_uses(app: Flask, note: NoteUse) -> None:
    """Let the last use of a token be written down, some minutes apart."""

    @app.after_request
    def remember(response: Response) -> Response:
        program, at = find_program(), now()
        if program is not None and (program.used_at is None or at - program.used_at >= _NOTED):
            with database().writing() as session:
                note(session, program.token_id, at=at)
        return response


def _count() -> None:
    actor = find_actor() if is_for_programs() else None
    if actor is None:
        return
    program = find_program()
    whose = f"token {program.token_id}" if program else f"user {actor.id}"
    g.standing = Standing(0, int(WINDOW.total_seconds()))
    g.standing = _allowance().take(database(), whose, at=now())


def _allowance() -> Allowance:
    return cast("Allowance", current_app.extensions["allowance"])


def _add_headers(response: Response) -> Response:
    if not is_for_programs():
        return response
    response.headers["X-Request-Id"] = g.get("request_id", "")
    response.vary.update(("Authorization", "Accept-Language"))
    if response.status_code == 401:  # noqa: PLR2004 - the status that RFC 6750 speaks of
        wrong = ', error="invalid_token"' if "Authorization" in request.headers else ""
        response.headers["WWW-Authenticate"] = f'Bearer realm="toptama"{wrong}'
    standing: Standing | None = g.get("standing")
    if standing is not None:
        response.headers["RateLimit-Policy"] = f'"{_POLICY}";q={_allowance().most};w={int(WINDOW.total_seconds())}'
        seconds = int(response.headers.get("Retry-After", standing.seconds))
        response.headers["RateLimit"] = f'"{_POLICY}";r={standing.left};t={seconds}'
    return response
