"""What the pages of counts say: words for states, rows of their table files, what somebody may do."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqlalchemy import Row
from sqlalchemy.orm import Session

from catalog.models import Item
from core.actors import Reach
from core.i18n import Text, gettext as _, name_of, text
from core.tabular import Cell
from warehouses.forms.counts import REASON_NAMES
from warehouses.models import Lot, Place, StockCount, StockCountLine
from warehouses.queries import list_unreachable
from warehouses.values.counts import CountStatus, DifferenceReason

STATUS_NAMES: Mapping[str, Text] = {
    CountStatus.OPEN: text("being counted"),
    CountStatus.SUBMITTED: text("handed in"),
    CountStatus.CLOSED: text("closed"),
    CountStatus.CANCELLED: text("cancelled"),
}
STATUS_MARKS: Mapping[str, str] = {
    CountStatus.OPEN: "info",
    CountStatus.SUBMITTED: "attention",
    CountStatus.CLOSED: "ok",
    CountStatus.CANCELLED: "muted",
}
TALLY_NAMES: Mapping[str, Text] = {
    "add": text("added"),
    "set": text("entered"),
    "clear": text("taken back"),
}

LineRow = Row[StockCountLine, Lot, Item, int, int, int, str]


def within(reach: Reach, session: Session, count: StockCount) -> bool:
    """Say whether the place of a count lies within the reach."""
    return not list_unreachable(session, [count.place_id], reach)


def reason_words(line: StockCountLine) -> str:
    """Return why a line differs, with its note."""
    words = str(REASON_NAMES[DifferenceReason(line.reason)]) if line.reason else ""
    return ": ".join(part for part in (words, line.note) if part)


def count_header() -> dict[str, str]:
    """Return the titles of the columns of `count_rows`."""
    return {
        "number": _("Number"),
        "state": _("State"),
        "place": _("Place"),
        "what": _("What is counted"),
        "is_blind": _("Count blind"),
        "opened_at": _("When it was begun"),
        "opened_by": _("Begun by"),
        "submitted_at": _("When it was handed in"),
        "closed_at": _("When it was closed"),
        "lines": _("Lines"),
        "counted": _("Counted"),
        "differences": _("Lines with a difference"),
    }


def count_rows(rows: Iterable[Row[StockCount, Place, str, int, int, int]]) -> Iterator[Sequence[Cell]]:
    """Return the list of counts as rows of a table."""
    for count, place, who, lines, counted, differences in rows:
        what = _("everything that is there") if count.is_whole else _("chosen items only")
        is_blind = _("yes") if count.is_blind else _("no")
        yield (
            count.number, str(STATUS_NAMES[count.status]), name_of(place), what, is_blind,
            count.opened_at, who, count.submitted_at, count.closed_at, lines, counted, differences,
        )  # fmt: skip


def line_header(*, is_shown: bool) -> dict[str, str]:
    """Return the titles of the columns of `line_rows`; `is_shown`: the book may be seen."""
    plain = {
        "item_code": _("Item code"),
        "item": _("Item"),
        "lot": _("Lot"),
        "expires_on": _("Expires on"),
        "counted_packs": _("Counted, packs"),
        "counted_at": _("Counted at"),
        "counted_by": _("Counted by"),
    }
    if not is_shown:
        return plain
    return plain | {
        "expected_packs": _("Expected, packs"),
        "difference_packs": _("Difference, packs"),
        "reason": _("Reason"),
    }


def line_rows(rows: Iterable[LineRow], *, is_shown: bool) -> Iterator[Sequence[Cell]]:
    """Return the lines of a count as rows of a table."""
    for line, lot, item, expected, _on_hand, _reserved, who in rows:
        plain = (item.code, name_of(item), lot.code, lot.expires_on, line.counted, line.counted_at, who or "")
        difference = None if line.counted is None else line.counted - int(expected)
        yield (*plain, int(expected), difference, reason_words(line)) if is_shown else plain
