"""What a manifest tells: the vouchers of a lease with what is due on them, who may collect, kits, stock, revisions."""

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from catalog.models import Item, KitKind
from catalog.queries.sizes import counted_item_id
from core.quarters import Quarter
from distribution.models import Allotment, Child, Family, FamilyProxy, HandOverLine, Lease, LeaseIndex, Voucher
from distribution.queries.leases import sets_of_vouchers
from distribution.values import AllotmentStatus
from warehouses.models import Lot, StockBalance, StockMovement, StockReservation
from warehouses.queries import taking_order, usable_on
from warehouses.queries.proof import signed_reservation

_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class LeasedSet:
    """One granted set that is due: the allotment, its kit, and the child it is for."""

    allotment_id: int
    kit_kind_id: int
    child_name: str
    birth_on: date


@dataclass(frozen=True, slots=True)
class LeasedVoucher:
    """A voucher of a lease with something due on it. The IIN is sealed."""

    token: str
    rev: int
    family_id: int
    guardian_name: str
    guardian_iin_sealed: bytes
    language: str
    due: tuple[LeasedSet, ...]
    was_given: bool


@dataclass(frozen=True, slots=True)
class StockThere:
    """What a point may give of a lot; `kit_bit` is that of the kit that it counts as."""

    lot_id: int
    code: str
    kit_bit: int
    item_id: int
    size: str
    expires_on: date | None
    packs: int


def stream_leased_vouchers(session: Session, lease_id: uuid.UUID, point_id: int) -> Iterator[LeasedVoucher]:
    """Yield the vouchers of a lease that count now and have a set due; rows are read a portion at a time.

    One that was suspended, or moved to another point, since the lease was opened is left out.
    """
    rows = session.execute(_leased(lease_id, point_id).execution_options(yield_per=_AT_ONCE))
    for _, several in groupby(rows, key=lambda row: row.id):
        sets = list(several)
        first = sets[0]
        due = tuple(
            LeasedSet(row.allotment_id, row.kit_kind_id, row.name, row.birth_on) for row in sets if not row.is_given
        )
        if due:
            yield LeasedVoucher(
                first.token,
                first.rev,
                first.family_id,
                first.guardian_name,
                first.guardian_iin_sealed,
                first.language,
                due,
                len(due) < len(sets),
            )


def _leased(lease_id: uuid.UUID, point_id: int) -> Select[*tuple[object, ...]]:
    """Return the statement of the granted sets of a lease, and whether each was given."""
    given = and_(
        HandOverLine.district_id == Allotment.district_id,
        HandOverLine.allotment_id == Allotment.id,
        HandOverLine.reversed_at.is_(None),
    )
    return (
        select(
            Voucher.id,
            Voucher.token,
            Voucher.rev,
            Voucher.family_id,
            Family.guardian_name,
            Family.guardian_iin_sealed,
            Family.language,
            Allotment.id.label("allotment_id"),
            Allotment.kit_kind_id,
            Child.name,
            Child.birth_on,
            HandOverLine.movement_id.is_not(None).label("is_given"),
        )
        .select_from(LeaseIndex)
        .join(Voucher, and_(Voucher.quarter == LeaseIndex.quarter, Voucher.idx == LeaseIndex.idx))
        .join(Family, Family.id == Voucher.family_id)
        .join(Allotment, and_(sets_of_vouchers(), Allotment.status == AllotmentStatus.GRANTED))
        .join(Child, Child.id == Allotment.child_id)
        .outerjoin(HandOverLine, given)
        .where(
            LeaseIndex.lease_id == lease_id,
            LeaseIndex.released_at.is_(None),
            Voucher.point_id == point_id,
            Voucher.revoked_at.is_(None),
            Voucher.suspended_at.is_(None),
        )
        .order_by(Voucher.id, Allotment.id)
    )


