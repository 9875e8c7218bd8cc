"""Recalls, as programs open and read them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field
from sqlalchemy import Row

from core.web.api.bodies import Sent, Told
from core.web.api.fields import TEXT, Key, Limit, LotId
from warehouses.models import LotEvent, Place, Recall, RecallLot
from warehouses.values.recalls import MOST_LOTS, Trace

Lots = Annotated[list[LotId], Field(min_length=1, max_length=MOST_LOTS)]
Words = Annotated[str, Field(min_length=1, max_length=500), TEXT]


class RecallsAsked(Sent):
    """Which recalls, and from where on; the oldest first."""

    after: Annotated[Key | None, Field(description="`next` of the page before")] = None
    limit: Limit = 100


class RecallSent(Sent):
    """Lots to be recalled; what contains them is recalled with them."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"lots": [17], "reason": "Glass was found in a pack of the same lot"}]}
    )

    lots: Lots
    reason: Words


class RecallLotsSent(Sent):
    """Further lots of a recall."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"lots": [18, 19]}]})

    lots: Lots


class WithdrawalSent(Sent):
    """Why the recall of a lot is lifted."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "The laboratory mistook the number"}]})

    reason: Words


class RecalledLotTold(Told):
    """A lot of a recall; `because_of` is the lot inside it that was recalled, `withdrawn_at` when that was lifted."""

    lot: int
    lot_code: str
    item: str
    because_of: int | None
    withdrawn_at: datetime | None


class RecalledStockTold(Told):
    """Packs of a recalled lot that lie at a place and may not be given out.

    `set_aside`: of them those that the place said it found and set aside.
    """

    place: str
    lot: int
    on_hand: int
    set_aside: int


class RecallTold(Told):
    """A recall with what it froze within reach; the last six are null in lists. The percentage is rounded down."""

    id: UUID
    number: str
    reason: str
    opened_at: datetime
    closed_at: datetime | None
    lots: list[RecalledLotTold] | None
    stock: list[RecalledStockTold] | None
    received: int | None
    handed_over: int | None
    unconfirmed: int | None
    recovered_percent: int | None


class RecallPage(Told):
    """Some recalls, the oldest first; `next` is the `after` of the page that follows, null on the last one."""

    recalls: list[RecallTold]
    next: UUID | None


def told_shortly(recall: Recall) -> RecallTold:
    """Return a recall as a list tells it."""
    names = ("id", "number", "reason", "opened_at", "closed_at")
    return RecallTold(
        **{name: getattr(recall, name) for name in names},
        lots=None,
        stock=None,
        received=None,
        handed_over=None,
        unconfirmed=None,
        recovered_percent=None,
    )


def told_of(
    recall: Recall,
    lots: Sequence[Row[RecallLot, str, LotEvent, str]],
    trace: Trace,
    places: Mapping[int, Place],
) -> RecallTold:
    """Return a recall with its lots and where they lie."""
    total = trace.total
    stock = [
        RecalledStockTold(
            place=places[one.place_id].code, lot=one.lot_id, on_hand=one.on_hand, set_aside=one.figures.confirmed
        )
        for one in trace.holdings
        if one.on_hand
    ]
    return told_shortly(recall).model_copy(
        update={
            "lots": [_lot(row) for row in lots],
            "stock": stock,
            "received": total.received,
            "handed_over": total.handed_over,
            "unconfirmed": total.unconfirmed,
            "recovered_percent": total.percent,
        }
    )


def _lot(row: Row[RecallLot, str, LotEvent, str]) -> RecalledLotTold:
    recalled, _, withdrawal, _ = row
    lot = recalled.lot
    return RecalledLotTold(
        lot=lot.id,
        lot_code=lot.code,
        item=lot.item.code,
        because_of=recalled.cause_lot_id,
        withdrawn_at=getattr(withdrawal, "at", None),
    )
