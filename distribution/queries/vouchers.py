"""Reads of vouchers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import TypeAlias

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from catalog.models import KitKind
from core.actors import EVERYWHERE, Reach
from core.i18n import text
from core.quarters import Quarter
from distribution.errors import VoucherUnknown
from distribution.models import Allotment, Family, HandOverLine, Roster, RosterLine, Voucher, VoucherPrint
from distribution.values import AllotmentStatus
from territory.models import District
from territory.queries import district_condition
from warehouses.models import Place

_PAGE_OF_RUN = 1_000

VoucherRows: TypeAlias = Select[Voucher, Family, Place, int, int]
"""Voucher, family, home point, sets granted, sets given."""


@dataclass(frozen=True, slots=True)
class PrintedVoucher:
    """What stands on paper beside the code."""

    token: str
    guardian_name: str
    kits: tuple[tuple[int, int], ...]
    """Kinds of sets and how many of each, by the id of the kind."""


@dataclass(frozen=True, slots=True)
class PrintRun:
    """The vouchers of one point in one district."""

    district: District
    point: Place
    count: int


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


def list_print_runs(
    session: Session, *, quarter: Quarter, reach: Reach, district_id: int | None = None, point_id: int | None = None
) -> list[PrintRun]:
    """Return the points that live vouchers of a quarter belong to, by district and point in Kazakh order."""
    found = session.execute(
        select(District, Place, func.count(Voucher.id))
        .join(Voucher, Voucher.district_id == District.id)
        .join(Place, Place.id == Voucher.point_id)
        .where(
            Voucher.quarter == quarter,
            Voucher.revoked_at.is_(None),
            district_condition(reach, Voucher.district_id),
            _is(Voucher.district_id, district_id),
            _is(Voucher.point_id, point_id),
        )
        .group_by(District.id, Place.id)
        .order_by(District.sort_kk, District.id, Place.sort_kk, Place.id)
    )
    return [PrintRun(*row) for row in found]


def stream_print_run(
    session: Session, *, quarter: Quarter, district_id: int, point_id: int, voucher_id: int | None = None
) -> Iterator[PrintedVoucher]:
    """Yield the live vouchers of a point by the family's name in Kazakh order; rows are read a thousand at a time."""
    mine = and_(
        Voucher.quarter == quarter,
        Voucher.district_id == district_id,
        Voucher.point_id == point_id,
        Voucher.revoked_at.is_(None),
        _is(Voucher.id, voucher_id),
    )
    granted = and_(
        Allotment.family_id == Voucher.family_id,
        Allotment.quarter == Voucher.quarter,
        Allotment.status == AllotmentStatus.GRANTED,
    )
    statement = (
        select(Voucher.id, Voucher.token, Family.guardian_name, Allotment.kit_kind_id, func.count().label("sets"))
        .join(Family, Family.id == Voucher.family_id)
        .join(Allotment, granted)
        .where(mine)
        .group_by(Voucher.id, Family.id, Allotment.kit_kind_id)
        .order_by(Family.guardian_sort, Voucher.id, Allotment.kit_kind_id)
    )
    rows = session.execute(statement.execution_options(yield_per=_PAGE_OF_RUN))
    for _, kits in groupby(rows, key=lambda row: row.id):
        several = list(kits)
        counts = tuple((row.kit_kind_id, row.sets) for row in several)
        yield PrintedVoucher(several[0].token, several[0].guardian_name, counts)


def list_kits_on_paper(session: Session) -> Sequence[KitKind]:
    """Return all kinds of sets, for their names."""
    return session.scalars(select(KitKind).order_by(KitKind.id)).all()


def find_district_of_kato(session: Session, kato: str, reach: Reach) -> District | None:
    """Return the district with this KATO code within the reach, or None."""
    return session.scalar(select(District).where(District.kato == kato, district_condition(reach, District.id)))


def count_unvouchered(session: Session, quarter: Quarter, reach: Reach) -> int:
    """Return how many families of a quarter within the reach have granted sets and no voucher yet."""
    return session.scalar(select(func.count()).select_from(entitled_families(quarter, reach).subquery())) or 0


def list_prints(session: Session, *, quarter: Quarter, reach: Reach) -> dict[int, datetime]:
    """Return when the vouchers of each point were last printed."""
    rows = session.execute(
        select(VoucherPrint.point_id, func.max(VoucherPrint.printed_at))
        .where(VoucherPrint.quarter == quarter, district_condition(reach, VoucherPrint.district_id))
        .group_by(VoucherPrint.point_id)
    )
    return {point_id: printed_at for point_id, printed_at in rows if point_id is not None}


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
    """Return the statement with only what was asked for; `status` is due, given or replaced."""
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
    if status == "given":
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


def _is(column: InstrumentedAttribute[int], value: int | None) -> ColumnElement[bool]:
    return true() if value is None else column == value
