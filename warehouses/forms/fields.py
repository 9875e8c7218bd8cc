"""Fields that forms of the warehouses share: whole numbers as people write them, moments by Kazakhstan's clock."""

import re

from wtforms import DateTimeLocalField
from wtforms.fields import Field
from wtforms.widgets import TextInput

from core.clock import ALMATY
from core.i18n import text

_GROUPS = re.compile(r"[\s\u00a0\u202f]")
_MOST_DIGITS = 9


def whole_number(value: str | None) -> int | None:
    """Return a number that a hidden field carries, or None."""
    return int(value) if value and value.isascii() and value.isdigit() and len(value) <= _MOST_DIGITS + 1 else None


class NumberField(Field):
    """A whole number, or nothing; groups of digits may be set apart. Its bounds are the trade's to tell."""

    widget = TextInput()

    def _value(self) -> str:
        typed = self.raw_data[0] if self.raw_data else None
        return typed if typed is not None else ("" if self.data is None else str(self.data))

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number."""
        digits = _GROUPS.sub("", valuelist[0]) if valuelist else ""
        self.data = None
        if not digits:
            return
        if not (digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS):
            raise ValueError(str(text("Enter a whole number of at most %(n)s digits.", n=_MOST_DIGITS)))
        self.data = int(digits)


class PastMomentField(DateTimeLocalField):
    """A day and a time as Kazakhstan's clock shows it, or nothing."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the moment."""
        if not valuelist or not valuelist[0].strip():
            self.data = None
            return
        super().process_formdata(valuelist)
        if self.data is not None:
            self.data = self.data.replace(tzinfo=ALMATY)
