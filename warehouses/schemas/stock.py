"""Lots, balances and movements as programs are told of them. Quantities are whole packs."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field
from sqlalchemy import Row

from catalog.models import Item
from core.clock import end_of_day
from core.web.api.bodies import Sent, Told
from core.web.api.fields import Day, ItemCode, Key, Limit, Moment, Number, PlaceCode, Whole
from warehouses.models import Lot, Place, StockMovement
from warehouses.schemas.fields import AfterId, Status


class LotsAsked(Sent):
    """Which lots, and from where on."""

    item: ItemCode | None = None
    status: Status | None = None
    code: Annotated[str | None, Field(max_length=40, description="The lot's code, exactly")] = None
    after: AfterId = None
    limit: Limit = 100


class LotTold(Told):
    """A lot. `is_usable` says whether it may be reserved or given out today: released and not past its expiry day."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": 17,
                    "item": "MILK25",
                    "code": "L2610A",
                    "expires_on": "2027-03-31",
                    "status": "released",
                    "is_usable": True,
                    "first_received_at": "2026-10-02T05:10:00Z",
                }
            ]
        }
    )

    id: int
    item: str
    code: str
    expires_on: date | None
    status: Status
    is_usable: bool
    first_received_at: datetime


class LotPage(Told):
    """Some lots by id; `next` is the `after` of the page that follows, null on the last one."""

    lots: list[LotTold]
    next: int | None


class StockAsked(Sent):
    """Which balances, of which moment, and from where on."""

    place: PlaceCode | None = None
    item: ItemCode | None = None
    lot: Number | None = None
    at: Annotated[Moment | Day | None, Field(description="As it was at that instant or at the end of that day")] = None
    after: Annotated[str | None, Field(pattern=r"^[0-9]{1,9}-[0-9]{1,9}$", description="`next` of the page before")] = (
        None
    )
    limit: Limit = 100

    @property
    def moment(self) -> datetime | None:
        """The instant that was asked about; a day means its end in Kazakhstan."""
        return self.at if isinstance(self.at, datetime) or self.at is None else end_of_day(self.at)

    @property
    def behind(self) -> tuple[int, int] | None:
        """The place and the lot of the last row of the page before."""
        if self.after is None:
            return None
        place, lot = self.after.split("-")
        return int(place), int(lot)


class BalanceTold(Told):
    """What a place has of a lot: `free` = `on_hand` - `reserved`. Reservations of a past moment are not kept apart."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "place": "D-0003",
                    "item": "MILK25",
                    "lot": 17,
                    "lot_code": "L2610A",
                    "expires_on": "2027-03-31",
                    "status": "released",
                    "on_hand": 240,
                    "reserved": 200,
                    "free": 40,
                }
            ]
        }
    )

    place: str
    item: str
    lot: int
    lot_code: str
    expires_on: date | None
    status: Status
    on_hand: int
    reserved: Whole
    free: int


class StockPage(Told):
    """Some balances by place and lot, as they were at `at`; `next` leads on, null on the last page."""

    at: datetime
    balances: list[BalanceTold]
    next: str | None


class MovementsAsked(Sent):
    """Which movements, and from where on; in the order in which they were recorded."""

    place: PlaceCode | None = None
    item: ItemCode | None = None
    lot: Number | None = None
    since: Annotated[Moment | None, Field(description="Recorded at that instant or later")] = None
    after: Annotated[Key | None, Field(description="`next` of the page before")] = None
    limit: Limit = 100


class MovementTold(Told):
    """A movement: so many packs of a lot from one place to another. Never changed; a mistake is reversed by another."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "8e03978e-40d5-43e8-bc93-6894a57f9324",
                    "item": "MILK25",
                    "lot": 17,
                    "lot_code": "L2610A",
                    "source": "D-0003",
                    "target": "P-0012",
                    "packs": 40,
                    "moved_at": "2026-11-02T05:10:00Z",
                    "recorded_at": "2026-11-02T05:10:03Z",
                    "document_kind": "transfer",
                    "document": "0b8c8c1e-4a5e-4d3a-9a43-3b6d4f2b7a10",
                    "reverses": None,
                    "reversed_by": None,
                    "reason": "",
                }
            ]
        }
    )

    id: UUID
    item: str
    lot: int
    lot_code: str
    source: str
    target: str
    packs: int
    moved_at: datetime
    recorded_at: datetime
    document_kind: str
    document: str
    reverses: UUID | None
    reversed_by: UUID | None
    reason: str


class MovementPage(Told):
    """Some movements as they were recorded; `next` is the `after` of the page that follows, null on the last one."""

    movements: list[MovementTold]
    next: UUID | None


def told_of_lot(lot: Lot, *, is_usable: bool) -> LotTold:
    """Return a lot as programs are told of it."""
    said = {name: getattr(lot, name) for name in ("id", "code", "expires_on", "status", "first_received_at")}
    return LotTold(**said, item=lot.item.code, is_usable=is_usable)


def told_of_balance(row: Row[Place, Lot, Item, int, int]) -> BalanceTold:
    """Return a balance as programs are told of it."""
    place, lot, item, on_hand, reserved = row
    return BalanceTold(
        place=place.code,
        item=item.code,
        lot=lot.id,
        lot_code=lot.code,
        expires_on=lot.expires_on,
        status=lot.status,
        on_hand=int(on_hand),
        reserved=int(reserved),
        free=int(on_hand) - int(reserved),
    )


def told_of_movement(row: Row[StockMovement, Lot, Item, Place, Place, str, UUID]) -> MovementTold:
    """Return a movement as programs are told of it."""
    movement, lot, item, source, target, _, reversed_by = row
    return MovementTold(
        id=movement.id,
        item=item.code,
        lot=lot.id,
        lot_code=lot.code,
        source=source.code,
        target=target.code,
        packs=movement.quantity,
        moved_at=movement.moved_at,
        recorded_at=movement.recorded_at,
        document_kind=movement.document_kind,
        document=movement.document_id,
        reverses=movement.reverses_id,
        reversed_by=reversed_by,
        reason=movement.reason,
    )
