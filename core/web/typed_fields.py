"""Fields for what people type: whole numbers with their digits set apart, days, moments by Kazakhstan's clock."""

import re
from datetime import UTC, datetime
from typing import Any

from wtforms import DateField, DateTimeLocalField
from wtforms.fields import Field
from wtforms.widgets import TextInput

from core.clock import ALMATY
from core.i18n import Text, text

_GROUPS = re.compile(r"[\s\u00a0\u202f]")
_MOST_DIGITS = 9
_MOMENTS = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"]


class Optional:
    """Marks a field that may be left empty, so that its label says so."""

    field_flags = {"optional": True}  # noqa: RUF012 - WTForms reads it as a plain class attribute

    def __call__(self, form: object, field: Field) -> None:
        """Accept everything."""


def whole_number(value: str | int | None) -> int | None:
    """Return a whole number that a hidden field or a choice carries, or None."""
    if isinstance(value, int):
        return value
    return int(value) if value and value.isascii() and value.isdigit() and len(value) <= _MOST_DIGITS + 1 else None


class NumberField(Field):
    """A whole number, or nothing; groups of digits may be set apart. Its bounds are the trade's to tell.

    `refusal` is what is said of anything else; a field of a kind of its own says it in its words.
    """

    widget = TextInput()
    most = 10**_MOST_DIGITS - 1
    refusal: Text = text("Enter a whole number of at most %(n)s digits.", n=_MOST_DIGITS)

    def _value(self) -> str:
        typed = self.raw_data[0] if self.raw_data else None
        return typed if typed is not None else ("" if self.data is None else str(self.data))

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number."""
        digits = _GROUPS.sub("", valuelist[0]) if valuelist else ""
        self.data = None
        if not digits:
            return
        is_number = digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS
        if not is_number or int(digits) > self.most:
            raise ValueError(str(self.refusal))
        self.data = int(digits)


class PacksField(NumberField):
    """A whole number of packs, or nothing."""

    refusal = text("Enter a whole number of packs, at least 1.")


class DayField(DateField):
    """A day, or nothing; what cannot be read is told in our own words."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the day."""
        if not valuelist or not valuelist[0].strip():
            self.data = None
            return
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(str(text("Write the day as 2026-10-31."))) from error


class MomentField(DateTimeLocalField):
    """A day and a time as Kazakhstan's clock shows it, or nothing."""

    def __init__(self, title: str, validators: Any = None, **named: Any) -> None:  # noqa: ANN401 - of the base
        super().__init__(title, validators, format=_MOMENTS, **named)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the moment."""
        if not valuelist or not valuelist[0].strip():
            self.data = None
            return
        super().process_formdata(valuelist)
        if self.data is not None:
            self.data = self.data.replace(tzinfo=ALMATY)

    @property
    def moment(self) -> datetime | None:
        """The instant that was entered, in UTC."""
        return None if self.data is None else self.data.astimezone(UTC)