def list_lease_proxies(
    session: Session, lease_id: uuid.UUID, *, first: date, last: date
) -> Mapping[int, Sequence[FamilyProxy]]:
    """Return who may collect for the families of a lease on some day between two, by the family."""
    rows = session.scalars(
        select(FamilyProxy)
        .join(Voucher, Voucher.family_id == FamilyProxy.family_id)
        .join(LeaseIndex, and_(Voucher.quarter == LeaseIndex.quarter, Voucher.idx == LeaseIndex.idx))
        .where(
            LeaseIndex.lease_id == lease_id,
            LeaseIndex.released_at.is_(None),
            Voucher.revoked_at.is_(None),
            FamilyProxy.withdrawn_at.is_(None),
            FamilyProxy.valid_from <= last,
            FamilyProxy.valid_until >= first,
        )
        .order_by(FamilyProxy.id)
    )
    found: dict[int, list[FamilyProxy]] = defaultdict(list)
    for proxy in rows:
        found[proxy.family_id].append(proxy)
    return found


def list_kits(session: Session, lease: Lease) -> Sequence[KitKind]:
    """Return the kinds of sets that a device may meet, by their bit: in force, at the point, or due on its vouchers.

    Why not all: at the close of a day each of these is counted.
    """
    there = (
        select(counted_item_id())
        .select_from(StockBalance)
        .join(Lot, Lot.id == StockBalance.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .where(StockBalance.place_id == lease.point_id, StockBalance.on_hand > 0)
    )
    due = (
        select(Allotment.kit_kind_id)
        .select_from(LeaseIndex)
        .join(Voucher, and_(Voucher.quarter == LeaseIndex.quarter, Voucher.idx == LeaseIndex.idx))
        .join(Allotment, and_(sets_of_vouchers(), Allotment.status == AllotmentStatus.GRANTED))
        .where(LeaseIndex.lease_id == lease.id, LeaseIndex.released_at.is_(None))
    )
    return session.scalars(
        select(KitKind)
        .where(or_(KitKind.is_active, KitKind.item_id.in_(there), KitKind.id.in_(due)))
        .order_by(KitKind.voucher_bit)
    ).all()


def list_items_in_sizes(session: Session) -> frozenset[int]:
    """Return the items that come in sizes."""
    return frozenset(session.scalars(select(Item.variant_of_id).where(Item.variant_of_id.is_not(None)).distinct()))


def list_stock_there(session: Session, point_id: int, *, quarter: Quarter, on: date) -> Sequence[StockThere]:
    """Return what a point may give on a day for a quarter, in the order of taking."""
    rows = session.execute(
        select(
            Lot.id,
            Lot.code,
            KitKind.voucher_bit,
            Item.id.label("item_id"),
            Item.variant,
            Lot.expires_on,
            StockBalance.on_hand,
            StockBalance.reserved,
        )
        .join(Lot, Lot.id == StockBalance.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .join(KitKind, KitKind.item_id == counted_item_id())
        .where(StockBalance.place_id == point_id, StockBalance.on_hand > 0, usable_on(on))
        .order_by(*taking_order())
    ).all()
    kept = _kept_for_others(session, point_id, quarter) if any(row.reserved for row in rows) else {}
    found = [
        StockThere(
            *row[:2], row.voucher_bit, row.item_id, row.variant, row.expires_on, row.on_hand - kept.get(row.id, 0)
        )
        for row in rows
    ]
    return [one for one in found if one.packs > 0]


def list_revisions(session: Session, point_id: int, quarter: Quarter) -> Mapping[int, int]:
    """Return the revision that counts for the indices of a point's vouchers that were printed anew."""
    found = select(Voucher.idx, Voucher.rev).where(
        Voucher.point_id == point_id, Voucher.quarter == quarter, Voucher.revoked_at.is_(None), Voucher.rev > 0
    )
    return dict(session.execute(found.order_by(Voucher.idx)).all())


def _kept_for_others(session: Session, point_id: int, quarter: Quarter) -> Mapping[int, int]:
    """Return the packs at a point that are set aside for another quarter or a document, by the lot."""
    line, aside = StockMovement, StockReservation
    kept: dict[int, int] = defaultdict(int)
    for statement in (
        select(line.lot_id, func.sum(line.quantity)).where(
            line.to_place_id == point_id, line.reserved_quarter != quarter
        ),
        select(line.lot_id, func.sum(-line.quantity)).where(
            line.from_place_id == point_id, line.reserved_quarter != quarter
        ),
        select(aside.lot_id, func.sum(signed_reservation())).where(
            aside.place_id == point_id, aside.quarter.is_distinct_from(quarter)
        ),
    ):
        for lot_id, packs in session.execute(statement.group_by(statement.selected_columns[0])):
            kept[lot_id] += int(packs)
    return kept
