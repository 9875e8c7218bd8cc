"""The act of writing goods off on paper."""

from collections.abc import Sequence
from functools import partial
from typing import IO

from core.i18n import format_day, format_instant, format_number, name_of, text
from core.papers import Cell, Column, FormName, OfficialPaper, Signature
from core.pdf import joined
from warehouses.models import WriteOff
from warehouses.values.write_offs import WRITE_OFF_REASONS, WriteOffStatus

_STATES = {
    WriteOffStatus.DRAFT: text("Draft: nothing is written off yet"),
    WriteOffStatus.APPROVED: text("Approved"),
    WriteOffStatus.REFUSED: text("Refused: nothing was written off"),
}


def write_write_off_act(
    file: IO[bytes],
    write_off: WriteOff,
    *,
    form: FormName,
    address: str,
    drafted_by: str,
    decided_by: str | None,
    members: Sequence[str] = ("", "", ""),
) -> None:
    """Write the act: where, when, why by the state's list, what, and places for the commission to sign."""
    place, reason = write_off.place, WRITE_OFF_REASONS[write_off.reason]
    decided_at, happened_at = write_off.decided_at, write_off.happened_at
    paper = OfficialPaper(
        text("Write-off act"), number=write_off.number, on=(decided_at or write_off.drafted_at).date(), form=form
    )
    paper.parties(
        [
            (text("Place"), lambda: joined([place.code, name_of(place)])),
            (text("Reason by the state's list"), lambda: joined([reason.code, name_of(reason)])),
            (text("What happened"), write_off.note),
            (text("When it happened"), partial(format_instant, happened_at)),
            (text("State"), _STATES[WriteOffStatus(write_off.status)]),
            (text("Drafted by"), drafted_by),
            *([(text("Decided by"), decided_by)] if decided_by else []),
            (text("Order on the commission"), "_" * 30),
        ]
    )
    columns = [
        Column(text("No."), 10, is_number=True),
        Column(text("Item"), 70),
        Column(text("Lot"), 36),
        Column(text("Expires on"), 28),
        Column(text("Packs"), 22, is_number=True),
    ]
    rows: list[list[Cell]] = [
        [
            str(line.position),
            partial(name_of, line.lot.item),
            line.lot.code or "–",
            partial(format_day, line.lot.expires_on),
            format_number(line.packs),
        ]
        for line in write_off.lines
    ]
    total = format_number(sum(line.packs for line in write_off.lines))
    paper.table(columns, rows, totals=["", text("In all"), "", "", total])
    chair = Signature(text("Chair of the commission"))
    commission = [Signature(text("Member of the commission"), name) for name in members]
    paper.signatures([chair, *commission, Signature(text("Storekeeper")), Signature(text("Approved by"))])
    paper.verification(address)
    paper.write(file)
