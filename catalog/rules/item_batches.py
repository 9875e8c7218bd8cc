"""Files of items: what a row says, and how an item differs by it."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from catalog.rules.item_columns import ITEM_TABLE, ItemRow, words_of_choices
from catalog.rules.items import has_lost_letters, tidied
from catalog.values import NUTRIENTS, ItemFacts, ItemKind, PackUnit
from core.errors import Fault
from core.i18n import Text, text
from core.text import clean

MOST_ROWS = 20_000
LONGEST_CELL = 5_000
MOST_FILE_BYTES = 10 * 1024 * 1024
_WHOLE = re.compile(r"[-+]?[0-9]{1,12}")
_DECIMAL = re.compile(r"[-+]?[0-9]{1,12}([.,][0-9]{1,20})?")
_ROUNDING = Decimal("0.000000001")
_PARTED = re.compile(r"[;,|\n]")
_PLAIN = ("code", "name_kk", "name_ru", "name_en", "hs_code", "note", "variant_of", "variant", "nutrient_source")
_NUMBERS = ("pack_grams", "storage_min_c", "storage_max_c", "shelf_life_days")
_COLUMN_OF_FIELD = {"reference_price_tiyn": "reference_price"}
_EMPTY = ItemFacts(code="", name_kk="", name_ru="", name_en="", pack_net=0, pack_unit="")


class _Unreadable(Exception):
    def __init__(self, message: Text) -> None:
        super().__init__(message.message)
        self.message = message


@dataclass(frozen=True, slots=True)
class RowReading:
    """What a row says of an item, as far as it can be read, and what of it cannot."""

    facts: ItemFacts
    faults: tuple[Fault, ...]


def column_of(fault: Fault) -> str:
    """Return the column of the file that a fault is about."""
    return _COLUMN_OF_FIELD.get(str(fault.field), str(fault.field))


def cells_by_column(cells: Sequence[str], mapping: Sequence[str]) -> dict[str, str]:
    """Return the cells of a row by the key of their column; a row that is cut short ends in empty cells."""
    return {key: cells[place] if place < len(cells) else "" for place, key in enumerate(mapping) if key}


def read_item_row(given: Mapping[str, str], before: ItemRow | None) -> RowReading:
    """Read a row; columns that the file does not have stay as they were `before`.

    An empty cell means that there is nothing: it takes away what there was.
    """
    reader = _Reader(given, before)
    facts = before.facts if before is not None else _EMPTY
    if facts.pack_unit == PackUnit.GRAM and "pack_grams" not in given:
        facts = replace(facts, pack_grams=None)
    changes: dict[str, object] = {key: given[key] for key in _PLAIN if key in given}
    changes |= reader.values(dict.fromkeys(_NUMBERS, _whole))
    changes |= {key: value or 0 for key, value in reader.values({"pack_net": _whole}).items()}
    changes |= reader.values({"pack_unit": _unit, "gtins": _parted, "allergens": _allergens, "may_contain": _allergens})
    for price in reader.values({"reference_price": _hundredths}).values():
        changes["reference_price_tiyn"] = price
    amounts = reader.values(dict.fromkeys(NUTRIENTS, _thousandths))
    kept = {code: milli for code, milli in facts.nutrients.items() if code not in amounts}
    changes["nutrients"] = kept | {str(code): milli for code, milli in amounts.items() if milli is not None}
    reader.compare()
    return RowReading(tidied(replace(facts, **changes)), tuple(reader.faults))  # type: ignore[arg-type]  # by column


def code_of(given: Mapping[str, str]) -> str:
    """Return the code of a row as the catalogue writes it."""
    return tidied(replace(_EMPTY, code=given.get("code", ""))).code


def changes_of(before: Mapping[str, str], given: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yield the columns that differ, in their order, each with what was there and what is."""
    for key in ITEM_TABLE.keys:
        if before.get(key, "") != given.get(key, ""):
            yield key, before.get(key, ""), given.get(key, "")


