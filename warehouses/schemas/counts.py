"""Counts, as programs send and read them. What the book says of a blind count is told only once it was handed in."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from core.web.api.bodies import Sent, Told
from core.web.api.fields import (
    TEXT,
    Day,
    ItemCode,
    Key,
    LateReason,
    Limit,
    LotId,
    Moment,
    PlaceCode,
    Reason,
    Text40,
    Text300,
    chosen,
)
from warehouses.models import StockCount
from warehouses.queries.count_lines import LineRow
from warehouses.rules.counts import shows_expected
from warehouses.values.counts import (
    CountStatus,
    DifferenceReason,
    Explanation,
    NewTally,
    TallyKind,
)

_STATUSES = [one.value for one in CountStatus]
_KINDS = [one.value for one in TallyKind]
_REASONS = [one.value for one in DifferenceReason]
_MOST_LINES = 2_000

CountStatusText = Annotated[str, Field(json_schema_extra={"enum": _STATUSES}), chosen(_STATUSES)]
TallyKindText = Annotated[str, Field(json_schema_extra={"enum": _KINDS}), chosen(_KINDS)]
DifferenceText = Annotated[str, Field(json_schema_extra={"enum": _REASONS}), chosen(_REASONS)]
Counted = Annotated[int, Field(ge=-10_000_000, le=10_000_000)]


class CountsAsked(Sent):
    """Which counts, and from where on; the oldest first."""

    place: PlaceCode | None = None
    status: CountStatusText | None = None
    after: Annotated[Key | None, Field(description="`next` of the page before")] = None
    limit: Limit = 100


class NewCountSent(Sent):
    """A count of a whole place, or of some items there."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"place": "D-0003", "items": ["MILK25"], "is_blind": True, "note": ""}]}
    )

    place: PlaceCode
    items: Annotated[list[ItemCode], Field(max_length=500)] = Field(default_factory=list)
    is_blind: bool = True
    note: Text300 = ""


class TallySent(Sent):
    """What somebody counted of a lot: `add` packs, `set` how many there are, `clear` what was entered.

    `key` is made by who counted: sent again, it changes nothing.
    """

    key: Key
    lot: LotId
    kind: TallyKindText
    packs: Counted = 0
    counted_at: Annotated[Moment | None, Field(description="When it was counted; null is now")] = None


class TalliesSent(Sent):
    """What was counted of some lots."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"tallies": [{"key": "0b8c8c1e-4a5e-4d3a-9a43-3b6d4f2b7a10", "lot": 17, "kind": "set", "packs": 238}]}
            ]
        }
    )

    tallies: Annotated[list[TallySent], Field(min_length=1, max_length=_MOST_LINES)]

    def entries(self) -> Sequence[NewTally]:
        """Return them as the count takes them."""
        return [NewTally(one.key, one.lot, TallyKind(one.kind), one.packs, one.counted_at) for one in self.tallies]


class FoundLotSent(Sent):
    """A lot that was found where none was expected, as its pack says."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"item": "MILK25", "code": "L2611C", "expires_on": "2027-04-30"}]}
    )

    item: ItemCode
    code: Text40
    expires_on: Day | None = None


class SubmissionSent(Sent):
    """A count is handed in; `rest_is_zero` says that the goods of uncounted lines are not there."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"rest_is_zero": False}]})

    rest_is_zero: bool = False


class RecountSent(Sent):
    """Lots that are to be counted again."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"lots": [17]}]})

    lots: Annotated[list[LotId], Field(min_length=1, max_length=_MOST_LINES)]


class ExplanationSent(Sent):
    """Why a line differs."""

    lot: LotId
    reason: DifferenceText
    note: Annotated[str, Field(max_length=200), TEXT] = ""


class ExplanationsSent(Sent):
    """Why lines differ."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"explanations": [{"lot": 17, "reason": "damaged", "note": "Two torn"}]}]}
    )

    explanations: Annotated[list[ExplanationSent], Field(min_length=1, max_length=_MOST_LINES)]

    def values(self) -> Sequence[Explanation]:
        """Return them as the count takes them."""
        return [Explanation(one.lot, DifferenceReason(one.reason), one.note) for one in self.explanations]


class ClosingSent(Sent):
    """The end of a count; `late_reason` says why it is closed where the books of its day are."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"late_reason": ""}]})

    late_reason: LateReason = ""


class CancellationSent(Sent):
    """Why a count is cancelled."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "The delivery came in the middle"}]})

    reason: Reason


class CountLineTold(Told):
    """A lot of a count; `expected` is null where the book may not be seen, `counted` where nobody counted yet."""

    lot: int
    lot_code: str
    item: str
    expires_on: date | None
    round: int
    counted: int | None
    counted_at: datetime | None
    expected: int | None
    reason: str
    note: str


class CountTold(Told):
    """A count; `lines` is null in lists."""

    id: UUID
    number: str
    place: str
    status: CountStatusText
    is_whole: bool
    is_blind: bool
    round: int
    note: str
    opened_at: datetime
    submitted_at: datetime | None
    closed_at: datetime | None
    lines: list[CountLineTold] | None


class CountPage(Told):
    """Some counts, the oldest first; `next` is the `after` of the page that follows, null on the last one."""

    counts: list[CountTold]
    next: UUID | None


def told_of(count: StockCount, lines: Sequence[LineRow] | None = None) -> CountTold:
    """Return a count as programs are told of it."""
    names = ("id", "number", "status", "is_whole", "is_blind", "round", "note", "opened_at", "submitted_at")
    is_shown = shows_expected(count.status, is_blind=count.is_blind)
    return CountTold(
        **{name: getattr(count, name) for name in names},
        place=count.place.code,
        closed_at=count.closed_at,
        lines=None if lines is None else [_line(row, is_shown=is_shown) for row in lines],
    )


def _line(row: LineRow, *, is_shown: bool) -> CountLineTold:
    line, lot, item, expected, *_ = row
    return CountLineTold(
        lot=lot.id,
        lot_code=lot.code,
        item=item.code,
        expires_on=lot.expires_on,
        round=line.round,
        counted=line.counted,
        counted_at=line.counted_at,
        expected=int(expected) if is_shown else None,
        reason=line.reason,
        note=line.note,
    )
