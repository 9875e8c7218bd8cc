"""A scene for vouchers: a point with sets, a family with granted sets and a voucher, an operator."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from core.actors import Actor
from core.base32 import write_code
from core.clock import now, today
from core.crypto import FieldKeys
from core.quarters import Quarter
from distribution.models import Allotment, Family, Voucher
from distribution.rules.tokens import secret_of_own
from distribution.services.giving import HandOverAsked
from distribution.services.vouchers import issue_vouchers
from distribution.values import Collector
from tests.support.families import (
    AKKOL,
    QUARTER,
    a_family,
    a_ministry,
    a_place,
    a_point,
    an_approved_roster,
    packed_kits,
)
from tests.support.people import an_actor
from warehouses.models import Lot, Place
from warehouses.values import PlaceKind

NOON = datetime(2026, 10, 14, 7, 0, tzinfo=UTC)
"""A moment inside the quarter, noon in Almaty."""

KITS = ("F13", "F36", "HYG")

TODDLER, OLDER = date(2024, 5, 1), date(2021, 5, 1)
"""Births of a child that gets F13 and HYG, and of one that gets F36 and HYG."""


@dataclass(slots=True)
class Scene:
    """A point where vouchers can be given against."""

    point: Place
    operator: Actor
    vouchers: list[Voucher]
    lots: dict[str, Lot]

    @property
    def voucher(self) -> Voucher:
        return self.vouchers[0]

    def sets(self, session: Session, voucher: Voucher | None = None) -> list[int]:
        """Return the allotments of a voucher."""
        one = voucher or self.voucher
        found = select(Allotment.id).where(Allotment.family_id == one.family_id, Allotment.quarter == one.quarter)
        return list(session.scalars(found.order_by(Allotment.id)))

    def asked(
        self,
        session: Session,
        *,
        voucher: Voucher | None = None,
        scanned: str | None = None,
        key: uuid.UUID | None = None,
        sets: Sequence[int] | None = None,
        point_id: int | None = None,
        collector: Collector = Collector.GUARDIAN,
        note: str = "",
        sizes: Mapping[int, int] | None = None,
    ) -> HandOverAsked:
        """Return what a device asks for."""
        one = voucher or self.voucher
        return HandOverAsked(
            key=key or uuid.uuid4(),
            text=one.token if scanned is None else scanned,
            point_id=point_id or self.point.id,
            allotment_ids=tuple(self.sets(session, one) if sets is None else sets),
            collector=collector,
            note=note,
            device="4F2K",
            claimed_at=NOON,
            sizes=sizes or {},
        )


def a_scene_of_today(session: Session, keys: FieldKeys, *, families: int = 1, stock: int = 50) -> Scene:
    """Make a scene in the quarter that it is now, for what reads the clock."""
    day = today(now())
    births = (TODDLER.replace(year=day.year - 2), OLDER.replace(year=day.year - 5))
    return a_scene(
        session,
        keys,
        families=families,
        stock=stock,
        births=births,
        quarter=Quarter.of(day),
        at=now(),
        expires_on=day + timedelta(days=365),
    )


def a_scene(
    session: Session,
    keys: FieldKeys,
    *,
    quarter: Quarter = QUARTER,
    at: datetime = NOON,
    families: int = 1,
    births: Sequence[date] = (TODDLER, OLDER),
    stock: int = 50,
    expires_on: date | None = date(2027, 6, 30),
) -> Scene:
    """Freeze, allot, approve and issue for some families of a district, and bring sets to their point."""
    point = a_point(session, settlements=["Ақкөл"])
    for number in range(families):
        a_family(session, births=births, guardian=f"Әлиева Гүлназ {number}")
    elsewhere = a_place(session, kind=PlaceKind.CENTRAL)
    for kit in KITS:
        packed_kits(session, elsewhere, kit, families * len(births), expires_on=quarter.last_day + timedelta(days=90))
    an_approved_roster(session, keys, quarter=quarter)
    issue_vouchers(session, quarter=quarter, actor=a_ministry(session), at=at, keys=keys)
    lots = {kit: packed_kits(session, point, kit, stock, expires_on=expires_on) for kit in KITS} if stock else {}
    vouchers = select(Voucher).join(Family, Family.id == Voucher.family_id).where(Voucher.point_id == point.id)
    return Scene(point, an_operator(session, point), list(session.scalars(vouchers.order_by(Family.id))), lots)


def an_operator(session: Session, point: Place) -> Actor:
    """Add an operator of a point."""
    return an_actor(session, role=Role.OPERATOR, scope_kind=ScopeKind.PLACE, scope_id=point.id)


def a_supervisor(session: Session, district_id: int = AKKOL) -> Actor:
    """Add somebody who corrects hand-overs of a district."""
    return an_actor(session, role=Role.DISTRICT, scope_kind=ScopeKind.DISTRICT, scope_id=district_id)


def code_of(voucher: Voucher) -> str:
    """Return the short code that is printed below the voucher's square."""
    return write_code(secret_of_own(voucher.token))
