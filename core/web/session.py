"""The units of work of a request, and the keys and settings it works with."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from flask import current_app, g, has_request_context, request
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from config import Settings
from core.clock import now
from core.crypto import FieldKeys
from core.database import Database
from core.dialects import insert_into
from core.errors import Conflict
from core.i18n import text
from core.web.fields import refuse_fields_not_taken
from core.web.models import Submission

_KEY = re.compile(r"[0-9a-f-]{36}")


class AlreadySubmitted(Conflict):
    """This very form was sent before; the answer is the result of the first time."""

    code = "already_submitted"

    def __init__(self, key: str, location: str | None) -> None:
        super().__init__(text("This was already done. Nothing was done twice."))
        self.key = key
        self.location = location


class ChangedMeanwhile(Conflict):
    """The database refused: it contradicts what somebody else wrote."""

    code = "changed_meanwhile"


def database() -> Database:
    """Return the database of the running application."""
    found: Database = current_app.extensions["database"]
    return found


def settings() -> Settings:
    """Return the settings of the running application."""
    found: Settings = current_app.extensions["settings"]
    return found


def cookie_name(name: str) -> str:
    """Return the name of a cookie: in production one that browsers bind to this host and to TLS (SEC-02)."""
    return f"__Host-{name}" if settings().production else name


def field_keys() -> FieldKeys:
    """Return the keys that seal personal fields."""
    found: FieldKeys = current_app.extensions["field_keys"]
    return found


@contextmanager
def transaction() -> Iterator[Session]:
    """Open the unit of work of an entry point; a form that was sent before does nothing twice.

    Raises:
        AlreadySubmitted: the form's key was used before.
        UnknownField: the form carries a field that its page does not have.
        ChangedMeanwhile: a constraint of the database refused.
    """
    counted_before = has_request_context() and "submission" in g
    try:
        with database().writing() as session:
            if has_request_context():
                refuse_fields_not_taken()
                _count_submission(session)
            yield session
    except Exception as error:
        if has_request_context() and not counted_before:
            g.pop("submission", None)  # undone with the rest
        if not isinstance(error, IntegrityError):
            raise
        current_app.logger.info("refused by the database: %s", error.orig)
        message = text("This contradicts what was saved before, perhaps a moment ago. Open the page again and look.")
        raise ChangedMeanwhile(message) from error


@contextmanager
def reading() -> Iterator[Session]:
    """Open a session that cannot write."""
    with database().reading() as session:
        yield session


def _count_submission(session: Session) -> None:
    """Take the key of the form that is being sent, in the transaction of what it asks for."""
    if request.method != "POST" or "submission" in g:
        return
    key = request.form.get("form_key", "") if request.mimetype != "application/json" else ""
    if not _KEY.fullmatch(key):
        return
    taken = session.execute(
        insert_into(session, Submission).values(key=key, at=now()).on_conflict_do_nothing().returning(Submission.key)
    ).scalar()
    if taken is None:
        first = session.get_one(Submission, key)
        raise AlreadySubmitted(key, first.location)
    g.submission = key


def keep_location(location: str) -> None:
    """Remember where the form led, for whoever sends it again."""
    key = g.get("submission")
    if key is not None:
        with database().writing() as session:
            session.get_one(Submission, key).location = location[:500]
