"""Tables of transfers: goods on the road, and the differences found on arrival."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import Model
from core.quarters import Quarter
from warehouses.models import Lot, Place


class Transfer(Model):
    """Goods sent from one inside place to another; between the two they are in transit. `id` is the sender's key.

    `turned_back_at`: the load came back to its source instead of arriving. `carrier`, `vehicle` and `responsible` are
    what the waybill says of the road.
    """

    __tablename__ = "transfer"
    __table_args__ = (
        CheckConstraint("status IN ('dispatched', 'received')", name="status"),
        CheckConstraint("from_place_id <> to_place_id", name="places"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(30), unique=True)
    from_place_id: Mapped[int] = mapped_column(ForeignKey("place.id"), index=True)
    to_place_id: Mapped[int] = mapped_column(ForeignKey("place.id"), index=True)
    status: Mapped[str] = mapped_column(String(12), index=True)
    dispatched_at: Mapped[datetime]
    dispatched_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    received_at: Mapped[datetime | None]
    received_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    request_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("transfer_request.id"), index=True)
    turned_back_at: Mapped[datetime | None]
    carrier: Mapped[str] = mapped_column(String(200), default="", server_default="")
    vehicle: Mapped[str] = mapped_column(String(40), default="", server_default="")
    responsible: Mapped[str] = mapped_column(String(200), default="", server_default="")

    from_place: Mapped[Place] = relationship(lazy="joined", innerjoin=True, foreign_keys=[from_place_id])
    to_place: Mapped[Place] = relationship(lazy="joined", innerjoin=True, foreign_keys=[to_place_id])
    lines: Mapped[list["TransferLine"]] = relationship(lazy="raise", order_by="TransferLine.position")


class TransferLine(Model):
    """So many packs of a lot in a transfer; `reserved_quarter` when they travel reserved.

    `received` is what the target counted, None until it did; `why` says why this lot and not the first to expire.
    """

    __tablename__ = "transfer_line"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity"),)

    transfer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("transfer.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"))
    quantity: Mapped[int]
    reserved_quarter: Mapped[Quarter | None]
    received: Mapped[int | None]
    why: Mapped[str] = mapped_column(String(200), default="", server_default="")

    lot: Mapped[Lot] = relationship(lazy="joined", innerjoin=True)


class TransferDifference(Model):
    """What one line of a transfer brought less or more than was sent, until both ends agree what happened.

    One end proposes an explanation, the other agrees; then movements follow and the row never changes. Short: `lost`,
    `not_sent` (still at the source), `found` (arrived after all). Over: `sent_more`, `miscounted`.
    """

    __tablename__ = "transfer_difference"
    __table_args__ = (
        CheckConstraint("kind IN ('short', 'over')", name="kind"),
        CheckConstraint("packs > 0", name="packs"),
        CheckConstraint("explanation IN ('', 'lost', 'not_sent', 'found', 'sent_more', 'miscounted')",
                        name="explanation"),
        CheckConstraint("proposed_end IN ('', 'source', 'target')", name="proposed_end"),
        CheckConstraint("settled_by_id IS NULL OR settled_by_id <> proposed_by_id", name="both_ends"),
        ForeignKeyConstraint(["transfer_id", "position"], ["transfer_line.transfer_id", "transfer_line.position"]),
    )  # fmt: skip

    transfer_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(5))
    packs: Mapped[int]
    note: Mapped[str] = mapped_column(String(200), default="")
    stated_at: Mapped[datetime]
    stated_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    explanation: Mapped[str] = mapped_column(String(10), default="")
    proposed_end: Mapped[str] = mapped_column(String(6), default="")
    proposed_at: Mapped[datetime | None]
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
