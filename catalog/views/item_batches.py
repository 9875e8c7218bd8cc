"""Pages of files of items: the list, a file brought in, its columns, what it would do, and its undoing."""

from flask import Response, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from catalog.errors import ItemFileLoaded
from catalog.forms.item_batches import ColumnsForm, ItemFileForm
from catalog.models import ItemBatch
from catalog.permissions import CatalogRight
from catalog.queries.item_batches import (
    count_item_batches_by_status,
    find_undoing,
    get_item_batch,
    get_item_batch_row,
    list_changed_since,
    list_column_faults,
    list_samples,
    list_undo_blocks,
    select_item_batch_rows,
    select_item_batches,
)
from catalog.rules.item_batches import MOST_FILE_BYTES, MOST_ROWS
from catalog.rules.item_columns import ITEM_TABLE
from catalog.services.item_batches import (
    check_item_batch as check_anew,
    confirm_item_batch as take_effect,
    discard_item_batch as drop,
    match_columns,
    stage_item_batch,
)
from catalog.services.item_batches_undoing import undo_item_batch as take_back
from catalog.views.blueprint import blueprint
from catalog.views.item_batches_words import (
    BATCH_KINDS,
    BATCH_NAMES,
    STATE_KINDS,
    STATE_NAMES,
    copy_of_file,
    shown_rows,
    told_result,
)
from core.clock import now
from core.i18n import Text, text
from core.tabular import open_table
from core.tabular.columns import is_own_heading
from core.tabular.reading import too_big
from core.web.exports import asked_format, export_response
from core.web.forms import ActForm
from core.web.guards import current_actor, guarded
from core.web.lists import Sorts, ordered, read_list_query, slice_of
from core.web.pages import page, redirect_to, told
from core.web.session import reading, transaction
from core.web.uploads import take_forms_with

_SORTS: Sorts = {"at": ItemBatch.staged_at}
_COLUMNS = ("state", "at", "new", "changed", "refused", "confirmed_by")
_UPLOAD = "catalog.bring_in_items"


@blueprint.url_value_preprocessor
def let_no_file_of_items_be_too_big(endpoint: str | None, values: dict[str, object] | None) -> None:
    """Refuse a file beyond the bound in words, before anything reads the body of the request."""
    del values
    if endpoint == _UPLOAD and request.method == "POST":
        take_forms_with(MOST_FILE_BYTES, too_big(MOST_FILE_BYTES))


@blueprint.get("/item-batches")
@guarded(CatalogRight.EDIT_ITEMS)
def list_item_batches() -> ResponseReturnValue:
    """List the files of items, the latest first."""
    query = read_list_query(sorts=_SORTS, default="-at", filters={"status"}, columns=_COLUMNS)
    statement = select_item_batches()
    if query.filters.get("status"):
        statement = statement.where(ItemBatch.status == query.filters["status"])
    with reading() as session:
        batches = slice_of(session, ordered(statement, query, _SORTS, ItemBatch.id), query)
        counts = count_item_batches_by_status(session)
    return page(query=query, batches=batches, counts=counts, status_names=BATCH_NAMES, status_kinds=BATCH_KINDS)


@blueprint.route("/item-batches/new", methods=["GET", "POST"])
@guarded(CatalogRight.EDIT_ITEMS)
def bring_in_items() -> ResponseReturnValue:
    """Take a file in; its rows are judged, and nothing changes until it is confirmed."""
    form = ItemFileForm()
    staged = form.accepts(lambda: _stage(form))
    if staged is None:
        return page(form=form), 422 if form.has_errors else 200
    batch_id, clear = staged
    return redirect_to("catalog.show_item_batch" if clear else "catalog.match_item_columns", batch_id=batch_id)


@blueprint.route("/item-batches/<int:batch_id>/columns", methods=["GET", "POST"])
@guarded(CatalogRight.EDIT_ITEMS)
def match_item_columns(batch_id: int) -> ResponseReturnValue:
    """Say which column of the file is which; what was said is remembered for the next file."""
    form = ColumnsForm()
    with reading() as session:
        batch = get_item_batch(session, batch_id)
        found = list_column_faults(session, batch)
        form.ask(batch.header, batch.mapping, list_samples(session, batch_id))
    matched = form.accepts(lambda: _match(form, batch_id))
    if matched is not None and not matched:
        return redirect_to("catalog.show_item_batch", batch_id=batch_id)
    return page(form=form, batch=batch, faults=matched or found), 422 if form.is_submitted() else 200