def remarks_on(given: Mapping[str, str]) -> Iterator[tuple[str, Text]]:
    """Yield the columns of names in which letters seem to be lost, each with what to look at; they may be taken.

    Why: a program that does not know Kazakh letters writes «Жа?а» for «Жаңа», and nothing can bring them back later.
    """
    for key in ("name_kk", "name_ru", "name_en"):
        if has_lost_letters(given.get(key, "")):
            yield key, text("Letters seem to be lost: look at «?» and «\ufffd» in the name, and write it anew.")


class _Reader:
    """Reads the cells of a row and gathers what cannot be read."""

    def __init__(self, given: Mapping[str, str], before: ItemRow | None) -> None:
        self._given, self._before = given, before
        self.faults: list[Fault] = []

    def values(self, readers: Mapping[str, Callable[[str], object]]) -> dict[str, object]:
        """Return the values of those columns that the file has and that can be read."""
        found: dict[str, object] = {}
        for key, read in readers.items():
            if key in self._given:
                try:
                    found[key] = read(self._given[key])
                except _Unreadable as why:
                    self.faults.append(Fault(_FIELD_OF_COLUMN.get(key, key), why.message))
        return found

    def compare(self) -> None:
        """Refuse what a file does not change: the kind, and whether the item is retired."""
        found = self.values({"kind": _choice("kind"), "retired": _choice("retired")})
        kind = self._before.kind if self._before else ItemKind.COMPONENT
        if found.get("kind", "") not in {"", kind}:
            if self._before is None:
                message = text("A packed set comes with its kind of set. A file enters components only.")
            else:
                message = text("The kind of an item does not change.")
            self.faults.append(Fault("kind", message))
        retired = "yes" if self._before and self._before.is_retired else "no"
        if found.get("retired", "") not in {"", retired}:
            message = text("A file neither retires nor restores an item. Do it on the page of the item.")
            self.faults.append(Fault("retired", message))


def _whole(written: str) -> int | None:
    bare = _bare(written)
    if not bare:
        return None
    if not _WHOLE.fullmatch(bare):
        raise _Unreadable(text("«%(found)s» is not a whole number. Write digits only.", found=written[:40]))
    return int(bare)


def _decimal(written: str, digits: int) -> int | None:
    bare = _bare(written)
    if not bare:
        return None
    if not _DECIMAL.fullmatch(bare):
        raise _Unreadable(
            text("«%(found)s» is not a number. Write digits, with a comma or a point.", found=written[:40])
        )
    shifted = Decimal(bare.replace(",", ".")).scaleb(digits)
    whole = shifted.to_integral_value()
    if abs(shifted - whole) > _ROUNDING:
        raise _Unreadable(
            text("«%(found)s» has more than %(n)s digits behind the comma. Round it.", found=written[:40], n=digits)
        )
    return int(whole)


def _hundredths(written: str) -> int | None:
    return _decimal(written, 2)


def _thousandths(written: str) -> int | None:
    return _decimal(written, 3)


def _bare(written: str) -> str:
    return "".join(written.split())


def _parted(written: str) -> tuple[str, ...]:
    return tuple(part for part in (clean(part) for part in _PARTED.split(written)) if part)


def _allergens(written: str) -> tuple[str, ...]:
    known = _CHOICES["allergens"]
    return tuple(known.get(part.casefold(), part) for part in _parted(written))


def _unit(written: str) -> str:
    cleaned = clean(written)
    return _CHOICES["pack_unit"].get(cleaned.casefold().rstrip("."), cleaned[:40])


def _choice(key: str) -> Callable[[str], str]:
    def read(written: str) -> str:
        cleaned = clean(written).casefold()
        if cleaned and cleaned not in _CHOICES[key]:
            raise _Unreadable(
                text(
                    "«%(found)s» is not known here. Choose from: %(choices)s.",
                    found=written[:40],
                    choices=", ".join(ITEM_TABLE.column(key).choices),
                )
            )
        return _CHOICES[key].get(cleaned, "")

    return read


_CHOICES = words_of_choices()
_FIELD_OF_COLUMN = {column: field for field, column in _COLUMN_OF_FIELD.items()}
