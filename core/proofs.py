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


@dataclass(frozen=True, slots=True)
class Invariant:
    """Something that always holds. `number` is its name (I1, I2 …), `says` what it promises.

    `is_slow`: it reads the whole database by itself, and is looked at beside the others where that can be.
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
    """Return all that is wrong in a database; slow checks run beside the others where more than one may read."""
    parts = [[one for one in invariants if one.is_slow is slow] for slow in (True, False)]

    def look(part: Sequence[Invariant]) -> list[Fault]:
        with database.reading() as session:
            return find_faults(session, part)

    if database.readers_at_once == 1:
        found = [look(part) for part in parts]
    else:
        with ThreadPoolExecutor(len(parts)) as pool:
            found = list(pool.map(look, parts))
    return [*found[1], *found[0]]
