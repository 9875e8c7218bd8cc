"""Reads of what devices send: what is known of it already, and all that decides about many events at once."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import ColumnElement, Row, and_, func, or_, select
from sqlalchemy.orm import Session

from accounts.models import RoleGrant, User
from accounts.values import Role, ScopeKind
from catalog.models import Item, KitKind
from catalog.queries.sizes import counted_item_id
from core.quarters import Quarter
from distribution.models import (
    Allotment,
    Cycle,
    Device,
    DeviceEvent,
    FamilyProxy,
    HandOver,
    Lease,
    LeaseIndex,
    Voucher,
)
from distribution.queries.scans import GrantedSet, KitName, LotAtPoint
from distribution.values import AllotmentStatus
from distribution.values.events import EventKind, EventReason, EventResult, HandOverFact
from warehouses.models import Lot, StockBalance, StockMovement
from warehouses.queries import reserved_for
from warehouses.values import LotStatus, is_expired

_AT_POINTS = (Role.OPERATOR, Role.MANAGER)


@dataclass(frozen=True, slots=True)
class KnownEvent:
    """An event that came before, and what became of it."""

    id: uuid.UUID
    device_id: uuid.UUID
    content_hash: bytes
    sealed: bytes
    kind: str
    result: str
    reason: str


@dataclass(frozen=True, slots=True)
class GivenSet:
    """A set of an allotment: whose it is, and whether it is granted still."""

    family_id: int
    quarter: Quarter
    is_granted: bool
    set: GrantedSet


@dataclass(slots=True)
class PointLot:
    """A lot at the point: its packs, whether its state lets it be given, its last day, when it last came in."""

    packs: LotAtPoint
    counts_as: int
    is_released: bool
    expires_on: date | None
    came_at: datetime | None

    def is_usable(self, on: date) -> bool:
        """Say whether it may be given on a day."""
        return self.is_released and not is_expired(self.expires_on, on)


@dataclass(slots=True)
class Surroundings:
    """All that decides about the hand-overs of one device in one portion, read before the first is written."""

    sets: dict[int, GivenSet] = field(default_factory=dict)
    closed: set[Quarter] = field(default_factory=set)
    covered: set[tuple[uuid.UUID, Quarter, int]] = field(default_factory=set)
    operators: Mapping[int, bool] = field(default_factory=dict)
    proxies: Mapping[int, int] = field(default_factory=dict)
    online: Mapping[uuid.UUID, int] = field(default_factory=dict)


def list_known_events(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, KnownEvent]:
    """Return what is known of events by id."""
    row = DeviceEvent
    columns = (row.id, row.device_id, row.content_hash, row.sealed, row.kind, row.result, row.reason)
    return {one.id: KnownEvent(*one) for one in session.execute(select(*columns).where(row.id.in_(ids)))}


def lock_device(session: Session, device_id: uuid.UUID) -> Device | None:
    """Return a device, held until the transaction ends, so that two batches of it follow one another."""
    return session.scalar(select(Device).where(Device.id == device_id).with_for_update(key_share=True))


def list_leases(session: Session, device_id: uuid.UUID) -> dict[uuid.UUID, Lease]:
    """Return the leases that a device has or had."""
    return {lease.id: lease for lease in session.scalars(select(Lease).where(Lease.device_id == device_id))}


def count_unreadable(session: Session, device_id: uuid.UUID) -> int:
    """Return how much of what nobody could read is kept for a device."""
    kept = select(func.count()).where(DeviceEvent.device_id == device_id, DeviceEvent.kind == EventKind.UNREADABLE)
    return session.scalars(kept).one()


def list_places_of_chain(
    session: Session, device_id: uuid.UUID, seqs: Collection[int] | None = None
) -> list[tuple[int, bytes, bytes]]:
    """Return place, hash and hash before of the events of a device, or of those at some places of its chain."""
    row = DeviceEvent
    wanted = select(row.seq, row.content_hash, row.prev_hash).where(
        row.device_id == device_id, row.kind != EventKind.UNREADABLE
    )
    if seqs is not None:
        wanted = wanted.where(row.seq.in_(seqs))
    return [(seq, own, before) for seq, own, before in session.execute(wanted)]


def list_waiting_undos(session: Session, hand_over_ids: Collection[uuid.UUID]) -> Sequence[DeviceEvent]:
    """Return the events that take hand-overs back which had not come, in the order of their chain."""
    row = DeviceEvent
    waits = or_(
        row.result == EventResult.HELD, and_(row.result == EventResult.CONFLICT, row.reason == EventReason.WAITS)
    )
    found = select(row).where(row.subject_id.in_(hand_over_ids), row.kind == EventKind.UNDO, waits)
    return session.scalars(found.order_by(row.seq, row.id)).all()


def list_vouchers_shown(
    session: Session, tokens: Collection[str], secret_hashes: Collection[bytes]
) -> Sequence[Voucher]:
    """Return the vouchers with one of the tokens, or with one of the secrets."""
    named: list[ColumnElement[bool]] = []
    if tokens:
        named.append(Voucher.token.in_(tokens))
    if secret_hashes:
        named.append(Voucher.secret_hash.in_(secret_hashes))
    return session.scalars(select(Voucher).where(or_(*named))).all() if named else []


def look_around(
    session: Session, facts: Sequence[HandOverFact], vouchers: Sequence[Voucher], *, point_id: int
) -> Surroundings:
    """Return what decides about many hand-overs of one point at once."""
    around = Surroundings(sets=_sets(session, {one for fact in facts for one in fact.sets}))
    quarters = {one.quarter for one in vouchers}
    closed = select(Cycle.quarter).where(Cycle.quarter.in_(quarters), Cycle.closed_at.is_not(None))
    around.closed = set(session.scalars(closed)) if quarters else set()
    if vouchers:
        covered = select(LeaseIndex.lease_id, LeaseIndex.quarter, LeaseIndex.idx).where(
            LeaseIndex.lease_id.in_({fact.lease_id for fact in facts}),
            LeaseIndex.idx.in_({one.idx for one in vouchers}),
        )
        around.covered = {(lease, quarter, idx) for lease, quarter, idx in session.execute(covered)}
    around.operators = list_operators(session, {fact.operator_id for fact in facts}, point_id)
    if proxy_ids := {fact.proxy_id for fact in facts if fact.proxy_id}:
        proxies = select(FamilyProxy.id, FamilyProxy.family_id).where(FamilyProxy.id.in_(proxy_ids))
        around.proxies = dict(session.execute(proxies).all())
    online = select(HandOver.id, HandOver.voucher_id).where(HandOver.id.in_([fact.id for fact in facts]))
    around.online = dict(session.execute(online).all())
    return around


def list_operators(session: Session, ids: Collection[int], point_id: int) -> Mapping[int, bool]:
    """Return which of some people exist, and whether each still works at the point."""
    counts = and_(
        RoleGrant.user_id == User.id,
        RoleGrant.role.in_(_AT_POINTS),
        RoleGrant.scope_kind == ScopeKind.PLACE,
        RoleGrant.scope_id == point_id,
        RoleGrant.approved_at.is_not(None),
        RoleGrant.withdrawn_at.is_(None),
    )
    rows = select(User.id, User.is_active, select(RoleGrant.id).where(counts).exists()).where(User.id.in_(ids))
    return {person: is_active and works for person, is_active, works in session.execute(rows)}


def list_point_lots(session: Session, point_id: int, quarter: Quarter, item_ids: Collection[int]) -> list[PointLot]:
    """Return what the point has of sets, whatever their state, in the order of taking.

    `packs` is what the book lets go for the quarter: free packs, and those set aside for it.
    """
    rows = session.execute(
        select(
            Lot.id, Item.id, Item.variant, counted_item_id(), Lot.status, Lot.expires_on,
            StockBalance.on_hand, StockBalance.reserved, Lot.first_received_at, Lot.code,
        )
        .select_from(StockBalance)
        .join(Lot, Lot.id == StockBalance.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .where(StockBalance.place_id == point_id, StockBalance.on_hand > 0, counted_item_id().in_(item_ids))
        .order_by(StockBalance.lot_id)  # locked in the order that every act keeps
        .with_for_update(of=StockBalance)
    ).all()  # fmt: skip
    if not rows:
        return []
    ours = _set_aside(session, point_id, quarter, rows)
    came = _came(session, point_id, [row[0] for row in rows])
    found: list[PointLot] = []
    for lot, item, size, counts_as, status, expires_on, on_hand, reserved, *_ in sorted(rows, key=_taking_order):
        kept = min(reserved, max(0, ours.get((point_id, lot), 0)))
        packs = LotAtPoint(lot, item, size, on_hand - reserved + kept, kept)
        found.append(PointLot(packs, counts_as, status == LotStatus.RELEASED, expires_on, came.get(lot)))
    return found


def count_packs_by_kit(session: Session, point_id: int) -> Mapping[str, int]:
    """Return the packs of sets that our book has for a point, by the code of their kit."""
    rows = session.execute(
        select(KitKind.code, func.sum(StockBalance.on_hand))
        .select_from(StockBalance)
        .join(Lot, Lot.id == StockBalance.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .join(KitKind, KitKind.item_id == counted_item_id())
        .where(StockBalance.place_id == point_id, StockBalance.on_hand > 0)
        .group_by(KitKind.code)
        .order_by(KitKind.code)
    )
    return {code: int(packs) for code, packs in rows}


def _sets(session: Session, allotment_ids: Collection[int]) -> dict[int, GivenSet]:
    rows = session.execute(
        select(
            Allotment.id, Allotment.family_id, Allotment.quarter, Allotment.status,
            KitKind.item_id, KitKind.code, KitKind.name_kk, KitKind.name_ru, KitKind.name_en,
        )
        .join(KitKind, KitKind.id == Allotment.kit_kind_id)
        .where(Allotment.id.in_(allotment_ids))
    )  # fmt: skip
    return {
        allotment: GivenSet(
            family,
            quarter,
            status == AllotmentStatus.GRANTED,
            GrantedSet(allotment, item, KitName(*names), child_name="", birth_on=date.min),
        )
        for allotment, family, quarter, status, item, *names in rows
    }


def _taking_order(row: Row[*tuple[object, ...]]) -> tuple[object, ...]:
    """Return the key of the order of taking: reserved ones, then first expired first out."""
    last_day = row.expires_on or date.max
    return (not row.reserved, row.expires_on is None, last_day, row.first_received_at, row.code)


def _set_aside(
    session: Session, point_id: int, quarter: Quarter, rows: Sequence[Row[*tuple[object, ...]]]
) -> Mapping[tuple[int, int], int]:
    spots = [(point_id, row.id) for row in rows if row.reserved]
    return reserved_for(session, spots, quarter) if spots else {}


def _came(session: Session, point_id: int, lot_ids: Collection[int]) -> Mapping[int, datetime]:
    """Return when each lot last came to the point: nothing of it can have left for good before."""
    came = (
        select(StockMovement.lot_id, func.max(StockMovement.moved_at))
        .where(StockMovement.to_place_id == point_id, StockMovement.lot_id.in_(lot_ids))
        .group_by(StockMovement.lot_id)
    )
    return dict(session.execute(came).all())
