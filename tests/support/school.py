"""A scene of school children: a uniform in sizes, granted, reserved and on its point's shelf."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.models import KitKind
from catalog.queries.sizes import list_sizes
from core.clock import now, today
from core.crypto import FieldKeys
from core.quarters import Quarter
from distribution.models import Family, Voucher
from distribution.services.reservations import reserve_roster
from distribution.services.vouchers import issue_vouchers
from tests.support.catalogue import a_kit_kind, a_size
from tests.support.families import AT, QUARTER, a_family, a_ministry, a_point, an_approved_roster, packed_kits
from tests.support.vouchers import NOON, Scene, an_operator

SCHOOL = (72, 216)
PUPIL, OLDER_PUPIL = date(2019, 5, 1), date(2014, 5, 1)


def a_school_scene(
    session: Session,
    keys: FieldKeys,
    kind: KitKind,
    *,
    births: Sequence[date] = (PUPIL,),
    sizes: Sequence[tuple[str, int]] = (("122", 1), ("134", 2)),
    quarter: Quarter = QUARTER,
    at: datetime = NOON,
) -> Scene:
    """Freeze, allot, approve, reserve and issue for a family whose point has sizes; the first named expires first."""
    point = a_point(session, settlements=["Ақкөл"])
    a_family(session, births=births)
    known = {one.variant: one for one in list_sizes(session, kind)}
    lots = {
        size: packed_kits(
            session,
            point,
            kind.code,
            packs,
            expires_on=quarter.last_day + timedelta(days=30 * place),
            size=known.get(size) or a_size(session, kind, size),
        )
        for place, (size, packs) in enumerate(sizes, start=2)
    }
    roster = an_approved_roster(session, keys, quarter=quarter)
    reserve_roster(session, roster=roster, actor=a_ministry(session), at=AT)
    issue_vouchers(session, quarter=quarter, actor=a_ministry(session), at=at, keys=keys)
    vouchers = select(Voucher).join(Family, Family.id == Voucher.family_id).where(Voucher.point_id == point.id)
    return Scene(point, an_operator(session, point), list(session.scalars(vouchers)), lots)


def a_school_scene_of_today(session: Session, keys: FieldKeys) -> Scene:
    """Make a scene of two pupils, of seven and twelve, in the quarter that it is now."""
    kind = a_kit_kind(session, code="UNI", ages=SCHOOL, interval_quarters=4)
    year = today(now()).year
    births = (date(year - 7, 1, 1), date(year - 12, 1, 1))
    return a_school_scene(session, keys, kind, births=births, quarter=Quarter.of(today(now())), at=now())
