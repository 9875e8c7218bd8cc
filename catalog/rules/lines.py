"""What may stand in the lines of a draft, and what rows that were pasted from a table mean."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from catalog.values import LineWish
from core.i18n import Text, text
from core.text import clean, fold

MOST_PACKS = 999
MOST_LINES = 100
MOST_ROWS = 300
_WHOLE = re.compile(r"(\d{1,6})(?:[.,]0+)?")
_LONGEST_CELL = 120


@dataclass(frozen=True, slots=True)
class Candidate:
    """An item as far as it matters whether it may stand in a line; `variant_of` is the code it is a size of, or ""."""

    id: int
    code: str
    name_kk: str
    name_ru: str
    name_en: str
    is_component: bool = True
    is_retired: bool = False
    variant_of: str = ""
    has_nutrients: bool = False


@dataclass(frozen=True, slots=True)
class PastedRow:
    """One row that was pasted: what was written, and the line it means or the reason why it means none."""

    number: int
    written: str
    line: LineWish | None = None
    name: Candidate | None = None
    fault: Text | None = None


def line_faults(lines: Sequence[LineWish], candidates: Mapping[str, Candidate]) -> list[Text]:
    """Return everything that speaks against lines in this order; nothing when they may stand."""
    return list(_line_faults(lines, candidates))


def _line_faults(lines: Sequence[LineWish], candidates: Mapping[str, Candidate]) -> Iterator[Text]:
    if len(lines) > MOST_LINES:
        yield text("A standard has at most %(n)s lines.", n=MOST_LINES)
    seen: set[str] = set()
    for number, line in enumerate(lines, start=1):
        fault = _item_fault(line.item, candidates) or packs_fault(line.packs)
        if line.item in seen:
            fault = text("%(item)s stands in two lines. Put its packs into one.", item=line.item)
        if fault is not None:
            yield text("Line %(number)s: %(fault)s", number=number, fault=fault)
        seen.add(line.item)


def _item_fault(code: str, candidates: Mapping[str, Candidate]) -> Text | None:
    found = candidates.get(code)
    if found is None:
        return text("There is no item with the code %(code)s.", code=code)
    return candidate_fault(found)


def candidate_fault(item: Candidate) -> Text | None:
    """Return why an item may not stand in a line of a standard, or None."""
    if not item.is_component:
        return text("%(item)s is a packed set, and a set holds items only.", item=item.code)
    if item.is_retired:
        return text("%(item)s is retired. Choose the item that replaces it.", item=item.code)
    if item.variant_of:
        return text(
            "%(item)s is a size of %(base)s. Name %(base)s: each child gets its own size.",
            item=item.code,
            base=item.variant_of,
        )
    return None


def packs_fault(packs: int) -> Text | None:
    """Return why so many packs may not stand in a line, or None."""
    if 1 <= packs <= MOST_PACKS:
        return None
    return text("Enter a whole number of packs from 1 to %(most)s.", most=MOST_PACKS)


def read_pasted(written: str, candidates: Iterable[Candidate]) -> list[PastedRow]:
    """Return what rows of "code or name, packs" mean, in their order; empty rows are left out.

    Cells are parted by tabs as a spreadsheet copies them, or by semicolons, commas or spaces. Names count in any of the
    three languages, whatever the case, and with Russian letters for Kazakh ones. A first row that names no item and
    no number is the heading of the table.
    """
    known = _by_any_name(candidates)
    rows: list[PastedRow] = []
    seen: dict[str, int] = {}
    for number, line in enumerate(written.splitlines()[:MOST_ROWS], start=1):
        shown = clean(line)[:_LONGEST_CELL]
        if not shown:
            continue
        item, packs = _cells(line)
        row = _meaning(number, shown, known.get(fold(item), []), packs)
        if not rows and row.name is None and _whole(packs) is None:
            continue
        if row.line is not None and row.line.item in seen:
            fault = text("%(item)s stands in row %(row)s already.", item=row.line.item, row=seen[row.line.item])
            row = PastedRow(number, shown, None, row.name, fault)
        elif row.line is not None:
            seen[row.line.item] = number
        rows.append(row)
    return rows


def _by_any_name(candidates: Iterable[Candidate]) -> dict[str, list[Candidate]]:
    known: dict[str, list[Candidate]] = {}
    for one in candidates:
        for word in {fold(one.code), fold(one.name_kk), fold(one.name_ru), fold(one.name_en)} - {""}:
            known.setdefault(word, []).append(one)
    return known


def _cells(line: str) -> tuple[str, str]:
    """Return the item and the packs of a row, as they are written."""
    for sign in ("\t", ";", ","):
        if sign in line:
            cells = [cell for cell in map(clean, line.split(sign)) if cell]
            if sign == ",":
                return _last_apart(line, sign)
            return (cells[0], cells[-1]) if len(cells) > 1 else ("".join(cells), "")
    return _last_apart(clean(line), " ")


def _last_apart(line: str, sign: str) -> tuple[str, str]:
    item, _, packs = line.rpartition(sign)
    if item and _whole(clean(packs)) is not None:
        return clean(item).rstrip(","), clean(packs)
    return clean(line), ""


def _whole(written: str) -> int | None:
    match = _WHOLE.fullmatch(written.replace("\u00a0", "").replace(" ", ""))
    return int(match[1]) if match else None


def _meaning(number: int, shown: str, found: list[Candidate], packs: str) -> PastedRow:
    usable = [one for one in found if candidate_fault(one) is None]
    if not found:
        return PastedRow(number, shown, fault=text("No item has this code or name."))
    if len(usable) > 1:
        codes = ", ".join(one.code for one in usable)
        return PastedRow(
            number, shown, fault=text("Several items are called so: %(codes)s. Write the code.", codes=codes)
        )
    item = usable[0] if usable else found[0]
    count = _whole(packs)
    fault = candidate_fault(item) or (packs_fault(count) if count is not None else packs_fault(0))
    if fault is not None or count is None:
        return PastedRow(number, shown, None, item, fault)
    return PastedRow(number, shown, LineWish(item.code, count), item)


@dataclass(frozen=True, slots=True)
class LinePair:
    """The packs of an item as they are saved and as they stand on a page; 0 where it does not stand."""

    item: str
    saved: int
    here: int


def line_pairs(saved: Sequence[LineWish], here: Sequence[LineWish]) -> list[LinePair]:
    """Return the items of two lists of lines with the packs of both, in the order of the first, then of the second."""
    left, right = ({line.item: line.packs for line in lines} for lines in (saved, here))
    return [LinePair(item, left.get(item, 0), right.get(item, 0)) for item in {**left, **right}]


def with_pasted(lines: Sequence[LineWish], rows: Iterable[PastedRow]) -> list[LineWish]:
    """Return lines with those that pasted rows mean: an item that stands already gets the packs of its row."""
    packs = {line.item: line.packs for line in lines} | {row.line.item: row.line.packs for row in rows if row.line}
    return [LineWish(item, count) for item, count in packs.items()]


def left_over(written: str, rows: Iterable[PastedRow]) -> str:
    """Return the pasted rows that were not understood, as they were pasted."""
    lines = written.splitlines()
    return "\n".join(lines[row.number - 1] for row in rows if row.line is None)


def rearranged(lines: Sequence[LineWish], act: str) -> list[LineWish]:
    """Return the lines after an act on one of them: `up-2` moves the third line up, `down-0`, `remove-1`.

    What names no line, or would move it out of the list, changes nothing.
    """
    verb, _, place = act.partition("-")
    moved = list(lines)
    if not (place.isascii() and place.isdigit()) or not int(place[:_DIGITS]) < len(moved):
        return moved
    number = int(place)
    if verb == "remove":
        del moved[number]
    elif verb in _STEPS and 0 <= number + _STEPS[verb] < len(moved):
        moved.insert(number + _STEPS[verb], moved.pop(number))
    return moved


_STEPS = {"up": -1, "down": 1}
_DIGITS = 4


def find_candidate(written: str, candidates: Sequence[Candidate]) -> Candidate | Text:
    """Return the item that somebody means by its code, its name or a part of it, or why none is meant."""
    wanted = fold(written)
    if not wanted:
        return text("Enter the item to add.")
    exact = _by_any_name(candidates).get(wanted, [])
    usable = [one for one in exact if candidate_fault(one) is None]
    parts = [one for one in candidates if candidate_fault(one) is None and wanted in _any_name(one)]
    found = usable or parts
    if len(found) == 1:
        return found[0]
    if exact and not usable:
        return candidate_fault(exact[0]) or exact[0]
    if not found:
        return text("No item has this code or name.")
    codes = ", ".join(one.code for one in found[:_NAMED])
    return text("Several items are called so: %(codes)s. Write the code.", codes=codes)


_NAMED = 8


def _any_name(one: Candidate) -> str:
    return " ".join(map(fold, (one.code, one.name_kk, one.name_ru, one.name_en)))
