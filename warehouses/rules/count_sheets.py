"""What rows mean that were pasted into a count from a table: which lot each names, and how many packs."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core.i18n import Text, text
from core.tabular.columns import Column, TableKind, match_header
from core.text import clean, fold
from warehouses.rules.counts import MOST_COUNTED
from warehouses.values.counts import SheetLine

SHEET = TableKind(
    "count",
    1,
    (
        Column(
            "item", text("Item"), text("Code or name of the item"), ("товар", "наименование", "зат", "тауар", "код")
        ),
        Column("lot", text("Lot"), text("The code on the pack"), ("серия", "партия", "batch", "сериясы"), as_text=True),
        Column(
            "packs",
            text("Counted, packs"),
            text("How many packs are there"),
            (
                *("packs", "counted", "qty", "quantity", "количество", "кол-во", "факт", "фактически", "насчитано"),
                *("посчитано", "посчитано упаковок", "упаковок", "упаковки", "количество упаковок", "факт упаковок"),
                *("саны", "нақты саны", "қаптама", "қаптама саны", "саналды", "нақты"),
            ),
            is_required=True,
        ),
    ),
)
"""The columns of a sheet that is pasted."""

MOST_ROWS = 2_000
_LONGEST_CELL = 120
_WHOLE = re.compile(r"(\d{1,9})(?:[.,]0+)?")
_GROUPS = re.compile(r"[\s\u00a0\u202f]")


@dataclass(frozen=True, slots=True)
class PastedCount:
    """One row that was pasted: its cells as they were written, what they mean, and what is wrong by cell."""

    number: int
    written: str
    item: str
    lot: str
    packs_written: str
    lot_id: int | None = None
    packs: int | None = None
    faults: Mapping[str, Text] = field(default_factory=dict)

    @property
    def is_understood(self) -> bool:
        """Say whether the row can be entered."""
        return self.lot_id is not None and self.packs is not None and not self.faults


def read_sheet(written: str, lines: Sequence[SheetLine]) -> list[PastedCount]:
    """Return what pasted rows mean, in their order; empty rows, and rows without packs, are left out.

    Cells are parted by tabs as a spreadsheet copies them, or by semicolons. Columns go by their headings in any of the
    three languages; without a heading they are item, lot, packs or lot, packs.
    """
    rows = [(number, cells) for number, cells in _rows(written) if any(cells)]
    if not rows:
        return []
    places = _places(rows[0][1])
    if places is None:
        widest = max(len(cells) for _, cells in rows)
        places = {"lot": 0, "packs": 1} if widest == len(("lot", "packs")) else {"item": 0, "lot": 1, "packs": 2}
    else:
        rows = rows[1:]
    known = _Known(lines)
    seen: dict[int, int] = {}
    found = []
    for number, cells in rows:
        item, lot, packs = (_cell(cells, places.get(name)) for name in ("item", "lot", "packs"))
        if packs:
            found.append(_meaning(number, (item, lot, packs), known, seen))
    return found


def rest_of(written: str, rows: Sequence[PastedCount]) -> str:
    """Return the pasted rows that were not understood, as they were pasted, under the heading they had."""
    odd = {row.number for row in rows if not row.is_understood}
    if not odd:
        return ""
    every = list(_rows(written))
    first = next((cells for _, cells in every if any(cells)), [])
    head = ["\t".join(first)] if _places(first) is not None else []
    return "\n".join([*head, *("\t".join(cells) for number, cells in every if number in odd)])


class _Known:
    """The lines that a row may mean, by item and lot in any way they are written."""

    def __init__(self, lines: Sequence[SheetLine]) -> None:
        self.by_item: dict[str, list[SheetLine]] = {}
        self.by_lot: dict[str, list[SheetLine]] = {}
        for line in lines:
            names = (line.item_code, line.names.name_kk, line.names.name_ru, line.names.name_en)
            for word in {fold(name) for name in names} - {""}:
                self.by_item.setdefault(word, []).append(line)
            self.by_lot.setdefault(fold(line.lot), []).append(line)

    def find(self, item: str, lot: str) -> tuple[SheetLine | None, dict[str, Text]]:
        """Return the line that is meant, or what is wrong by cell."""
        if item and fold(item) not in self.by_item:
            return None, {"item": text("No item of this count has this code or name.")}
        of_item = self.by_item[fold(item)] if item else None
        bare = "" if lot in {"–", "-"} else lot
        if of_item is not None and not bare and len(of_item) == 1:
            return of_item[0], {}
        of_lot = self.by_lot.get(fold(bare), [])
        meant = [line for line in of_lot if of_item is None or line in of_item]
        if len(meant) == 1:
            return meant[0], {}
        if meant:
            codes = ", ".join(line.item_code for line in meant)
            return None, {"lot": text("Several items have this lot: %(codes)s. Name the item.", codes=codes)}
        if bare:
            return None, {"lot": text("This lot is not among the lines of the count. Add it as found.")}
        return None, {"lot": text("Name the lot: the item has several.")}


def _meaning(number: int, cells: tuple[str, str, str], known: _Known, seen: dict[int, int]) -> PastedCount:
    item, lot, written = cells
    line, faults = known.find(item, lot)
    match = _WHOLE.fullmatch(_GROUPS.sub("", written))
    packs = int(match[1]) if match else None
    if packs is None or packs > MOST_COUNTED:
        faults["packs"] = text("Enter a whole number of packs, from 0 to %(most)s.", most=MOST_COUNTED)
    elif line is not None and seen.setdefault(line.lot_id, number) != number:
        faults["lot"] = text("This lot stands in row %(row)s already.", row=seen[line.lot_id])
    shown = " · ".join(cell for cell in cells if cell)
    return PastedCount(number, shown, item, lot, written, line.lot_id if line else None, packs, faults)


def _rows(written: str) -> list[tuple[int, list[str]]]:
    delimiter = "\t" if "\t" in written else ";"
    reader = csv.reader(io.StringIO(written, newline=""), delimiter=delimiter)
    rows = []
    for number, cells in enumerate(reader, start=1):
        if number > MOST_ROWS:
            break
        rows.append((number, [clean(cell)[:_LONGEST_CELL] for cell in cells]))
    return rows


def _places(first: Sequence[str]) -> dict[str, int] | None:
    """Return where each column stands when the first row is a heading, or None."""
    keys = match_header(first, SHEET, {})
    places = {key: place for place, key in reversed(list(enumerate(keys))) if key}
    return places if "packs" in places and len(places) > 1 else None


def _cell(cells: Sequence[str], place: int | None) -> str:
    return cells[place] if place is not None and place < len(cells) else ""
