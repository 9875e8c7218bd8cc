"""Fields that several models share: codes, quarters, names, whole numbers with the bounds of their columns."""

import re
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from catalog.values import ItemKind, ItemState, PackUnit
from core.quarters import Quarter

_DIGITS = re.compile(r"0|[1-9][0-9]{0,8}")
_CHOICES = {
    "kind": [kind.value for kind in ItemKind],
    "state": [state.value for state in ItemState],
    "unit": [unit.value for unit in PackUnit],
}
LARGEST = 2**31 - 1


def _chosen(name: str) -> AfterValidator:
    """Take one of the choices as it is written; no other spelling of it."""
    choices = _CHOICES[name]

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


def _without_nul(value: str) -> str:
    if "\0" in value:
        raise ValueError("a NUL is no sign")
    return value


Text40 = Annotated[str, Field(max_length=40), AfterValidator(_without_nul)]
Text300 = Annotated[str, Field(max_length=300), AfterValidator(_without_nul)]
Text500 = Annotated[str, Field(max_length=500), AfterValidator(_without_nul)]
Name = Annotated[str, Field(min_length=1, max_length=300), AfterValidator(_without_nul)]
Code = Annotated[str, Field(pattern=r"^[A-Z0-9][A-Z0-9-]{0,39}$")]
KitCode = Annotated[str, Field(pattern=r"^[A-Z0-9][A-Z0-9-]{0,7}$")]
Gtin = Annotated[str, Field(pattern=r"^[0-9]{8}([0-9]{4,6})?$")]
QuarterText = Annotated[str, Field(pattern=r"^[0-9]{4}-Q[1-4]$"), AfterValidator(_quarter)]
Kind = Annotated[str, Field(json_schema_extra={"enum": _CHOICES["kind"]}), _chosen("kind")]
State = Annotated[str, Field(json_schema_extra={"enum": _CHOICES["state"]}), _chosen("state")]
Unit = Annotated[str, Field(json_schema_extra={"enum": _CHOICES["unit"]}), _chosen("unit")]
Whole = Annotated[int, Field(ge=0, le=LARGEST)]
Limit = Annotated[int, BeforeValidator(_from_digits), Field(ge=1, le=500)]
