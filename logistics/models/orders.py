"""Tables of purchase orders."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.models import Item
from core.database import Model
from core.quarters import Quarter
from logistics.models.suppliers import Supplier
from warehouses.models import Place


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
    """So many packs of an item, and how many of them came: at most what the policy tolerates above the order."""

    __tablename__ = "purchase_order_line"
    __table_args__ = (
        CheckConstraint("ordered > 0", name="ordered"),
        CheckConstraint("received >= 0", name="received"),
        UniqueConstraint("order_id", "item_id"),
    )

    order_id: Mapped[int] = mapped_column(ForeignKey("purchase_order.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    ordered: Mapped[int]
    received: Mapped[int] = mapped_column(default=0)

    item: Mapped[Item] = relationship(lazy="joined", innerjoin=True)
