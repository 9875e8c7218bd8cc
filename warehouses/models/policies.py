"""Tables of what is set for all warehouses: thresholds, closed periods, names of paper forms."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Model


class StockPolicy(Model):
    """Thresholds that hold from `at` on; the last row counts, and rows are only added.

    `near_expiry_days`: a lot is said to expire soon within so many days. `receipt_margin_days`: what is received must
    last so many days beyond the end of its quarter. `over_percent`: by how much a delivery may exceed its order.
    `gs1_prefix`: the company prefix (GS1) under which the state's own warehouses number cartons; empty = none.
    """

    __tablename__ = "stock_policy"
    __table_args__ = (
        CheckConstraint("near_expiry_days >= 0", name="near_expiry_days"),
        CheckConstraint("receipt_margin_days >= 0", name="receipt_margin_days"),
        CheckConstraint("over_percent >= 0 AND over_percent <= 100", name="over_percent"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    near_expiry_days: Mapped[int]
    receipt_margin_days: Mapped[int]
    over_percent: Mapped[int]
    gs1_prefix: Mapped[str] = mapped_column(String(12), default="")
    reason: Mapped[str] = mapped_column(String(300))
    at: Mapped[datetime]
    actor_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))


class PeriodClose(Model):
    """A statement that the books are closed through a day, everywhere; the last row counts, and rows are only added.

    What is entered later with an earlier day needs a right and a reason.
    """

    __tablename__ = "period_close"

    id: Mapped[int] = mapped_column(primary_key=True)
    through: Mapped[date]
    reason: Mapped[str] = mapped_column(String(300))
    at: Mapped[datetime]
    actor_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))


class PaperForm(Model):
    """What the head of a paper says about its form (an order and the form's number), where it is not the usual one."""

    __tablename__ = "paper_form"

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    name_kk: Mapped[str] = mapped_column(String(200))
    name_ru: Mapped[str] = mapped_column(String(200))
