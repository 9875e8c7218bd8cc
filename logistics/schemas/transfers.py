"""Transfers, as programs send and read them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from core.quarters import Quarter
from core.web.api.bodies import Sent, Told
from core.web.api.fields import (
    TEXT,
    Happened,
    Key,
    LateReason,
    Limit,
    LotId,
    Packs,
    PlaceCode,
    QuarterText,
    Reason,
    Text40,
    Whole,
)
from logistics.models import Transfer, TransferDifference
from logistics.schemas.fields import EndText, ExplanationText, Position, PurposeText, StateText
from logistics.values import TransferWish
from logistics.values.transfers import Counted

_Words = Annotated[str, Field(max_length=200), TEXT]
_MOST_LINES = 1_500


class TransfersAsked(Sent):
    """Which transfers, and from where on; the oldest first."""

    state: StateText | None = None
    place: PlaceCode | None = None
    after: Annotated[Key | None, Field(description="`next` of the page before")] = None
    limit: Limit = 100


class SentLine(Sent):
    """So many packs of a lot; with `reserved_quarter` those that are reserved for it."""

    lot: LotId
    packs: Packs
    reserved_quarter: QuarterText | None = None
    why: _Words = ""


class NewTransferSent(Sent):
    """Goods that are sent without a request. `purpose`: only a return or a recall takes lots that are held."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "source": "R-0001",
                    "target": "D-0003",
                    "purpose": "supply",
                    "lines": [{"lot": 17, "packs": 240, "reserved_quarter": "2026-Q4"}],
                    "carrier": "ТОО «Жол»",
                    "vehicle": "482 ABC 07",
                    "responsible": "С. Ахметов",
                }
            ]
        }
    )

    source: PlaceCode
    target: PlaceCode
    purpose: PurposeText = "supply"
    lines: Annotated[list[SentLine], Field(min_length=1, max_length=_MOST_LINES)]
    dispatched_at: Happened = None
    carrier: _Words = ""
    vehicle: Text40 = ""
    responsible: _Words = ""
    late_reason: LateReason = ""

    def wishes(self) -> tuple[TransferWish, ...]:
        """Return the lines as the ledger takes them."""
        return tuple(
            TransferWish(
                one.lot, one.packs, Quarter.parse(one.reserved_quarter) if one.reserved_quarter else None, one.why
            )
            for one in self.lines
        )


class CountedSent(Sent):
    """What was counted of a line on arrival."""

    position: Position
    packs: Whole
    note: _Words = ""


class ArrivalSent(Sent):
    """An arrival; lines that are not named arrived as they were sent."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"counted": [{"position": 1, "packs": 238, "note": "Two torn"}], "received_at": None}]
        }
    )

    counted: Annotated[list[CountedSent], Field(max_length=_MOST_LINES)] = Field(default_factory=list)
    received_at: Happened = None
    late_reason: LateReason = ""

    def by_line(self) -> Mapping[int, Counted]:
        """Return what was counted, by line."""
        return {one.position: Counted(one.packs, one.note) for one in self.counted}


class TurningBackSent(Sent):
    """Why a load comes back, and when it did."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"reason": "The road is closed until spring", "turned_back_at": None}]}
    )

    reason: Reason
    turned_back_at: Happened = None
    late_reason: LateReason = ""


class ProposalSent(Sent):
    """What one end says has happened to what differs."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"explanation": "not_sent", "end": "source"}]})

    explanation: ExplanationText
    end: EndText


class AgreementSent(Sent):
    """To what the other end agrees: it must be what was proposed."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"explanation": "not_sent"}]})

    explanation: ExplanationText


class TransferLineTold(Told):
    """So many packs of a lot in a transfer; `received` is null until it arrived."""

    position: int
    lot: int
    lot_code: str
    item: str
    expires_on: date | None
    packs: int
    reserved_quarter: QuarterText | None
    received: int | None
    why: str


class DifferenceTold(Told):
    """What differs on a line: `short` or `over`, what one end proposed ("" = nothing yet), when both agreed."""

    position: int
    kind: str
    packs: int
    note: str
    explanation: str
    proposed_end: str
    settled_at: datetime | None


class TransferTold(Told):
    """A transfer; `lines` and `differences` are null in lists."""

    id: UUID
    number: str
    source: str
    target: str
    state: StateText
    request: UUID | None
    dispatched_at: datetime
    received_at: datetime | None
    carrier: str
    vehicle: str
    responsible: str
    lines: list[TransferLineTold] | None
    differences: list[DifferenceTold] | None


class TransferPage(Told):
    """Some transfers, the oldest first; `next` is the `after` of the page that follows, null on the last one."""

    transfers: list[TransferTold]
    next: UUID | None


def told_of(transfer: Transfer, state: str, differences: Sequence[TransferDifference] | None = None) -> TransferTold:
    """Return a transfer as programs are told of it; with its lines where its differences are given."""
    names = ("id", "number", "dispatched_at", "received_at", "carrier", "vehicle", "responsible")
    shared = ("position", "kind", "packs", "note", "explanation", "proposed_end", "settled_at")
    return TransferTold(
        **{name: getattr(transfer, name) for name in names},
        source=transfer.from_place.code,
        target=transfer.to_place.code,
        state=state,
        request=transfer.request_id,
        lines=None if differences is None else _lines(transfer),
        differences=None
        if differences is None
        else [DifferenceTold(**{name: getattr(one, name) for name in shared}) for one in differences],
    )


def _lines(transfer: Transfer) -> list[TransferLineTold]:
    return [
        TransferLineTold(
            position=line.position,
            lot=line.lot_id,
            lot_code=line.lot.code,
            item=line.lot.item.code,
            expires_on=line.lot.expires_on,
            packs=line.quantity,
            reserved_quarter=str(line.reserved_quarter) if line.reserved_quarter else None,
            received=line.received,
            why=line.why,
        )
        for line in transfer.lines
    ]
