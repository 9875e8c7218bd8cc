"""Tables of quarters: the cycle, its rosters with their lines and supply, and the allotments."""

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    and_,
    or_,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Model
from core.quarters import Quarter


class Cycle(Model):
    """A quarter of the programme. Its secret turns children into pseudonyms and is sealed at rest."""

    __tablename__ = "cycle"

    quarter: Mapped[Quarter] = mapped_column(primary_key=True, autoincrement=False)
    secret_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))


class Roster(Model):
    """A frozen list of the eligible children of a quarter; later numbers are supplementary.

    Each step that follows names its person. `root_published_at` is when root, supply and `seed_source` were told;
    `objections_until` ends the window for those left out; `drawn_at` is when the seed was entered. The first signature
    settles `signatures_needed`: two above the ministry's threshold.
    """

    __tablename__ = "roster"
    __table_args__ = (
        UniqueConstraint("quarter", "number"),
        CheckConstraint("approved_by_id IS NULL OR approved_by_id <> frozen_by_id", name="second_person"),
        CheckConstraint("approved_by_id IS NULL OR approved_by_id <> allotted_by_id", name="not_who_allotted"),
        CheckConstraint("allotted_at IS NOT NULL OR approved_at IS NULL", name="allotted_first"),
        CheckConstraint("approved_at IS NOT NULL OR reserved_at IS NULL", name="approved_first"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    quarter: Mapped[Quarter] = mapped_column(ForeignKey("cycle.quarter"))
    number: Mapped[int]
    merkle_root: Mapped[str] = mapped_column(String(64))
    line_count: Mapped[int]
    child_count: Mapped[int]
    family_count: Mapped[int]
    frozen_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    frozen_at: Mapped[datetime]
    seed: Mapped[str | None] = mapped_column(String(200))
    seed_source: Mapped[str | None] = mapped_column(String(300))
    root_published_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    root_published_at: Mapped[datetime | None]
    objections_until: Mapped[date | None]
    drawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    drawn_at: Mapped[datetime | None]
    allotted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    allotted_at: Mapped[datetime | None]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    approved_at: Mapped[datetime | None]
    signatures_needed: Mapped[int] = mapped_column(default=1, server_default="1")
    second_approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    second_approved_at: Mapped[datetime | None]
    reserved_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    reserved_at: Mapped[datetime | None]

    @hybrid_property
    def is_approved(self) -> bool:
        """Say whether all signatures that are needed are there."""
        return self.approved_at is not None and (self.signatures_needed == 1 or self.second_approved_at is not None)

    @is_approved.inplace.expression
    @classmethod
    def _is_approved(cls) -> ColumnElement[bool]:
        return and_(cls.approved_at.is_not(None), or_(cls.signatures_needed == 1, cls.second_approved_at.is_not(None)))

    @property
    def who_took_part(self) -> set[int | None]:
        """Return who took a step that another person must approve, and who signed."""
        return {self.frozen_by_id, self.root_published_by_id, self.allotted_by_id, self.approved_by_id}


class RosterSupply(Model):
    """How many sets of a kind a roster needs, and how many there were when it was allotted.

    `announced` of the supply were not there yet: whoever allotted counted on their delivery.
    """

    __tablename__ = "roster_supply"
    __table_args__ = (
        CheckConstraint("need >= 0 AND announced >= 0 AND (supply IS NULL OR supply >= announced)", name="amounts"),
    )

    roster_id: Mapped[int] = mapped_column(ForeignKey("roster.id"), primary_key=True)
    kit_kind_id: Mapped[int] = mapped_column(ForeignKey("kit_kind.id"), primary_key=True)
    need: Mapped[int]
    supply: Mapped[int | None]
    announced: Mapped[int] = mapped_column(default=0)


class RosterQuota(Model):
    """How many sets of a kind a district's children on a roster need, and how many it gets (Sainte-Laguë)."""

    __tablename__ = "roster_quota"
    __table_args__ = (CheckConstraint("need >= 0 AND quota >= 0 AND quota <= need", name="amounts"),)

    roster_id: Mapped[int] = mapped_column(ForeignKey("roster.id"), primary_key=True)
    kit_kind_id: Mapped[int] = mapped_column(ForeignKey("kit_kind.id"), primary_key=True)
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id"), primary_key=True)
    need: Mapped[int]
    quota: Mapped[int]


class RosterLine(Model):
    """One child and one kit of a roster. A child is on the rosters of a quarter once per kit, and never leaves them.

    `point_id` is the home point at the freeze; without one it is found when the voucher is issued.
    """

    __tablename__ = "roster_line"
    __table_args__ = (
        Index("ix_roster_line_roster_id", "roster_id", "kit_kind_id", "district_id"),
        Index("ix_roster_line_district_id", "district_id", "quarter"),
        Index("ix_roster_line_pseudonym", "pseudonym"),
    )

    quarter: Mapped[Quarter] = mapped_column(primary_key=True, autoincrement=False)
    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"), primary_key=True)
    kit_kind_id: Mapped[int] = mapped_column(ForeignKey("kit_kind.id"), primary_key=True)
    roster_id: Mapped[int] = mapped_column(ForeignKey("roster.id"))
    family_id: Mapped[int] = mapped_column(ForeignKey("family.id"))
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id"))
    point_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"))
    pseudonym: Mapped[str] = mapped_column(String(32))
    priority: Mapped[int] = mapped_column(default=0)
    missed: Mapped[int] = mapped_column(default=0)


class Allotment(Model):
    """One kit for one child in one quarter: granted, waiting, dropped or lapsed.

    `rank` is the child's place in the order of its district for the kit, from 1, where a draw was made. `ended_reason`
    says why it dropped out or lapsed.
    """

    __tablename__ = "allotment"
    __table_args__ = (
        UniqueConstraint("district_id", "quarter", "child_id", "kit_kind_id"),
        ForeignKeyConstraint(
            ["quarter", "child_id", "kit_kind_id"],
            ["roster_line.quarter", "roster_line.child_id", "roster_line.kit_kind_id"],
        ),
        CheckConstraint("status IN ('granted', 'waiting', 'dropped', 'lapsed')", name="status"),
        Index("ix_allotment_family", "family_id", "quarter"),
        Index("ix_allotment_roster", "roster_id", "kit_kind_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id"))
    quarter: Mapped[Quarter]
    roster_id: Mapped[int] = mapped_column(ForeignKey("roster.id"))
    child_id: Mapped[int]
    kit_kind_id: Mapped[int]
    family_id: Mapped[int] = mapped_column(ForeignKey("family.id"))
    status: Mapped[str] = mapped_column(String(8))
    draw: Mapped[str | None] = mapped_column(String(64))
    rank: Mapped[int | None]
    ended_reason: Mapped[str] = mapped_column(String(30), default="", server_default="")


class AllotmentChange(Model):
    """An allotment that changed after the draw: dropped out, or moved up because of another. Append-only."""

    __tablename__ = "allotment_change"
    __table_args__ = (Index("ix_allotment_change_district_id", "district_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    allotment_id: Mapped[int] = mapped_column(ForeignKey("allotment.id"), index=True)
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id"))
    at: Mapped[datetime]
    actor_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    from_status: Mapped[str] = mapped_column(String(8))
    to_status: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str] = mapped_column(String(30))
    note: Mapped[str] = mapped_column(String(300), default="")
    cause_id: Mapped[int | None] = mapped_column(ForeignKey("allotment_change.id"), index=True)
