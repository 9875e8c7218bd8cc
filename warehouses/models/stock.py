"""Tables of the stock ledger."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Model
from core.quarters import Quarter


class StockMovement(Model):
    """One line of the ledger: so many packs of one lot from one place to another. Never changed, never deleted.

    `id` is the key made by whoever acted first. `reserved_quarter` says that the goods were reserved for that quarter:
    they leave the reservation of the source, and enter that of an inside target.

    The indices of both ends hold all that a balance is summed from, so that proofs, stock cards and past days read them
    alone, in the order of the cards, and never the rows; those of the two times are the orders of the list, which
    counts its kinds along the first.
    """

    __tablename__ = "stock_movement"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("from_place_id <> to_place_id", name="places"),
        Index("ix_stock_movement_from", "from_place_id", "lot_id", "moved_at", "quantity", "reserved_quarter"),
        Index("ix_stock_movement_to", "to_place_id", "lot_id", "moved_at", "quantity", "reserved_quarter"),
        Index("ix_stock_movement_lot", "lot_id", "moved_at"),
        Index("ix_stock_movement_document", "document_kind", "document_id"),
        Index("ix_stock_movement_moved_at", "moved_at", "document_kind"),
        Index("ix_stock_movement_recorded_at", "recorded_at"),
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
    """An act of setting stock aside for a quarter or a document, or of voiding that; added, never changed.

    For a quarter the district is known; what a document holds (goods picked for a transfer) has neither, and travels
    unreserved: it is voided in the transaction that moves it. What is reserved at a place = reserved there - voided
    there, plus and minus the movements with `reserved_quarter`.
    """

    __tablename__ = "stock_reservation"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("kind IN ('reserve', 'void')", name="kind"),
        CheckConstraint(
            "(quarter IS NULL) = (district_id IS NULL) AND (quarter IS NULL) = (document_kind <> '')", name="cause"
        ),
        Index("ix_stock_reservation_place", "place_id", "lot_id"),
        Index("ix_stock_reservation_quarter", "quarter", "district_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"))
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"))
    quarter: Mapped[Quarter | None]
    district_id: Mapped[int | None] = mapped_column(ForeignKey("district.id"))
    document_kind: Mapped[str] = mapped_column(String(30), default="", server_default="")
    document_id: Mapped[str] = mapped_column(String(40), default="", server_default="")
    quantity: Mapped[int]
    recorded_at: Mapped[datetime]
    actor_id: Mapped[int | None]
