"""Tables of lots, of what happened to them and of what is inside packed ones."""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.models import Item
from core.database import Model


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


class LotEvent(Model):
    """An act on a lot itself: held, released, recalled. Added, never changed; `Lot.status` is where they lead."""

    __tablename__ = "lot_event"
    __table_args__ = (
        CheckConstraint("kind IN ('hold', 'release', 'recall')", name="kind"),
        Index("ix_lot_event_lot_id_at", "lot_id", "at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"))
    kind: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str] = mapped_column(String(300))
    at: Mapped[datetime]
    actor_id: Mapped[int | None]
    recall_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("recall.id"))


class LotComponent(Model):
    """A component lot inside a packed lot: put in here, or declared by the supplier.

    `packs` is how many packs of the component went into the whole packed lot; None where a supplier only named the lot.
    """

    __tablename__ = "lot_component"
    __table_args__ = (
        CheckConstraint("packs > 0", name="packs"),
        CheckConstraint("kit_lot_id <> component_lot_id", name="other"),
        Index("ix_lot_component_component_lot_id", "component_lot_id"),
    )

    kit_lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), primary_key=True)
    component_lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), primary_key=True)
    packs: Mapped[int | None]
