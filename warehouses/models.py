"""Tables of places, lots and the stock ledger."""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.models import Item
from core.database import Model, Named
from core.quarters import Quarter


class Place(Named, Model):
    """Where goods can be: a warehouse, a point, in transit, or a place outside (supplier, families, loss …)."""

    __tablename__ = "place"
    __table_args__ = (Index("ix_place_district_id_kind", "district_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(30), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    is_inside: Mapped[bool]
    region_id: Mapped[int | None] = mapped_column(ForeignKey("region.id"), index=True)
    district_id: Mapped[int | None] = mapped_column(ForeignKey("district.id"))
    is_main: Mapped[bool] = mapped_column(default=False)
    is_open: Mapped[bool] = mapped_column(default=True)
    address_kk: Mapped[str] = mapped_column(String(300), default="")
    address_ru: Mapped[str] = mapped_column(String(300), default="")
    address_en: Mapped[str] = mapped_column(String(300), default="")
    hours: Mapped[str] = mapped_column(String(100), default="")
    hand_out_days: Mapped[str] = mapped_column(String(40), default="")
    """Days of the week, 1 = Monday, as `1,3,5`; empty = every working day."""


class PlaceSettlement(Model):
    """A settlement that a distribution point serves; `settlement` is folded for matching."""

    __tablename__ = "place_settlement"

    district_id: Mapped[int] = mapped_column(ForeignKey("district.id"), primary_key=True)
    settlement: Mapped[str] = mapped_column(String(200), primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"), index=True)


class Lot(Model):
    """A batch of one item with one expiry day; without one it never expires. `code` may be empty: no number."""

    __tablename__ = "lot"
    __table_args__ = (
        UniqueConstraint("item_id", "code"),
        CheckConstraint("status IN ('released', 'quarantined', 'recalled')", name="status"),
        Index("ix_lot_expires_on", "expires_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    code: Mapped[str] = mapped_column(String(40))
    expires_on: Mapped[date | None]
    status: Mapped[str] = mapped_column(String(12), default="released")
    kit_version_id: Mapped[int | None] = mapped_column(ForeignKey("kit_version.id"))
    first_received_at: Mapped[datetime]

    item: Mapped[Item] = relationship(lazy="joined", innerjoin=True)


class StockMovement(Model):
    """One line of the ledger: so many packs of one lot from one place to another. Never changed, never deleted.

    `id` is the key made by whoever acted first. `reserved_quarter` says that the goods were reserved for that quarter:
    they leave the reservation of the source, and enter that of an inside target.
    """

    __tablename__ = "stock_movement"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("from_place_id <> to_place_id", name="places"),
        Index("ix_stock_movement_from", "from_place_id", "lot_id", "moved_at"),
        Index("ix_stock_movement_to", "to_place_id", "lot_id", "moved_at"),
        Index("ix_stock_movement_lot", "lot_id", "moved_at"),
        Index("ix_stock_movement_document", "document_kind", "document_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"))
    from_place_id: Mapped[int] = mapped_column(ForeignKey("place.id"))
    to_place_id: Mapped[int] = mapped_column(ForeignKey("place.id"))
    quantity: Mapped[int]
    moved_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    actor_id: Mapped[int | None]
    document_kind: Mapped[str] = mapped_column(String(30))
    document_id: Mapped[str] = mapped_column(String(40))
    reverses_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("stock_movement.id"), unique=True)
    reserved_quarter: Mapped[Quarter | None]
    reason: Mapped[str] = mapped_column(String(200), default="")


class StockBalance(Model):
    """How many packs of a lot are at an inside place, and how many of them are reserved: a projection of the ledger.

    Outside places have no rows here: their balance is the sum of their movements, and a hand-over shares no row with
    another point's.
    """

    __tablename__ = "stock_balance"
    __table_args__ = (
        CheckConstraint("on_hand >= 0", name="on_hand"),
        CheckConstraint("reserved >= 0 AND reserved <= on_hand", name="reserved"),
        Index("ix_stock_balance_lot_id", "lot_id"),
    )

    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"), primary_key=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), primary_key=True)
    on_hand: Mapped[int] = mapped_column(default=0)
    reserved: Mapped[int] = mapped_column(default=0)


class StockReservation(Model):
    """An act of setting stock aside for a quarter, or of voiding that; added, never changed.

    What is reserved at a place = reserved there - voided there, plus and minus the movements with `reserved_quarter`.
    """

    __tablename__ = "stock_reservation"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("kind IN ('reserve', 'void')", name="kind"),
        Index("ix_stock_reservation_place", "place_id", "lot_id"),
        Index("ix_stock_reservation_quarter", "quarter", "district_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"))
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"))
    quarter: Mapped[Quarter]
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id"))
    quantity: Mapped[int]
    recorded_at: Mapped[datetime]
    actor_id: Mapped[int | None]
