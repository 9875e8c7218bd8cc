"""Pages of registry imports: the list, a file brought in, a batch to look at, confirm or discard."""

from typing import IO

import xlsxwriter
from flask import Response, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from core.clock import now
from core.i18n import LANGUAGES, current_language, format_number, gettext as _, text, use_language
from core.tabular import open_table, write_csv
from core.tabular.reading import MOST_BYTES, too_big
from core.tabular.writing import write_sheet
from core.web.exports import asked_format, export_response, send_table
from core.web.forms import ActForm
from core.web.guards import current_actor, find_actor, guarded
from core.web.lists import Sorts, ordered, read_list_query, slice_of
from core.web.pages import page, redirect_to, told
from core.web.session import field_keys, reading, transaction
from core.web.uploads import take_bodies_with
from distribution.forms.registry import UploadForm
from distribution.models import RegistryBatch
from distribution.permissions import DistributionRight
from distribution.queries.registry import (
    count_batches_by_status,
    count_remarks,
    get_batch_row,
    list_batch_districts,
    list_remarks,
    select_batches,
    select_remarks,
)
from distribution.rules.registry_columns import HEADERS
from distribution.rules.registry_template import EXAMPLE, dictionary
from distribution.rules.registry_words import MESSAGES, NAMES
from distribution.services.registry import discard_batch, stage_batch
from distribution.services.registry_confirming import confirm_batch
from distribution.values import BatchStatus, RowRemark
from distribution.views.blueprint import blueprint
from territory.queries import list_districts

_COLUMNS = ("state", "at", "rows", "accepted", "refused", "confirmed_by")
_REMARK_COLUMNS = ("kind", "reason", "action")
_SORTS: Sorts = {"at": RegistryBatch.staged_at, "rows": RegistryBatch.row_count}
_REMARK_SORTS = {"row"}

STATUS_NAMES = {
    BatchStatus.STAGED: text("Waits for confirmation"),
    BatchStatus.CONFIRMED: text("In force"),
    BatchStatus.DISCARDED: text("Discarded"),
}
STATUS_KINDS = {"staged": "attention", "confirmed": "ok", "discarded": "muted"}


@blueprint.url_value_preprocessor
def let_registries_be_big(endpoint: str | None, values: dict[str, object] | None) -> None:
    """Let those who bring registries in send more than a form; before anything reads the body of the request."""
    del values
    if endpoint != "distribution.import_registry" or request.method != "POST":
        return
    actor = find_actor()
    if actor is not None and actor.may(DistributionRight.IMPORT_REGISTRY):
        take_bodies_with(MOST_BYTES, too_big(MOST_BYTES))


@blueprint.get("/registry")
@guarded(DistributionRight.READ_REGISTRY)
def list_batches() -> ResponseReturnValue:
    """List the imports of one's territory, the latest first."""
    actor = current_actor()
    reach = actor.reach(DistributionRight.READ_REGISTRY)
    query = read_list_query(sorts=_SORTS, default="-at", filters={"status"}, columns=_COLUMNS)
    statement = select_batches(reach, actor.id)
    if query.filters.get("status"):
        statement = statement.where(RegistryBatch.status == query.filters["status"])
    with reading() as session:
        batches = slice_of(session, ordered(statement, query, _SORTS, RegistryBatch.id), query)
        counts = count_batches_by_status(session, reach, actor.id)
    may_import = actor.may(DistributionRight.IMPORT_REGISTRY)
    return page(query=query, batches=batches, counts=counts, may_import=may_import, **_words())


@blueprint.route("/registry/import", methods=["GET", "POST"])
@guarded(DistributionRight.IMPORT_REGISTRY)
def import_registry() -> ResponseReturnValue:
    """Take a file in; it is judged and staged, and changes nothing until another person confirms it."""
    form = UploadForm()
    batch_id = form.accepts(lambda: _stage(form))
    if batch_id is not None:
        told(text("Every row was checked. Nothing has changed yet: another person confirms the import."))
        return redirect_to("distribution.show_batch", batch_id=batch_id)
    return page(form=form), 422 if form.has_errors else 200


