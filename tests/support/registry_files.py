"""Registry files for tests: a few rows, each told by what differs from a row without faults."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from core.identifiers import control_digit
from distribution.rules.registry_columns import COLUMNS, HEADERS

KATO = "113200000"
OTHER_KATO = "113400000"


def an_iin(born: date, serial: int, *, female: bool = False, century_sign: str | None = None) -> str:
    """Return an IIN with a right control digit; the next serial is taken where none is issued."""
    sign = century_sign or str({19: 3, 20: 5}[born.year // 100] + female)
    while (digit := control_digit(body := f"{born:%y%m%d}{sign}{serial:04d}")) is None:
        serial += 1
    return f"{body}{digit}"


def a_row(number: int = 1, **changes: str) -> dict[str, str]:
    """Return a row without faults: child `number` of a family of its own."""
    born = date(2022, 5, 1 + number % 28)
    row = {
        "case_no": f"1132-{number:06d}",
        "district_kato": KATO,
        "settlement": "Қосшы",
        "applicant_iin": an_iin(date(1990, 7, 2), 3 * number, female=True),
        "applicant_name": "Серікова Әсел",
        "phone": "+77010000001",
        "award_kind": "unconditional",
        "award_from": "01.10.2026",
        "award_to": "31.12.2026",
        "award_status": "awarded",
        "award_reason": "",
        "child_iin": an_iin(born, 3 * number),
        "child_name": "Серіков Нұрлан",
        "birth_date": f"{born:%d.%m.%Y}",
        "sex": "male",
    }
    assert not changes.keys() - row.keys()
    return row | changes


def registry_bytes(
    rows: Iterable[dict[str, str] | None],
    *,
    language: str = "en",
    encoding: str = "utf-8",
    delimiter: str = ";",
    header: Sequence[str] | None = None,
) -> bytes:
    """Return a file of these rows; None is a blank line."""
    lines = io.StringIO(newline="")
    writer = csv.writer(lines, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(header or HEADERS[language])
    for row in rows:
        writer.writerow([row[column] for column in COLUMNS] if row else [])
    return lines.getvalue().encode(encoding, errors="replace")


def registry_file(folder: Path, rows: Iterable[dict[str, str] | None], name: str = "registry.csv") -> Path:
    """Write a file of these rows."""
    path = folder / name
    path.write_bytes(registry_bytes(rows))
    return path
