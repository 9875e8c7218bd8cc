"""The list to pick goods by: from bin to bin, with room to tick."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import partial
from typing import IO

from core.i18n import format_day, format_number, name_of, text
from core.papers import Cell, Column, OfficialPaper, Signature
from core.pdf import joined
from logistics.models import TransferPick, TransferRequest
from logistics.values.transfers import ShelfPick


def write_pick_list(
    file: IO[bytes],
    request: TransferRequest,
    rows: Iterable[tuple[ShelfPick, TransferPick]],
    *,
    on: date,
    address: str,
) -> None:
    """Write what is held for a request in the order in which it is walked to; `rows` come by bin."""
    paper = OfficialPaper(text("Pick list"), number=request.number, on=on)
    source, target = request.from_place, request.to_place
    paper.parties(
        [
            (text("Picked at"), lambda: joined([source.code, name_of(source)])),
            (text("Goes to"), lambda: joined([target.code, name_of(target)])),
        ]
    )
    columns = [
        Column(text("Bin"), 33),
        Column(text("Item"), 58),
        Column(text("Lot"), 27),
        Column(text("Expires on"), 20),
        Column(text("Packs"), 16, is_number=True),
        Column(text("Why this lot"), 34),
        Column("", 8),
    ]
    lines = list(rows)
    total = sum(shelf.packs for shelf, _ in lines)
    paper.table(columns, _cells(lines), totals=[text("Total"), "", "", "", format_number(total), "", ""])
    paper.signatures([Signature(text("Picked by")), Signature(text("Checked by"))])
    paper.verification(address)
    paper.write(file)


def _cells(rows: Iterable[tuple[ShelfPick, TransferPick]]) -> Iterator[Sequence[Cell]]:
    for shelf, pick in rows:
        lot = pick.lot
        yield [
            shelf.bin or text("not put away"),
            partial(name_of, lot.item),
            lot.code or "–",
            format_day(lot.expires_on),
            format_number(shelf.packs),
            pick.why,
            "",
        ]
