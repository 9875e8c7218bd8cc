"""Papers of a count: the sheet to be filled in by hand, and the act of what was found."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO

from core.i18n import (
    HasNames,
    Text,
    format_day,
    format_instant,
    format_number,
    name_of,
    text,
)
from core.papers import Cell, Column, FormName, OfficialPaper, Signature
from core.pdf import joined
from warehouses.models import StockCount


@dataclass(frozen=True, slots=True)
class CountPaperLine:
    """A line of a paper; `expected` None where the book may not be seen or says nothing."""

    item_code: str
    item: HasNames
    lot: str
    expires_on: date | None
    bins: str
    expected: int | None
    counted: int | None
    why: Text | str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class CountPaperFrame:
    """What stands around the lines: the form, the address of the count's page, who acted."""

    form: FormName
    address: str
    opened_by: str
    submitted_by: str = ""
    closed_by: str = ""


def write_count_sheet(
    file: IO[bytes], count: StockCount, lines: Iterable[CountPaperLine], frame: CountPaperFrame, *, is_shown: bool
) -> None:
    """Write the sheet on which people count by hand; of a blind count without what the book says."""
    paper = OfficialPaper(text("Count sheet"), number=count.number, form=frame.form)
    paper.parties(_parties(count, frame))
    columns = [
        Column("№", 9, is_number=True),
        Column(text("Item"), 66),
        Column(text("Lot"), 28),
        Column(text("Expires on"), 24),
        Column(text("Bin"), 18),
        *([Column(text("Expected, packs"), 18, is_number=True)] if is_shown else []),
        Column(text("Counted, packs"), 24, is_number=True),
    ]
    paper.table(columns, _sheet_rows(lines, is_shown=is_shown))
    paper.said(text("Counted on (day and time): ____________________"))
    paper.space(3)
    paper.signatures([Signature(text("Counted by")), Signature(text("Counted by"))])
    paper.verification(frame.address)
    paper.write(file)


def write_count_act(
    file: IO[bytes], count: StockCount, lines: Sequence[CountPaperLine], frame: CountPaperFrame
) -> None:
    """Write what was found: every line with its difference and reason, and how many packs too few and too many."""
    paper = OfficialPaper(text("Act of the count"), number=count.number, form=frame.form)
    paper.parties(_parties(count, frame))
    columns = [
        Column("№", 9, is_number=True),
        Column(text("Item"), 52),
        Column(text("Lot"), 26),
        Column(text("Expected, packs"), 18, is_number=True),
        Column(text("Counted, packs"), 18, is_number=True),
        Column(text("Difference, packs"), 19, is_number=True),
        Column(text("Reason"), 42),
    ]
    counted = sum(line.counted or 0 for line in lines)
    expected = sum(line.expected or 0 for line in lines)
    totals: list[Cell] = [
        "",
        text("Together"),
        "",
        _figure(expected),
        _figure(counted),
        _signed(counted - expected),
        "",
    ]
    paper.table(columns, _act_rows(lines), totals=totals)
    lacking = sum(-one for one in map(_difference, lines) if one < 0)
    exceeding = sum(one for one in map(_difference, lines) if one > 0)
    paper.said(text("Packs too few: %(n)s.", n=lacking))
    paper.said(text("Packs too many: %(n)s.", n=exceeding))
    paper.space(3)
    paper.signatures(
        [Signature(text("Handed in by"), frame.submitted_by), Signature(text("Closed by"), frame.closed_by)]
    )
    paper.verification(frame.address)
    paper.write(file)


def _parties(count: StockCount, frame: CountPaperFrame) -> list[tuple[Text, Cell]]:
    place = count.place
    found: list[tuple[Text, Cell]] = [
        (text("Place"), lambda: joined([place.code, name_of(place)])),
        (text("What is counted"), text("everything that is there") if count.is_whole else text("chosen items only")),
        (text("Opened"), _act(count.opened_at, frame.opened_by)),
    ]
    for title, at, who in (
        (text("Handed in"), count.submitted_at, frame.submitted_by),
        (text("Closed"), count.closed_at, frame.closed_by),
    ):
        if at is not None:
            found.append((title, _act(at, who)))
    return found


def _act(at: datetime, who: str) -> Cell:
    return lambda: joined([format_instant(at), who])


def _sheet_rows(lines: Iterable[CountPaperLine], *, is_shown: bool) -> Iterator[Sequence[Cell]]:
    for number, line in enumerate(lines, start=1):
        book = [_figure(line.expected or 0)] if is_shown else []
        expires = _day(line.expires_on)
        yield [str(number), _item(line), line.lot or "–", expires, line.bins or "–", *book, ""]


def _act_rows(lines: Iterable[CountPaperLine]) -> Iterator[Sequence[Cell]]:
    for number, line in enumerate(lines, start=1):
        counted = "–" if line.counted is None else _figure(line.counted)
        yield [
            str(number), _item(line), line.lot or "–", _figure(line.expected or 0), counted,
            _signed(_difference(line)), _why(line),
        ]  # fmt: skip


def _why(line: CountPaperLine) -> Cell:
    return lambda: ": ".join(part for part in (str(line.why), line.note) if part)


def _difference(line: CountPaperLine) -> int:
    return 0 if line.counted is None else line.counted - (line.expected or 0)


def _item(line: CountPaperLine) -> Cell:
    return lambda: name_of(line.item)


def _day(day: date | None) -> Cell:
    return (lambda: format_day(day)) if day else "–"


def _figure(number: int) -> Cell:
    return lambda: format_number(number)


def _signed(number: int) -> Cell:
    sign = "+" if number > 0 else "−" if number else ""
    return lambda: f"{sign}{format_number(abs(number))}"
