"""Pages of one import: how it stands, what its rows would do, who is gone from it, its undoing."""

from collections.abc import Mapping

from flask import Response
from flask.typing import ResponseReturnValue
from sqlalchemy import Row
from sqlalchemy.orm import Session

from core.clock import now
from core.i18n import gettext as _, name_of, text
from core.jobs.models import Job
from core.jobs.queue import find_last_job
from core.jobs.sentences import reread
from core.web.exports import asked_format, export_response
from core.web.forms import ActForm
from core.web.guards import current_actor, guarded
from core.web.lists import ListQuery, Slice, read_list_query, slice_of
from core.web.pages import page, redirect_to, told
from core.web.session import field_keys, reading, transaction
from distribution.models import RegistryBatch, RegistryRow
from distribution.permissions import DistributionRight
from distribution.queries.registry import (
    count_remarks,
    get_batch,
    get_batch_row,
    list_batch_districts,
    list_further,
    list_remarks,
    select_remarks,
)
from distribution.queries.registry_kept import count_kept, list_kept_changes, select_kept
from distribution.queries.registry_rows import find_standing, select_gone, select_registry_rows
from distribution.queries.registry_undo import find_undo_blocks, find_undoing
from distribution.rules.registry_words import MESSAGES, NAMES
from distribution.services.registry_checking import CHECK, COMPARE
from distribution.services.registry_confirming import CONFIRM
from distribution.services.registry_undoing import undo_batch
from distribution.values import RowRemark
from distribution.views.blueprint import blueprint
from distribution.views.case_words import sees_names
from distribution.views.families import note_people
from distribution.views.registry_told import ShownRow, Teller
from distribution.views.registry_words import words
from distribution.views.shown import shown_name
from territory.queries import list_districts

_REMARK_COLUMNS = ("kind", "reason", "action")
_Rows = tuple[Mapping[str, int], Slice[Row[RegistryRow]] | Slice[Row[int, str, int]], list[ShownRow]]
_BY_STATUS = {"uploaded": CHECK, "checking": CHECK, "failed": CHECK}


@blueprint.get("/registry/<int:batch_id>")
@guarded(DistributionRight.READ_REGISTRY)
def show_batch(batch_id: int) -> ResponseReturnValue:
    """Show what became of a file: counts, remarks by row of the file, and what is to be done now."""
    actor = current_actor()
    reach = actor.reach(DistributionRight.READ_REGISTRY)
    query = read_list_query(sorts={"row"}, default="row", filters={"reason"}, columns=_REMARK_COLUMNS)
    reason = query.filters.get("reason")
    with reading() as session:
        row = get_batch_row(session, batch_id, reach=reach, actor_id=actor.id)
        if kind := asked_format():
            return _report(session, kind, batch_id, reason)
        remarks = slice_of(session, select_remarks(batch_id, reason), query)
        children = dict(list_batch_districts(session, batch_id))
        shown = {
            "counts": count_remarks(session, batch_id),
            "further": list_further(session, batch_id, [remark.row_number for remark in remarks.rows]),
            "districts": [(one, children[one.id]) for one in list_districts(session, reach) if one.id in children],
            "undoing": find_undoing(session, row[0]),
            "job": _job_of(session, batch_id, row[0].status),
        }
    return page(row=row, batch=row[0], query=query, remarks=remarks, reread=reread, **shown, **words())


@blueprint.get("/registry/<int:batch_id>/rows")
@guarded(DistributionRight.READ_REGISTRY)
def list_batch_rows(batch_id: int) -> ResponseReturnValue:
    """Show what the accepted rows of a staged file would do, or what an import in force did."""
    actor = current_actor()
    reach = actor.reach(DistributionRight.READ_REGISTRY)
    query = read_list_query(sorts={"row"}, default="row", filters={"state"})
    with reading() as session:
        batch = get_batch(session, batch_id, reach=reach, actor_id=actor.id)
        teller = Teller({one.id: name_of(one) for one in list_districts(session, reach)}, field_keys())
        told_rows = _kept if batch.confirmed_at else _staged
        counts, found, lines = told_rows(session, batch, query, teller)
    note_people(people=sum(line.people for line in lines) if sees_names() else 0)
    return page(batch=batch, query=query, counts=counts, found=found, lines=lines, **words())


