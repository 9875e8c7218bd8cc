"""The template of a registry to take home: header, example row and, in Excel, what each column means."""

from typing import IO

import xlsxwriter
from flask import Response, request
from flask.typing import ResponseReturnValue

from core.clock import now
from core.i18n import LANGUAGES, current_language, gettext as _, use_language
from core.tabular import write_csv
from core.tabular.writing import write_sheet
from core.web.exports import asked_format, send_table
from core.web.guards import guarded
from distribution.permissions import DistributionRight
from distribution.rules.registry_columns import HEADERS
from distribution.rules.registry_template import EXAMPLE, dictionary
from distribution.views.blueprint import blueprint


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
