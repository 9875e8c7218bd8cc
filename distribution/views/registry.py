"""Pages of registry imports: the list, a file brought in, its columns, and the steps that a batch takes."""

from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from core.clock import now
from core.i18n import text
from core.tabular import open_table
from core.tabular.reading import MOST_BYTES, too_big
from core.web.guards import current_actor, find_actor, guarded
from core.web.lists import Sorts, ordered, read_list_query, slice_of
from core.web.pages import page, redirect_to, told
from core.web.session import field_keys, reading, transaction
from core.web.uploads import take_forms_with
from distribution.errors import RegistryAlreadyLoaded
from distribution.forms.registry import RegistryColumnsForm, UploadForm
from distribution.models import RegistryBatch
from distribution.permissions import DistributionRight
from distribution.queries.registry import count_batches_by_status, get_batch, select_batches
from distribution.queries.registry_columns import header_of, list_registry_faults, mapping_of
from distribution.services.registry import bring_in_batch, discard_batch, match_registry_columns
from distribution.services.registry_checking import ask_check, ask_comparison
from distribution.services.registry_confirming import ask_confirmation
from distribution.views.blueprint import blueprint
from distribution.views.registry_words import words

_COLUMNS = ("state", "at", "rows", "accepted", "refused", "confirmed_by")
_SORTS: Sorts = {"at": RegistryBatch.staged_at, "rows": RegistryBatch.row_count}


@blueprint.url_value_preprocessor
def let_registries_be_big(endpoint: str | None, values: dict[str, object] | None) -> None:
    """Let those who bring registries in send more than a form; before anything reads the body of the request."""
    del values
    if endpoint != "distribution.import_registry" or request.method != "POST":
        return
    actor = find_actor()
    if actor is not None and actor.may(DistributionRight.IMPORT_REGISTRY):
        take_forms_with(MOST_BYTES, too_big(MOST_BYTES))


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
    return page(query=query, batches=batches, counts=counts, may_import=may_import, **words())


@blueprint.route("/registry/import", methods=["GET", "POST"])
@guarded(DistributionRight.IMPORT_REGISTRY)
def import_registry() -> ResponseReturnValue:
    """Take a file in; its rows are checked, and nothing changes until another person confirms it."""
    form = UploadForm()
    brought = form.accepts(lambda: _bring_in(form))
    if brought is None:
        return page(form=form), 422 if form.has_errors else 200
    batch_id, job_id = brought
    if job_id is None:
        return redirect_to("distribution.match_registry_columns", batch_id=batch_id)
    return redirect_to("app.show_job", job_id=job_id)


@blueprint.route("/registry/<int:batch_id>/columns", methods=["GET", "POST"], endpoint="match_registry_columns")
@guarded(DistributionRight.IMPORT_REGISTRY)
def name_registry_columns(batch_id: int) -> ResponseReturnValue:
    """Say which column of the file is which; what was said is remembered for the next file."""
    form, actor = RegistryColumnsForm(), current_actor()
    with reading() as session:
        reach = actor.reach(DistributionRight.IMPORT_REGISTRY)
        batch = get_batch(session, batch_id, reach=reach, actor_id=actor.id)
        header, samples = header_of(batch, field_keys())
        form.ask(header, mapping_of(batch), samples)
    found = list_registry_faults(batch)
    job_id = form.accepts(lambda: _match(form, batch_id))
    if job_id is not None:
        return redirect_to("app.show_job", job_id=job_id)
    return page(form=form, batch=batch, faults=found), 422 if form.has_errors else 200


@blueprint.post("/registry/<int:batch_id>/check")
@guarded(DistributionRight.IMPORT_REGISTRY)
def check_import(batch_id: int) -> ResponseReturnValue:
    """Check the rows of a file, or go on where the checking was stopped."""
    with transaction() as session:
        job_id = ask_check(session, batch_id=batch_id, actor=current_actor(), at=now())
    return redirect_to("app.show_job", job_id=job_id)


@blueprint.post("/registry/<int:batch_id>/compare")
@guarded(DistributionRight.CONFIRM_REGISTRY)
def compare_import(batch_id: int) -> ResponseReturnValue:
    """Compare the rows of a staged file anew, because families were changed since."""
    with transaction() as session:
        job_id = ask_comparison(session, batch_id=batch_id, actor=current_actor(), at=now())
    return redirect_to("app.show_job", job_id=job_id)


@blueprint.post("/registry/<int:batch_id>/confirm")
@guarded(DistributionRight.CONFIRM_REGISTRY)
def confirm_import(batch_id: int) -> ResponseReturnValue:
    """Let a staged import take effect."""
    with transaction() as session:
        job_id = ask_confirmation(session, batch_id=batch_id, actor=current_actor(), at=now())
    return redirect_to("app.show_job", job_id=job_id)


@blueprint.post("/registry/<int:batch_id>/discard")
@guarded(DistributionRight.IMPORT_REGISTRY)
def discard_import(batch_id: int) -> ResponseReturnValue:
    """Drop an import that nobody confirmed."""
    with transaction() as session:
        discard_batch(session, batch_id=batch_id, actor=current_actor(), at=now())
    told(text("The import was discarded. Nothing of it took effect."))
    return redirect_to("distribution.list_batches")


def _bring_in(form: UploadForm) -> tuple[int, UUID | None]:
    """Take the file in and, where its columns are clear, ask for its rows to be checked."""
    actor, at = current_actor(), now()
    with form.kept() as (path, name), open_table(path) as table:
        try:
            with transaction() as session:
                batch = bring_in_batch(
                    session, table=table, path=path, file_name=name, actor=actor, keys=field_keys(), at=at
                )
                if list_registry_faults(batch):
                    return batch.id, None
                return batch.id, ask_check(session, batch_id=batch.id, actor=actor, at=at)
        except RegistryAlreadyLoaded as loaded:
            form.loaded_as = loaded.batch_id
            raise


def _match(form: RegistryColumnsForm, batch_id: int) -> UUID:
    mapping = [str(field.data or "") for field in form.columns]
    actor, at = current_actor(), now()
    with transaction() as session:
        match_registry_columns(session, batch_id=batch_id, mapping=mapping, actor=actor, keys=field_keys(), at=at)
        return ask_check(session, batch_id=batch_id, actor=actor, at=at)
