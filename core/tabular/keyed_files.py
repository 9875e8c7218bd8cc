"""Files that come back in: a header of stable keys, perhaps titles below, and what makes a workbook easy to fill in."""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import IO

from xlsxwriter.worksheet import Worksheet

from core.i18n import gettext as _
from core.tabular.cells import Cell
from core.tabular.columns import EXAMPLE_SIGN, TableKind, dictionary
from core.tabular.writing import open_book, write_csv, write_sheet

_LAST_ROW = 20_001
_LONGEST_SHEET_NAME = 31


def write_keyed_csv(
    file: IO[bytes], kind: TableKind, rows: Iterable[Sequence[Cell]], *, words: bool, delimiter: str
) -> None:
    """Write rows in the order of the columns as CSV; `words` puts the titles in the current language below the keys."""
    write_csv(file, kind.keys, chain(_titles(kind, words=words), rows), delimiter=delimiter)


def write_keyed_xlsx(
    file: IO[bytes], kind: TableKind, rows: Iterable[Sequence[Cell]], *, words: bool, sheet: str
) -> None:
    """Write rows in the order of the columns as XLSX, with lists of choices, codes kept as texts, and a dictionary.

    A hidden cell behind the header tells which table, and which version of it, the file was made from.
    """
    hidden = len(kind.columns)

    def prepare(page: Worksheet) -> None:
        page.set_column(hidden, hidden, None, None, {"hidden": True})
        for place, column in enumerate(kind.columns):
            if column.choices:
                choice = {"validate": "list", "source": list(column.choices), "error_type": "warning"}
                page.data_validation(1 + words, place, _LAST_ROW, place, choice)

    as_text = {place for place, column in enumerate(kind.columns) if column.as_text}
    header = [*kind.keys, kind.mark]
    with open_book(file) as book:
        name = sheet[:_LONGEST_SHEET_NAME]
        body = chain(_titles(kind, words=words), rows)
        write_sheet(book, name, header, body, titles=1 + words, as_text=as_text, prepare=prepare)
        meanings = dictionary(kind)
        remark = (EXAMPLE_SIGN, "", _("A row that begins with # is an example or a remark. It is not read."), "")
        titles = [_("Column"), _("Name"), _("Meaning"), _("Values")]
        write_sheet(book, _("Columns"), titles, [*meanings, remark])


def _titles(kind: TableKind, *, words: bool) -> list[list[Cell]]:
    return [[str(column.title) for column in kind.columns]] if words else []
