"""Tables of norms: what a child of an age needs a day, and which norm the ministry goes by."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import Model, Named


class Norm(Named, Model):
    """A table of daily intakes with its source; `confidence` says how far the figures were verified."""

    __tablename__ = "norm"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    source: Mapped[str] = mapped_column(String(500))
    confidence: Mapped[str] = mapped_column(String(300), default="")

    values: Mapped[list["NormValue"]] = relationship(lazy="raise", order_by="NormValue.id")


class NormValue(Model):
    """A daily amount for an age band (months, upper one exclusive), in thousandths of the nutrient's unit.

    `bound` is minimum (so much is needed) or limit (no more than that). `sex` is any, male or female.
    """

    __tablename__ = "norm_value"
    __table_args__ = (
        CheckConstraint("bound IN ('minimum', 'limit')", name="bound"),
        CheckConstraint("sex IN ('any', 'male', 'female')", name="sex"),
        CheckConstraint("age_from_months >= 0 AND age_to_months > age_from_months", name="ages"),
        CheckConstraint("milli > 0", name="milli"),
        UniqueConstraint("norm_id", "nutrient", "bound", "age_from_months", "sex"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    norm_id: Mapped[int] = mapped_column(ForeignKey("norm.id"))
    nutrient: Mapped[str] = mapped_column(String(12))
    bound: Mapped[str] = mapped_column(String(7))
    age_from_months: Mapped[int]
    age_to_months: Mapped[int]
    sex: Mapped[str] = mapped_column(String(6), default="any")
    milli: Mapped[int]


class CoveragePolicy(Model):
    """Which norm rules, below which share of it a set is warned of, and why; the latest row counts, none is changed.

    `warn_below_percent` is of the need of the whole interval; `warn_above_percent` of a limit, for the days that the
    set's energy lasts.
    """

    __tablename__ = "coverage_policy"
    __table_args__ = (
        CheckConstraint("warn_below_percent BETWEEN 0 AND 100", name="below"),
        CheckConstraint("warn_above_percent BETWEEN 1 AND 1000", name="above"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    norm_id: Mapped[int] = mapped_column(ForeignKey("norm.id"))
    warn_below_percent: Mapped[int]
    warn_above_percent: Mapped[int]
    reason: Mapped[str] = mapped_column(String(500))
    set_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    set_at: Mapped[datetime]

    norm: Mapped[Norm] = relationship(lazy="joined", innerjoin=True)
