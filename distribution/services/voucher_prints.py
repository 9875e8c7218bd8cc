"""Print runs: vouchers onto paper by district and point, each run noted with who printed how many.

A run prints what counted at one moment, so that the same run made again, after a kill or by somebody else, is the
identical file.
"""

import uuid
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actors import Actor
from core.audit import record
from core.crypto import FieldKeys
from core.dialects import in_little_memory
from core.i18n import text
from core.jobs.queue import ask_job
from core.quarters import Quarter
from core.stored_files import drop_file, store_file
from distribution.documents.issue_lists import write_issue_list
from distribution.documents.voucher_singles import write_voucher_singles
from distribution.documents.voucher_words import SheetRun
from distribution.documents.vouchers import write_voucher_sheets
from distribution.errors import NoVouchers
from distribution.models import Voucher, VoucherPrint
from distribution.permissions import DistributionRight
from distribution.queries.voucher_prints import (
    PrintChoice,
    PrintRun,
    list_kits_on_paper,
    list_print_runs,
    stream_print_run,
)
from distribution.values.vouchers import PaperLook, PrintLayout

PRINT = "print_vouchers"
"""The kind of long work."""

FILES_KEPT = timedelta(days=30)
"""For how long the file of a print run can be saved; its number of vouchers and its hash stay known."""

_SIX, _ONE = PaperLook(), PaperLook(PrintLayout.ONE)
_RIGHT = DistributionRight.PRINT_VOUCHERS
_NONE = text("There are no vouchers to print here. They are issued after an allotment is approved.")
_ALL_PRINTED = text("Everything here was printed before. Choose to print all again: the codes stay the same.")


def ask_to_print(session: Session, choice: PrintChoice, look: PaperLook, *, actor: Actor, at: datetime) -> uuid.UUID:
    """Ask for the papers of a district or a point as long work.

    Raises:
        NoVouchers: there is nothing to print within what the actor may print.
        JobAlreadyAsked: the same papers are being written now.
    """
    if not list_print_runs(session, choice, actor.reach(_RIGHT)):
        raise NoVouchers(_ALL_PRINTED if choice.only_new else _NONE)
    arguments = {
        "quarter": str(choice.quarter),
        "district": choice.district_id,
        "point": choice.point_id,
        "only_new": choice.only_new,
        "as_of": choice.as_of.isoformat(),
        "layout": look.layout,
        "address": look.address,
    }
    subject = f"{choice.quarter}/{choice.district_id or 'all'}/{choice.point_id or 'all'}/{look.layout}"
    return ask_job(session, kind=PRINT, subject=subject, arguments=arguments, actor_id=actor.id, at=at)


def print_vouchers(
    session: Session,
    file: IO[bytes],
    *,
    quarter: Quarter,
    actor: Actor,
    at: datetime,
    district_id: int | None = None,
    point_id: int | None = None,
    look: PaperLook = _SIX,
) -> int:
    """Write the vouchers within what the actor may print into one file; return how many.

    Raises:
        NoVouchers: there are none.
    """
    choice = PrintChoice(quarter, at, district_id, point_id)
    runs = list_print_runs(session, choice, actor.reach(_RIGHT))
    if not runs:
        raise NoVouchers(_NONE)
    count = write_runs(session, file, runs, choice, look=look)
    for run in runs:
        _note(session, run, choice, count=run.count, layout=look.layout, actor=actor)
    return count


def print_one(
    session: Session,
    file: IO[bytes],
    voucher: Voucher,
    *,
    actor: Actor,
    at: datetime,
    look: PaperLook = _ONE,
) -> int:
    """Write the paper of one voucher that counts.

    Raises:
        NoVouchers: it was replaced, or is out of what the actor may print.
    """
    choice = PrintChoice(voucher.quarter, at, voucher.district_id, voucher.point_id, voucher.id)
    runs = list_print_runs(session, choice, actor.reach(_RIGHT)) if voucher.revoked_at is None else []
    if not runs:
        raise NoVouchers(text("This voucher was replaced before. Open the family's newest one."))
    count = write_runs(session, file, runs, choice, look=look)
    _note(session, runs[0], choice, count=count, layout=look.layout, actor=actor)
    return count


def keep_print(
    session: Session,
    path: Path,
    run: PrintRun,
    choice: PrintChoice,
    *,
    layout: PrintLayout,
    count: int,
    actor: Actor,
    keys: FieldKeys,
) -> None:
    """Keep the file of one point sealed, with the note that it was printed: both or neither.

    Files of the district that are older than `FILES_KEPT` are dropped; the same vouchers can be printed again.
    """
    name = f"{layout}-{choice.quarter}-{run.district.kato}-{run.point.code}.pdf"
    stored = store_file(session, path, name=name, keys=keys, actor_id=actor.id, at=choice.as_of)
    _note(session, run, choice, count=count, layout=layout, actor=actor, file_id=stored.id)
    session.flush()
    old = select(VoucherPrint.file_id).where(
        VoucherPrint.district_id == run.district.id,
        VoucherPrint.printed_at < choice.as_of - FILES_KEPT,
        VoucherPrint.file_id.is_not(None),
    )
    for file_id in session.scalars(old).all():
        if file_id is not None:
            drop_file(session, file_id)


def write_runs(session: Session, file: IO[bytes], runs: list[PrintRun], choice: PrintChoice, *, look: PaperLook) -> int:
    """Write the papers of the runs, each point beginning a new sheet; return how many vouchers there are."""
    write = {
        PrintLayout.SIX: write_voucher_sheets,
        PrintLayout.ONE: write_voucher_singles,
        PrintLayout.LIST: write_issue_list,
    }[look.layout]
    sheets = (
        SheetRun(choice.quarter, run.district, run.point, stream_print_run(session, choice, run), look.address)
        for run in runs
    )
    title = text("Vouchers of %(quarter)s", quarter=str(choice.quarter)).render("kk")
    with in_little_memory(session):
        return write(file, sheets, list_kits_on_paper(session), title=title)


def _note(
    session: Session,
    run: PrintRun,
    choice: PrintChoice,
    *,
    count: int,
    layout: PrintLayout,
    actor: Actor,
    file_id: uuid.UUID | None = None,
) -> None:
    session.add(
        VoucherPrint(
            quarter=choice.quarter,
            district_id=run.district.id,
            point_id=run.point.id,
            voucher_id=choice.voucher_id,
            layout=layout,
            voucher_count=count,
            printed_at=choice.as_of,
            printed_by_id=actor.id,
            job_id=choice.job_id,
            file_id=file_id,
        )
    )
    record(
        session,
        actor_id=actor.id,
        action="vouchers.printed",
        subject="cycle",
        subject_id=str(choice.quarter),
        at=choice.as_of,
        district_id=run.district.id,
        detail={"vouchers": count, "point": run.point.id, "layout": layout},
    )
