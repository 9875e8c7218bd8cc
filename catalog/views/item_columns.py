"""Files of items to take home: the list in the form that comes back in, and the template."""

from collections.abc import Iterable
from typing import IO

from flask import Response, request
from flask.typing import ResponseReturnValue

from catalog.models import Item
from catalog.permissions import CatalogRight
from catalog.queries.item_batches_around import row_of
from catalog.rules.item_columns import ITEM_TABLE, cells_of, example_row
from catalog.views.blueprint import blueprint
from core.clock import now
from core.i18n import LANGUAGES, current_language, gettext as _, use_language
from core.tabular import Cell
from core.tabular.keyed_files import write_keyed_csv, write_keyed_xlsx
from core.web.exports import asked_delimiter, asked_format, send_table
from core.web.guards import guarded


def send_items(kind: str, items: Iterable[Item]) -> Response:
    """Send items, read with their facts, in exactly the form in which they are brought in.

    `words=yes` in the address puts the titles in the current language below the keys; a workbook always has them.
    """
    rows = (cells_of(row_of(item)) for item in items)
    return _send(kind, rows, name="items", words=request.args.get("words") == "yes")


@blueprint.get("/item-batches/template")
@guarded(CatalogRight.READ)
def download_item_template() -> ResponseReturnValue:
    """Send the template in the language asked for: keys and titles of the columns, an example, and what each means."""
    asked = request.args.get("language", current_language())
    with use_language(asked if asked in LANGUAGES else current_language()):
        return _send(asked_format() or "xlsx", [example_row()], name="items-template", words=True)


def _send(kind: str, rows: Iterable[list[Cell]], *, name: str, words: bool) -> Response:
    def write(file: IO[bytes]) -> None:
        if kind == "csv":
            write_keyed_csv(file, ITEM_TABLE, rows, words=words, delimiter=asked_delimiter())
        else:
            write_keyed_xlsx(file, ITEM_TABLE, rows, words=True, sheet=_("Items"))

    return send_table(write, kind, name=name, scope=current_language(), at=now())
