"""Allotments after the draw, as programs send and read them: why a set is granted or not, who drops out."""

from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import ConfigDict, Field

from core.web.api.bodies import Sent, Told
from core.web.api.fields import LARGEST, Text300, chosen
from distribution.rules.explanations import Reason
from distribution.services.drops import Dropped
from distribution.values.allotments import DropReason
from distribution.values.explanations import Explained

_REASONS = [one.value for one in DropReason]

DropReasonText = Annotated[str, Field(json_schema_extra={"enum": _REASONS}), chosen(_REASONS)]


class DropSent(Sent):
    """Allotments of one quarter that drop out, and why."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"allotments": [4711, 4712], "reason": "moved_away", "note": ""}]}
    )

    allotments: Annotated[list[Annotated[int, Field(ge=1, le=LARGEST)]], Field(min_length=1, max_length=500)]
    reason: DropReasonText
    note: Text300 = ""


class DropTold(Told):
    """How many dropped out, which allotments moved up, how many sets nobody waits for."""

    dropped: int
    moved_up: list[int]
    free: int

    @classmethod
    def of(cls, done: Dropped) -> Self:
        """Tell what came of it."""
        return cls(dropped=done.dropped, moved_up=list(done.moved_up), free=done.free)


class ReasonTold(Told):
    """One step of the explanation; `tone` is how it went for the child: ok, attention, refused or info."""

    step: str
    name: str
    sentence: str
    tone: str


class WhyTold(Told):
    """Why one set is granted or not; no names, the same words as the page that everybody may read."""

    quarter: str
    roster: int
    pseudonym: str
    kit: str
    district: str
    priority: int
    missed: int
    status: str | None
    draw: str | None
    rank: int | None
    steps: list[ReasonTold]

    @classmethod
    def of(cls, told: Explained, steps: Sequence[Reason]) -> Self:
        """Tell an explanation."""
        listed = told.listed
        return cls(
            quarter=str(listed.quarter),
            roster=listed.roster,
            pseudonym=listed.pseudonym,
            kit=listed.kit,
            district=listed.kato,
            priority=listed.priority,
            missed=listed.missed,
            status=told.status,
            draw=told.draw,
            rank=told.rank,
            steps=[
                ReasonTold(step=one.step, name=str(one.name), sentence=str(one.sentence), tone=one.tone)
                for one in steps
            ],
        )
