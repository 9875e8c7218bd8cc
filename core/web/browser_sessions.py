"""Browser sessions kept in the database: the cookie carries only a random id."""

import json
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import cast

from flask import Flask, Request, Response, request, session as flask_session
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy import Select, bindparam, delete, or_, select, update
from sqlalchemy.orm import Session
from werkzeug.datastructures import CallbackDict

from core.browser_sessions import ABSOLUTE, IDLE, WebSession
from core.clock import now
from core.crypto import secret_hash
from core.database import Database
from core.web.bearers import bears_token
from core.web.guards import find_actor
from core.web.headers import is_shared
from core.web.models import AttemptCounter, Submission

_SUBMISSIONS_KEPT = timedelta(days=7)
_TOUCH = timedelta(minutes=1)
_ID_BYTES = 32


class BrowserSession(CallbackDict[str, object], SessionMixin):
    """The content of one browser's session. `renew` gives it a new id; the old one is dead at once."""

    def __init__(self, content: Mapping[str, object], cookie: str | None, seen_at: datetime | None) -> None:
        def changed(_: object) -> None:
            self.modified = True

        super().__init__(content, changed)
        self.cookie = cookie
        self.seen_at = seen_at
        self.replaced: str | None = None
        self.modified = False
        self.accessed = True

    def renew(self) -> None:
        """Take a new id at the end of this request."""
        self.replaced, self.cookie = self.replaced or self.cookie, None
        self.modified = True


class DatabaseSessions(SessionInterface):
    """Opens and saves `BrowserSession`s."""

    def __init__(self, *, secure: bool) -> None:
        self._secure = secure
        self.cookie_name = "__Host-sid" if secure else "toptama-sid"

    def open_session(self, app: Flask, request: Request) -> BrowserSession:
        """Return the session of the cookie, or an empty one."""
        cookie = request.cookies.get(self.cookie_name)
        if cookie and not request.path.startswith("/static/") and not bears_token():
            at = now()
            with _database(app).reading() as session:
                facts = {"hash": secret_hash(cookie), "seen_after": at - IDLE, "created_after": at - ABSOLUTE}
                row = session.execute(_counting(), facts).one_or_none()
            if row is not None:
                return BrowserSession(json.loads(row.content), cookie, row.seen_at)
        return BrowserSession({}, None, None)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write what changed, and tell the browser its id."""
        if not isinstance(session, BrowserSession) or request.path.startswith("/static/") or is_shared():
            return
        response.vary.add("Cookie")
        if bears_token():
            return
        at = now()
        if not session.modified and (session.seen_at is None or at - session.seen_at < _TOUCH):
            return
        if not session and session.cookie is None and session.replaced is None:
            return
        with _database(app).writing() as unit:
            cookie = _write(unit, session, at)
        if cookie is None:
            return
        response.set_cookie(
            self.cookie_name, cookie, secure=self._secure, httponly=True, samesite="Lax", path="/", max_age=ABSOLUTE
        )


@cache
def _counting() -> Select[str, datetime]:
    """Return the statement of every request; made once, because making it costs more than the engine's work."""
    return select(WebSession.content, WebSession.seen_at).where(
        WebSession.id_hash == bindparam("hash"),
        WebSession.seen_at > bindparam("seen_after"),
        WebSession.created_at > bindparam("created_after"),
    )


def _database(app: Flask) -> Database:
    found: Database = app.extensions["database"]
    return found


def _write(unit: Session, session: BrowserSession, at: datetime) -> str | None:
    """Write the session's row and return its id; None when it was ended meanwhile: it never comes back."""
    if session.replaced is not None:
        old = delete(WebSession).where(WebSession.id_hash == secret_hash(session.replaced))
        if unit.execute(old.returning(WebSession.id_hash)).first() is None:
            return None
    user = session.get("_user_id")
    values = {
        "user_id": int(str(user)) if user else None,
        "content": json.dumps(dict(session), default=str),
        "seen_at": at,
    }
    if session.cookie is not None:
        own = update(WebSession).where(WebSession.id_hash == secret_hash(session.cookie)).values(**values)
        known = unit.execute(own.returning(WebSession.id_hash)).first()
        return session.cookie if known is not None else None
    cookie = secrets.token_urlsafe(_ID_BYTES)
    unit.add(WebSession(id_hash=secret_hash(cookie), created_at=at, **values))
    return cookie


def forget_old(session: Session, *, at: datetime) -> None:
    """Delete what no longer counts: ended sessions, closed windows of limits, keys of forms sent long ago."""
    session.execute(
        delete(WebSession).where(or_(WebSession.seen_at <= at - IDLE, WebSession.created_at <= at - ABSOLUTE))
    )
    session.execute(delete(AttemptCounter).where(AttemptCounter.expires_at <= at))
    session.execute(delete(Submission).where(Submission.at <= at - _SUBMISSIONS_KEPT))


def this_session() -> BrowserSession:
    """Return the session of the request that is being answered."""
    return cast("BrowserSession", flask_session._get_current_object())  # type: ignore[attr-defined]  # noqa: SLF001 - the one way to see behind Flask's proxy


def renew_on_role_change(app: Flask) -> None:
    """Give a session a new id when the roles of its owner changed since the last request (SEC-03)."""

    @app.before_request
    def compare() -> None:
        if request.path.startswith("/static/") or bears_token():
            return
        actor = find_actor()
        if actor is None:
            return
        roles = sorted(f"{grant.role}:{grant.scope_kind}:{grant.scope_id}" for grant in actor.grants)
        if flask_session.get("roles", roles) != roles:
            this_session().renew()
        if flask_session.get("roles") != roles:
            flask_session["roles"] = roles
