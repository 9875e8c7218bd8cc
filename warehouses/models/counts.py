"""Tables of counts: what was found on the shelves, by whom, and how each difference is explained."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import Model
from warehouses.models.lots import Lot
from warehouses.models.places import Place


class StockCount(Model):
    """A count of a whole place or of chosen items. Open, submitted by who counted, closed by another person.

    `round` is 1, and one more with every recount that was asked for. Once closed or cancelled it never changes. Who
    tallied anything of it cannot close it: a trigger refuses.
    """

    __tablename__ = "stock_count"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'submitted', 'closed', 'cancelled')", name="status"),
        CheckConstraint("(status = 'closed') = (closed_at IS NOT NULL)", name="closed"),
        CheckConstraint(
            "status NOT IN ('submitted', 'closed') OR (submitted_at IS NOT NULL AND submitted_by_id IS NOT NULL)",
            name="submitted",
        ),
        CheckConstraint("(status = 'closed') = (closed_by_id IS NOT NULL)", name="closed_by"),
        CheckConstraint("closed_by_id IS NULL OR closed_by_id <> submitted_by_id", name="second_person"),
        CheckConstraint("(status = 'cancelled') = (cancel_reason <> '')", name="cancelled"),
        Index("ix_stock_count_place_id", "place_id", "opened_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(30), unique=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"))
    status: Mapped[str] = mapped_column(String(10))
    is_whole: Mapped[bool]
    is_blind: Mapped[bool]
    round: Mapped[int] = mapped_column(default=1)
    note: Mapped[str] = mapped_column(String(300), default="")
    opened_at: Mapped[datetime]
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    submitted_at: Mapped[datetime | None]
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    cancelled_at: Mapped[datetime | None]
    cancelled_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    cancel_reason: Mapped[str] = mapped_column(String(300), default="", server_default="")

    place: Mapped[Place] = relationship(lazy="joined", innerjoin=True)


class StockCountItem(Model):
    """An item that a count of chosen items is about."""

    __tablename__ = "stock_count_item"

    count_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stock_count.id"), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)


class StockCountLine(Model):
    """A lot to be counted, or that was found. `counted` None: nobody counted it yet.

    `counted` is the sum of the tallies of the line's last round; `round` is that of the count when it is to be counted
    again. `expected` is the balance at `counted_at`, written when the count closes; until then it is asked anew.
    """

    __tablename__ = "stock_count_line"
    __table_args__ = (CheckConstraint("counted >= 0", name="counted"),)

    count_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stock_count.id"), primary_key=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), primary_key=True)
    round: Mapped[int] = mapped_column(default=1)
    counted: Mapped[int | None]
    counted_at: Mapped[datetime | None]
    counted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    expected: Mapped[int | None]
    reason: Mapped[str] = mapped_column(String(20), default="", server_default="")
    note: Mapped[str] = mapped_column(String(200), default="", server_default="")

    lot: Mapped[Lot] = relationship(lazy="joined", innerjoin=True)


class StockCountTally(Model):
    """What somebody counted, as it was entered: `add` packs to a line (a scan), `set` it, or `clear` it. Never changed.

    `id` is the key of whoever counted: the same key again changes nothing, so that a phone may send twice. `counted_at`
    is when the packs were counted, `at` when that was entered: a sheet of paper is entered later. Negative packs that
    are added take back a scan.
    """

    __tablename__ = "stock_count_tally"
    __table_args__ = (
        CheckConstraint("kind IN ('add', 'set', 'clear')", name="kind"),
        Index("ix_stock_count_tally_count_id", "count_id", "lot_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    count_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stock_count.id"))
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"))
    round: Mapped[int]
    kind: Mapped[str] = mapped_column(String(5))
    packs: Mapped[int]
    counted_at: Mapped[datetime]
    at: Mapped[datetime]
    actor_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
