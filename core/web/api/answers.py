"""Answers of the API: JSON with the state of the thing, so that nobody undoes another's change unseen (ECO-09)."""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Response, request, url_for
from pydantic import BaseModel

from core.errors import Conflict
from core.i18n import text
from core.web.api.problems import LostUpdate, StateNotNamed

STATE_PATTERN = r'^"([0-9]{1,10})"$'
"""One ETag of ours, which is a revision: no list of them, no weak one, and not whichever there is."""

_STATE = re.compile(STATE_PATTERN)


def answer_with(told: BaseModel, *, status: int = 200, state: str | None = None) -> Response:
    """Return the JSON of a model; `state` becomes its ETag, and 304 where the program has that state already."""
    response = Response(told.model_dump_json(), status, mimetype="application/json")
    if state is not None:
        response.set_etag(state)
        response.make_conditional(request)
    return response


def answer_list(told: BaseModel) -> Response:
    """Return the JSON of things that have no state of their own together, with a weak ETag of what is told.

    Weak: it spares the sending and says whether anything changed; nothing is changed by it, so If-Match takes none.
    """
    written = told.model_dump_json()
    response = Response(written, mimetype="application/json")
    response.set_etag(hashlib.sha256(written.encode()).hexdigest()[:32], weak=True)
    response.make_conditional(request)
    return response


def answer_sealed(written: str, state: str) -> Response:
    """Return JSON that is kept as it was sealed, byte for byte; `state` is its ETag."""
    response = Response(written, mimetype="application/json")
    response.set_etag(state)
    response.make_conditional(request)
    return response


def lead_on(response: Response, endpoint: str, **values: str | int) -> None:
    """Say where the next page is (RFC 8288)."""
    address = url_for(endpoint, **values)  # type: ignore[arg-type]  # Flask types values as Any
    response.headers["Link"] = f'<{address}>; rel="next"'


def answer_page(told: BaseModel, endpoint: str, asked: BaseModel, following: object, **address: str) -> Response:
    """Return the JSON of one page, and where the next one is: the same question from behind `following` on.

    `address` is what stands in the address of the list itself.
    """
    response = answer_list(told)
    if following is not None:
        again: dict[str, str | int] = asked.model_dump(mode="json", exclude_defaults=True, exclude={"after"})
        lead_on(response, endpoint, **address, **again, after=str(following))
    return response


def check_state(state: str) -> None:
    """Let a change pass only when it names the state that the thing has now.

    Raises:
        StateNotNamed: it names none, or whichever.
        LostUpdate: it names another.
    """
    named = _STATE.fullmatch(request.headers.get("If-Match", ""))
    if named is None:
        raise StateNotNamed(text("Say which state you change: send the ETag that you read as If-Match."))
    if named[1] != state:
        raise LostUpdate(text("This was changed since you read it. Read it again, then repeat your change."))


@contextmanager
def on_this_state(changed: type[Conflict]) -> Iterator[None]:
    """Tell a program whose change came a moment too late the same as one that came an hour too late.

    Raises:
        LostUpdate: the service found the thing changed.
    """
    try:
        yield
    except changed as late:
        raise LostUpdate(late.message) from late