@blueprint.get("/item-batches/<int:batch_id>")
@guarded(CatalogRight.EDIT_ITEMS)
def show_item_batch(batch_id: int) -> ResponseReturnValue:
    """Show what a file would do or did: row by row, what differs and what is wrong."""
    query = read_list_query(sorts={"row"}, default="row", filters={"state"})
    state = query.filters.get("state")
    with reading() as session:
        row = get_item_batch_row(session, batch_id)
        batch = row[0]
        if kind := asked_format():
            return _copy(session, kind, batch, state)
        if batch.status == "staged" and list_column_faults(session, batch):
            return redirect_to("catalog.match_item_columns", batch_id=batch_id)
        found = slice_of(session, select_item_batch_rows(batch_id, state), query)
        changed_since = list_changed_since(session, batch_id) if batch.status == "staged" else []
        undoing = find_undoing(session, batch)
    return page(
        row=row,
        batch=batch,
        query=query,
        found=found,
        lines=shown_rows([line for (line,) in found.rows], batch.mapping),
        changed_since=changed_since,
        undoing=undoing,
        act_form=ActForm(),
        **_words(),
    )


@blueprint.post("/item-batches/<int:batch_id>/confirm")
@guarded(CatalogRight.EDIT_ITEMS)
def confirm_item_batch(batch_id: int) -> ResponseReturnValue:
    """Let a file take effect."""
    with transaction() as session:
        batch = take_effect(session, batch_id=batch_id, actor=current_actor(), at=now())
        words = told_result(batch)
    told(words)
    return redirect_to("catalog.show_item_batch", batch_id=batch_id)


@blueprint.post("/item-batches/<int:batch_id>/check")
@guarded(CatalogRight.EDIT_ITEMS)
def check_item_batch(batch_id: int) -> ResponseReturnValue:
    """Judge the rows of a file anew, because items were changed since."""
    with transaction() as session:
        check_anew(session, batch_id=batch_id, actor=current_actor(), at=now())
    told(text("Every row was checked again. Nothing has changed yet."))
    return redirect_to("catalog.show_item_batch", batch_id=batch_id)


@blueprint.post("/item-batches/<int:batch_id>/discard")
@guarded(CatalogRight.EDIT_ITEMS)
def discard_item_batch(batch_id: int) -> ResponseReturnValue:
    """Drop a file that nobody confirmed."""
    with transaction() as session:
        drop(session, batch_id=batch_id, actor=current_actor(), at=now())
    told(text("The file was discarded. Nothing of it took effect."))
    return redirect_to("catalog.list_item_batches")


@blueprint.route("/item-batches/<int:batch_id>/undo", methods=["GET", "POST"])
@guarded(CatalogRight.EDIT_ITEMS)
def undo_item_batch(batch_id: int) -> ResponseReturnValue:
    """Take back what a file did, or say what stands on it."""
    form = ActForm()
    undoing_id = form.accepts(lambda: _undo(batch_id))
    if undoing_id is not None:
        told(text("It is undone: what was changed is as before, what was new is retired."))
        return redirect_to("catalog.show_item_batch", batch_id=undoing_id)
    with reading() as session:
        row = get_item_batch_row(session, batch_id)
        blocks = list_undo_blocks(session, row[0]) if row[0].undoes_id is None else []
    return page(form=form, row=row, batch=row[0], blocks=blocks), 409 if form.has_errors else 200


def _words() -> dict[str, object]:
    states: dict[str, object] = {"state_names": STATE_NAMES, "state_kinds": STATE_KINDS}
    return {"status_names": BATCH_NAMES, "status_kinds": BATCH_KINDS, **states}


def _stage(form: ItemFileForm) -> tuple[int, bool]:
    with form.kept() as (path, name), open_table(path, most_bytes=MOST_FILE_BYTES, most_rows=MOST_ROWS) as table:
        try:
            with transaction() as session:
                batch = stage_item_batch(session, table=table, file_name=name, actor=current_actor(), at=now())
                faults = list_column_faults(session, batch)
        except ItemFileLoaded as refusal:
            form.loaded_as = refusal.batch_id
            raise
    known = all(
        key or is_own_heading(title, ITEM_TABLE) for title, key in zip(batch.header, batch.mapping, strict=True)
    )
    return batch.id, known and not faults


def _match(form: ColumnsForm, batch_id: int) -> list[Text]:
    mapping = [str(field.data or "") for field in form.columns]
    with transaction() as session:
        batch = match_columns(session, batch_id=batch_id, mapping=mapping, actor=current_actor(), at=now())
        return list_column_faults(session, batch)


def _undo(batch_id: int) -> int:
    with transaction() as session:
        return take_back(session, batch_id=batch_id, actor=current_actor(), at=now()).id


def _copy(session: Session, kind: str, batch: ItemBatch, state: str | None) -> Response:
    header, rows = copy_of_file(session, batch, state)
    return export_response(kind, header, rows, name="items-checked", scope=str(batch.id), at=now())
