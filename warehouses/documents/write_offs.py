"""The act of writing goods off on paper."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import IO

from core.clock import today
from core.i18n import format_day, format_instant, format_number, name_of, text
from core.papers import Cell, Column, FormName, OfficialPaper, Signature
from core.papers.blocks import Said
from core.pdf import joined
from warehouses.models import WriteOff
from warehouses.values.corrections import TakenBack
from warehouses.values.write_offs import WRITE_OFF_REASONS, WriteOffStatus

_STATES = {
    WriteOffStatus.DRAFT: text("Draft: nothing is written off yet"),
    WriteOffStatus.APPROVED: text("Approved"),
    WriteOffStatus.REFUSED: text("Refused: nothing was written off"),
}
_NUMBER, _ITEM, _LOT, _DAY, _PACKS = 10, 70, 35, 28, 22
_COLUMNS = (
    Column(text("No."), _NUMBER, is_number=True),
    Column(text("Item"), _ITEM),
    Column(text("Lot"), _LOT),
    Column(text("Expires on"), _DAY),
    Column(text("Packs"), _PACKS, is_number=True),
)
"""Shares of the width."""

_LINE = "_" * 30
_MEMBERS = 3


def write_write_off_act(
    file: IO[bytes],
    write_off: WriteOff,
    *,
    form: FormName,
    address: str,
    drafted_by: str,
    decided_by: str | None,
    taken_back: TakenBack | None = None,
) -> None:
    """Write the act: where, when, why by the state's list, what, and places for the commission to sign."""
    on = today(write_off.decided_at or write_off.drafted_at)
    paper = OfficialPaper(text("Write-off act"), number=write_off.number, on=on, form=form)
    paper.parties(
        [
            *_about(write_off),
            (text("Drafted by"), drafted_by),
            *([(text("Decided by"), decided_by)] if decided_by else []),
            *([(text("Taken back"), partial(_undone, taken_back))] if taken_back else []),
            (text("Order on the commission"), _LINE),
        ]
    )
    total = format_number(sum(line.packs for line in write_off.lines))
    paper.table(_COLUMNS, _rows(write_off), totals=["", text("In all"), "", "", total])
    members = [Signature(text("Member of the commission")) for _ in range(_MEMBERS)]
    chair, approved = Signature(text("Chair of the commission")), Signature(text("Approved by"))
    paper.signatures([chair, *members, Signature(text("Storekeeper")), approved])
    paper.verification(address)
    paper.write(file)


def _about(write_off: WriteOff) -> Iterator[tuple[Said, Said]]:
    place, reason = write_off.place, WRITE_OFF_REASONS[write_off.reason]
    yield text("Place"), lambda: joined([place.code, name_of(place)])
    yield text("Reason by the state's list"), lambda: joined([reason.code, name_of(reason)])
    yield text("What happened"), write_off.note
    yield text("When it happened"), partial(format_instant, write_off.happened_at)
    yield text("State"), _STATES[WriteOffStatus(write_off.status)]


def _undone(taken_back: TakenBack) -> str:
    return joined([format_instant(taken_back.at), taken_back.who, taken_back.reason])


def _rows(write_off: WriteOff) -> Iterator[Sequence[Cell]]:
    for line in write_off.lines:
        item, expires = partial(name_of, line.lot.item), partial(format_day, line.lot.expires_on)
        yield [str(line.position), item, line.lot.code or "–", expires, format_number(line.packs)]
