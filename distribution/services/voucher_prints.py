"""Print runs: vouchers onto sheets by district and point, each run noted with who printed how many."""

from datetime import datetime
from typing import IO

from sqlalchemy.orm import Session

from core.actors import Actor
from core.audit import record
from core.i18n import text
from core.quarters import Quarter
from distribution.documents.vouchers import SheetRun, write_voucher_sheets
from distribution.errors import NoVouchers
from distribution.models import Voucher, VoucherPrint
from distribution.permissions import DistributionRight
from distribution.queries.vouchers import PrintRun, list_kits_on_paper, list_print_runs, stream_print_run


def print_vouchers(
    session: Session,
    file: IO[bytes],
    *,
    quarter: Quarter,
    actor: Actor,
    at: datetime,
    district_id: int | None = None,
    point_id: int | None = None,
) -> int:
    """Write the live vouchers within what the actor may print, each point from a new sheet; return how many.

    Raises:
        NoVouchers: there are none.
    """
    reach = actor.reach(DistributionRight.PRINT_VOUCHERS)
    runs = list_print_runs(session, quarter=quarter, reach=reach, district_id=district_id, point_id=point_id)
    if not runs:
        raise NoVouchers(text("There are no vouchers to print here. They are issued after an allotment is approved."))
    return _write(session, file, runs, quarter=quarter, actor=actor, at=at, voucher_id=None)


def print_one(session: Session, file: IO[bytes], voucher: Voucher, *, actor: Actor, at: datetime) -> int:
    """Write the sheet of one live voucher.

    Raises:
        NoVouchers: it was replaced, or is out of what the actor may print.
    """
    reach = actor.reach(DistributionRight.PRINT_VOUCHERS)
    runs = list_print_runs(
        session, quarter=voucher.quarter, reach=reach, district_id=voucher.district_id, point_id=voucher.point_id
    )
    if not runs or voucher.revoked_at is not None:
        raise NoVouchers(text("This voucher was replaced before. Open the family's newest one."))
    return _write(session, file, runs, quarter=voucher.quarter, actor=actor, at=at, voucher_id=voucher.id)


def _write(
    session: Session,
    file: IO[bytes],
    runs: list[PrintRun],
    *,
    quarter: Quarter,
    actor: Actor,
    at: datetime,
    voucher_id: int | None,
) -> int:
    sheets = (
        SheetRun(
            quarter,
            run.district,
            run.point,
            stream_print_run(
                session, quarter=quarter, district_id=run.district.id, point_id=run.point.id, voucher_id=voucher_id
            ),
        )
        for run in runs
    )
    title = text("Vouchers of %(quarter)s", quarter=str(quarter)).render("kk")
    count = write_voucher_sheets(file, sheets, list_kits_on_paper(session), title=title)
    for run in runs:
        _note(session, run, quarter=quarter, count=1 if voucher_id else run.count, actor=actor, at=at)
    return count


def _note(session: Session, run: PrintRun, *, quarter: Quarter, count: int, actor: Actor, at: datetime) -> None:
    session.add(
        VoucherPrint(
            quarter=quarter,
            district_id=run.district.id,
            point_id=run.point.id,
            voucher_count=count,
            printed_at=at,
            printed_by_id=actor.id,
        )
    )
    record(
        session,
        actor_id=actor.id,
        action="vouchers.printed",
        subject="cycle",
        subject_id=str(quarter),
        at=at,
        district_id=run.district.id,
        detail={"vouchers": count, "point": run.point.id},
    )
