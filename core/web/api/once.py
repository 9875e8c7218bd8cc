"""Requests that act once: a program names its act by a key, and the same key again gets the first answer (ECO-07).

The answer is written in the transaction of the act itself: there is never an act without its answer, nor an answer
without its act. Of two at once, one acts; the other is undone and told the first one's answer.
"""

import hashlib
import re
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Response, g, request
from pydantic import BaseModel
from sqlalchemy import delete
from sqlalchemy.orm import Session

from core.clock import now
from core.dialects import insert_into
from core.errors import Invalid, Problem
from core.i18n import text
from core.web.guards import current_actor
from core.web.models import AnsweredRequest
from core.web.session import database

HEADER, REPLAYED = "Idempotency-Key", "Idempotency-Replayed"
KEPT = timedelta(days=92)
"""Answers are kept for at least 90 days."""

KEY_PATTERN = r"^[!-~]{8,200}$"
_KEY = re.compile(KEY_PATTERN)
_OURS = uuid.UUID("6f2f1f5e-6a3b-4f61-9a51-0d5f6a0c3a77")


class KeyNotNamed(Problem):
    """An act without a key, or with one that is too short, too long or holds other than visible ASCII."""

    code = "key_not_named"
    status = 400


class KeyOfAnother(Invalid):
    """The key names another request than the one it was first sent with."""

    code = "key_of_another"


class _AnsweredMeanwhile(Exception):
    """The same request was answered while this one worked; this one is undone."""


def act_once(act: Callable[[], Response]) -> Response:
    """Return the answer of an act that `keep_answer` writes down; of one that was answered before, that answer.

    Raises:
        KeyNotNamed, KeyOfAnother, and whatever the act raises.
    """
    key = request.headers.get(HEADER, "")
    if not _KEY.fullmatch(key):
        raise KeyNotNamed(text("Name what you do by a key of your own (Idempotency-Key, 8 to 200 signs), a new UUID."))
    g.act = (_caller(), key, _hash())
    first = _first_answer()
    if first is not None:
        return first
    try:
        answer = act()
    except (Problem, _AnsweredMeanwhile):
        first = _first_answer()  # somebody sent the same at the same moment and was faster
        if first is None:
            raise
        return first
    if "act" in g:
        raise RuntimeError("the answer of an act was not kept: call keep_answer inside its transaction")
    return answer


def act_key() -> uuid.UUID:
    """Return the key under which services know what this request does: the program's key, apart for each caller."""
    caller, key, _ = g.act
    return uuid.uuid5(_OURS, f"{caller} {key}")


def keep_answer(session: Session, answer: Response) -> Response:
    """Write the answer down in the transaction of the act, and return it."""
    caller, key, asked = g.pop("act")
    at = now()
    row = {
        "caller": caller,
        "key": key,
        "request_hash": asked,
        "status": answer.status_code,
        "location": answer.headers.get("Location", ""),
        "body": answer.get_data(as_text=True),
        "at": at,
    }
    writing = insert_into(session, AnsweredRequest).values(row).on_conflict_do_nothing().returning(AnsweredRequest.key)
    if session.scalar(writing) is None:
        g.act = (caller, key, asked)
        raise _AnsweredMeanwhile
    _forget(session, caller, at)
    return answer


def answer_act(session: Session, told: BaseModel, *, at: str | None = None) -> Response:
    """Return what an act brought, kept for whoever sends it again; `at` is the address of what it made."""
    answer = Response(told.model_dump_json(), 200 if at is None else 201, mimetype="application/json")
    if at is not None:
        answer.headers["Location"] = at
    return keep_answer(session, answer)


def _first_answer() -> Response | None:
    caller, key, asked = g.act
    with database().reading() as session:
        first = session.get(AnsweredRequest, (caller, key))
    if first is None:
        return None
    if first.request_hash != asked:
        raise KeyOfAnother(text("This key was sent with another request before. Make a new key for a new act."))
    answer = Response(first.body, first.status, mimetype="application/json")
    answer.headers[REPLAYED] = "true"
    if first.location:
        answer.headers["Location"] = first.location
    return answer


def _caller() -> str:
    return hashlib.sha256(f"user {current_actor().id}".encode()).hexdigest()


def _hash() -> str:
    asked = hashlib.sha256(f"{request.method} {request.full_path} ".encode())
    asked.update(request.get_data(cache=True))
    return asked.hexdigest()


def _forget(session: Session, caller: str, at: datetime) -> None:
    session.execute(
        delete(AnsweredRequest).where(AnsweredRequest.caller == caller, AnsweredRequest.at < at - KEPT),
        execution_options={"synchronize_session": False},
    )
