"""What a scan needs to know, in one statement: voucher, keys, granted sets, lots of the point that may be given."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Row,
    ScalarSelect,
    Select,
    Subquery,
    and_,
    bindparam,
    case,
    cast,
    false,
    func,
    literal,
    or_,
    select,
)  # fmt: skip
from sqlalchemy.orm import Session, aliased

from catalog.models import Item, KitKind
from catalog.queries.sizes import counted_item_id
from core.quarters import Quarter
from distribution.models import (
    Allotment,
    Child,
    Device,
    Family,
    HandOver,
    HandOverLine,
    Lease,
    LeaseIndex,
    SigningKey,
    Voucher,
)
from distribution.queries.leases import sets_of_vouchers
from distribution.values import AllotmentStatus
from distribution.values.signing_keys import KeyPurpose
from warehouses.models import Lot, Place, StockBalance, StockMovement, StockReservation
from warehouses.queries import taking_order, usable_on
from warehouses.queries.proof import signed_reservation
from warehouses.values import PlaceKind

_Point = aliased(Place, name="point")
_Families = aliased(Place, name="families")


@dataclass(frozen=True, slots=True)
class KitName:
    """A kit as operators read it."""

    code: str
    name_kk: str
    name_ru: str
    name_en: str


@dataclass(frozen=True, slots=True)
class GrantedSet:
    """One granted set: the allotment, the item that is given for it (or a size of it), and the child it is for."""

    allotment_id: int
    item_id: int
    kit: KitName
    child_name: str
    birth_on: date


@dataclass(slots=True)
class LotAtPoint:
    """What the point has of a lot that may be given; both numbers go down as packs are picked.

    Packs set aside for another quarter or for a document are in neither. `item_id` is the item in the lot: the kit's
    own, or the one of a `size`.
    """

    lot_id: int
    item_id: int
    size: str
    on_hand: int
    reserved: int


@dataclass(slots=True)
class Scanned:
    """A voucher with all that decides about it. `lots` are by the item of their kit, in the order of taking."""

    voucher_id: int
    district_id: int
    quarter: Quarter
    family_id: int
    family_name: str
    home_point_id: int
    expires_at: datetime
    revoked_at: datetime | None
    point: Place
    families: Place
    suspended_at: datetime | None = None
    leased_to: str = ""
    """The code of the device that holds this voucher, also without a network; nobody else hands it over meanwhile."""
    language: str = ""
    """That of the family."""
    keys: list[bytes] = field(default_factory=list)
    sets: list[GrantedSet] = field(default_factory=list)
    lots: dict[int, list[LotAtPoint]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FirstGiven:
    """When, where and on which device a set was handed over."""

    allotment_id: int
    hand_over_id: object
    received_at: datetime
    operator_id: int
    device: str
    point: Place


def find_by_token(
    session: Session, token: str, *, key_id: bytes, point_id: int, at: datetime, on: date
) -> Scanned | None:
    """Return the voucher with exactly this token, and the keys under its key id that count now, or None.

    A key whose time is over still verifies: the answer to an old voucher is "expired", not "unknown key".
    """
    facts = {"token": token, "key_id": key_id, "at": at, "point_id": point_id, "on": on}
    return _gathered(session.execute(_by_token(), facts).all())


def find_by_secret(session: Session, secret_hash: bytes, *, point_id: int, on: date) -> Scanned | None:
    """Return the voucher of a secret, or None."""
    facts = {"secret_hash": secret_hash, "point_id": point_id, "on": on}
    return _gathered(session.execute(_by_secret(), facts).all())


def find_by_id(session: Session, voucher_id: int, *, point_id: int, on: date) -> Scanned | None:
    """Return a voucher that a row of ours names, never a scan, or None."""
    return _gathered(session.execute(_by_id(), {"voucher_id": voucher_id, "point_id": point_id, "on": on}).all())


def list_first_given(session: Session, allotment_ids: Sequence[int], district_id: int) -> Sequence[FirstGiven]:
    """Return the effective hand-overs of the allotments, the earliest first."""
    rows = session.execute(
        select(
            HandOverLine.allotment_id, HandOver.id, HandOver.received_at, HandOver.operator_id, HandOver.device, Place
        )
        .join(HandOver, HandOver.id == HandOverLine.hand_over_id)
        .join(Place, Place.id == HandOver.point_id)
        .where(
            HandOverLine.district_id == district_id,
            HandOverLine.allotment_id.in_(allotment_ids),
            HandOverLine.reversed_at.is_(None),
        )
        .order_by(HandOver.received_at, HandOver.id)
    )
    return [FirstGiven(*row) for row in rows]


@cache
def _by_token() -> Select[*tuple[object, ...]]:
    """Return the statement of a scanned token; made once, because making it costs more than the engine's work."""
    counts = and_(
        SigningKey.kid == bindparam("key_id"),
        SigningKey.purpose == KeyPurpose.VOUCHER,
        SigningKey.quarter == Voucher.quarter,
        SigningKey.withdrawn_at.is_(None),
        SigningKey.not_before <= bindparam("at"),
    )
    return _statement(Voucher.token == bindparam("token"), counts)


@cache
def _by_id() -> Select[*tuple[object, ...]]:
    return _statement(Voucher.id == bindparam("voucher_id"), false())


@cache
def _by_secret() -> Select[*tuple[object, ...]]:
    return _statement(Voucher.secret_hash == bindparam("secret_hash"), false())


