"""Sets packed and taken apart, as programs send and read them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field
from sqlalchemy import Row

from catalog.models import Item
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
    Text40,
    chosen,
)
from warehouses.models import Assembly, Lot
from warehouses.values.assemblies import MOST_LINES, MOST_SETS, AssemblyKind, NewAssembly, NewTakingApart, Pick

_KINDS = [kind.value for kind in AssemblyKind]

KindText = Annotated[str, Field(json_schema_extra={"enum": _KINDS}), chosen(_KINDS)]
Sets = Annotated[int, Field(ge=1, le=MOST_SETS)]
_KitCode = Annotated[str, Field(max_length=8), TEXT]


class AssembliesAsked(Sent):
    """Which acts, and from where on; the oldest first."""

    place: PlaceCode | None = None
    kind: KindText | None = None
    after: Annotated[Key | None, Field(description="`next` of the page before")] = None
    limit: Limit = 100


class LotTaken(Sent):
    """So many packs of a lot."""

    lot: LotId
    packs: Packs


class AssemblySent(Sent):
    """Sets to be packed. Without `picks` the lots are taken first expired first; without `lot_code` it is made."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "place": "D-0003",
                    "kit": "SET",
                    "quarter": "2026-Q4",
                    "sets": 120,
                    "size": "",
                    "lot_code": "",
                    "picks": None,
                    "assembled_at": None,
                }
            ]
        }
    )

    place: PlaceCode
    kit: _KitCode
    quarter: QuarterText
    sets: Sets
    size: Text40 = ""
    lot_code: Text40 = ""
    picks: Annotated[list[LotTaken], Field(max_length=MOST_LINES)] | None = None
    assembled_at: Happened = None
    late_reason: LateReason = ""

    def wish(self, place_id: int) -> NewAssembly:
        """Return what was sent, as the warehouse takes it."""
        return NewAssembly(
            place_id=place_id,
            kit_code=self.kit,
            quarter=Quarter.parse(self.quarter),
            sets=self.sets,
            size=self.size,
            lot_code=self.lot_code,
            picks=picks_of(self.picks),
            assembled_at=self.assembled_at,
            late_reason=self.late_reason,
        )


class TakingApartSent(Sent):
    """Sets of a lot to be taken apart; without `picks` the component lots come out that are proposed."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"place": "D-0003", "lot": 31, "sets": 5, "picks": None}]}
    )

    place: PlaceCode
    lot: LotId
    sets: Sets
    picks: Annotated[list[LotTaken], Field(max_length=MOST_LINES)] | None = None
    taken_apart_at: Happened = None
    late_reason: LateReason = ""

    def wish(self, place_id: int) -> NewTakingApart:
        """Return what was sent, as the warehouse takes it."""
        picks = picks_of(self.picks)
        return NewTakingApart(place_id, self.lot, self.sets, picks, self.taken_apart_at, self.late_reason)


class ComponentTold(Told):
    """A lot that went into the sets, or came out of them."""

    lot: int
    lot_code: str
    item: str
    packs: int


class AssemblyTold(Told):
    """Sets packed or taken apart; `components` is null in lists."""

    id: UUID
    number: str
    kind: KindText
    place: str
    item: str
    lot: int
    lot_code: str
    expires_on: date | None
    quarter: QuarterText
    sets: int
    assembled_at: datetime
    recorded_at: datetime
    components: list[ComponentTold] | None


class AssemblyPage(Told):
    """Some acts, the oldest first; `next` is the `after` of the page that follows, null on the last one."""

    assemblies: list[AssemblyTold]
    next: UUID | None


def picks_of(sent: Sequence[LotTaken] | None) -> Sequence[Pick] | None:
    """Return the lots that are named, or None for those that are proposed."""
    return None if sent is None else [Pick(one.lot, one.packs) for one in sent]


def told_of(act: Assembly, components: Sequence[Row[Lot, Item, int]] | None = None) -> AssemblyTold:
    """Return an act as programs are told of it."""
    names = ("id", "number", "kind", "assembled_at", "recorded_at")
    return AssemblyTold(
        **{name: getattr(act, name) for name in names},
        place=act.place.code,
        item=act.kit_lot.item.code,
        lot=act.kit_lot_id,
        lot_code=act.kit_lot.code,
        expires_on=act.kit_lot.expires_on,
        quarter=str(act.quarter),
        sets=act.packs,
        components=None if components is None else [_component(row) for row in components],
    )


def _component(row: Row[Lot, Item, int]) -> ComponentTold:
    lot, item, packs = row
    return ComponentTold(lot=lot.id, lot_code=lot.code, item=item.code, packs=int(packs))
