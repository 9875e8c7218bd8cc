"""The file of an import to take home again, with what is wrong in each row."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import IO

from flask import Response, request, stream_with_context
from flask.typing import ResponseReturnValue

from core.clock import now
from core.i18n import current_language
from core.stored_files import opened_file
from core.tabular.writing import open_book, write_sheet
from core.web.exports import asked_delimiter, asked_format, file_name, send_table
from core.web.guards import current_actor, guarded
from core.web.session import database, field_keys, transaction
from distribution.documents.registry_copies import annotated_rows, csv_pieces
from distribution.models import RegistryBatch
from distribution.permissions import DistributionRight
from distribution.services.registry import copy_batch
from distribution.views.blueprint import blueprint

_NAME = "registry-checked"
_MOST_XLSX_ROWS = 20_000


@blueprint.get("/registry/<int:batch_id>/copy")
@guarded(DistributionRight.IMPORT_REGISTRY)
def download_batch_copy(batch_id: int) -> ResponseReturnValue:
    """Send the file with an added column “Error”; `rows=remarked` leaves out the rows of which nothing was said."""
    actor, kind, delimiter = current_actor(), asked_format() or "csv", asked_delimiter()
    with transaction() as session:
        batch = copy_batch(session, batch_id=batch_id, actor=actor, at=now())
    only = request.args.get("rows") == "remarked" or (kind == "xlsx" and batch.row_count > _MOST_XLSX_ROWS)
    rows = _rows(batch, only_remarked=only)
    if kind == "xlsx":
        return _send_book(rows)
    name = file_name("csv", name=_NAME, scope=str(batch.id), at=now(), login=actor.login)
    pieces = stream_with_context(csv_pieces(rows, delimiter=delimiter))
    return Response(pieces, mimetype="text/csv", headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _rows(batch: RegistryBatch, *, only_remarked: bool) -> Iterator[list[str]]:
    """Yield the rows of the copy; the file is unsealed, and the database read, for as long as they are."""
    keys, language = field_keys(), current_language()
    with ExitStack() as stack:
        session = stack.enter_context(database().reading())
        if batch.file_id is None:
            return
        path = stack.enter_context(opened_file(session, batch.file_id, keys))
        yield from annotated_rows(session, path, batch_id=batch.id, language=language, only_remarked=only_remarked)


def _send_book(rows: Iterator[list[str]]) -> Response:
    def write(file: IO[bytes]) -> None:
        with open_book(file) as book:
            write_sheet(book, "1", next(rows), rows)

    return send_table(write, "xlsx", name=_NAME, scope="", at=now())
