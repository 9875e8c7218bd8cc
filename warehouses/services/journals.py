"""Journals: histories of movements that warehouses bring with them enter the ledger, whole or not at all."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from tempfile import TemporaryFile
from typing import IO
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from core.actors import Actor
from core.audit import record
from core.errors import Conflict
from core.i18n import Text, format_instant, text, text_plural
from warehouses.ledger.history import PastMovement, hold_cards, post_history
from warehouses.models import Lot, Place, StockJournal
from warehouses.queries import get_outside_place, list_known_lots
from warehouses.queries.journals import find_journal, find_journal_of_rows, stream_movements_of
from warehouses.rules.journals import Play
from warehouses.services.journal_reading import ReadJournal, from_micros, to_micros
from warehouses.values import NameOf, NewMovement, PlaceKind
from warehouses.values.journals import Booking, BookingKind, Ends, Entry, Lack, Overfull, Rank

_MOST_ASKED = 500


class JournalRefused(Conflict):
    """Rows of a journal cannot be entered, so nothing was written; `row_faults` says of each row why."""

    code = "journal_refused"

    def __init__(self, faults: Sequence[tuple[int, Text]]) -> None:
        super().__init__(
            text_plural(
                "Nothing was written: %(n)s row cannot be entered.",
                "Nothing was written: %(n)s rows cannot be entered.",
                len({row for row, _ in faults}),
            )
        )
        self.row_faults = sorted(faults, key=lambda fault: fault[0])


class JournalKnown(Conflict):
    """The same file was entered before."""

    code = "journal_known"


@dataclass(frozen=True, slots=True)
class EnteredJournal:
    """What came of a journal: its row, and how many packs in how many rows are not explained.

    `transfers_said_twice`: transfers that a row of each end stated, taken as one each.
    """

    journal: StockJournal
    unexplained_packs: int
    unexplained_rows: int
    transfers_said_twice: int


def refuse_known_journal(session: Session, sha256: str) -> None:
    """Refuse a file that was entered before.

    Raises:
        JournalKnown.
    """
    known = find_journal(session, sha256)
    if known is not None:
        raise JournalKnown(
            text(
                "This file was entered on %(at)s under the name %(name)s. Nothing was written twice.",
                at=format_instant(known.recorded_at),
                name=known.file_name,
            )
        )


def enter_journal(
    session: Session,
    read: ReadJournal,
    *,
    key: UUID,
    file_name: str,
    actor: Actor,
    at: datetime,
    unexplained: bool,
    after_close: str = "",
) -> EnteredJournal:
    """Write a journal into the ledger: every row in its order, or nothing.

    With `unexplained` what lacks is booked from the place "to explain", at the same moment before the row.
    `after_close` is the reason of who enters into a closed period and may; it is kept in the trail.

    Raises:
        JournalKnown, JournalRefused, and the refusals of the ledger: nothing may be kept of the transaction then.
    """
    _refuse_known(session, read)
    lots = _lots(session, read)
    hold_cards(session, [(place, lots[lot]) for place, lot in read.cards])
    _add_standing(session, read, lots)
    with TemporaryFile("w+", encoding="utf-8", newline="\n") as file:
        packs, rows, transfers = _play(session, read, file, unexplained=unexplained)
        movements = _movements(file, key, lots)
        count = post_history(session, movements, actor_id=actor.id, at=at, after_close=bool(after_close))
    journal = StockJournal(
        id=key,
        sha256=read.sha256,
        rows_sha256=read.rows_sha256,
        file_name=file_name[-200:],
        rows=read.rows,
        movements=count,
        unexplained=packs,
        recorded_at=at,
        actor_id=actor.id,
    )
    session.add(journal)
    session.flush()
    record(
        session,
        actor_id=actor.id,
        action="warehouses.import_journal",
        subject="stock_journal",
        subject_id=str(key),
        at=at,
        detail={"sha256": read.sha256, "rows": read.rows, "movements": count, "unexplained": packs, "why": after_close},
    )
    return EnteredJournal(journal, packs, rows, transfers)


def _refuse_known(session: Session, read: ReadJournal) -> None:
    """Refuse a file that was entered before, or whose rows were, from whatever file."""
    refuse_known_journal(session, read.sha256)
    known = find_journal_of_rows(session, read.rows_sha256) if not read.faults else None
    if known is not None:
        raise JournalKnown(
            text(
                "All rows of this file were entered on %(at)s from the file %(name)s. Nothing was written twice.",
                at=format_instant(known.recorded_at),
                name=known.file_name,
            )
        )


def _lots(session: Session, read: ReadJournal) -> list[int]:
    """Return the ids of a journal's lots by their number; those that are new are made, without an expiry day."""
    keys = list(read.lots)
    found = _known_lots(session, keys)
    fresh = [
        {
            "item_id": item,
            "code": code,
            "expires_on": None,
            "status": "released",
            "first_received_at": from_micros(read.first_moved[number]),
        }
        for number, (item, code) in enumerate(keys)
        if (item, code) not in found
    ]
    if fresh:
        session.execute(insert(Lot), fresh)
        found = _known_lots(session, keys)
    return [found[key] for key in keys]


