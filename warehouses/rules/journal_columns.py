"""The columns of a journal that a warehouse brings, by the headings people give them in three languages."""

import re
from collections.abc import Mapping

from core.i18n import text
from core.tabular.columns import Column, TableKind
from core.text import fold
from warehouses.values.journals import EntryKind

JOURNAL_TABLE = TableKind(
    "journal",
    1,
    (
        Column(
            "when",
            text("When it happened"),
            text("A day (2026-10-31 or 31.10.2026) or an instant; without a zone it is Kazakhstan's time."),
            ("moved", "moved at", "date", "day", "дата", "дата операции", "когда", "күні", "қашан", "операция күні"),
            is_required=True,
        ),
        Column(
            "recorded",
            text("When it was written down"),
            text("A day or an instant; empty: when it happened."),
            ("recorded at", "entered", "записано", "дата записи", "когда записано", "жазылған", "жазылған күні"),
        ),
        Column(
            "place",
            text("Place"),
            text("The code of the place, or its name."),
            ("place code", "warehouse", "store", "склад", "место", "место хранения", "қойма", "орын", "қойма коды"),
            is_required=True,
        ),
        Column(
            "item",
            text("Item"),
            text("The code of the item, or its name."),
            ("item code", "sku", "код товара", "товар", "артикул", "позиция", "тауар", "тауар коды", "коды"),
            is_required=True,
        ),
        Column(
            "lot",
            text("Lot"),
            text("The code of the lot; empty: the lot without a number."),
            ("lot code", "batch", "серия", "партия №", "номер партии", "партия нөмірі"),
            is_required=True,
        ),
        Column(
            "kind",
            text("Kind of entry"),
            text("in, out or count."),
            ("operation", "вид", "операция", "вид операции", "тип", "түрі", "операция түрі"),
            choices=tuple(EntryKind),
            is_required=True,
        ),
        Column(
            "quantity",
            text("Quantity, packs"),
            text("A whole number of packs; 0 only for a count."),
            ("qty", "packs", "количество", "кол-во", "упаковок", "саны", "қаптама саны"),
            is_required=True,
        ),
        Column(
            "reason",
            text("Reason"),
            text("Why it moved; a place that stands here or in the reference is where the packs came from or went to."),
            ("cause", "причина", "основание", "себеп", "себебі"),
        ),
        Column(
            "reference",
            text("Reference"),
            text("The number of the paper, or the place at the other end."),
            ("document", "paper", "документ", "номер документа", "ссылка", "құжат", "құжат нөмірі"),
        ),
    ),
)

_KIND_WORDS: Mapping[EntryKind, tuple[str, ...]] = {
    EntryKind.IN: ("in", "кіріс", "приход"),
    EntryKind.OUT: ("out", "шығыс", "расход"),
    EntryKind.COUNT: ("count", "түгендеу", "санау", "инвентаризация", "подсчёт"),
}
_KINDS = {fold(word): kind for kind, words in _KIND_WORDS.items() for word in words}

MOST_PACKS = 100_000_000
_QUANTITY = re.compile(r"(\d{1,12}|\d{1,3}(?:[ \u00a0\u202f]\d{3})+)(?:[.,]0{1,2})?")


def entry_kind(written: str) -> EntryKind | None:
    """Return the kind that a cell names, in whatever case and of three languages, or None."""
    return _KINDS.get(written) or _KINDS.get(fold(written))


def whole_packs(written: str) -> int | None:
    """Return the whole number that a cell holds (`12`, `1 200`, `12.0`), or None; `1.200` is none: it may mean both."""
    found = _QUANTITY.fullmatch(written)
    if found is None:
        return None
    packs = int("".join(filter(str.isdigit, found[1])))
    return packs if packs <= MOST_PACKS else None
