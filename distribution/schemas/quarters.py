"""Quarters and their rosters, as programs send and read them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Self

from pydantic import ConfigDict, Field

from core.quarters import Quarter
from core.web.api.bodies import Sent, Told
from core.web.api.fields import TEXT, Whole
from distribution.models import Publication, Roster
from distribution.queries.figures import QuarterFigures

KitCode = Annotated[str, Field(pattern=r"^[A-Z0-9][A-Z0-9-]{0,19}$")]
Announced = Annotated[
    dict[KitCode, Whole], Field(max_length=50, description="Announced sets to count in, by kit; what is left out is 0")
]
Seed = Annotated[str, Field(max_length=200, description="The seed, exactly as it was made public"), TEXT]
Source = Annotated[str, Field(max_length=300, description="The public event that gives the seed"), TEXT]


class AnnouncementSent(Sent):
    """What is told before the draw: the event to come, and the announced deliveries that count as supply."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"seed_source": "Draw of 11 January 2027, 20:00, channel 1", "announced": {"UNIFORM": 1200}}]
        }
    )

    seed_source: Annotated[str, Field(min_length=1, max_length=300), TEXT]
    announced: Announced = Field(default_factory=dict)


class DrawSent(Sent):
    """The seed that the announced event gave."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"seed": "04 17 23 31 38 45"}]})

    seed: Annotated[str, Field(min_length=1, max_length=200), TEXT]


class AllottingSent(Sent):
    """What an allotting needs that was not told before; after an announcement and a draw, nothing."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"seed": "", "seed_source": "", "announced": {}}]})

    seed: Seed = ""
    seed_source: Source = ""
    announced: Announced = Field(default_factory=dict)


class ClosingQuarterSent(Sent):
    """Whether a quarter is meant to be closed before its last day is over."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"early": False}]})

    early: bool = False


class KitFiguresTold(Told):
    """One kit in one quarter, within your reach; the supply is the whole country's."""

    kit: str
    need: int
    supply: int
    granted: int
    reserved: int
    handed_over: int


class RosterTold(Told):
    """A frozen list with its root, what was told before the draw, and who took which step when."""

    number: int
    merkle_root: str
    lines: int
    children: int
    families: int
    frozen_at: datetime
    seed_source: str | None
    announced_at: datetime | None
    objections_until: date | None
    seed: str | None
    drawn_at: datetime | None
    allotted_at: datetime | None
    approved_at: datetime | None
    is_approved: bool
    reserved_at: datetime | None


class QuarterTold(Told):
    """A quarter: its rosters by number, its figures by kit."""

    quarter: str
    closed_at: datetime | None
    rosters: list[RosterTold]
    kits: list[KitFiguresTold]

    @classmethod
    def of(
        cls,
        quarter: Quarter,
        *,
        closed_at: datetime | None,
        rosters: Sequence[Roster],
        figures: Sequence[QuarterFigures],
    ) -> Self:
        """Tell a quarter."""
        return cls(
            quarter=str(quarter),
            closed_at=closed_at,
            rosters=[told_of(roster) for roster in rosters],
            kits=[
                KitFiguresTold(
                    kit=one.kit.code,
                    need=one.need,
                    supply=one.supply,
                    granted=one.granted,
                    reserved=one.reserved,
                    handed_over=one.handed_over,
                )
                for one in figures
            ],
        )


class QuartersTold(Told):
    """The quarters that have a roster, the latest first."""

    quarters: list[str]


class GrantedTold(Told):
    """What a step did, in sets by kit."""

    roster: RosterTold
    sets: dict[str, int]


class LackTold(Told):
    """Sets of a kit without stock for a district."""

    kato: str
    kit: str
    packs: int


class ReservedTold(Told):
    """Packs set aside by kit, and what has no stock yet."""

    sets: dict[str, int]
    lacks: list[LackTold]


class PublicationTold(Told):
    """One publication of a roster; `files` has the SHA-256 and size of each, under its address for everybody."""

    roster: int
    number: int
    stage: str
    at: datetime
    files: dict[str, object]


class PublicationsTold(Told):
    """Publications of rosters, the last of each first."""

    publications: list[PublicationTold]


def publication_told(roster: Roster, publication: Publication) -> PublicationTold:
    """Tell a publication."""
    return PublicationTold(
        roster=roster.number,
        number=publication.number,
        stage=publication.stage,
        at=publication.at,
        files=publication.files,
    )


def told_of(roster: Roster) -> RosterTold:
    """Tell a roster."""
    return RosterTold(
        number=roster.number,
        merkle_root=roster.merkle_root,
        lines=roster.line_count,
        children=roster.child_count,
        families=roster.family_count,
        frozen_at=roster.frozen_at,
        seed_source=roster.seed_source,
        announced_at=roster.root_published_at,
        objections_until=roster.objections_until,
        seed=roster.seed,
        drawn_at=roster.drawn_at,
        allotted_at=roster.allotted_at,
        approved_at=roster.approved_at,
        is_approved=roster.is_approved,
        reserved_at=roster.reserved_at,
    )


def sets_of(counts: Mapping[str, int]) -> dict[str, int]:
    """Return numbers of sets by kit, in the order of their codes."""
    return dict(sorted(counts.items()))
