"""The mark of an API view: what it takes, what it answers, what it may refuse. The document is written from it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Protocol, cast

from flask import make_response, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel

from core.errors import Problem
from core.web.api.bodies import Sent, read_arguments, read_body, refuse_body
from core.web.api.once import act_once
from core.web.bearers import SAFE

View = Callable[..., ResponseReturnValue]


class NoArguments(Sent):
    """The arguments of an operation that has none."""


@dataclass(frozen=True, slots=True)
class Operation:
    """What programs are told of a view; without `answers` it tells some object of JSON.

    `acts_once`: the request carries a key, and the view keeps its answer with `once.keep_answer`. `takes_state` says
    that a change names the state it starts from (If-Match); `tells_state` that the answer has an ETag, by which a
    program asks later whether anything changed. `takes_file`: the body is the file itself, and the view reads it.
    `proves_itself`: signatures inside the body are the credential; since a browser adds nothing to them, no form's
    token is wanted.
    """

    summary: str
    answers: type[BaseModel] | None
    status: int = 200
    arguments: type[Sent] = NoArguments
    body: type[Sent] | None = None
    refusals: tuple[type[Problem], ...] = ()
    address: Mapping[str, str] = field(default_factory=dict)
    acts_once: bool = False
    takes_state: bool = False
    tells_state: bool = False
    is_paged: bool = False
    takes_file: bool = False
    proves_itself: bool = False


class _Marked(Protocol):
    operation: Operation


def operation(told: Operation) -> Callable[[View], View]:
    """Mark a view of the API; it is called with `asked`, its arguments, and `sent`, its body, where it has them."""

    def decorate(view: View) -> View:
        @wraps(view)
        def read(**values: object) -> ResponseReturnValue:
            asked = read_arguments(told.arguments)
            if told.arguments is not NoArguments:
                values["asked"] = asked
            if told.body is not None:
                values["sent"] = read_body(told.body)
            elif request.method not in SAFE and not told.takes_file:
                refuse_body()
            if told.acts_once:
                return act_once(lambda: make_response(view(**values)))
            return view(**values)

        cast("_Marked", read).operation = told
        return read

    return decorate


def operation_of(view: object) -> Operation | None:
    """Return what is told of a view, or None for one that is no part of the API."""
    found: Operation | None = getattr(view, "operation", None)
    return found
