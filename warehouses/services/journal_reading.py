"""A journal as it is read: every row understood or told, and put on the disk in the order in which it is played."""

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.models import Item
from core.actors import Reach
from core.clock import ALMATY, today
from core.errors import Invalid
from core.i18n import Text, format_day, text
from core.sorting import SortedOnDisk
from core.tabular import Table
from core.tabular.columns import column_faults, is_remark_row, match_header
from core.text import clean, fold
from warehouses.models import Place
from warehouses.queries import find_closed_through, list_unreachable
from warehouses.rules.journal_columns import JOURNAL_TABLE, entry_kind, whole_packs
from warehouses.values import STORE_KINDS, PlaceKind
from warehouses.values.journals import Card, Entry, EntryKind, Rank

_HASHES = 1 << 256
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_AHEAD = 5 * 60 * 1_000_000
_LONGEST_LOT = 40
_LONGEST_NOTE = 200
_MOST_KEPT = 10_000
_ISO = re.compile(
    r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,6})?)?)\s?(Z|z|[+-]\d{2}(?::?\d{2})?)?)?"
)
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:,?\s+(\d{1,2}):(\d{2})(:\d{2})?)?")


class JournalMalformed(Invalid):
    """The file holds no row."""

    code = "journal_malformed"


class _RowWrong(Exception):
    """A row cannot be understood."""

    def __init__(self, message: Text, card: Card | None = None) -> None:
        super().__init__(str(message))
        self.message, self.card = message, card


@dataclass(slots=True)
class ReadJournal:
    """A file that was read. `lots` are numbered in the order of `lot_keys`: item and code, and the first moment each.

    `spoiled` are cards of rows that could not be understood: what lacks there later may only be a consequence.
    `not_read` are headings that are no column of a journal. `rows_sha256`: see `StockJournal`.
    """

    sha256: str
    entries: SortedOnDisk[Entry]
    rows_sha256: str = ""
    rows: int = 0
    lots: dict[tuple[int, str], int] = field(default_factory=dict)
    lot_keys: list[tuple[int, str]] = field(default_factory=list)
    first_moved: list[int] = field(default_factory=list)
    cards: set[Card] = field(default_factory=set)
    faults: list[tuple[int, Text]] = field(default_factory=list)
    spoiled: set[Card] = field(default_factory=set)
    not_read: list[str] = field(default_factory=list)


def new_entries() -> SortedOnDisk[Entry]:
    """Return the place on the disk in which the rows of a journal are put in order."""
    return SortedOnDisk(lambda entry: json.dumps(entry, ensure_ascii=False), lambda line: Entry(*json.loads(line)))


def read_journal(
    session: Session, table: Table, entries: SortedOnDisk[Entry], *, reach: Reach, at: datetime, after_close: bool
) -> ReadJournal:
    """Read the rows of a journal; rows that cannot be entered are told in `faults`, the others put into `entries`.

    `reach` is where the actor may enter journals; `after_close` lets rows of a closed period pass.

    Where columns are missing, only that is told, of row 1.

    Raises:
        JournalMalformed: there is no row.
    """
    texts = table.texts()
    _number, header = next(texts)
    mapping = match_header(header, JOURNAL_TABLE, {})
    read = ReadJournal(table.digest.hex(), entries)
    read.not_read += (word for word, key in zip(header, mapping, strict=True) if word and not key)
    read.faults += ((1, fault) for fault in column_faults(mapping, JOURNAL_TABLE))
    if read.faults:
        return read
    closed = None if after_close else find_closed_through(session)
    said = 0
    rows = _Rows(_Places(session, reach), _Items(session), read, at=to_micros(at), closed=closed)
    for number, cells in texts:
        if is_remark_row(cells):
            continue
        read.rows += 1
        row = {key: cell for key, cell in zip(mapping, cells, strict=False) if key}
        try:
            entry = rows.entry(number, row)
            said += _said(entry, read.lot_keys[entry.lot])
            entries.add(entry)
        except _RowWrong as wrong:
            read.faults.append((number, wrong.message))
            if wrong.card is not None:
                read.spoiled.add(wrong.card)
    if not read.rows:
        raise JournalMalformed(text("The file holds no row under its header. Export it again."))
    read.rows_sha256 = f"{said % _HASHES:064x}"
    return read


