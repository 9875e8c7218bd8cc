"""What stands in one cell: text that a spreadsheet would run is marked on the way out and unmarked on the way in."""

import re
from datetime import date, datetime
from decimal import Decimal

Cell = str | int | float | Decimal | date | datetime | None
"""What a cell may hold; an instant is written as the clock in Kazakhstan shows it."""

_RUN = "=+\\-@\t\r\n\0＝＋－＠"
_WOULD_RUN = re.compile(f"'*[{_RUN}]")
_MARKED = re.compile(f"'+[{_RUN}]")
_FIRST = frozenset("'=+-@\t\r\n\0＝＋－＠")


def would_run(text: str) -> bool:
    """Say whether a spreadsheet may take the text for a formula (OWASP: CSV injection), full-width signs included."""
    return bool(text) and text[0] in _FIRST and _WOULD_RUN.match(text) is not None


def marked(text: str) -> str:
    """Return the text for a CSV cell: with an apostrophe before what would run. `unmarked` gives back the same text."""
    return f"'{text}" if would_run(text) else text


def unmarked(text: str) -> str:
    """Return the text of a CSV cell without the apostrophe that `marked` put there."""
    return text[1:] if text[:1] == "'" and _MARKED.match(text) is not None else text
