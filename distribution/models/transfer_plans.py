"""Tables of transfer plans: which stock goes where, so that each district's quota lies there at least cost."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Model
from core.quarters import Quarter


class TransferPlan(Model):
    """A plan for a quarter, made from the stock of a moment. `pack_kilometres` is its cost: Σ packs × kilometres.

    `region_id` is the region within which it was made; None = the whole country.
    """

    __tablename__ = "transfer_plan"
    __table_args__ = (CheckConstraint("status IN ('proposed', 'requested', 'dropped')", name="status"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    quarter: Mapped[Quarter] = mapped_column(ForeignKey("cycle.quarter"), index=True)
    region_id: Mapped[int | None] = mapped_column(ForeignKey("region.id"))
    status: Mapped[str] = mapped_column(String(10))
    pack_kilometres: Mapped[int]
    made_at: Mapped[datetime]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    requested_at: Mapped[datetime | None]
    requested_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))


class TransferPlanLine(Model):
    """Packs of an item from one place to another, `kilometres` apart; `is_reserved`: set aside for the quarter."""

    __tablename__ = "transfer_plan_line"
    __table_args__ = (CheckConstraint("packs > 0 AND kilometres >= 0", name="amounts"),)

    plan_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("transfer_plan.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    from_place_id: Mapped[int] = mapped_column(ForeignKey("place.id"))
    to_place_id: Mapped[int] = mapped_column(ForeignKey("place.id"))
    packs: Mapped[int]
    kilometres: Mapped[int]
    is_reserved: Mapped[bool]
    request_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("transfer_request.id"), index=True)


class TransferPlanLack(Model):
    """Packs of an item that no stock can bring to a district; `why`: stock, on_road, room or place (`LackReason`)."""

    __tablename__ = "transfer_plan_lack"
    __table_args__ = (CheckConstraint("packs > 0", name="packs"),)

    plan_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("transfer_plan.id"), primary_key=True)
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id"), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    packs: Mapped[int]
    why: Mapped[str] = mapped_column(String(10))