@blueprint.get("/registry/<int:batch_id>")
@guarded(DistributionRight.READ_REGISTRY)
def show_batch(batch_id: int) -> ResponseReturnValue:
    """Show what became of a file: counts, remarks by row of the file, and what is to be done now."""
    actor = current_actor()
    reach = actor.reach(DistributionRight.READ_REGISTRY)
    query = read_list_query(sorts=_REMARK_SORTS, default="row", filters={"reason"}, columns=_REMARK_COLUMNS)
    reason = query.filters.get("reason")
    with reading() as session:
        row = get_batch_row(session, batch_id, reach=reach, actor_id=actor.id)
        if kind := asked_format():
            return _report(session, kind, batch_id, reason)
        counts = count_remarks(session, batch_id)
        remarks = slice_of(session, select_remarks(batch_id, reason), query)
        children = dict(list_batch_districts(session, batch_id))
        districts = [
            (district, children[district.id]) for district in list_districts(session, reach) if district.id in children
        ]
    return page(row=row, batch=row[0], query=query, remarks=remarks, counts=counts, districts=districts, **_words())


@blueprint.post("/registry/<int:batch_id>/confirm")
@guarded(DistributionRight.CONFIRM_REGISTRY)
def confirm_import(batch_id: int) -> ResponseReturnValue:
    """Let a staged import take effect."""
    with transaction() as session:
        batch = confirm_batch(session, batch_id=batch_id, actor=current_actor(), at=now())
    told(text("The import is in force: %(n)s new children.", n=format_number(batch.new_children)))
    return redirect_to("distribution.show_batch", batch_id=batch_id)


@blueprint.post("/registry/<int:batch_id>/discard")
@guarded(DistributionRight.IMPORT_REGISTRY)
def discard_import(batch_id: int) -> ResponseReturnValue:
    """Drop a staged import."""
    with transaction() as session:
        discard_batch(session, batch_id=batch_id, actor=current_actor(), at=now())
    told(text("The import was discarded. Nothing of it took effect."))
    return redirect_to("distribution.list_batches")


@blueprint.get("/registry/template")
@guarded(DistributionRight.IMPORT_REGISTRY)
def download_template() -> ResponseReturnValue:
    """Send the template in the language asked for: header, example row and, in Excel, what each column means."""
    asked = request.args.get("language", current_language())
    kind = asked_format() or "xlsx"
    with use_language(asked if asked in LANGUAGES else current_language()):
        return _template(kind)


def _template(kind: str) -> Response:
    return send_table(
        lambda file: _write_template(file, kind), kind, name="registry-template", scope=current_language(), at=now()
    )


def _write_template(file: IO[bytes], kind: str) -> None:
    header = HEADERS[current_language()]
    if kind == "csv":
        write_csv(file, header, [EXAMPLE])
        return
    with xlsxwriter.Workbook(file, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        write_sheet(book, _("Registry"), header, [EXAMPLE])
        meanings = [(title, meaning) for title, (_column, meaning) in zip(header, dictionary(), strict=True)]
        write_sheet(book, _("Columns"), [_("Column"), _("Meaning")], meanings)


def _stage(form: UploadForm) -> int:
    with form.kept() as (path, name), open_table(path) as table, transaction() as session:
        actor = current_actor()
        batch = stage_batch(session, table=table, file_name=name, actor=actor, keys=field_keys(), at=now())
        return batch.id


def _report(session: Session, kind: str, batch_id: int, reason: str | None) -> Response:
    header = {"row": _("Row"), "reason": _("Reason"), "action": _("What to do")}
    rows = (
        (row.row_number, str(NAMES[RowRemark(row.reason)]), str(MESSAGES[RowRemark(row.reason)]))
        for row in list_remarks(session, batch_id, reason)
    )
    return export_response(kind, header, rows, name=f"registry-remarks-{batch_id}", scope="", at=now())


def _words() -> dict[str, object]:
    return {
        "status_names": STATUS_NAMES,
        "status_kinds": STATUS_KINDS,
        "remark_names": NAMES,
        "remark_messages": MESSAGES,
        "act_form": ActForm(),
    }