def _statement(whose: ColumnElement[bool], counting_keys: ColumnElement[bool]) -> Select[*tuple[object, ...]]:
    """Return the statement about a voucher at the point `point_id` on the day `on`."""
    point_id = bindparam("point_id", type_=Integer)
    granted = and_(sets_of_vouchers(), Allotment.status == AllotmentStatus.GRANTED)
    lots = _lots_there(point_id)
    return (
        select(
            Voucher.id,
            Voucher.district_id,
            Voucher.quarter,
            Voucher.family_id,
            Voucher.point_id,
            Voucher.expires_at,
            Voucher.revoked_at,
            Voucher.suspended_at,
            _holder().label("leased_to"),
            Family.guardian_name,
            Family.language,
            SigningKey.id.label("key_id"),
            SigningKey.public_key,
            Allotment.id.label("allotment_id"),
            KitKind.item_id,
            KitKind.code,
            KitKind.name_kk,
            KitKind.name_ru,
            KitKind.name_en,
            Child.name.label("child_name"),
            Child.birth_on,
            lots.c.lot_id,
            lots.c.size_id,
            lots.c.size,
            lots.c.on_hand,
            lots.c.reserved,
            _kept_for_others(lots, point_id).label("kept"),
            _Point,
            _Families,
        )
        .join(Family, Family.id == Voucher.family_id)
        .join(_Point, _Point.id == point_id)
        .join(_Families, _Families.kind == PlaceKind.FAMILIES)
        .outerjoin(SigningKey, counting_keys)
        .outerjoin(Allotment, granted)
        .outerjoin(KitKind, KitKind.id == Allotment.kit_kind_id)
        .outerjoin(Child, Child.id == Allotment.child_id)
        .outerjoin(lots, lots.c.item_id == KitKind.item_id)
        .where(whose)
        .order_by(Allotment.id, SigningKey.id, lots.c.rank)
    )


def _holder() -> ScalarSelect[str]:
    """Return the code of the device whose open lease covers the voucher."""
    return (
        select(Device.code)
        .join(Lease, Lease.device_id == Device.id)
        .join(LeaseIndex, LeaseIndex.lease_id == Lease.id)
        .where(LeaseIndex.quarter == Voucher.quarter, LeaseIndex.idx == Voucher.idx, LeaseIndex.released_at.is_(None))
        .correlate(Voucher)
        .scalar_subquery()
    )


def _lots_there(point_id: ColumnElement[int]) -> Subquery:
    """Return what the point may give out, by the item that it counts as, in the order of taking."""
    rank = func.row_number().over(order_by=taking_order())
    return (
        select(
            StockBalance.lot_id,
            StockBalance.on_hand,
            StockBalance.reserved,
            Item.id.label("size_id"),
            Item.variant.label("size"),
            counted_item_id().label("item_id"),
            rank.label("rank"),
        )
        .join(Lot, Lot.id == StockBalance.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .where(StockBalance.place_id == point_id, StockBalance.on_hand > 0, usable_on(bindparam("on", type_=Date)))
        .subquery("usable")
    )


def _kept_for_others(lots: Subquery, point_id: ColumnElement[int]) -> ColumnElement[int]:
    """Return the packs of a lot at the point that are set aside for another quarter than the voucher's, or a document.

    They are only summed where something ever was set aside for another cause; that is seldom, and known at once.
    """
    aside, line = StockReservation, StockMovement
    ours = and_(
        aside.place_id == point_id, aside.lot_id == lots.c.lot_id, aside.quarter.is_distinct_from(Voucher.quarter)
    )
    came = and_(line.to_place_id == point_id, line.lot_id == lots.c.lot_id, line.reserved_quarter != Voucher.quarter)
    went = and_(line.from_place_id == point_id, line.lot_id == lots.c.lot_id, line.reserved_quarter != Voucher.quarter)
    sums = [
        func.coalesce(select(func.sum(packs)).where(whose).correlate(lots, Voucher).scalar_subquery(), 0)
        for packs, whose in ((signed_reservation(), ours), (line.quantity, came), (-line.quantity, went))
    ]
    ever = or_(*(select(literal(1)).where(one).correlate(lots, Voucher).exists() for one in (ours, came)))
    kept = case((and_(lots.c.reserved > 0, ever), sums[0] + sums[1] + sums[2]), else_=0)
    return cast(kept, Integer)


def _gathered(rows: Sequence[Row[*tuple[object, ...]]]) -> Scanned | None:
    """Return one voucher from the rows of sets × keys × lots."""
    if not rows:
        return None
    first = rows[0]
    found = Scanned(
        first.id,
        first.district_id,
        first.quarter,
        first.family_id,
        first.guardian_name,
        first.point_id,
        first.expires_at,
        first.revoked_at,
        first.point,
        first.families,
        first.suspended_at,
        first.leased_to or "",
        first.language,
    )
    keys: dict[int, bytes] = {}
    sets: dict[int, GrantedSet] = {}
    lots: dict[int, LotAtPoint] = {}
    for row in rows:
        if row.key_id is not None:
            keys[row.key_id] = row.public_key
        if row.allotment_id is not None and row.allotment_id not in sets:
            kit = KitName(row.code, row.name_kk, row.name_ru, row.name_en)
            sets[row.allotment_id] = GrantedSet(row.allotment_id, row.item_id, kit, row.child_name, row.birth_on)
        if row.lot_id is not None and row.lot_id not in lots:
            here = (row.on_hand - row.kept, row.reserved - row.kept)
            lots[row.lot_id] = LotAtPoint(row.lot_id, row.size_id, row.size, *here)
            found.lots.setdefault(row.item_id, []).append(lots[row.lot_id])
    found.keys, found.sets = list(keys.values()), list(sets.values())
    return found
