"""Proofs: what must hold among the stored rows, as a list of small checks that name whatever is wrong."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice

from sqlalchemy.orm import Session

from core.database import Database

Check = Callable[[Session], Iterator[str]]
"""A reading that yields one English sentence for each thing that is wrong, naming it exactly; none when all holds."""

MOST_TOLD = 200
"""How many faults one check tells: who has more of them needs a backup, not a longer list."""


_AT_ONCE = 2
"""Checks that run at the same time: more would only take turns on a small server."""


@dataclass(frozen=True, slots=True)
class Invariant:
    """Something that always holds. `number` is its name (I1, I2 …), `says` what it promises.

    `is_slow`: it reads the whole database by itself, and is begun before the others.
    """

    number: str
    says: str
    check: Check
    is_slow: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that breaks an invariant."""

    number: str
    sentence: str


def find_faults(session: Session, invariants: Sequence[Invariant]) -> list[Fault]:
    """Return all that is wrong, at most `MOST_TOLD` of each invariant; an empty list proves them all."""
    return [Fault(one.number, sentence) for one in invariants for sentence in islice(one.check(session), MOST_TOLD)]


def prove(database: Database, invariants: Sequence[Invariant]) -> list[Fault]:
    """Return all that is wrong in a database; two checks at a time where more than one may read, the slow ones first.

    Each check reads by itself: what it compares, it reads in one statement.
    """

    def look(one: Invariant) -> list[Fault]:
        with database.reading() as session:
            return find_faults(session, [one])

    if database.readers_at_once == 1:
        return [fault for one in invariants for fault in look(one)]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        order = sorted(invariants, key=lambda one: not one.is_slow)
        begun = {one: pool.submit(look, one) for one in order}
        return [fault for one in invariants for fault in begun[one].result()]
