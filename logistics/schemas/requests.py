"""Requests for goods of another place, as programs make and read them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from core.web.api.bodies import Sent, Told
from core.web.api.fields import (
    TEXT,
    Day,
    Happened,
    ItemCode,
    Key,
    LateReason,
    Limit,
    LotId,
    Packs,
    PlaceCode,
    Reason,
    Text300,
    Whole,
)
from logistics.models import TransferPick, TransferRequest, TransferRequestLine
from logistics.schemas.fields import PurposeText, StatusText
from logistics.values.transfers import Cut, PickWish

Why = Annotated[str, Field(max_length=200), TEXT]
_MOST_LINES = 1_500


class RequestsAsked(Sent):
    """Which requests, and from where on; the oldest first."""

    status: StatusText | None = None
    after: Annotated[Key | None, Field(description="`next` of the page before")] = None
    limit: Limit = 100


class RequestLine(Sent):
    """So many packs of an item, asked for."""

    item: ItemCode
    packs: Packs


class NewRequestSent(Sent):
    """A request: so many packs of items, from one place to another; another person approves it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "source": "R-0001",
                    "target": "D-0003",
                    "purpose": "supply",
                    "needed_on": "2026-12-01",
                    "note": "",
                    "lines": [{"item": "MILK25", "packs": 240}],
                }
            ]
        }
    )

    source: PlaceCode
    target: PlaceCode
    purpose: PurposeText = "supply"
    needed_on: Day | None = None
    note: Text300 = ""
    lines: Annotated[list[RequestLine], Field(min_length=1, max_length=_MOST_LINES)]


class CutSent(Sent):
    """Fewer packs of an item than were asked for, and why."""

    item: ItemCode
    packs: Whole
    why: Why = ""


class ApprovalSent(Sent):
    """An approval; items that are not named are approved as they were asked for."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"cuts": [{"item": "MILK25", "packs": 200, "why": "The lorry holds no more"}]}]}
    )

    cuts: Annotated[list[CutSent], Field(max_length=_MOST_LINES)] = Field(default_factory=list)

    def by_item(self) -> Mapping[str, Cut]:
        """Return the cuts by the code of the item."""
        return {one.item: Cut(one.packs, one.why) for one in self.cuts}


class ReasonSent(Sent):
    """Why something is refused, cancelled or taken back."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "The road is closed until spring"}]})

    reason: Reason


class PickSent(Sent):
    """So many packs of a lot, to be held for a request; `why` says why not a lot that expires before."""

    lot: LotId
    packs: Packs
    why: Why = ""


class PicksSent(Sent):
    """What is held for a request from now on; null takes what the product proposes, first expired first out."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"picks": None}, {"picks": [{"lot": 17, "packs": 200, "why": ""}]}]}
    )

    picks: Annotated[list[PickSent], Field(max_length=_MOST_LINES)] | None = None

    def wishes(self) -> Sequence[PickWish] | None:
        """Return the lots that are wanted, or None for those that are proposed."""
        return None if self.picks is None else [PickWish(one.lot, one.packs, one.why) for one in self.picks]


class LotPacks(Sent):
    """So many packs of a lot."""

    lot: LotId
    packs: Packs


class DispatchSent(Sent):
    """What of the picks is sent, and what the waybill says of the road; null sends all that is picked."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "packs": None,
                    "dispatched_at": None,
                    "carrier": "ТОО «Жол»",
                    "vehicle": "482 ABC 07",
                    "responsible": "С. Ахметов",
                }
            ]
        }
    )

    packs: Annotated[list[LotPacks], Field(max_length=_MOST_LINES)] | None = None
    dispatched_at: Happened = None
    carrier: Why = ""
    vehicle: Annotated[str, Field(max_length=40), TEXT] = ""
    responsible: Why = ""
    late_reason: LateReason = ""

    def by_lot(self) -> Mapping[int, int] | None:
        """Return the packs by lot, or None for all."""
        return None if self.packs is None else {one.lot: one.packs for one in self.packs}


class RequestLineTold(Told):
    """An item of a request; `approved` is null until somebody approved, `why` says why fewer were."""

    item: str
    asked: int
    approved: int | None
    sent: int
    why: str


class PickTold(Told):
    """So many packs of a lot that are held for a request."""

    lot: int
    lot_code: str
    item: str
    expires_on: date | None
    packs: int
    why: str


class RequestTold(Told):
    """A request for goods with what is held for it; `lines` and `picks` are null in lists."""

    id: UUID
    number: str
    source: str
    target: str
    purpose: PurposeText
    status: StatusText
    needed_on: date | None
    note: str
    requested_at: datetime
    approved_at: datetime | None
    ended_at: datetime | None
    end_reason: str
    lines: list[RequestLineTold] | None
    picks: list[PickTold] | None


class RequestPage(Told):
    """Some requests, the oldest first; `next` is the `after` of the page that follows, null on the last one."""

    requests: list[RequestTold]
    next: UUID | None


def told_of(request: TransferRequest, picks: Sequence[TransferPick] | None = None) -> RequestTold:
    """Return a request as programs are told of it; with its lines where its picks are given."""
    names = ("id", "number", "purpose", "status", "needed_on", "note", "requested_at", "approved_at", "ended_at")
    return RequestTold(
        **{name: getattr(request, name) for name in names},
        source=request.from_place.code,
        target=request.to_place.code,
        end_reason=request.end_reason,
        lines=None if picks is None else [_line(one) for one in request.lines],
        picks=None if picks is None else [_pick(one) for one in picks],
    )


def _line(line: TransferRequestLine) -> RequestLineTold:
    return RequestLineTold(item=line.item.code, asked=line.asked, approved=line.approved, sent=line.sent, why=line.why)


def _pick(pick: TransferPick) -> PickTold:
    lot = pick.lot
    return PickTold(
        lot=lot.id, lot_code=lot.code, item=lot.item.code, expires_on=lot.expires_on, packs=pick.packs, why=pick.why
    )
