"""Fields that models of every package share: texts without NUL, quarters, days, whole numbers with column's bounds."""

import re
import uuid
from collections.abc import Collection
from datetime import date, datetime
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from core.quarters import Quarter

LARGEST = 2**31 - 1

_DIGITS = re.compile(r"0|[1-9][0-9]{0,8}")


def chosen(choices: Collection[str]) -> AfterValidator:
    """Take one of the choices as it is written; no other spelling of it."""

    def check(value: str) -> str:
        if value not in choices:
            raise ValueError("not a choice")
        return value

    return AfterValidator(check)


def _from_digits(value: object) -> object:
    """Read a number out of an address: plain digits, no sign, no zero in front, no exponent."""
    return int(value) if isinstance(value, str) and _DIGITS.fullmatch(value) else value


def _quarter(value: str) -> str:
    Quarter.parse(value)
    return value


def _day(value: object) -> object:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _instant(value: object) -> object:
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    if isinstance(found, datetime) and found.tzinfo is None:
        raise ValueError("an instant names its zone")
    return found


def _key(value: object) -> object:
    return uuid.UUID(value) if isinstance(value, str) else value


def _without_nul(value: str) -> str:
    if "\0" in value:
        raise ValueError("a NUL is no sign")
    return value


TEXT = AfterValidator(_without_nul)

Text40 = Annotated[str, Field(max_length=40), TEXT]
Text300 = Annotated[str, Field(max_length=300), TEXT]
LateReason = Annotated[
    str,
    Field(max_length=300, description="Why it is entered after the close, by who may; only for a day of closed books"),
    TEXT,
]
Text500 = Annotated[str, Field(max_length=500), TEXT]
Name = Annotated[str, Field(min_length=1, max_length=300), TEXT]
Reason = Annotated[str, Field(min_length=1, max_length=300), TEXT]
ItemCode = Annotated[str, Field(pattern=r"^[A-Z0-9][A-Z0-9-]{0,39}$")]
QuarterText = Annotated[str, Field(pattern=r"^[0-9]{4}-Q[1-4]$"), AfterValidator(_quarter)]
Day = Annotated[date, BeforeValidator(_day, json_schema_input_type=str)]
Moment = Annotated[datetime, BeforeValidator(_instant, json_schema_input_type=str)]
Key = Annotated[uuid.UUID, BeforeValidator(_key, json_schema_input_type=str)]
Whole = Annotated[int, Field(ge=0, le=LARGEST)]
Number = Annotated[int, BeforeValidator(_from_digits), Field(ge=0, le=LARGEST)]
Packs = Annotated[int, Field(ge=1, le=10_000_000)]
Limit = Annotated[int, BeforeValidator(_from_digits), Field(ge=1, le=500)]
PlaceCode = Annotated[str, Field(pattern=r"^[A-Z0-9][A-Z0-9-]{0,29}$")]
LotId = Annotated[int, Field(ge=1, le=LARGEST)]
Happened = Annotated[Moment | None, Field(description="When it happened, where it is entered late; null is now")]
