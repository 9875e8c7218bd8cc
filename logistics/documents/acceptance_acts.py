"""The acceptance act: what came, what was taken in, what goes back and why, and what came short or over."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import IO

from core.clock import today
from core.i18n import format_day, format_instant, format_number, format_quarter, name_of, text
from core.papers import Cell, Column, FormName, OfficialPaper, Signature
from core.pdf import joined
from logistics.models import Delivery, DeliveryLine, PurchaseOrder
from logistics.rules.deliveries import Difference, differences_by_item
from logistics.rules.pasted_deliveries import REJECT_REASON_NAMES


@dataclass(frozen=True, slots=True)
class ActFrame:
    """What the act says beside its lines: the form, the address of its page, the order, who received."""

    form: FormName
    address: str
    order: PurchaseOrder | None
    receiver: str


def write_acceptance_act(
    file: IO[bytes], *, delivery: Delivery, lines: Sequence[DeliveryLine], frame: ActFrame
) -> None:
    """Write the acceptance act of a delivery."""
    on = today(delivery.received_at)
    paper = OfficialPaper(text("Acceptance act"), number=delivery.number, on=on, form=frame.form)
    paper.parties(
        [
            (text("Supplier"), lambda: joined([name_of(delivery.supplier), delivery.supplier.bin])),
            (text("Place"), lambda: joined([delivery.place.code, name_of(delivery.place)])),
            (text("Order"), partial(_order, frame.order)),
            (text("Supplier's waybill"), delivery.paper_number or "–"),
            (text("Received at"), lambda: format_instant(delivery.received_at)),
        ]
    )
    columns = [
        Column(text("Item"), 57),
        Column(text("Lot"), 30),
        Column(text("Expires on"), 22),
        Column(text("Taken in, packs"), 18, is_number=True),
        Column(text("Sent back, packs"), 18, is_number=True),
        Column(text("Why sent back"), 35),
    ]
    sums = [sum(line.accepted for line in lines), sum(line.rejected for line in lines)]
    totals: list[Cell] = [text("In all"), "", "", *(format_number(one) for one in sums), ""]
    paper.table(columns, _rows(lines), totals=totals)
    differences = [
        one
        for one in differences_by_item((line.item_id, line.due, line.accepted) for line in lines)
        if one.short or one.over
    ]
    if differences:
        paper.said(text("Held against the order"), bold=True)
        paper.table(_DIFFERENCE_COLUMNS, _differences(differences, {line.item_id: line for line in lines}))
    if delivery.note:
        paper.said(delivery.note)
        paper.space(3)
    paper.signatures([Signature(text("Handed over by the supplier")), Signature(text("Received by"), frame.receiver)])
    paper.verification(frame.address)
    paper.write(file)


_DIFFERENCE_COLUMNS = (
    Column(text("Item"), 80),
    Column(text("Was due, packs"), 22, is_number=True),
    Column(text("Taken in, packs"), 22, is_number=True),
    Column(text("Short, packs"), 22, is_number=True),
    Column(text("Over, packs"), 22, is_number=True),
)


def _order(order: PurchaseOrder | None) -> str:
    return "–" if order is None else joined([order.number, format_quarter(order.quarter)])


def _rows(lines: Sequence[DeliveryLine]) -> Iterator[Sequence[Cell]]:
    for line in lines:
        numbers = [format_number(line.accepted), format_number(line.rejected)]
        day = format_day(line.expires_on) if line.expires_on else "–"
        yield [partial(_item, line), line.lot_code or "–", day, *numbers, partial(_why, line)]


def _item(line: DeliveryLine) -> str:
    return joined([line.item.code, name_of(line.item)])


def _why(line: DeliveryLine) -> str:
    reason = REJECT_REASON_NAMES.get(line.reject_reason)
    return joined([str(reason) if reason else "", line.note])


def _differences(differences: Sequence[Difference], lines: Mapping[int, DeliveryLine]) -> Iterator[Sequence[Cell]]:
    for one in differences:
        numbers = (one.due, one.accepted, one.short, one.over)
        yield [partial(_item, lines[one.item_id]), *(format_number(number) for number in numbers)]
