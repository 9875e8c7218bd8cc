"""Reads of vouchers."""

from typing import TypeAlias

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from catalog.models import KitKind
from core.actors import EVERYWHERE, Reach
from core.base32 import write_code
from core.i18n import text
from core.quarters import Quarter
from distribution.errors import VoucherUnknown
from distribution.models import Allotment, Family, HandOverLine, Roster, RosterLine, Voucher
from distribution.rules.tokens import secret_of_own
from distribution.values import AllotmentStatus
from territory.models import District
from territory.queries import district_condition
from warehouses.models import Place

VoucherRows: TypeAlias = Select[Voucher, Family, Place, int, int]
"""Voucher, family, home point, sets granted, sets given."""


def entitled_families(quarter: Quarter, reach: Reach) -> Select[int, int, int | None, int]:
    """Return the families with granted allotments of approved rosters and no live voucher, their home point and kits.

    The reach is of the district that the voucher will belong to. The home point is the one of the roster line, so it
    was fixed by the freeze where there was one; of several the smallest id is taken.
    """
    live = exists().where(
        Voucher.quarter == quarter, Voucher.family_id == Allotment.family_id, Voucher.revoked_at.is_(None)
    )
    line = and_(
        RosterLine.quarter == Allotment.quarter,
        RosterLine.child_id == Allotment.child_id,
        RosterLine.kit_kind_id == Allotment.kit_kind_id,
    )
    district_id = func.min(Allotment.district_id)
    return (
        select(
            Allotment.family_id,
            district_id.label("district_id"),
            func.min(RosterLine.point_id).label("point_id"),
            func.sum(KitKind.voucher_bit.distinct()).label("kit_bits"),
        )
        .join(Roster, Roster.id == Allotment.roster_id)
        .join(RosterLine, line)
        .join(KitKind, KitKind.id == Allotment.kit_kind_id)
        .where(
            Allotment.quarter == quarter,
            Allotment.status == AllotmentStatus.GRANTED,
            Roster.is_approved,
            ~live,
        )
        .group_by(Allotment.family_id)
        .having(district_condition(reach, district_id))
    )


def get_voucher(session: Session, voucher_id: int, reach: Reach = EVERYWHERE) -> Voucher:
    """Return a voucher.

    Raises:
        VoucherUnknown: it does not exist within the reach.
    """
    found = session.scalar(
        select(Voucher)
        .where(Voucher.id == voucher_id, district_condition(reach, Voucher.district_id))
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise VoucherUnknown(text("There is no such voucher here."))
    return found


def find_district_of_kato(session: Session, kato: str, reach: Reach) -> District | None:
    """Return the district with this KATO code within the reach, or None."""
    return session.scalar(select(District).where(District.kato == kato, district_condition(reach, District.id)))


def count_unvouchered(session: Session, quarter: Quarter, reach: Reach) -> int:
    """Return how many families of a quarter within the reach have granted sets and no voucher yet."""
    return session.scalar(select(func.count()).select_from(entitled_families(quarter, reach).subquery())) or 0


def narrowed_vouchers(
    statement: VoucherRows,
    *,
    quarter: Quarter | None,
    pattern: str | None,
    district_id: int | None,
    point_id: int | None,
    family_id: int | None,
    status: str | None,
) -> VoucherRows:
    """Return the statement with only what was asked for; `status` is due, given, held or replaced."""
    wanted: list[ColumnElement[bool]] = []
    if pattern is not None:
        wanted.append(or_(*(column.like(pattern, escape="\\") for column in (Family.search_text, Place.search_text))))
    columns = (Voucher.quarter, Voucher.district_id, Voucher.point_id, Voucher.family_id)
    values = (quarter, district_id, point_id, family_id)
    wanted += [column == value for column, value in zip(columns, values, strict=True) if value is not None]
    if status == "replaced":
        wanted.append(Voucher.revoked_at.is_not(None))
    elif status is not None or family_id is None:
        wanted.append(Voucher.revoked_at.is_(None))
    if status == "held":
        wanted.append(Voucher.suspended_at.is_not(None))
    elif status == "given":
        wanted.append(given_count() > 0)
    elif status == "due":
        wanted.append(given_count() < granted_count())
    return statement.where(*wanted)


def voucher_rows(reach: Reach) -> VoucherRows:
    """Return vouchers within the reach with family, point, and how many sets are granted and given."""
    return (
        select(Voucher, Family, Place, granted_count().label("granted"), given_count().label("given"))
        .join(Family, Family.id == Voucher.family_id)
        .join(Place, Place.id == Voucher.point_id)
        .where(district_condition(reach, Voucher.district_id))
    )


def granted_count() -> ColumnElement[int]:
    """Return how many sets a voucher's family was granted for its quarter, to select beside `Voucher`."""
    return (
        select(func.count(Allotment.id))
        .where(
            Allotment.family_id == Voucher.family_id,
            Allotment.quarter == Voucher.quarter,
            Allotment.status == AllotmentStatus.GRANTED,
        )
        .correlate(Voucher)
        .scalar_subquery()
    )


def given_count() -> ColumnElement[int]:
    """Return how many sets of a voucher's family and quarter count as handed over, to select beside `Voucher`."""
    return (
        select(func.count(HandOverLine.movement_id))
        .join(
            Allotment,
            and_(Allotment.id == HandOverLine.allotment_id, Allotment.district_id == HandOverLine.district_id),
        )
        .where(
            Allotment.family_id == Voucher.family_id,
            Allotment.quarter == Voucher.quarter,
            HandOverLine.reversed_at.is_(None),
        )
        .correlate(Voucher)
        .scalar_subquery()
    )


def printed_code(voucher: Voucher) -> str:
    """Return the code that stands below the square of a voucher."""
    return write_code(secret_of_own(voucher.token))