def _known_lots(session: Session, keys: Sequence[tuple[int, str]]) -> dict[tuple[int, str], int]:
    found: dict[tuple[int, str], int] = {}
    for start in range(0, len(keys), _MOST_ASKED):
        chunk = keys[start : start + _MOST_ASKED]
        known = list_known_lots(session, {item for item, _ in chunk}, {code for _, code in chunk})
        found |= {key: lot.id for key, lot in known.items()}
    return found


def _add_standing(session: Session, read: ReadJournal, lots: Sequence[int]) -> None:
    """Put what stands in the ledger of the journal's cards among its rows."""
    numbers = {lot: number for number, lot in enumerate(lots)}
    cards = {(place, lots[lot]) for place, lot in read.cards}
    for row in stream_movements_of(session, cards):
        _id, lot, source, target, packs, moved, recorded = row
        incoming = (source, lot) not in cards
        place, other = (target, source) if incoming else (source, target)
        rank = Rank.IN if incoming else Rank.OUT_TO_INSIDE if (target, lot) in cards else Rank.OUT
        read.entries.add(Entry(to_micros(moved), to_micros(recorded), rank, 0, place, numbers[lot], packs, other, ""))


def _play(session: Session, read: ReadJournal, file: IO[str], *, unexplained: bool) -> tuple[int, int, int]:
    """Play the journal, write what is to be booked into a file, and return the packs and rows not explained.

    The third is how many transfers each end stated.

    Raises:
        JournalRefused: some rows cannot be entered.
    """
    ends = Ends(*(get_outside_place(session, kind).id for kind in (PlaceKind.COUNT_DIFFERENCE, PlaceKind.TO_EXPLAIN)))
    play = Play(ends, read.cards, unexplained=unexplained)
    refused: list[Lack | Overfull] = []
    packs, rows = 0, set[int]()
    for outcome in play.outcomes(read.entries):
        if isinstance(outcome, Booking):
            file.write(f"{json.dumps(outcome, ensure_ascii=False)}\n")
            if outcome.kind == BookingKind.UNEXPLAINED:
                packs += outcome.quantity
                rows.add(outcome.row)
        elif (outcome.place, outcome.lot) not in read.spoiled:
            refused.append(outcome)
    if read.faults or refused:
        raise JournalRefused([*read.faults, *_sentences(session, read, refused)])
    return packs, len(rows), play.transfers_said_twice


def _sentences(session: Session, read: ReadJournal, refused: Sequence[Lack | Overfull]) -> Iterator[tuple[int, Text]]:
    """Return what to say of rows that the balances do not bear; of one row only what comes first."""
    names = {row.id: NameOf.copied(row) for row in session.scalars(select(Place))}
    codes = [code or "–" for _, code in read.lots]
    told: set[int] = set()
    for one in refused:
        if one.row in told:
            continue
        told.add(one.row)
        place, lot = names[one.place], codes[one.lot]
        if isinstance(one, Overfull):
            yield one.row, text("%(place)s would have more packs of lot %(lot)s than can be.", place=place, lot=lot)
        elif one.later:
            yield (
                one.row,
                text(
                    "Later, at %(moment)s, %(place)s would have %(lack)s packs of lot %(lot)s too few.",
                    moment=format_instant(from_micros(one.moved)),
                    place=place,
                    lack=one.lack,
                    lot=lot,
                ),
            )
        else:
            yield (
                one.row,
                text(
                    "%(place)s has %(had)s packs of lot %(lot)s then, %(lack)s too few.",
                    place=place,
                    had=one.had,
                    lot=lot,
                    lack=one.lack,
                ),
            )


def _movements(file: IO[str], journal: UUID, lots: Sequence[int]) -> Iterator[PastMovement]:
    """Yield what was written into the file as movements; their keys keep the order in which they were played."""
    file.seek(0)
    for number, line in enumerate(file, start=1):
        booking = Booking(*json.loads(line))
        moved = from_micros(booking.moved)
        movement = NewMovement(
            key=_key(journal, number),
            lot_id=lots[booking.lot],
            from_place_id=booking.source,
            to_place_id=booking.target,
            quantity=booking.quantity,
            moved_at=moved,
            document_kind="journal",
            document_id=str(journal),
            reason=booking.note,
        )
        yield PastMovement(movement, max(moved, from_micros(booking.recorded)).astimezone(UTC))


def _key(journal: UUID, number: int) -> UUID:
    """Return the key of a movement: of the journal's key the first half, then the number (RFC 9562, version 8)."""
    high = journal.int >> 64 & ~0xF000 | 0x8000
    return UUID(int=high << 64 | 0b10 << 62 | number)
