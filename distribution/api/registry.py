"""Imports of the registry for programs: a file is sent, checked, confirmed by another person, undone."""

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from core.clock import now
from core.jobs.errors import JobAlreadyAsked
from core.paging import page_behind
from core.tabular import open_table
from core.tabular.errors import FileMissing, FileRefused, NotTheTemplate
from core.tabular.reading import MOST_BYTES, too_big
from core.web.api.answers import answer_page, answer_with
from core.web.api.once import answer_act
from core.web.api.operations import Operation, operation
from core.web.api.work import WorkTold, answer_work
from core.web.guards import current_actor, find_actor, guarded
from core.web.session import field_keys, reading, transaction
from core.web.uploads import kept_body, take_bodies_with
from distribution.api.blueprint import blueprint
from distribution.errors import (
    BatchClosed,
    BatchUnknown,
    ImportInUse,
    NotYourFamilies,
    NotYourStep,
    RegistryAlreadyLoaded,
    SecondPersonNeeded,
)
from distribution.models import RegistryBatch
from distribution.permissions import DistributionRight
from distribution.queries.registry import count_remarks, get_batch, select_batches
from distribution.queries.registry_columns import list_registry_faults
from distribution.schemas.registry import BroughtInTold, FileAsked, ImportPage, ImportsAsked, ImportTold
from distribution.services.registry import bring_in_batch, discard_batch
from distribution.services.registry_checking import ask_check
from distribution.services.registry_confirming import ask_confirmation
from distribution.services.registry_undoing import undo_batch

_READ, _IMPORT = DistributionRight.READ_REGISTRY, DistributionRight.IMPORT_REGISTRY
_KEY = {"number": "Number of an import"}


@blueprint.url_value_preprocessor
def let_files_be_big(endpoint: str | None, values: dict[str, object] | None) -> None:
    """Let programs of those who bring registries in send a whole file, before anything reads the body."""
    del values
    if endpoint != "distribution_api.create_import" or request.method != "POST":
        return
    actor = find_actor()
    if actor is not None and actor.may(_IMPORT):
        take_bodies_with(MOST_BYTES, too_big(MOST_BYTES))


@blueprint.get("/registry-imports")
@guarded(_READ)
@operation(Operation("List imports", ImportPage, arguments=ImportsAsked, is_paged=True, tells_state=True))
def list_imports(asked: ImportsAsked) -> ResponseReturnValue:
    """List the imports of the caller's territory."""
    actor = current_actor()
    statement = select_batches(actor.reach(_READ), actor.id)
    if asked.status is not None:
        statement = statement.where(RegistryBatch.status == asked.status)
    with reading() as session:
        found, following = page_behind(session, statement, RegistryBatch.id, after=asked.after, limit=asked.limit)
        told = [ImportTold.of(row[0], dict(count_remarks(session, row[0].id))) for row in found]
    return answer_page(ImportPage(imports=told, next=following), "distribution_api.list_imports", asked, following)


@blueprint.get("/registry-imports/<int:number>")
@guarded(_READ)
@operation(Operation("Read an import", ImportTold, address=_KEY, refusals=(BatchUnknown,)))
def show_import(number: int) -> ResponseReturnValue:
    """Tell of one import."""
    actor = current_actor()
    with reading() as session:
        batch = get_batch(session, number, reach=actor.reach(_READ), actor_id=actor.id)
        return answer_with(ImportTold.of(batch, dict(count_remarks(session, number))))


@blueprint.post("/registry-imports")
@guarded(_IMPORT)
@operation(
    Operation(
        "Bring a file in and ask for its rows to be checked; the same file twice is refused",
        BroughtInTold,
        status=201,
        arguments=FileAsked,
        refusals=(NotYourStep, RegistryAlreadyLoaded, FileMissing, FileRefused, NotTheTemplate),
        takes_file=True,
    )
)
def create_import(asked: FileAsked) -> ResponseReturnValue:
    """Take a file in; nothing changes until another person confirms it."""
    actor, at = current_actor(), now()
    with kept_body() as path, open_table(path) as table, transaction() as session:
        batch = bring_in_batch(
            session, table=table, path=path, file_name=asked.name, actor=actor, keys=field_keys(), at=at
        )
        faults = [str(fault) for fault in list_registry_faults(batch)]
        job_id = None if faults else ask_check(session, batch_id=batch.id, actor=actor, at=at)
        address = url_for("distribution_api.show_import", number=batch.id)
        told = BroughtInTold(number=batch.id, job=job_id, address=address, faults=faults)
    answer = Response(told.model_dump_json(), 201, mimetype="application/json")
    answer.headers["Location"] = address
    return answer


@blueprint.post("/registry-imports/<int:number>/confirm")
@guarded(DistributionRight.CONFIRM_REGISTRY)
@operation(
    Operation(
        "Let an import take effect, as a person who did not bring it in; as long work",
        WorkTold,
        status=202,
        address=_KEY,
        refusals=(BatchUnknown, BatchClosed, SecondPersonNeeded, NotYourStep, NotYourFamilies, JobAlreadyAsked),
        acts_once=True,
    )
)
def confirm_import(number: int) -> ResponseReturnValue:
    """Ask for an import to take effect."""
    with transaction() as session:
        job_id = ask_confirmation(session, batch_id=number, actor=current_actor(), at=now())
        return answer_work(session, job_id)


@blueprint.post("/registry-imports/<int:number>/discard")
@guarded(_IMPORT)
@operation(
    Operation(
        "Drop an import that nobody confirmed",
        ImportTold,
        address=_KEY,
        refusals=(BatchUnknown, BatchClosed, NotYourStep),
        acts_once=True,
    )
)
def discard_import(number: int) -> ResponseReturnValue:
    """Drop an import."""
    with transaction() as session:
        batch = discard_batch(session, batch_id=number, actor=current_actor(), at=now())
        return answer_act(session, ImportTold.of(batch, {}))


@blueprint.post("/registry-imports/<int:number>/undo")
@guarded(_IMPORT)
@operation(
    Operation(
        "Ask that an import be taken back; another person confirms that too",
        ImportTold,
        status=201,
        address=_KEY,
        refusals=(BatchUnknown, BatchClosed, ImportInUse, NotYourStep),
        acts_once=True,
    )
)
def undo_import(number: int) -> ResponseReturnValue:
    """Bring in a batch that takes another one back."""
    with transaction() as session:
        undoing = undo_batch(session, batch_id=number, actor=current_actor(), at=now())
        address = url_for("distribution_api.show_import", number=undoing.id)
        return answer_act(session, ImportTold.of(undoing, {}), at=address)
