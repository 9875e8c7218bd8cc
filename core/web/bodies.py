"""JSON bodies, read strictly: exactly the fields that are asked for, each of exactly its type."""

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar, get_args, get_origin, get_type_hints
from uuid import UUID

from flask import request

from core.errors import Invalid
from core.i18n import text

Body = TypeVar("Body")

LONGEST_TEXT = 5_000
"""Signs: more than any code that a camera reads."""

_HALVES = re.compile("[\ud800-\udfff]")
"""Surrogates, which JSON may carry one by one and no text holds."""

_MOST_ITEMS = 200
_LARGEST = 2**53 - 1
_FIRST_YEAR, _LAST_YEAR = 2020, 2200


class BodyRefused(Invalid):
    """What was sent is not the object that this address takes."""

    code = "body_refused"


def read_body(form: type[Body]) -> Body:
    """Return the JSON object that was sent as the dataclass `form`.

    A field may be str, int, UUID, datetime (with its zone), a StrEnum or tuple[int, ...]; one with a default may be
    left out.

    Raises:
        BodyRefused: no JSON object, a field too many or too few, or of another type.
    """
    sent = request.get_json(silent=True) if request.mimetype == "application/json" else None
    if not isinstance(sent, dict):
        raise BodyRefused(text("Send a JSON object as application/json."))
    hints = get_type_hints(form)
    known = fields(form)  # type: ignore[arg-type]  # Body is a dataclass
    needed = {field.name for field in known if field.default is MISSING}
    names = [field.name for field in known if field.name in sent or field.name in needed]
    if set(sent) != set(names):
        odd = ", ".join(sorted(set(sent) ^ set(names)))[:200]
        raise BodyRefused(text("These fields are missing or not known: %(names)s.", names=odd))
    return form(**{name: _read(name, sent[name], hints[name]) for name in names})


def _read(name: str, value: object, kind: Any) -> object:  # noqa: ANN401 - a type
    try:
        return _reader_of(kind)(value)
    except (ValueError, OverflowError):
        raise BodyRefused(text("The field %(name)s does not hold what it should.", name=name)) from None


def _reader_of(kind: Any) -> Callable[[object], object]:  # noqa: ANN401 - a type
    if get_origin(kind) is tuple and get_args(kind) == (int, ...):
        return _numbers
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return lambda value: kind(_text(value))
    return _READERS[kind]


def _text(value: object) -> str:
    """Return a text; halves of a letter become the sign for unreadable ones, so that a scan is answered and kept."""
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise ValueError("not a text")
    return _HALVES.sub("\ufffd", value)


def _number(value: object) -> int:
    if type(value) is not int or not 0 <= value <= _LARGEST:
        raise ValueError("not a number")
    return value


def _numbers(value: object) -> tuple[int, ...]:
    if not isinstance(value, list) or len(value) > _MOST_ITEMS:
        raise ValueError("not a list")
    return tuple(_number(one) for one in value)


def _instant(value: object) -> datetime:
    at = datetime.fromisoformat(_text(value))
    if at.tzinfo is None or not _FIRST_YEAR <= at.year < _LAST_YEAR:
        raise ValueError("not an instant")
    return at.astimezone(UTC)


_READERS: Mapping[Any, Callable[[object], object]] = {
    str: _text,
    int: _number,
    UUID: lambda value: UUID(_text(value)),
    datetime: _instant,
}