@blueprint.get("/registry/<int:batch_id>/gone")
@guarded(DistributionRight.READ_REGISTRY)
def list_batch_gone(batch_id: int) -> ResponseReturnValue:
    """Show the children of earlier imports whom a file no longer names."""
    actor = current_actor()
    reach = actor.reach(DistributionRight.READ_REGISTRY)
    query = read_list_query(sorts={"case"}, default="case", filters=set())
    with reading() as session:
        batch = get_batch(session, batch_id, reach=reach, actor_id=actor.id)
        found = slice_of(session, select_gone(batch), query)
    note_people(people=len(found.rows) if sees_names() else 0)
    return page(batch=batch, query=query, found=found, shown_name=shown_name)


@blueprint.route("/registry/<int:batch_id>/undo", methods=["GET", "POST"])
@guarded(DistributionRight.IMPORT_REGISTRY)
def undo_import(batch_id: int) -> ResponseReturnValue:
    """Ask for an import to be taken back, or say what stands on it."""
    form, actor = ActForm(), current_actor()
    undoing_id = form.accepts(lambda: _undo(batch_id))
    if undoing_id is not None:
        told(text("The undoing waits. Nothing has changed yet: another person confirms it."))
        return redirect_to("distribution.show_batch", batch_id=undoing_id)
    with reading() as session:
        reach = actor.reach(DistributionRight.IMPORT_REGISTRY)
        batch = get_batch(session, batch_id, reach=reach, actor_id=actor.id)
        blocks, undoing = find_undo_blocks(session, batch), find_undoing(session, batch)
    note_people(people=len(blocks.families) if sees_names() else 0)
    return page(form=form, batch=batch, blocks=blocks, undoing=undoing, shown_name=shown_name), (
        409 if form.has_errors else 200
    )


def _staged(session: Session, batch: RegistryBatch, query: ListQuery, teller: Teller) -> _Rows:
    found = slice_of(session, select_registry_rows(batch.id, query.filters.get("state")), query)
    rows = [line for (line,) in found.rows]
    counts = {"new": batch.new_children, "changed": batch.changed_children, "same": batch.same_children}
    return counts, found, teller.staged_rows(rows, find_standing(session, rows))


def _kept(session: Session, batch: RegistryBatch, query: ListQuery, teller: Teller) -> _Rows:
    reach = current_actor().reach(DistributionRight.READ_REGISTRY)
    found = slice_of(session, select_kept(batch, query.filters.get("state"), reach), query)
    changes = list_kept_changes(session, batch, [(row[0], row[1], row[2]) for row in found.rows])
    return count_kept(session, batch, reach), found, teller.kept_rows(batch, changes)


def _undo(batch_id: int) -> int:
    with transaction() as session:
        return undo_batch(session, batch_id=batch_id, actor=current_actor(), at=now()).id


def _job_of(session: Session, batch_id: int, status: str) -> Job | None:
    """Return the long work that was asked for last on an import in its present step."""
    kinds = (CHECK,) if status in _BY_STATUS else (CONFIRM, COMPARE)
    jobs = [find_last_job(session, kind=kind, subject=str(batch_id)) for kind in kinds]
    known = [job for job in jobs if job is not None]
    return max(known, key=lambda job: job.asked_at) if known else None


def _report(session: Session, kind: str, batch_id: int, reason: str | None) -> Response:
    header = {"row": _("Row"), "reason": _("Reason"), "action": _("What to do")}
    rows = (
        (row.row_number, str(NAMES[RowRemark(row.reason)]), str(MESSAGES[RowRemark(row.reason)]))
        for row in list_remarks(session, batch_id, reason)
    )
    return export_response(kind, header, rows, name=f"registry-remarks-{batch_id}", scope="", at=now())
