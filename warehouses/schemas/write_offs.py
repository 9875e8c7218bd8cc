"""Write-offs and reversals, as programs send and read them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from core.web.api.bodies import Sent, Told
from core.web.api.fields import Key, LateReason, Limit, LotId, Moment, Packs, PlaceCode, Reason, chosen
from warehouses.models import WriteOff
from warehouses.values.write_offs import WRITE_OFF_REASONS, NewWriteOff, WriteOffStatus, WriteOffWish

_STATUSES = [one.value for one in WriteOffStatus]
_REASONS = list(WRITE_OFF_REASONS)
_MOST_LINES = 1_500

WriteOffStatusText = Annotated[str, Field(json_schema_extra={"enum": _STATUSES}), chosen(_STATUSES)]
ReasonCode = Annotated[str, Field(json_schema_extra={"enum": _REASONS}), chosen(_REASONS)]


class WriteOffsAsked(Sent):
    """Which write-offs, and from where on; the oldest first."""

    place: PlaceCode | None = None
    status: WriteOffStatusText | None = None
    after: Annotated[Key | None, Field(description="`next` of the page before")] = None
    limit: Limit = 100


class LotWrittenOff(Sent):
    """So many packs of a lot."""

    lot: LotId
    packs: Packs


class WriteOffSent(Sent):
    """Goods to be written off, with the code of the state's system; another person approves."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "place": "D-0003",
                    "reason": "DAMAGE",
                    "note": "A pipe burst above the shelf",
                    "happened_at": "2026-11-20T04:00:00Z",
                    "lines": [{"lot": 17, "packs": 2}],
                }
            ]
        }
    )

    place: PlaceCode
    reason: ReasonCode
    note: Reason
    happened_at: Moment
    lines: Annotated[list[LotWrittenOff], Field(min_length=1, max_length=_MOST_LINES)]

    def wish(self, place_id: int) -> NewWriteOff:
        """Return what was sent, as the warehouse takes it."""
        lines = tuple(WriteOffWish(one.lot, one.packs) for one in self.lines)
        return NewWriteOff(place_id, self.reason, self.note, self.happened_at, lines)


class WriteOffApproval(Sent):
    """An approval; `late_reason` says why something is written off in a closed period."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"late_reason": ""}]})

    late_reason: LateReason = ""


class ReversalSent(Sent):
    """Why a movement is taken back."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "Entered for the wrong place"}]})

    reason: Reason


class WrittenOffTold(Told):
    """So many packs of a lot."""

    lot: int
    lot_code: str
    item: str
    packs: int


class WriteOffTold(Told):
    """A write-off; `lines` is null in lists."""

    id: UUID
    number: str
    place: str
    status: WriteOffStatusText
    reason: str
    note: str
    happened_at: datetime
    drafted_at: datetime
    decided_at: datetime | None
    lines: list[WrittenOffTold] | None


class WriteOffPage(Told):
    """Some write-offs, the oldest first; `next` is the `after` of the page that follows, null on the last one."""

    write_offs: list[WriteOffTold]
    next: UUID | None


class ReversalTold(Told):
    """The movements that were taken back: the one that was named, and those that belong together with it."""

    reversed: list[UUID]


def told_of(write_off: WriteOff, *, with_lines: bool) -> WriteOffTold:
    """Return a write-off as programs are told of it."""
    names = ("id", "number", "status", "reason", "note", "happened_at", "drafted_at", "decided_at")
    return WriteOffTold(
        **{name: getattr(write_off, name) for name in names},
        place=write_off.place.code,
        lines=_lines(write_off) if with_lines else None,
    )


def _lines(write_off: WriteOff) -> list[WrittenOffTold]:
    return [
        WrittenOffTold(lot=line.lot_id, lot_code=line.lot.code, item=line.lot.item.code, packs=line.packs)
        for line in write_off.lines
    ]
