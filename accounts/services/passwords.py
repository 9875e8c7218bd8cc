"""Passwords: hashed with Argon2id, two at a time; the common ones are refused."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.orm import Session

from accounts.errors import NotSignedIn, PasswordRefused
from accounts.models import User
from accounts.queries import place_words
from accounts.rules import LONGEST_PASSWORD, normalised_password, password_fault
from accounts.services.tokens import withdraw_tokens_of
from core.actors import Actor
from core.audit import record
from core.browser_sessions import end_sessions_of
from core.errors import Unavailable
from core.i18n import text

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""19 MiB, two passes, one lane: OWASP's and ASVS' second choice, about 45 ms here (SEC-15)."""

_AT_ONCE = 2
_TURNS = BoundedSemaphore(_AT_ONCE)
_WAIT_SECONDS = 20
_COMMON = Path(__file__).resolve().parent.parent / "data" / "common_passwords.txt"


class TooBusy(Unavailable):
    """So many people sign in at once that the turn to check a password does not come."""

    code = "too_busy"


def hash_password(password: str) -> str:
    """Return the hash with its parameters, as it is kept."""
    with _turn():
        return _HASHER.hash(normalised_password(password))


def is_password(password_hash: str | None, password: str) -> bool:
    """Say whether the password belongs to the hash; without a hash the same work is done for a no (SEC-18)."""
    typed = normalised_password(password)[: LONGEST_PASSWORD + 1]
    decoy = _decoy()
    with _turn():
        try:
            _HASHER.verify(password_hash or decoy, typed)
        except (VerificationError, InvalidHashError):
            return False
    return password_hash is not None


def renewed_hash(password_hash: str, password: str) -> str | None:
    """Return a new hash when the kept one was made with other parameters."""
    return hash_password(password) if _HASHER.check_needs_rehash(password_hash) else None


def set_password(session: Session, user: User, password: str) -> None:
    """Give the user a password that others would not guess.

    Raises:
        PasswordRefused: they would.
    """
    own_words = {user.login, *user.login.replace("@", ".").split("."), *user.name.split()} | place_words(session)
    fault = password_fault(password, own_words=own_words, blocked=common_passwords())
    if fault is not None:
        raise PasswordRefused(fault)
    user.password_hash = hash_password(password)


def change_password(
    session: Session, *, user: User, old: str, new: str, actor: Actor, at: datetime, staying: str | None
) -> None:
    """Change one's own password and end all other sessions; `staying` is the mark of the one that asks.

    Raises:
        NotSignedIn: the old password is not right.
        PasswordRefused: others would guess the new one.
    """
    if not is_password(user.password_hash, old):
        raise NotSignedIn(text("The password you have now is not right."))
    set_password(session, user, new)
    end_sessions_of(session, user.id, but=staying)
    withdraw_tokens_of(session, user.id, at=at)
    record(
        session, actor_id=actor.id, action="accounts.change_password", subject="user", subject_id=str(user.id), at=at
    )


@cache
def common_passwords() -> frozenset[str]:
    """Return the passwords that are refused because everybody tries them first (docs/decisions)."""
    return frozenset(_COMMON.read_text("utf-8").split("\n"))


@cache
def _decoy() -> str:
    """Return a hash that no password belongs to, made with today's parameters."""
    return _HASHER.hash("nobody's password")


@contextmanager
def _turn() -> Iterator[None]:
    """Wait for one of the turns, so that a storm of sign-ins cannot eat all memory."""
    if not _TURNS.acquire(timeout=_WAIT_SECONDS):
        raise TooBusy(text("Many people sign in at this moment. Try again in a minute."))
    try:
        yield
    finally:
        _TURNS.release()