class _Rows:
    """How cells become an entry."""

    def __init__(self, places: "_Places", items: "_Items", read: ReadJournal, *, at: int, closed: date | None) -> None:
        self._places, self._items, self._read, self._at, self._closed = places, items, read, at, closed

    def entry(self, number: int, row: Mapping[str, str]) -> Entry:
        """Return the entry of a row.

        Raises:
            _RowWrong: it cannot be entered, and why.
        """
        place = self._places.own(row.get("place", ""))
        card = (place, self._lot(self._items.of(row.get("item", "")), clean(row.get("lot", ""))))
        try:
            return self._of_card(number, row, card)
        except _RowWrong as wrong:
            raise _RowWrong(wrong.message, card) from None

    def _of_card(self, number: int, row: Mapping[str, str], card: Card) -> Entry:
        moved = self._moment(row.get("when", ""))
        recorded = self._moment(row["recorded"]) if row.get("recorded") else moved
        if self._closed is not None and today(from_micros(moved)) <= self._closed:
            raise _RowWrong(text("The books are closed through %(day)s.", day=format_day(self._closed)))
        kind = entry_kind(row.get("kind", ""))
        if kind is None:
            raise _RowWrong(text("The kind is neither in, out nor count."))
        packs = whole_packs(row.get("quantity", ""))
        if packs is None or (packs == 0 and kind is not EntryKind.COUNT):
            raise _RowWrong(text("The quantity is not a whole number of packs, at least 1 (a count may find 0)."))
        place, lot = card
        reason, reference = clean(row.get("reason", "")), clean(row.get("reference", ""))
        other = 0 if kind is EntryKind.COUNT else self._places.other(reference, reason, place, kind)
        inside = other in self._places.inside
        self._read.cards.add(card)
        if inside:
            self._read.cards.add((other, lot))
        self._read.first_moved[lot] = min(self._read.first_moved[lot] or moved, moved)
        note = " · ".join(filter(None, (reason, reference)))
        note = note if len(note) <= _LONGEST_NOTE else f"{note[: _LONGEST_NOTE - 1]}…"
        return Entry(moved, recorded, _rank(kind, inside=inside), number, place, lot, packs, other, note)

    def _moment(self, written: str) -> int:
        moment = _micros(written)
        if moment is None:
            raise _RowWrong(
                text("«%(written)s» is neither a day nor an instant. Write 2026-10-31.", written=written[:40])
            )
        if moment > self._at + _AHEAD:
            raise _RowWrong(text("«%(written)s» has not come yet.", written=written[:40]))
        return min(moment, self._at)

    def _lot(self, item: int, code: str) -> int:
        """Return the number of a lot within the journal."""
        if len(code) > _LONGEST_LOT:
            raise _RowWrong(text("A lot code has at most %(n)s characters.", n=_LONGEST_LOT))
        found = self._read.lots.setdefault((item, code), len(self._read.lots))
        if found == len(self._read.first_moved):
            self._read.first_moved.append(0)
            self._read.lot_keys.append((item, code))
        return found


