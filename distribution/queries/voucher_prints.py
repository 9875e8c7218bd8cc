"""Reads of what is put on paper: the vouchers of each point as they stood at a moment, and the prints made of them."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from accounts.models import User
from catalog.models import KitKind
from core.actors import Reach
from core.i18n import text
from core.quarters import Quarter
from distribution.errors import PrintUnknown
from distribution.models import Allotment, Family, Voucher, VoucherPrint
from distribution.values import AllotmentStatus
from distribution.values.vouchers import PrintLayout
from territory.models import District
from territory.queries import district_condition
from warehouses.models import Place

_PAGE_OF_RUN = 1_000


@dataclass(frozen=True, slots=True)
class PrintChoice:
    """Which vouchers are put on paper: those that counted at the moment `as_of`.

    `only_new` leaves out what was printed before, by other work than `job_id`. None chooses all.
    """

    quarter: Quarter
    as_of: datetime
    district_id: int | None = None
    point_id: int | None = None
    voucher_id: int | None = None
    only_new: bool = False
    job_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class PrintedVoucher:
    """What stands on paper beside the code."""

    token: str
    guardian_name: str
    kits: tuple[tuple[int, int], ...]
    """Kinds of sets and how many of each, by the id of the kind."""


@dataclass(frozen=True, slots=True)
class PrintRun:
    """The vouchers of one point in one district; `new_count` of them were never put on paper."""

    district: District
    point: Place
    count: int
    new_count: int


@dataclass(frozen=True, slots=True)
class MadePrint:
    """A print run that was made: of which point, by whom."""

    row: VoucherPrint
    district: District
    point: Place | None
    by: str


def list_print_runs(session: Session, choice: PrintChoice, reach: Reach) -> list[PrintRun]:
    """Return the points with vouchers to print within the reach, by district and point in Kazakh order."""
    new = func.count(Voucher.id).filter(~_was_printed(choice))
    statement = (
        select(District, Place, func.count(Voucher.id), new)
        .join(Voucher, Voucher.district_id == District.id)
        .join(Place, Place.id == Voucher.point_id)
        .where(district_condition(reach, Voucher.district_id), *_chosen(choice))
        .group_by(District.id, Place.id)
        .order_by(District.sort_kk, District.id, Place.sort_kk, Place.id)
    )
    return [PrintRun(*row) for row in session.execute(statement)]


def stream_print_run(session: Session, choice: PrintChoice, run: PrintRun) -> Iterator[PrintedVoucher]:
    """Yield the vouchers of a point by the family's name in Kazakh order; rows are read a thousand at a time."""
    granted = and_(
        Allotment.family_id == Voucher.family_id,
        Allotment.quarter == Voucher.quarter,
        Allotment.status == AllotmentStatus.GRANTED,
    )
    statement = (
        select(Voucher.id, Voucher.token, Family.guardian_name, Allotment.kit_kind_id, func.count().label("sets"))
        .join(Family, Family.id == Voucher.family_id)
        .join(Allotment, granted)
        .where(Voucher.district_id == run.district.id, Voucher.point_id == run.point.id, *_chosen(choice))
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


def list_prints_of_job(session: Session, job_id: uuid.UUID, reach: Reach) -> Sequence[MadePrint]:
    """Return what one piece of long work printed within the reach, in the order in which it was made."""
    return _made(session, VoucherPrint.job_id == job_id, reach=reach)


def list_last_prints(session: Session, quarter: Quarter, reach: Reach) -> dict[tuple[int, int | None], MadePrint]:
    """Return the last print of vouchers by district and point; lists to sign do not count."""
    whole = and_(VoucherPrint.voucher_id.is_(None), VoucherPrint.layout != PrintLayout.LIST)
    made = _made(session, VoucherPrint.quarter == quarter, whole, reach=reach)
    return {(one.district.id, one.row.point_id): one for one in made}


def get_print(session: Session, print_id: int, reach: Reach) -> MadePrint:
    """Return a print run.

    Raises:
        PrintUnknown: there is none within the reach.
    """
    found = _made(session, VoucherPrint.id == print_id, reach=reach)
    if not found:
        raise PrintUnknown(text("There is no such print here."))
    return found[0]


def _made(session: Session, *whose: ColumnElement[bool], reach: Reach) -> Sequence[MadePrint]:
    rows = session.execute(
        select(VoucherPrint, District, Place, User.name)
        .join(District, District.id == VoucherPrint.district_id)
        .outerjoin(Place, Place.id == VoucherPrint.point_id)
        .join(User, User.id == VoucherPrint.printed_by_id)
        .where(district_condition(reach, VoucherPrint.district_id), *whose)
        .order_by(VoucherPrint.printed_at, VoucherPrint.id)
    )
    return [MadePrint(*row) for row in rows]


def _chosen(choice: PrintChoice) -> Sequence[ColumnElement[bool]]:
    """Return the conditions of a choice. What was issued or replaced after its moment changes nothing."""
    return (
        Voucher.quarter == choice.quarter,
        Voucher.issued_at <= choice.as_of,
        or_(Voucher.revoked_at.is_(None), Voucher.revoked_at > choice.as_of),
        _is(Voucher.district_id, choice.district_id),
        _is(Voucher.point_id, choice.point_id),
        _is(Voucher.id, choice.voucher_id),
        ~_was_printed(choice) if choice.only_new else true(),
    )


def _was_printed(choice: PrintChoice) -> ColumnElement[bool]:
    """Return whether a voucher was put on paper before the moment, by itself or with all of its point."""
    others = (
        true() if choice.job_id is None else or_(VoucherPrint.job_id.is_(None), VoucherPrint.job_id != choice.job_id)
    )
    return exists().where(
        VoucherPrint.quarter == Voucher.quarter,
        VoucherPrint.district_id == Voucher.district_id,
        VoucherPrint.point_id == Voucher.point_id,
        VoucherPrint.layout != PrintLayout.LIST,
        VoucherPrint.printed_at >= Voucher.issued_at,
        VoucherPrint.printed_at <= choice.as_of,
        or_(VoucherPrint.voucher_id.is_(None), VoucherPrint.voucher_id == Voucher.id),
        others,
    )


def _is(column: InstrumentedAttribute[int], value: int | None) -> ColumnElement[bool]:
    return true() if value is None else column == value
