"""Rows that were copied from a spreadsheet into a delivery: what each cell means, and what is wrong with it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from core.i18n import LANGUAGES, Text, text
from core.tabular.columns import Column, TableKind, match_header
from core.text import clean, fold
from logistics.rules.deliveries import MOST_LINES
from logistics.values import RejectReason
from logistics.values.receiving import CellFault, DraftLine

REJECT_REASON_NAMES: Mapping[str, Text] = {
    RejectReason.DAMAGED: text("damaged"),
    RejectReason.EXPIRED: text("expired"),
    RejectReason.SHORT_LIFE: text("short shelf life"),
    RejectReason.WRONG_ITEM: text("not what was ordered"),
    RejectReason.NO_PAPERS: text("without papers"),
    RejectReason.UNFIT: text("unfit"),
    RejectReason.OTHER: text("another reason"),
}

DELIVERY_TABLE = TableKind(
    "delivery",
    1,
    (
        Column("item", text("Item"), text("Code, name or trade number of the item."),
               ("code", "item code", "gtin", "sku", "name", "артикул", "код", "код товара", "товар", "наименование",
                "номенклатура", "штрихкод", "атауы", "тауар", "тауар коды", "штрих-код"), is_required=True),
        Column("lot", text("Lot"), text("The lot as it stands on the pack."),
               ("lot code", "batch", "series", "партия", "серия", "номер партии", "партия нөмірі")),
        Column("expires_on", text("Expires on"), text("The expiry day."),
               ("expiry", "expiry date", "best before", "срок годности", "годен до", "жарамдылық мерзімі",
                "жарамды")),
        Column("packs", text("Packs"), text("How many packs are taken in."),
               ("quantity", "qty", "accepted", "количество", "кол-во", "кол во", "принято", "упаковок", "саны",
                "қабылданды", "қаптама", "taken in", "packs"), is_required=True),
        Column("rejected", text("Sent back, packs"), text("How many packs are sent back."),
               ("rejected", "sent back", "refused", "returned", "брак", "возврат", "не принято", "отказано",
                "отклонено", "возвращено", "қайтарылды", "қабылданбады", "бас тартылды")),
        Column("reject_reason", text("Why"), text("Why packs are sent back."),
               ("reason", "причина", "причина возврата", "себебі")),
        Column("note", text("Note"), text("A note."), ("remark", "comment", "примечание", "комментарий", "ескертпе")),
        Column("sscc", text("Carton"), text("The number of the carton or pallet."),
               ("sscc", "короб", "паллета", "номер короба", "қорап")),
    ),
)  # fmt: skip
_USUAL = ("item", "lot", "expires_on", "packs")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?")
_DAY_FIRST = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})(?: .*)?")
_WHOLE = re.compile(r"(\d{1,8})(?:[.,]0+)?")
_BLANKS = re.compile(r"[\s\u00a0\u202f']")
_LONGEST_CELL = 80


@dataclass(frozen=True, slots=True)
class PastedTable:
    """What was pasted: the lines that were understood, what is wrong with other cells, and those rows as pasted."""

    lines: Sequence[DraftLine]
    faults: Sequence[CellFault]
    rest: str
    not_read: Sequence[str] = ()
    """Headings of columns that are none of ours."""


def words_of_items(items: Iterable[tuple[int, Sequence[str]]]) -> dict[str, set[int]]:
    """Return which items each word may mean: a code, a trade number or a name in any language."""
    found: dict[str, set[int]] = {}
    for item_id, words in items:
        for word in {fold(one) for one in words} - {""}:
            found.setdefault(word, set()).add(item_id)
    return found


def read_pasted(
    written: str, words: Mapping[str, set[int]], *, batch: str = "", is_counted: bool = True
) -> PastedTable:
    """Return what rows copied from a spreadsheet mean. Cells are parted by tabs, else by semicolons.

    A first row of headings says which column is which, in any order and in three languages; without one the columns are
    item, lot, expiry day, packs. A row with a wrong cell is not taken and is kept as it was. With `is_counted` a row
    must have packs.
    """
    rows = [(number, row) for number, row in enumerate(written.splitlines(), start=1) if row.strip()]
    if not rows:
        return PastedTable([], [], "")
    headings = _cells(rows[0][1])
    columns, is_headed = _columns(headings)
    not_read = [one for one, key in zip(headings, columns, strict=True) if one and not key] if is_headed else []
    lines: list[DraftLine] = []
    faults: list[CellFault] = []
    rest = [rows[0][1]] if is_headed else []
    for number, row in rows[is_headed:]:
        said = {key: cell for key, cell in zip(columns, _cells(row), strict=False) if key}
        reader = _RowReader(number, said, words)
        line = reader.line(batch, is_counted=is_counted)
        faults += reader.faults
        if reader.faults:
            rest.append(row)
        else:
            lines.append(line)
    return PastedTable(lines[:MOST_LINES], faults, "\n".join(rest) if faults else "", not_read)


def _cells(row: str) -> list[str]:
    return [clean(cell.strip().strip('"')) for cell in row.split("\t" if "\t" in row else ";")]


def _columns(first: Sequence[str]) -> tuple[Sequence[str], bool]:
    """Return the column of each cell, and whether the first row says so."""
    matched = match_header(first, DELIVERY_TABLE, {})
    is_headed = "item" in matched and not {"packs", "rejected"}.isdisjoint(matched)
    return (matched, True) if is_headed else (_USUAL, False)


class _RowReader:
    """Reads the cells of one row and keeps what is wrong with them."""

    def __init__(self, number: int, said: Mapping[str, str], words: Mapping[str, set[int]]) -> None:
        self.number, self.said, self.words = number, said, words
        self.faults: list[CellFault] = []

    def line(self, batch: str, *, is_counted: bool) -> DraftLine:
        """Return the line that the row means; it counts only while there are no faults."""
        packs, rejected = self._packs("packs"), self._packs("rejected")
        if is_counted and not packs and not rejected and not self.faults:
            self._wrong("packs", text("Enter a whole number of packs, at least 1."))
        return DraftLine(
            item_id=self._item(),
            lot_code=self._short("lot", 40),
            expires_on=self._day(),
            packs=packs,
            rejected=rejected,
            reject_reason=self._reason(is_needed=bool(rejected)),
            note=self._short("note", 200),
            sscc=self._short("sscc", 18),
            batch=batch,
        )

    def _wrong(self, column: str, why: Text) -> None:
        written = self.said.get(column, "")[:_LONGEST_CELL]
        self.faults.append(CellFault(self.number, DELIVERY_TABLE.column(column).title, written, why))

    def _item(self) -> int:
        found = self.words.get(fold(self.said.get("item", "")), set())
        if len(found) == 1:
            return next(iter(found))
        several = text("Several items are called so. Write the code.")
        self._wrong("item", several if found else text("No item has this code, trade number or name."))
        return 0

    def _short(self, column: str, most: int) -> str:
        written = self.said.get(column, "")
        if len(written) > most:
            self._wrong(column, text("Shorten this to %(n)s characters.", n=most))
        return written

    def _packs(self, column: str) -> str:
        written = _BLANKS.sub("", self.said.get(column, ""))
        match = _WHOLE.fullmatch(written) if written.isascii() else None
        if written and match is None:
            self._wrong(column, text("Enter a whole number of packs, at least 1."))
        return str(int(match[1])) if match and int(match[1]) else ""

    def _day(self) -> date | None:
        written = self.said.get("expires_on", "")
        if not written:
            return None
        day = _read_day(written)
        if day is None:
            self._wrong("expires_on", text("Write the day as 31.10.2026 or 2026-10-31."))
        return day

    def _reason(self, *, is_needed: bool) -> str:
        written = fold(self.said.get("reject_reason", ""))
        if not written and not is_needed:
            return ""
        for reason, name in REJECT_REASON_NAMES.items():
            if written in {reason, *(fold(name.render(language)) for language in LANGUAGES)}:
                return reason
        self._wrong("reject_reason", text("Say why packs are sent back: damaged, expired, short shelf life …"))
        return ""


def _read_day(written: str) -> date | None:
    iso, first = _ISO.fullmatch(written), _DAY_FIRST.fullmatch(written)
    parts = (iso[1], iso[2], iso[3]) if iso else (first[3], first[2], first[1]) if first else None
    if parts is None or not all(part.isascii() for part in parts):
        return None
    year = int(parts[0]) + (2000 if len(parts[0]) == 2 else 0)  # noqa: PLR2004 - two digits of a year
    try:
        return date(year, int(parts[1]), int(parts[2]))
    except ValueError:
        return None
