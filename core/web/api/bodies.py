"""Bodies and arguments, read strictly: exactly what the model of an operation says, nothing coerced, nothing twice.

Numbers are whole and written as such: no 1e9, no 1.0, no -0. Arguments of an address are texts, so those that are
numbers are read from plain digits.
"""

import json
from collections.abc import Mapping
from typing import TypeVar
from urllib.parse import unquote_to_bytes

from flask import request
from pydantic import BaseModel, ConfigDict, ValidationError

from core.errors import Fault
from core.i18n import Text, text
from core.web.api.problems import FieldsRefused, JsonOnly, UnreadableRequest

Model = TypeVar("Model", bound=BaseModel)

LARGEST_BODY = 1024 * 1024
"""Bytes: some thousand times what an item says."""

DEEPEST = 20
_MOST_FAULTS = 50
_LONGEST_NAME = 60

_SENTENCES: Mapping[str, Text] = {
    "missing": text("This is missing."),
    "extra_forbidden": text("This is not known here."),
    "int_type": text("This must be a whole number."),
    "int_parsing": text("This must be a whole number."),
    "string_type": text("This must be a text."),
    "bool_type": text("This must be true or false."),
    "list_type": text("This must be a list."),
    "model_type": text("This must be an object."),
    "dict_type": text("This must be an object."),
    "none_required": text("This must be null."),
    "string_unicode": text("This holds half a letter."),
}


class Sent(BaseModel):
    """What a program sends: strict, and nothing beside the fields (SEC-23, SEC-35)."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Told(BaseModel):
    """What a program is told."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def read_body(model: type[Model]) -> Model:
    """Return the JSON object that was sent, as the model says it.

    Raises:
        JsonOnly: the body is marked as something else.
        UnreadableRequest: it is no JSON, says a field twice, or holds a number that is not whole.
        FieldsRefused: it is not what the model says.
    """
    if request.mimetype != "application/json":
        raise JsonOnly(text("Send a JSON object as application/json."))
    request.max_content_length = LARGEST_BODY
    return checked(model, parse_json(request.get_data()))


def refuse_body() -> None:
    """Take no body where an operation has none.

    Raises:
        UnreadableRequest: something was sent.
    """
    request.max_content_length = LARGEST_BODY
    if request.get_data():
        raise UnreadableRequest(text("This address takes no body."))


def read_arguments(model: type[Model]) -> Model:
    """Return the arguments behind the question mark, as the model says them.

    Raises:
        UnreadableRequest: an argument stands twice, or is not UTF-8.
        FieldsRefused: they are not what the model says.
    """
    _refuse_unreadable()
    given: dict[str, str] = {}
    for name, value in request.args.items(multi=True):
        if name in given:
            raise UnreadableRequest(text("The argument %(name)s stands there twice.", name=name[:_LONGEST_NAME]))
        given[name] = value
    return checked(model, given)


def _refuse_unreadable() -> None:
    """Refuse arguments that are no text, which would otherwise be taken for something that looks like it."""
    try:
        unquote_to_bytes(request.query_string).decode()
    except UnicodeDecodeError:
        raise UnreadableRequest(text("The arguments of this address are not UTF-8.")) from None


def checked(model: type[Model], given: object) -> Model:
    """Return what was given, as the model says it.

    Raises:
        FieldsRefused: it says something else.
    """
    try:
        return model.model_validate(given)
    except ValidationError as refused:
        errors = refused.errors(include_url=False, include_context=True, include_input=False)
        raise FieldsRefused([_fault(dict(error)) for error in errors[:_MOST_FAULTS]]) from None


def _fault(error: Mapping[str, object]) -> Fault:
    place = error["loc"]
    parts = [str(part)[:_LONGEST_NAME] for part in place] if isinstance(place, tuple) else []
    kind, context = str(error["type"]), error.get("ctx")
    told = context if isinstance(context, dict) else {}
    return Fault(".".join(parts) or text("the body"), _SENTENCES.get(kind) or _bounded(kind, told))


def _bounded(kind: str, told: Mapping[str, object]) -> Text:
    """Return the sentence for a bound that was missed; the bound is a constant of ours."""
    if "max_length" in told:
        return text("This may have %(n)s signs or parts at most.", n=str(told["max_length"]))
    if "min_length" in told:
        return text("This must have %(n)s signs or parts at least.", n=str(told["min_length"]))
    if kind in {"greater_than_equal", "less_than_equal"}:
        least = kind == "greater_than_equal"
        bound = str(told["ge" if least else "le"])
        return text("This may not be less than %(n)s.", n=bound) if least else text("At most %(n)s.", n=bound)
    if "expected" in told:
        return text("This must be one of: %(words)s.", words=str(told["expected"]))
    if "pattern" in told:
        return text("This must look like %(pattern)s.", pattern=str(told["pattern"]))
    return text("This does not hold what it should.")


def parse_json(raw: bytes) -> object:
    """Return what JSON says.

    Raises:
        UnreadableRequest: it is no JSON, says a field twice, is nested too deep, or holds a number that is not whole.
    """
    try:
        found = json.loads(
            raw.decode(), object_pairs_hook=_once, parse_float=_not_whole, parse_int=_whole, parse_constant=_not_whole
        )
    except RecursionError:
        raise UnreadableRequest(_too_deep()) from None
    except ValueError:
        raise UnreadableRequest(text("What was sent is not JSON in UTF-8.")) from None
    if _depth_exceeds(found, DEEPEST):
        raise UnreadableRequest(_too_deep())
    return found


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise UnreadableRequest(text("The field %(name)s stands there twice.", name=_shown(name)))
        found[name] = value
    return found


def _shown(name: str) -> str:
    return name[:_LONGEST_NAME].encode(errors="replace").decode()


def _not_whole(written: str) -> object:
    raise UnreadableRequest(
        text("%(written)s is not a number that is taken here: write whole numbers in digits.", written=written[:30])
    )


def _whole(written: str) -> object:
    if written == "-0" or len(written) > len(str(-(2**63))):
        return _not_whole(written)
    return int(written)


def _depth_exceeds(value: object, most: int) -> bool:
    layer = [value]
    for _ in range(most):
        layer = [
            inner
            for one in layer
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
        if not layer:
            return False
    return any(isinstance(one, dict | list) for one in layer)


def _too_deep() -> Text:
    return text("What was sent is nested deeper than %(n)s levels.", n=DEEPEST)
