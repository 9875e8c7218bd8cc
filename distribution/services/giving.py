"""The parts of a hand-over, at a point and from devices: pick packs, write the act, move the packs, write the lines.

None of them asks whether something was given before: the unique index on the lines decides, and who calls reads that.
"""

import uuid
from collections.abc import Collection, Mapping, MutableSequence, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from sqlalchemy import Integer, Table, bindparam, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from core.dialects import insert_new, insert_on
from core.i18n import text
from core.quarters import Quarter
from core.text import clean
from distribution.errors.devices import LeasedMeanwhile
from distribution.errors.hand_overs import ScanRefused
from distribution.models import Allotment, HandOver, HandOverLine
from distribution.queries.scans import GrantedSet, LotAtPoint, Scanned
from distribution.rules.verdicts import LEASED, verdict_of
from distribution.values import AllotmentStatus, Collector, SeenPaper
from warehouses.services import post_movements
from warehouses.values import NewMovement

DOCUMENT = "hand_over"
LONGEST_NOTE = 200
_HAND_OVERS: Table = Table("hand_over", HandOver.metadata)
_LINES: Table = Table("hand_over_line", HandOverLine.metadata)
_AS = "as_"
_LONGEST_DEVICE = 80
_LEASED = "another device holds the lease of this voucher"
"""What the database says when it refuses; migration 0007."""

LotsByItem = Mapping[int, MutableSequence[LotAtPoint]]
"""What may be taken, by the item of the kit, in the order of taking."""


@dataclass(frozen=True, slots=True)
class HandOverAsked:
    """What a device asks for. `key` is made by the device: the same key again is the same hand-over.

    `sizes` names for an allotment the item of the size to give, `lots` the lot whose box was scanned; for one that is
    not named, or 0, any will do. `last4` are the last four signs of the paper that was seen, never more of it.
    """

    key: uuid.UUID
    text: str
    point_id: int
    allotment_ids: tuple[int, ...]
    collector: Collector
    note: str
    device: str
    claimed_at: datetime
    sizes: Mapping[int, int] = field(default_factory=dict)
    lots: Mapping[int, int] = field(default_factory=dict)
    document: SeenPaper = SeenPaper.NONE
    last4: str = ""
    proxy_id: int | None = None


@dataclass(frozen=True, slots=True)
class Trail:
    """Who gave, when it came to us, when the goods moved, and the event of a device or the override it stands on."""

    operator_id: int
    received_at: datetime
    moved_at: datetime
    event_id: uuid.UUID | None = None
    device_id: uuid.UUID | None = None
    lease_id: uuid.UUID | None = None
    override_by_id: int | None = None
    override_reason: str = ""


@dataclass(frozen=True, slots=True)
class Pick:
    """One set from one lot of one place, whether it was reserved there, and its kit and size.

    `part` tells the movement apart from an earlier one of the same set in the same hand-over, after a correction.
    """

    allotment_id: int
    lot_id: int
    place_id: int
    is_reserved: bool
    kit: str
    size: str
    part: str = ""


def pick_packs(
    chosen: Sequence[GrantedSet],
    there: LotsByItem,
    *,
    place_id: int,
    sizes: Mapping[int, int],
    lots: Mapping[int, int],
) -> Sequence[Pick]:
    """Take a pack for each set, in the order of the lots; a reserved pack of a lot goes before a free one.

    Sets whose lot was scanned go first, then those whose size was chosen, so that none of the others takes their last
    pack. A set for which nothing is there is left out. The numbers of `there` go down.
    """
    picks: list[Pick] = []
    for one in sorted(chosen, key=lambda one: (not lots.get(one.allotment_id), not sizes.get(one.allotment_id))):
        size, lot_id = sizes.get(one.allotment_id) or None, lots.get(one.allotment_id) or None
        found = next((lot for lot in there.get(one.item_id, []) if _is_fitting(lot, size, lot_id)), None)
        if found is not None:
            picks.append(Pick(one.allotment_id, found.lot_id, place_id, _take(found), one.kit.code, found.size))
    return picks


def _is_fitting(lot: LotAtPoint, size: int | None, lot_id: int | None) -> bool:
    return lot.on_hand > 0 and size in {None, lot.item_id} and lot_id in {None, lot.lot_id}


def _take(lot: LotAtPoint) -> bool:
    """Take one pack of a lot; say whether it was a reserved one."""
    is_reserved = lot.reserved > 0
    lot.on_hand -= 1
    lot.reserved -= is_reserved
    return is_reserved


