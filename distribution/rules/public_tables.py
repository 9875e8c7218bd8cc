"""The tables of a publication, written once as CSV and read again for pages."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

COUNTS_HEADER = ("kato", "kit", "need", "quota", "granted", "waiting", "dropped")
AGES_HEADER = ("kato", "kits", "age", "sex", "children")
SEXES = ("female", "male")


@dataclass(frozen=True, slots=True)
class AgeCell:
    """Children of an age and a sex: how many are told, and whether some cells are hidden that belong here."""

    told: int
    is_hidden: bool


@dataclass(frozen=True, slots=True)
class AgeTable:
    """Children by age in years and sex; `hidden` of them stand in cells that are not told one by one."""

    rows: Sequence[tuple[int, Mapping[str, AgeCell]]]
    hidden: int
    children: int


def write_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return rows as CSV with a header."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return file.getvalue()


def read_table(written: str) -> list[dict[str, str]]:
    """Return the rows of a table that was written here."""
    return list(csv.DictReader(io.StringIO(written)))


def sums_by_kit(counts: Iterable[Mapping[str, str]], column: str) -> dict[str, int]:
    """Return the sum of a column of counts by kit."""
    found: dict[str, int] = {}
    for row in counts:
        found[row["kit"]] = found.get(row["kit"], 0) + int(row[column] or 0)
    return found


def age_table(rows: Iterable[Mapping[str, str]]) -> AgeTable:
    """Return the rows of one district or of several as one table; what is hidden in one stays hidden in the sum."""
    cells: dict[int, dict[str, AgeCell]] = {}
    hidden = children = 0
    for row in rows:
        count = int(row["children"] or 0)
        children += count
        if not row["age"]:
            hidden += count
            continue
        of_age = cells.setdefault(int(row["age"]), dict.fromkeys(SEXES, AgeCell(0, is_hidden=False)))
        before = of_age.get(row["sex"], AgeCell(0, is_hidden=False))
        of_age[row["sex"]] = AgeCell(before.told + count, before.is_hidden or not row["children"])
    return AgeTable(sorted(cells.items()), hidden, children)