class _Places:
    """The places by what people write for them: the code, or a name that only one has."""

    def __init__(self, session: Session, reach: Reach) -> None:
        rows = session.execute(
            select(Place.id, Place.code, Place.kind, Place.name_kk, Place.name_ru, Place.name_en)
        ).all()
        self.inside = {row.id for row in rows if row.kind in STORE_KINDS}
        self._beyond = {*list_unreachable(session, self.inside, reach)}
        self._in_transit = {row.id for row in rows if row.kind in {PlaceKind.IN_TRANSIT, PlaceKind.ASSEMBLY}}
        self._by_kind: dict[str, int] = {row.kind: row.id for row in rows}
        names = {(fold(name), row.id) for row in rows for name in row[3:]}
        known = Counter(name for name, _ in names)
        self._ids = {name: place for name, place in names if known[name] == 1} | {
            fold(row.code): row.id for row in rows
        }
        self._found: dict[str, int] = {}

    def own(self, written: str) -> int:
        """Return the place of a card."""
        place = self._of(written)
        if place not in self.inside or place in self._beyond:
            raise _RowWrong(
                text("There is no place «%(written)s» here. Write the code of the place.", written=written[:40])
            )
        return place

    def other(self, reference: str, reason: str, place: int, kind: EntryKind) -> int:
        """Return where the packs came from or went to: the place that is named, or the one outside."""
        named = [found for found in (self._of(reference), self._of(reason)) if found and found != place]
        if not named:
            return self._by_kind[PlaceKind.OPENING if kind is EntryKind.IN else PlaceKind.FAMILIES]
        if named[0] in self._in_transit:
            raise _RowWrong(text("What is in transit belongs to a transfer. Name the place at the other end."))
        if named[0] in self._beyond:
            raise _RowWrong(text("The place at the other end is not one of yours."))
        return named[0]

    def _of(self, written: str) -> int:
        found = self._found.get(written)
        if found is None:
            found = self._ids.get(fold(written), 0)
            if len(self._found) < _MOST_KEPT:
                self._found[written] = found
        return found


class _Items:
    """The items by code, or by a name that only one has."""

    def __init__(self, session: Session) -> None:
        rows = session.execute(select(Item.id, Item.code, Item.name_kk, Item.name_ru, Item.name_en)).all()
        names = {(fold(name), row.id) for row in rows for name in row[2:]}
        known = Counter(name for name, _ in names)
        self._ids = {name: item for name, item in names if known[name] == 1} | {fold(row.code): row.id for row in rows}
        self._found: dict[str, int] = {}

    def of(self, written: str) -> int:
        """Return the item of a row."""
        found = self._found.get(written) or self._ids.get(fold(written))
        if found is None:
            raise _RowWrong(text("There is no item «%(written)s». Write the code of the item.", written=written[:40]))
        self._found[written] = found
        return found


def to_micros(at: datetime) -> int:
    """Return an instant as microseconds since 1970."""
    return (at - _EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    """Return the instant of so many microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=micros)


@lru_cache(maxsize=8192)
def _micros(written: str) -> int | None:
    """Return the instant that a cell means: of a day its beginning in Kazakhstan, so that the day holds it."""
    found = _ISO.fullmatch(written)
    try:
        if found is not None:
            clock, zone = found[2], found[3]
            at = datetime.fromisoformat(f"{found[1]}T{(clock or '00:00').replace(',', '.')}{_zone(zone)}")
        else:
            dotted = _DOTTED.fullmatch(written)
            if dotted is None:
                return None
            clock = f"{dotted[4] or 0:0>2}:{dotted[5] or '00'}{dotted[6] or ''}"
            at = datetime.fromisoformat(f"{dotted[3]}-{dotted[2]:0>2}-{dotted[1]:0>2}T{clock}")
        return to_micros(at if at.tzinfo is not None else at.replace(tzinfo=ALMATY))
    except (ValueError, OverflowError):
        return None


def _zone(written: str | None) -> str:
    """Return a zone as ISO 8601 writes it in full."""
    if not written:
        return ""
    return "+00:00" if written in {"Z", "z"} else f"{written[:3]}:{written[-2:] if len(written) > len('+05') else '00'}"


def _said(entry: Entry, lot: tuple[int, str]) -> int:
    """Return the SHA-256 of what a row says, as a number: the sum over all rows does not depend on their order."""
    words = (entry.moved, entry.recorded, entry.rank, entry.place, *lot, entry.quantity, entry.other, entry.note)
    return int.from_bytes(sha256(json.dumps(words, ensure_ascii=False).encode()).digest())


def _rank(kind: EntryKind, *, inside: bool) -> Rank:
    if kind is EntryKind.COUNT:
        return Rank.COUNT
    if kind is EntryKind.IN:
        return Rank.IN_FROM_INSIDE if inside else Rank.IN
    return Rank.OUT_TO_INSIDE if inside else Rank.OUT