def write_hand_over(
    session: Session,
    asked: HandOverAsked,
    scanned: Scanned,
    trail: Trail,
    *,
    note: str,
    while_granted: Collection[int] | None = None,
) -> bool:
    """Write the act; False when one with this key stands there already, or a set dropped out since the scan.

    With `while_granted` the same statement holds those allotments, so that none of them drops out until the hand-over
    stands; without it, what happened is written whatever became of them.

    Raises:
        ScanRefused: a device took the voucher along. LeasedMeanwhile: it did so since the scan; look again.
    """
    if trail.event_id is None and scanned.leased_to:
        if session.get(HandOver, asked.key) is not None:
            return False
        raise ScanRefused(verdict_of(LEASED, device=scanned.leased_to), scanned.voucher_id)
    facts = {f"{_AS}{name}": value for name, value in _columns(asked, scanned, trail, note).items()}
    if while_granted is not None:
        facts |= {"granted": list(while_granted), "wanted": len(while_granted)}
    writing = _writing(session.get_bind().dialect.name, asks_granted=while_granted is not None)
    try:
        return session.scalar(writing, facts) is not None
    except IntegrityError as refused:
        if _LEASED in str(refused.orig):
            raise LeasedMeanwhile(text("A device took this voucher along a moment ago. Scan it again.")) from refused
        raise


@cache
def _writing(dialect: str, *, asks_granted: bool) -> ReturningInsert[uuid.UUID]:
    """Return the statement that writes the act; made once, because making it costs more than the engine's work."""
    names = [column.name for column in _HAND_OVERS.c]
    source = select(*(bindparam(f"{_AS}{name}", type_=_HAND_OVERS.c[name].type) for name in names))
    if asks_granted:
        among = Allotment.id.in_(bindparam("granted", expanding=True, type_=Integer))
        held = select(Allotment.id).where(among, Allotment.status == AllotmentStatus.GRANTED)
        still = select(func.count()).select_from(held.with_for_update(read=True).subquery()).scalar_subquery()
        source = source.where(still == bindparam("wanted", type_=Integer))
    whole = insert_on(dialect, _HAND_OVERS).from_select(names, source)
    return whole.on_conflict_do_nothing().returning(_HAND_OVERS.c.id)


def _columns(asked: HandOverAsked, scanned: Scanned, trail: Trail, note: str) -> Mapping[str, object]:
    return {
        "id": asked.key,
        "district_id": scanned.district_id,
        "quarter": scanned.quarter,
        "voucher_id": scanned.voucher_id,
        "family_id": scanned.family_id,
        "point_id": asked.point_id,
        "operator_id": trail.operator_id,
        "device": clean(asked.device)[:_LONGEST_DEVICE],
        "claimed_at": asked.claimed_at,
        "received_at": trail.received_at,
        "collector": asked.collector.value,
        "collector_note": note,
        "collector_document": asked.document.value,
        "collector_last4": asked.last4,
        "proxy_id": asked.proxy_id,
        "event_id": trail.event_id,
        "device_id": trail.device_id,
        "lease_id": trail.lease_id,
        "override_by_id": trail.override_by_id,
        "override_reason": trail.override_reason,
    }


def move_picks(
    session: Session,
    key: uuid.UUID,
    picks: Sequence[Pick],
    trail: Trail,
    *,
    families_id: int,
    quarter: Quarter,
    after_close: bool = False,
) -> None:
    """Move the picked packs to the families, each under a key that follows from the hand-over's and the allotment's.

    Raises:
        The refusals of `post_movements`.
    """
    movements = [
        NewMovement(
            key=movement_key(key, pick.allotment_id, pick.part),
            lot_id=pick.lot_id,
            from_place_id=pick.place_id,
            to_place_id=families_id,
            quantity=1,
            moved_at=trail.moved_at,
            document_kind=DOCUMENT,
            document_id=str(key),
            reserved_quarter=quarter if pick.is_reserved else None,
        )
        for pick in picks
    ]
    post_movements(session, movements, actor_id=trail.operator_id, at=trail.received_at, after_close=after_close)


def write_lines(session: Session, key: uuid.UUID, picks: Sequence[Pick], *, district_id: int) -> Collection[object]:
    """Write the lines and return the allotments of those that the unique index let through."""
    rows = [
        {
            "movement_id": movement_key(key, pick.allotment_id, pick.part),
            "hand_over_id": key,
            "district_id": district_id,
            "allotment_id": pick.allotment_id,
            "lot_id": pick.lot_id,
            "reversal_reason": "",
        }
        for pick in picks
    ]
    return insert_new(session, _LINES, rows, "allotment_id") if rows else set()


def movement_key(key: uuid.UUID, allotment_id: int, part: str = "") -> uuid.UUID:
    """Return the key of the movement of a set within a hand-over: repeating the act makes the same keys."""
    return derived(key, f"{allotment_id}{part}")


def derived(key: uuid.UUID, part: str) -> uuid.UUID:
    """Return a key that follows from another one."""
    return uuid.uuid5(key, part)
