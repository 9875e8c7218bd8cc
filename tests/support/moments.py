"""Acts of several people at the same moment, each in a thread of its own."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from sqlalchemy.orm import Session

from core.database import Database
from core.errors import Problem
from core.i18n import use_language

T = TypeVar("T")
_SECONDS = 60


def at_once(acts: Sequence[Callable[[], T]]) -> list[T | Problem]:
    """Let the acts begin together, and return in their order what each came to: its answer or its refusal."""
    start = Barrier(len(acts))

    def run(act: Callable[[], T]) -> T | Problem:
        start.wait(timeout=_SECONDS)
        try:
            with use_language("en"):
                return act()
        except Problem as refusal:
            return refusal

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def writing(database: Database, act: Callable[[Session], T]) -> Callable[[], T]:
    """Return the act in a transaction of its own, to let it happen at once with others."""

    def alone() -> T:
        with database.writing() as session:
            return act(session)

    return alone
