"""Limits on what may be tried how often, counted in the database, so that all workers count together (SEC-17).

A limit never locks anybody out for good: its window ends, and a new one begins with the next attempt.
"""

from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from flask import request
from limits import RateLimitItem, parse
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy import case, delete, select
from sqlalchemy.exc import SQLAlchemyError

from core.clock import now
from core.crypto import secret_hash
from core.database import Database
from core.dialects import insert_into
from core.errors import Problem
from core.i18n import text
from core.web.models import AttemptCounter
from core.web.session import database

_IPV6_PREFIX = 64
"""One household or office gets so many bits of IPv6, so single addresses of it say nothing."""


class TooManyAttempts(Problem):
    """A limit is used up; `retry_after` says in how many seconds its window ends."""

    code = "too_many_attempts"
    status = 429

    def __init__(self, retry_after: int) -> None:
        minutes = max(1, -(-retry_after // 60))
        super().__init__(text("This was tried too often. Wait %(minutes)s min, then try again.", minutes=minutes))
        self.retry_after = retry_after


class AttemptStorage(Storage):
    """Storage of the package `limits` over `AttemptCounter`: each hit is one atomic upsert of its own."""

    STORAGE_SCHEME = None

    def __init__(self, database: Database) -> None:
        super().__init__()
        self._database = database

    @property
    def base_exceptions(self) -> type[Exception]:
        """The errors of the storage itself."""
        return SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count an attempt and return how many there were in the window, which begins with its first one."""
        at = now()
        fresh = {"count": amount, "expires_at": at + timedelta(seconds=expiry)}
        over = AttemptCounter.expires_at <= at
        with self._database.writing() as session:
            statement = (
                insert_into(session, AttemptCounter)
                .values(key=key, **fresh)
                .on_conflict_do_update(
                    index_elements=[AttemptCounter.key],
                    set_={
                        "count": case((over, amount), else_=AttemptCounter.count + amount),
                        "expires_at": case((over, fresh["expires_at"]), else_=AttemptCounter.expires_at),
                    },
                )
                .returning(AttemptCounter.count)
            )
            return session.execute(statement).scalar_one()

    def get(self, key: str) -> int:
        """Return how many attempts were counted in the window that runs now."""
        running = (AttemptCounter.key == key, AttemptCounter.expires_at > now())
        with self._database.reading() as session:
            return session.scalar(select(AttemptCounter.count).where(*running)) or 0

    def get_expiry(self, key: str) -> float:
        """Return when the window ends, in seconds of the epoch."""
        with self._database.reading() as session:
            ends = session.scalar(select(AttemptCounter.expires_at).where(AttemptCounter.key == key))
        return (ends or now()).timestamp()

    def check(self) -> bool:
        """Say whether the database answers."""
        with self._database.reading() as session:
            return session.scalar(select(1)) == 1

    def reset(self) -> int:
        """Forget every attempt."""
        with self._database.writing() as session:
            return len(session.execute(delete(AttemptCounter).returning(AttemptCounter.key)).all())

    def clear(self, key: str) -> None:
        """Forget the attempts of one key."""
        with self._database.writing() as session:
            session.execute(delete(AttemptCounter).where(AttemptCounter.key == key))


class Limit:
    """So many attempts in such a time, for whatever is named: `Limit("sign-in of an account", "10 per 5 minutes")`."""

    def __init__(self, name: str, rate: str) -> None:
        self.name = name
        self._item: RateLimitItem = parse(rate)

    def count(self, *whose: str) -> None:
        """Count an attempt.

        Raises:
            TooManyAttempts: the limit is used up.
        """
        limiter = self._limiter()
        if not limiter.hit(self._item, *self._key(whose)):
            ends = limiter.storage.get_expiry(self._item.key_for(*self._key(whose)))
            raise TooManyAttempts(max(1, round(ends - now().timestamp())))

    def forgive(self, *whose: str) -> None:
        """Give one attempt back: it was a rightful one."""
        key = self._item.key_for(*self._key(whose))
        self._limiter().storage.incr(key, self._item.get_expiry(), amount=-1)

    def _key(self, whose: tuple[str, ...]) -> tuple[str, ...]:
        """Return the key to count under; what was typed is hashed, so that the table neither grows nor tells."""
        return (self.name, *(secret_hash(part).hex()[:32] for part in whose))

    def _limiter(self) -> FixedWindowRateLimiter:
        return FixedWindowRateLimiter(AttemptStorage(database()))


def caller() -> str:
    """Return whom the limits per address count: the IPv4 address, or the /64 of an IPv6 address."""
    given = request.remote_addr or "unknown"
    try:
        address = ip_address(given)
    except ValueError:
        return given
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return str(ip_network((address, _IPV6_PREFIX), strict=False))
    return str(address.ipv4_mapped if isinstance(address, IPv6Address) else address)
