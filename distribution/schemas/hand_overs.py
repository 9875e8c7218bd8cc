"""Hand-overs, as programs send and read them."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Self

from pydantic import ConfigDict, Field

from core.i18n import name_of
from core.web.api.bodies import Sent, Told
from core.web.api.fields import LARGEST, TEXT, Day, Key, Limit, Moment, PlaceCode, QuarterText, Reason, chosen
from distribution.models import HandOver, HandOverLine
from distribution.services.giving import HandOverAsked
from distribution.services.scans import DueKit, ScanResult
from distribution.values import Collector, ScanWay, SeenPaper
from warehouses.models import Lot, Place

_COLLECTORS = [one.value for one in Collector]
_PAPERS = [one.value for one in SeenPaper]
_WAYS = [one.value for one in ScanWay]
_EXAMPLE = "KZV1:NCFOXN%TS3DHZN4HAF*PQFKKGTNA.Q/R8WRU2FCAG9"

Scanned = Annotated[
    str, Field(max_length=1000, description="The text of the square, or the code that was typed, as it came in"), TEXT
]
SetNumber = Annotated[int, Field(ge=1, le=LARGEST)]
CollectorText = Annotated[str, Field(json_schema_extra={"enum": _COLLECTORS}), chosen(_COLLECTORS)]
PaperText = Annotated[
    str,
    Field(json_schema_extra={"enum": _PAPERS}, description="The kind of document that was seen, never an image of it"),
    chosen(_PAPERS),
]
WayText = Annotated[str, Field(json_schema_extra={"enum": _WAYS}), chosen(_WAYS)]
Last4 = Annotated[str, Field(pattern=r"^([0-9A-Za-z]{4})?$", description="The last four signs of that document")]


class CheckSent(Sent):
    """A text that was scanned or typed at a point."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"point": "P-0003", "text": _EXAMPLE, "way": "wedge"}]})

    point: PlaceCode
    text: Scanned
    way: WayText = ScanWay.WEDGE


class GivenSetSent(Sent):
    """One set to give: its number from the check, and where known the lot of the box or the item of the size."""

    set: SetNumber
    lot: SetNumber | None = None
    size: SetNumber | None = None


class HandOverSent(Sent):
    """Sets that leave the point for a family, against the text of its voucher."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "point": "P-0003",
                    "text": _EXAMPLE,
                    "sets": [{"set": 1204}, {"set": 1205, "lot": 17}],
                    "collector": "guardian",
                    "document": "identity_card",
                    "last4": "4821",
                    "device": "gate 2",
                    "claimed_at": "2026-11-22T10:15:00+05:00",
                }
            ]
        }
    )

    point: PlaceCode
    text: Scanned
    sets: Annotated[list[GivenSetSent], Field(min_length=1, max_length=60)]
    collector: CollectorText
    note: Annotated[str, Field(max_length=200), TEXT] = ""
    document: PaperText = SeenPaper.NONE
    last4: Last4 = ""
    proxy: SetNumber | None = None
    device: Annotated[str, Field(max_length=80), TEXT] = ""
    claimed_at: Moment

    def asked(self, key: uuid.UUID, point_id: int) -> HandOverAsked:
        """Return it as the service takes it."""
        return HandOverAsked(
            key=key,
            text=self.text,
            point_id=point_id,
            allotment_ids=tuple(one.set for one in self.sets),
            collector=Collector(self.collector),
            note=self.note,
            device=self.device,
            claimed_at=self.claimed_at,
            sizes={one.set: one.size for one in self.sets if one.size},
            lots={one.set: one.lot for one in self.sets if one.lot},
            document=SeenPaper(self.document),
            last4=self.last4,
            proxy_id=self.proxy,
        )


class HandOversAsked(Sent):
    """Which hand-overs, and from where on."""

    point: PlaceCode | None = None
    quarter: QuarterText | None = None
    day: Annotated[Day, Field(description="The day in Kazakhstan on which they were received")] | None = None
    after: Annotated[Key, Field(description="`next` of the page before")] | None = None
    limit: Limit = 100


class TakenBackSent(Sent):
    """Why a hand-over is taken back."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "Wrong family"}]})

    reason: Reason


class DueTold(Told):
    """Sets of a kind that are due: their numbers, and how many of them the point can give."""

    kit: str
    name: str
    sets: list[int]
    in_stock: int

    @classmethod
    def of(cls, due: DueKit) -> Self:
        """Tell sets of a kind."""
        sets = list(due.allotment_ids)
        return cls(kit=due.kit.code, name=name_of(due.kit), sets=sets, in_stock=min(due.in_stock, len(sets)))


class CheckTold(Told):
    """What a text is: one of the answers of the design, in words for the screen, and what is due."""

    answer: str
    kind: str
    words: str
    why: str
    step: str
    due: list[DueTold]

    @classmethod
    def of(cls, result: ScanResult) -> Self:
        """Tell the verdict on a text."""
        verdict = result.verdict
        return cls(
            answer=verdict.answer,
            kind=verdict.kind,
            words=str(verdict.words),
            why=str(verdict.why),
            step=str(verdict.step),
            due=[DueTold.of(one) for one in result.due],
        )


class SetTold(Told):
    """One set that was given: from which lot, and when it was taken back or replaced by a correction."""

    set: int
    lot: int
    lot_code: str
    expires_on: date | None
    taken_back_at: datetime | None
    reason: str


class HandOverTold(Told):
    """A hand-over, without the family's name: whoever scanned the voucher has seen it."""

    id: uuid.UUID
    quarter: str
    point: str
    voucher: int
    collector: CollectorText
    document: PaperText
    device: str
    claimed_at: datetime
    received_at: datetime
    is_offline: bool
    is_override: bool
    sets: list[SetTold]

    @classmethod
    def of(cls, given: HandOver, point: Place, lines: Sequence[tuple[HandOverLine, Lot]]) -> Self:
        """Tell a hand-over with all its lines."""
        return cls(
            id=given.id,
            quarter=str(given.quarter),
            point=point.code,
            voucher=given.voucher_id,
            collector=given.collector,
            document=given.collector_document,
            device=given.device,
            claimed_at=given.claimed_at,
            received_at=given.received_at,
            is_offline=given.event_id is not None,
            is_override=given.override_by_id is not None,
            sets=[
                SetTold(
                    set=line.allotment_id,
                    lot=line.lot_id,
                    lot_code=lot.code,
                    expires_on=lot.expires_on,
                    taken_back_at=line.reversed_at,
                    reason=line.reversal_reason,
                )
                for line, lot in lines
            ],
        )


class HandOverPage(Told):
    """Hand-overs in the order in which they were received, and where the next page begins."""

    handovers: list[HandOverTold]
    next: uuid.UUID | None
