"""Deliveries, as programs send and read them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from core.web.api.bodies import Sent, Told
from core.web.api.fields import (
    TEXT,
    Day,
    Happened,
    ItemCode,
    Key,
    LateReason,
    Limit,
    PlaceCode,
    Text40,
    Text300,
    Whole,
    chosen,
)
from logistics.models import Delivery, DeliveryLine
from logistics.values import ArrivedLot
from logistics.values.deliveries import ComponentLot, RejectReason, Slip

_REASONS = ["", *(reason.value for reason in RejectReason)]
_MOST_LINES, _MOST_COMPONENTS = 1_500, 200

Bin = Annotated[str, Field(pattern=r"^[0-9]{12}$")]
Sscc = Annotated[str, Field(pattern=r"^([0-9]{18})?$")]
RejectText = Annotated[str, Field(json_schema_extra={"enum": _REASONS}), chosen(_REASONS)]


class DeliveriesAsked(Sent):
    """Which deliveries, and from where on; the oldest first."""

    after: Annotated[Key | None, Field(description="`next` of the page before")] = None
    limit: Limit = 100


class ComponentSent(Sent):
    """A lot that the supplier says is inside a packed lot; `packs` in one set, null where not said."""

    item: ItemCode
    lot: Text40
    expires_on: Day | None = None
    packs: Annotated[int, Field(ge=1, le=1_000)] | None = None


class ArrivedSent(Sent):
    """Packs of a lot as they stand on the ramp: taken in, and rejected with a reason ("" where none are)."""

    item: ItemCode
    lot: Text40
    expires_on: Day | None = None
    packs: Whole
    rejected: Whole = 0
    reject_reason: RejectText = ""
    note: Annotated[str, Field(max_length=200), TEXT] = ""
    sscc: Sscc = ""
    components: Annotated[list[ComponentSent], Field(max_length=_MOST_COMPONENTS)] = Field(default_factory=list)


class DeliverySent(Sent):
    """Goods of a supplier, by an order or without one."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "supplier": "190140990012",
                    "order": "PO-2026-0007",
                    "place": "D-0003",
                    "received_at": None,
                    "paper_number": "17",
                    "note": "",
                    "lines": [
                        {
                            "item": "MILK25",
                            "lot": "L2610A",
                            "expires_on": "2027-08-31",
                            "packs": 238,
                            "rejected": 2,
                            "reject_reason": "damaged",
                            "note": "Torn",
                            "sscc": "",
                        }
                    ],
                }
            ]
        }
    )

    supplier: Annotated[Bin, Field(description="Business identification number (BIN)")]
    order: Annotated[Text40 | None, Field(description="Number of the order; null without one")] = None
    place: PlaceCode
    received_at: Happened = None
    paper_number: Text40 = ""
    note: Text300 = ""
    late_reason: LateReason = ""
    lines: Annotated[list[ArrivedSent], Field(min_length=1, max_length=_MOST_LINES)]

    def items(self) -> list[str]:
        """Return the codes of all items that are named."""
        return [code for line in self.lines for code in (line.item, *(one.item for one in line.components))]

    def arrived(self, items: Mapping[str, int]) -> Sequence[ArrivedLot]:
        """Return the lines as the warehouse takes them; `items` are ids by code."""
        return [
            ArrivedLot(
                items[line.item],
                line.lot,
                line.expires_on,
                line.packs,
                rejected=line.rejected,
                reject_reason=line.reject_reason,
                note=line.note,
                sscc=line.sscc,
                components=tuple(
                    ComponentLot(items[one.item], one.lot, one.expires_on, one.packs) for one in line.components
                ),
            )
            for line in self.lines
        ]

    def slip(self) -> Slip:
        """Return what is told about the delivery as a whole."""
        return Slip(self.received_at, self.paper_number, self.note, self.late_reason)


class DeliveryLineTold(Told):
    """What came of one lot; `lot` is null where none was taken in. `due` is what was due of the item before."""

    item: str
    lot: int | None
    lot_code: str
    expires_on: date | None
    due: int | None
    accepted: int
    rejected: int
    reject_reason: str
    note: str
    sscc: str


class DeliveryTold(Told):
    """A delivery; `lines` is null in lists."""

    id: UUID
    number: str
    supplier: str
    order: str | None
    place: str
    received_at: datetime
    recorded_at: datetime
    paper_number: str
    note: str
    lines: list[DeliveryLineTold] | None


class DeliveryPage(Told):
    """Some deliveries, the oldest first; `next` is the `after` of the page that follows, null on the last one."""

    deliveries: list[DeliveryTold]
    next: UUID | None


def told_of(delivery: Delivery, order: str | None, lines: Sequence[DeliveryLine] | None = None) -> DeliveryTold:
    """Return a delivery as programs are told of it; `order` is the number of its order."""
    names = ("id", "number", "received_at", "recorded_at", "paper_number", "note")
    return DeliveryTold(
        **{name: getattr(delivery, name) for name in names},
        supplier=delivery.supplier.bin,
        order=order,
        place=delivery.place.code,
        lines=None if lines is None else [_line(line) for line in lines],
    )


def _line(line: DeliveryLine) -> DeliveryLineTold:
    names = ("lot_code", "expires_on", "due", "accepted", "rejected", "reject_reason", "note", "sscc")
    said = {name: getattr(line, name) for name in names}
    return DeliveryLineTold(**said, item=line.item.code, lot=line.lot_id)
