"""Long work on imports: a file is checked block by block, an import takes effect, rows are compared anew."""

from collections.abc import Mapping
from contextlib import ExitStack

from sqlalchemy.orm import Session

from core.actors import Actor
from core.clock import now
from core.i18n import text
from core.jobs.queue import ask_job, find_live_job
from core.jobs.working import JobRun
from core.stored_files import opened_file
from core.tabular import open_table
from core.tabular.errors import FileRefused
from distribution.jobs.acting import actor_of
from distribution.jobs.leads import FIND_LEADS
from distribution.models import RegistryBatch
from distribution.permissions import DistributionRight
from distribution.services.registry_checking import (
    check_blocks,
    compare_batch,
    fail_check,
    finish_check,
    plan_check,
    start_check,
    write_next,
)
from distribution.services.registry_confirming import confirm_batch
from distribution.services.registry_reading import RowsSeen
from distribution.services.registry_staging import RowCounts
from distribution.values import BatchStatus


def check_registry(run: JobRun) -> Mapping[str, object]:
    """Check the rows of a file; after a kill it goes on behind the last block that was written."""
    batch_id = _batch_id(run)
    with run.database.reading() as session:
        if session.get_one(RegistryBatch, batch_id).status == BatchStatus.STAGED:
            return _link(batch_id)  # killed between the last two steps
    try:
        _check(run, batch_id)
    except FileRefused:
        with run.database.writing() as session:
            fail_check(session, batch_id)
        raise
    return _link(batch_id)


def confirm_registry(run: JobRun) -> Mapping[str, object]:
    """Let an import take effect, in one unit of work; the search for doubles begins after that."""
    batch_id = _batch_id(run)
    run.tell(text("Families, awards and children are being written. It happens as a whole, or not at all."))
    with run.database.writing() as session:
        batch = session.get_one(RegistryBatch, batch_id)
        if batch.status != BatchStatus.CONFIRMED or batch.confirmed_by_id != run.actor_id:
            actor = actor_of(session, run)
            confirm_batch(session, batch_id=batch_id, actor=actor, at=now(), as_seen=True)
            _ask_for_leads(session, actor)
    return _link(batch_id)


def compare_registry(run: JobRun) -> Mapping[str, object]:
    """Compare the rows of a staged file with the families there are now."""
    batch_id = _batch_id(run)
    run.tell(text("Every row is being compared with the families there are now."))
    with run.database.writing() as session:
        compare_batch(session, batch_id=batch_id, actor=actor_of(session, run), at=now())
    return _link(batch_id)


def _check(run: JobRun, batch_id: int) -> None:
    counts, seen = RowCounts(), RowsSeen()
    with ExitStack() as stack:
        run.tell(text("The file is being read for the first time, to see who stands in it twice."))
        with run.database.reading() as session:
            plan = plan_check(session, batch_id=batch_id, actor=actor_of(session, run))
            path = stack.enter_context(opened_file(session, plan.file_id, run.keys))
        with run.database.writing() as session:
            start_check(session, plan)
        table = stack.enter_context(open_table(path))
        for block in check_blocks(table, plan, keys=run.keys, counts=counts, seen=seen):
            with run.database.writing() as session:
                write_next(session, block)
            run.tell(text("Every row is being checked."), counts.rows, seen.total)
    run.tell(text("The rows are being compared with the families there are."))
    with run.database.writing() as session:
        finish_check(session, batch_id=batch_id, counts=counts, actor=actor_of(session, run), at=now())


def _ask_for_leads(session: Session, actor: Actor) -> None:
    if not actor.may(DistributionRight.DECIDE_LEADS) or find_live_job(session, kind=FIND_LEADS, subject="registry"):
        return
    ask_job(session, kind=FIND_LEADS, subject="registry", arguments={}, actor_id=actor.id, at=now())


def _batch_id(run: JobRun) -> int:
    return int(str(run.arguments["batch_id"]))


def _link(batch_id: int) -> Mapping[str, object]:
    return {"link": {"batch_id": batch_id}}
