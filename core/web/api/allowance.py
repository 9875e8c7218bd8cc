"""How often a program may ask: counted for all workers together, written once in a while (ECO-09, SEC-17).

A counter in the database is right for ten sign-ins and dear for ten thousand reads: each count is a durable write, and
SQLite takes one at a time. So a worker takes requests out of the shared counter by the handful and gives them out
itself. No more is ever given than the limit; what a worker holds when the minute ends is lost.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from core.crypto import secret_hash
from core.database import Database
from core.web.attempts import AttemptStorage, TooManyAttempts

WINDOW = timedelta(minutes=1)
A_MINUTE, HANDFUL = 600, 20


@dataclass(frozen=True, slots=True)
class Standing:
    """What is left of the allowance, and in how many seconds it is whole again."""

    left: int
    seconds: int


@dataclass(slots=True)
class _Hand:
    held: int
    left_over: int
    ends_at: datetime


class Allowance:
    """Requests a minute of one caller; one object a worker."""

    def __init__(self, *, most: int = A_MINUTE, handful: int = HANDFUL) -> None:
        self.most = most
        self._handful = handful
        self._hands: dict[str, _Hand] = {}
        self._turn = Lock()

    def take(self, database: Database, whose: str, *, at: datetime) -> Standing:
        """Take one request and return what is left.

        Raises:
            TooManyAttempts: the minute's allowance is used up.
        """
        standing = self._give(whose, at)
        if standing is None:
            fresh = self._reach(AttemptStorage(database), whose, at)
            standing = self._give(whose, at, fresh)
        return standing or Standing(0, int(WINDOW.total_seconds()))

    def _give(self, whose: str, at: datetime, fresh: _Hand | None = None) -> Standing | None:
        """Give one request out of the hand, filled up by a fresh handful; None when it is empty."""
        with self._turn:
            hand = self._hands.get(whose)
            if fresh is not None:
                if hand is not None and hand.ends_at == fresh.ends_at:
                    fresh.held += hand.held
                self._forget(at)
                self._hands[whose] = hand = fresh
            if hand is None or hand.ends_at <= at or not hand.held:
                return None
            hand.held -= 1
            return Standing(hand.left_over + hand.held, max(1, round((hand.ends_at - at).total_seconds())))

    def _reach(self, storage: AttemptStorage, whose: str, at: datetime) -> _Hand:
        """Take a handful out of the counter; one that is used up is only looked at."""
        key = f"api/{secret_hash(whose).hex()[:32]}"
        taken = storage.get(key)
        if taken < self.most:
            taken = storage.incr(key, int(WINDOW.total_seconds()), self._handful)
            before = taken - self._handful
        else:
            before = taken
        ends_at = datetime.fromtimestamp(storage.get_expiry(key), tz=at.tzinfo)
        if before >= self.most:
            raise TooManyAttempts(max(1, round((ends_at - at).total_seconds())))
        return _Hand(min(self._handful, self.most - before), max(0, self.most - taken), ends_at)

    def _forget(self, at: datetime) -> None:
        for key in [key for key, hand in self._hands.items() if hand.ends_at <= at]:
            del self._hands[key]
