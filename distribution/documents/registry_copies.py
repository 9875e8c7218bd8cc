"""A copy of a file that was brought in, with one more column: what is wrong in each row, and what to do."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

from sqlalchemy.orm import Session

from core.i18n import use_language
from core.tabular import open_table
from core.tabular.cells import marked
from core.tabular.columns import ERROR_TITLE
from distribution.queries.registry import list_all_remarks
from distribution.rules.registry_words import MESSAGES, NAMES
from distribution.values import RowRemark

_AT_ONCE = 2000
_BOM = "\ufeff"


def annotated_rows(
    session: Session, path: Path, *, batch_id: int, language: str, only_remarked: bool = False
) -> Iterator[list[str]]:
    """Yield the rows of a file as they are, each with what was said of it behind; the header first.

    `only_remarked` leaves out the rows of which nothing was said. Both the file and the remarks go by as streams.
    """
    said = groupby(list_all_remarks(session, batch_id), key=lambda remark: int(remark.row_number))
    told = ((number, _sentence([remark.reason for remark in group], language)) for number, group in said)
    number_said, sentence = next(told, (0, ""))
    width = 0
    with open_table(path) as table:
        for number, cells in table.texts():
            if not width:
                width = len(cells)
                yield [*cells, ERROR_TITLE.render(language)]
                continue
            while number_said and number_said < number:
                number_said, sentence = next(told, (0, ""))
            here = sentence if number_said == number else ""
            if here or not only_remarked:
                yield [*cells[:width], *[""] * (width - len(cells)), here]


def csv_pieces(rows: Iterable[Sequence[str]], *, delimiter: str) -> Iterator[bytes]:
    """Yield rows as CSV for Excel, piece by piece; what a spreadsheet would run is marked."""
    lines = io.StringIO(newline="")
    writer = csv.writer(lines, delimiter=delimiter, lineterminator="\r\n")
    lines.write(_BOM)
    for count, row in enumerate(rows, start=1):
        writer.writerow([marked(cell) for cell in row])
        if count % _AT_ONCE == 0:
            yield lines.getvalue().encode()
            lines.seek(0)
            lines.truncate()
    yield lines.getvalue().encode()


def _sentence(reasons: Sequence[str], language: str) -> str:
    with use_language(language):
        remarks = [RowRemark(reason) for reason in reasons]
        return " · ".join(f"{NAMES[remark]}: {MESSAGES[remark]}" for remark in remarks)
