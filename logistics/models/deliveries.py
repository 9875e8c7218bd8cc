"""Tables of deliveries: what came, what was accepted of it and what was not."""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.models import Item
from core.database import Model
from logistics.models.suppliers import Supplier
from warehouses.models import Place


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
    paper_number: Mapped[str] = mapped_column(String(40), default="", server_default="")
    """Number of the supplier's own waybill."""
    note: Mapped[str] = mapped_column(String(300), default="", server_default="")

    supplier: Mapped[Supplier] = relationship(lazy="joined", innerjoin=True)
    place: Mapped[Place] = relationship(lazy="joined", innerjoin=True)
    lines: Mapped[list["DeliveryLine"]] = relationship(lazy="raise", order_by="DeliveryLine.position")


class DeliveryLine(Model):
    """What came of one lot: so many packs accepted, so many rejected on the ramp with a reason. Never changed.

    `lot_id` is None where nothing of it was accepted: what is sent back at once never enters the ledger. `due` is what
    was still due of the item by the order before this delivery; short and over follow from it.
    """

    __tablename__ = "delivery_line"
    __table_args__ = (
        CheckConstraint("accepted >= 0 AND rejected >= 0 AND accepted + rejected > 0", name="packs"),
        CheckConstraint("(rejected > 0) = (reject_reason <> '')", name="reject_reason"),
        CheckConstraint("accepted = 0 OR lot_id IS NOT NULL", name="lot"),
    )

    delivery_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("delivery.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("lot.id"))
    lot_code: Mapped[str] = mapped_column(String(40))
    expires_on: Mapped[date | None]
    due: Mapped[int | None]
    accepted: Mapped[int]
    rejected: Mapped[int] = mapped_column(default=0)
    reject_reason: Mapped[str] = mapped_column(String(20), default="")
    note: Mapped[str] = mapped_column(String(200), default="")
    sscc: Mapped[str] = mapped_column(String(18), default="")

    item: Mapped[Item] = relationship(lazy="joined", innerjoin=True)
