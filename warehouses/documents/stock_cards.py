"""The stock card on paper: what a place had of an item or a lot, line by line."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import IO

from core.i18n import HasNames, Text, format_day, format_instant, format_number, name_of, text
from core.papers import Cell, Column, FormName, OfficialPaper, Signature
from core.pdf import joined
from warehouses.queries.stock_cards import CardHead
from warehouses.values.stock_cards import CardFilter


@dataclass(frozen=True, slots=True)
class CardLine:
    """A line of a card: when, by which document, from or to where, what came or went, what was left."""

    moved_at: datetime
    document: Text
    number: str
    other: HasNames
    lot: str
    change: int
    left: int


@dataclass(frozen=True, slots=True)
class CardFrame:
    """What a card on paper says beside its lines: the form, the address of its page, when it was drawn and by whom."""

    form: FormName
    address: str
    at: datetime
    drawn_by: str


def write_stock_card(
    file: IO[bytes], *, head: CardHead, asked: CardFilter, lines: Iterable[CardLine], frame: CardFrame
) -> None:
    """Write the card of an item or a lot at a place for a period: opening, lines with running balance, closing."""
    paper = OfficialPaper(text("Stock card"), form=frame.form)
    lot = head.lot
    paper.parties(
        [
            (text("Place"), lambda: joined([head.place.code, name_of(head.place)])),
            (text("Item"), lambda: joined([head.item.code, name_of(head.item)])),
            (text("Lot"), (lot.code or "–") if lot else text("all lots")),
            *([(text("Expires on"), lambda: format_day(lot.expires_on))] if lot else []),
            (text("Period"), partial(_period, asked)),
        ]
    )
    columns = [
        Column(text("Date"), 22),
        Column(text("Document"), 42),
        Column(text("From or to"), 48),
        *([] if lot else [Column(text("Lot"), 24)]),
        Column(text("Came, packs"), 16, is_number=True),
        Column(text("Went, packs"), 16, is_number=True),
        Column(text("Left, packs"), 18, is_number=True),
    ]
    paper.table(columns, _rows(head, lines), totals=_totals(head))
    paper.said(
        lambda: str(text("Drawn on %(moment)s by %(who)s.", moment=format_instant(frame.at), who=frame.drawn_by))
    )
    paper.space(3)
    paper.signatures([Signature(text("Storekeeper")), Signature(text("Checked by"))])
    paper.verification(frame.address)
    paper.write(file)


def _rows(head: CardHead, lines: Iterable[CardLine]) -> Iterator[Sequence[Cell]]:
    blank = [] if head.lot else [""]
    yield ["", text("Opening balance"), "", *blank, "", "", partial(format_number, head.opening)]
    for line in lines:
        yield [
            partial(format_instant, line.moved_at),
            partial(_document, line),
            partial(name_of, line.other),
            *([] if head.lot else [line.lot or "–"]),
            partial(format_number, line.change) if line.change > 0 else "",
            partial(format_number, -line.change) if line.change < 0 else "",
            partial(format_number, line.left),
        ]


def _period(asked: CardFilter) -> str:
    return f"{format_day(asked.first)} – {format_day(asked.last)}"


def _document(line: CardLine) -> str:
    return f"{line.document} {line.number}".strip()


def _totals(head: CardHead) -> Sequence[Cell]:
    blank = [] if head.lot else [""]
    return [
        "",
        text("Closing balance"),
        "",
        *blank,
        *(partial(format_number, one) for one in (head.came, head.went, head.closing)),
    ]
