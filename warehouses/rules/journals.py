"""How a journal is played: each row against the balance that the rows before it leave, count by count."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import groupby

from warehouses.values.journals import Booking, BookingKind, Card, Ends, Entry, Lack, Overfull, Rank

MOST_ON_HAND = 2_000_000_000
"""The most packs of a lot at a place: what an integer column holds."""

Outcome = Booking | Lack | Overfull
Twice = Counter[tuple[int, int, int, int]]
"""How often a move is stated: from place to place, lot, packs."""


class Play:
    """The balances of a journal's cards, as its rows and the movements that stand already change them.

    A row that would make a balance negative is left out and told; with `unexplained` what lacks is booked first, from
    the place "to explain", at the same moment. What stands in the ledger is fact: when a journal leaves too little for
    it, the row that lowered the card last is told (the rule of late entries). A moment counts as a whole there.
    `transfers_said_twice` counts the transfers that a row of each end stated, and that were taken as one each.
    """

    def __init__(self, ends: Ends, cards: Collection[Card], *, unexplained: bool) -> None:
        self._ends, self._cards, self._unexplained = ends, cards, unexplained
        self._on_hand: dict[Card, int] = defaultdict(int)
        self._lowered_by: dict[Card, int] = {}
        self._doubtful: dict[Card, int] = {}
        self._sent, self._came = Twice(), Twice()
        self.transfers_said_twice = 0

    def outcomes(self, entries: Iterable[Entry]) -> Iterator[Outcome]:
        """Yield what the entries, given in their order, lead to."""
        for moved, moment in groupby(entries, key=lambda entry: entry.moved):
            together = list(moment)
            said = _said_by_both(together)
            self._sent, self._came = said.copy(), said
            for entry in together:
                yield from self._standing(entry) if entry.row == 0 else self._enter(entry)
            yield from self._settle(moved)

    def _standing(self, entry: Entry) -> Iterator[Outcome]:
        """Let a movement of the ledger happen; its end is judged when its moment is over."""
        incoming = entry.rank in {Rank.IN, Rank.IN_FROM_INSIDE}
        ends = (entry.other, entry.place) if incoming else (entry.place, entry.other)
        for place, change in zip(ends, (-entry.quantity, entry.quantity), strict=True):
            card = (place, entry.lot)
            if card in self._cards:
                self._on_hand[card] += change
                if self._on_hand[card] < 0:
                    self._doubtful[card] = entry.recorded
        return iter(())

    def _enter(self, entry: Entry) -> Iterator[Outcome]:
        if entry.rank == Rank.COUNT:
            yield from self._count(entry)
            return
        incoming = entry.rank in {Rank.IN, Rank.IN_FROM_INSIDE}
        source, target = (entry.other, entry.place) if incoming else (entry.place, entry.other)
        other_end = self._is_said_twice(self._came if incoming else self._sent, entry, source, target)
        if incoming and other_end:  # what the sender wrote books it; here it only arrives
            self.transfers_said_twice += 1
            yield from self._arrive(entry, target)
            return
        if (source, entry.lot) in self._cards:
            short = entry.quantity - self._on_hand[source, entry.lot]
            if short > 0 and not self._unexplained:
                had = max(0, self._on_hand[source, entry.lot])
                yield Lack(entry.row, source, entry.lot, had, short, entry.moved, later=False)
                return
            if short > 0:
                yield self._explain(entry, source, short)
            self._on_hand[source, entry.lot] -= entry.quantity
            self._lowered_by[source, entry.lot] = entry.row
        if (target, entry.lot) in self._cards and not other_end:
            yield from self._arrive(entry, target)
        yield _booking(entry, (source, target), entry.quantity, BookingKind.STATED)

    def _is_said_twice(self, waiting: Twice, entry: Entry, source: int, target: int) -> bool:
        """Say whether the other end wrote the same down, and strike it off."""
        move = (source, target, entry.lot, entry.quantity)
        if not waiting[move]:
            return False
        waiting[move] -= 1
        return True

    def _arrive(self, entry: Entry, place: int) -> Iterator[Outcome]:
        self._on_hand[place, entry.lot] += entry.quantity
        if self._on_hand[place, entry.lot] > MOST_ON_HAND:
            yield Overfull(entry.row, place, entry.lot)

    def _explain(self, entry: Entry, place: int, short: int) -> Booking:
        self._on_hand[place, entry.lot] += short
        return _booking(entry, (self._ends.to_explain, place), short, BookingKind.UNEXPLAINED)

    def _count(self, entry: Entry) -> Iterator[Outcome]:
        card = (entry.place, entry.lot)
        difference = entry.quantity - self._on_hand[card]
        self._on_hand[card] = entry.quantity
        outside = self._ends.count_difference
        if difference > 0:
            yield _booking(entry, (outside, entry.place), difference, BookingKind.DIFFERENCE)
        elif difference < 0:
            self._lowered_by[card] = entry.row
            yield _booking(entry, (entry.place, outside), -difference, BookingKind.DIFFERENCE)

    def _settle(self, moved: int) -> Iterator[Outcome]:
        """Judge what stood already at a moment that is over."""
        for (place, lot), recorded in self._doubtful.items():
            short = -self._on_hand[place, lot]
            row = self._lowered_by.get((place, lot), 0)
            if short <= 0:
                continue
            self._on_hand[place, lot] = 0
            if self._unexplained:
                kind, outside = BookingKind.UNEXPLAINED, self._ends.to_explain
                yield Booking(kind, moved, recorded, row, lot, outside, place, short, "")
            else:
                yield Lack(row, place, lot, 0, short, moved, later=True)
        self._doubtful.clear()


def _said_by_both(moment: Sequence[Entry]) -> Twice:
    """Return the moves between places inside that the journal of each end states for the same moment, each once.

    A transfer that both ends wrote down is one transfer: counted twice, it would leave the one place twice.
    """
    sent, came = Twice(), Twice()
    for entry in moment:
        if entry.row and entry.rank == Rank.OUT_TO_INSIDE:
            sent[entry.place, entry.other, entry.lot, entry.quantity] += 1
        elif entry.row and entry.rank == Rank.IN_FROM_INSIDE:
            came[entry.other, entry.place, entry.lot, entry.quantity] += 1
    return sent & came


def _booking(entry: Entry, ends: tuple[int, int], quantity: int, kind: BookingKind) -> Booking:
    return Booking(kind, entry.moved, entry.recorded, entry.row, entry.lot, *ends, quantity, entry.note)
