"""Tables of suppliers, purchase orders, deliveries and transfers."""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.models import Item
from core.database import Model, Named
from core.quarters import Quarter
from warehouses.models import Lot, Place


class Supplier(Named, Model):
    """An organisation that delivers goods, known by its business identification number (BIN)."""

    __tablename__ = "supplier"

    id: Mapped[int] = mapped_column(primary_key=True)
    bin: Mapped[str] = mapped_column(String(12), unique=True)


class PurchaseOrder(Model):
    """An order to one supplier for one place and quarter. It closes when all of it was received."""

    __tablename__ = "purchase_order"
    __table_args__ = (
        CheckConstraint("status IN ('draft', 'approved', 'closed', 'cancelled')", name="status"),
        CheckConstraint("approved_by_id IS NULL OR approved_by_id <> drafted_by_id", name="second_person"),
        Index("ix_purchase_order_supplier_id", "supplier_id", "due_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(30), unique=True)
    supplier_id: Mapped[int] = mapped_column(ForeignKey("supplier.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"), index=True)
    quarter: Mapped[Quarter]
    due_on: Mapped[date]
    status: Mapped[str] = mapped_column(String(10))
    drafted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    drafted_at: Mapped[datetime]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    approved_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    supplier: Mapped[Supplier] = relationship(lazy="joined", innerjoin=True)
    place: Mapped[Place] = relationship(lazy="joined", innerjoin=True)
    lines: Mapped[list["PurchaseOrderLine"]] = relationship(lazy="raise", order_by="PurchaseOrderLine.position")


class PurchaseOrderLine(Model):
    """So many packs of an item, and how many of them came."""

    __tablename__ = "purchase_order_line"
    __table_args__ = (
        CheckConstraint("ordered > 0", name="ordered"),
        CheckConstraint("received >= 0 AND received <= ordered", name="received"),
        UniqueConstraint("order_id", "item_id"),
    )

    order_id: Mapped[int] = mapped_column(ForeignKey("purchase_order.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    ordered: Mapped[int]
    received: Mapped[int] = mapped_column(default=0)

    item: Mapped[Item] = relationship(lazy="joined", innerjoin=True)


class Delivery(Model):
    """Goods taken in from a supplier at a place, by an order or without. `id` is the key of whoever received."""

    __tablename__ = "delivery"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(30), unique=True)
    supplier_id: Mapped[int] = mapped_column(ForeignKey("supplier.id"), index=True)
    order_id: Mapped[int | None] = mapped_column(ForeignKey("purchase_order.id"), index=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"), index=True)
    received_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    received_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    supplier: Mapped[Supplier] = relationship(lazy="joined", innerjoin=True)
    place: Mapped[Place] = relationship(lazy="joined", innerjoin=True)


class Transfer(Model):
    """Goods sent from one inside place to another; between the two they are in transit. `id` is the sender's key."""

    __tablename__ = "transfer"
    __table_args__ = (
        CheckConstraint("status IN ('dispatched', 'received')", name="status"),
        CheckConstraint("from_place_id <> to_place_id", name="places"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(30), unique=True)
    from_place_id: Mapped[int] = mapped_column(ForeignKey("place.id"), index=True)
    to_place_id: Mapped[int] = mapped_column(ForeignKey("place.id"), index=True)
    status: Mapped[str] = mapped_column(String(12))
    dispatched_at: Mapped[datetime]
    dispatched_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    received_at: Mapped[datetime | None]
    received_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    from_place: Mapped[Place] = relationship(lazy="joined", innerjoin=True, foreign_keys=[from_place_id])
    to_place: Mapped[Place] = relationship(lazy="joined", innerjoin=True, foreign_keys=[to_place_id])
    lines: Mapped[list["TransferLine"]] = relationship(lazy="raise", order_by="TransferLine.position")


class TransferLine(Model):
    """So many packs of a lot in a transfer; `reserved_quarter` when they travel reserved."""

    __tablename__ = "transfer_line"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity"),)

    transfer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("transfer.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"))
    quantity: Mapped[int]
    reserved_quarter: Mapped[Quarter | None]

    lot: Mapped[Lot] = relationship(lazy="joined", innerjoin=True)
