"""Decisions about passwords, logins and who may give a role to whom."""

import re
import unicodedata
from collections.abc import Collection
from itertools import pairwise

from accounts.values import BOUND_TO, Role
from core.i18n import Text, text

SHORTEST_PASSWORD = 8
"""Technical minimum (ASVS 5.0, 6.2.1); the pages recommend 15."""

LONGEST_PASSWORD = 256
"""Long enough for any sentence, short enough that hashing stays cheap."""

TOKEN_MARK = "toptama_"  # noqa: S105 - no secret: every token begins so
"""What every token for programs begins with, so that one that was published by mistake is known for what it is."""

LONGEST_TOKEN_DAYS = 365
MOST_TOKENS = 20
"""Live tokens of one person; more are forgotten ones."""

CONTEXT_WORDS = frozenset(
    {
        "toptama",
        "топтама",
        "программа",
        "бағдарлама",
        "programme",
        "қойма",
        "склад",
        "warehouse",
        "министерство",
        "министрлік",
        "ministry",
        "пособие",
        "көмек",
        "казахстан",
        "қазақстан",
        "kazakhstan",
        "qazaqstan",
    }
)
"""Words of the trade and the place, which whoever guesses tries first; the names of districts come on top."""

_LATIN = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
_RUSSIAN = "йцукенгшщзхъфывапролджэячсмитьбюё"
_TO_LATIN = str.maketrans(_RUSSIAN, _LATIN)
_TO_RUSSIAN = str.maketrans(_LATIN, _RUSSIAN)
_SWAPPED = str.maketrans("@$013457", "asoleast")
_EDGES = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_LOGIN = re.compile(r"[^\W_][\w.@+-]{2,79}")
_LEAST_DIFFERENT = 4
_SHORTEST_WORD = 4


def normalised_password(password: str) -> str:
    """Return the form that is hashed: NFC, so that a keyboard which composes letters otherwise still fits."""
    return unicodedata.normalize("NFC", password)


def password_fault(password: str, *, own_words: Collection[str], blocked: Collection[str]) -> Text | None:
    """Return why the password is refused, or None. There is no rule about kinds of characters (ASVS 5.0, 6.2.5).

    `own_words` are the login, the name and other words about this person; `blocked` the list of common passwords.
    All are compared without case, and as if typed in the other keyboard layout.
    """
    if len(password) < SHORTEST_PASSWORD:
        return text("Use at least %(n)s characters. A sentence of 15 or more is better.", n=SHORTEST_PASSWORD)
    if len(password) > LONGEST_PASSWORD:
        return text("Use at most %(n)s characters.", n=LONGEST_PASSWORD)
    whole = normalised_password(password).casefold()
    if len(set(whole)) < _LEAST_DIFFERENT or _is_run(whole):
        return text("This password is a run of keys or one sign repeated. Choose words that only you put together.")
    guesses = {shape for typed in _layouts(whole) for shape in _shapes(typed)}
    if any(guess in blocked for guess in guesses):
        return text("Many people use this password, so it is tried first. Choose words that only you put together.")
    near = {word.casefold() for word in own_words if len(word) >= _SHORTEST_WORD} | CONTEXT_WORDS
    if any(guess in near for guess in guesses):
        return text("This password is built on a word that others would guess about you. Choose other words.")
    return None


def _layouts(typed: str) -> tuple[str, str, str]:
    """Return what was typed, and what the same keys give in the other layout."""
    return typed, typed.translate(_TO_LATIN), typed.translate(_TO_RUSSIAN)


def _shapes(typed: str) -> set[str]:
    """Return the password, bare of digits and signs around it, with letters for signs, and half of a doubled word."""
    bare = _EDGES.sub("", typed)
    shapes = {typed, bare, typed.translate(_SWAPPED), _EDGES.sub("", typed.translate(_SWAPPED))}
    shapes |= {shape[: len(shape) // 2] for shape in shapes if shape[: len(shape) // 2] * 2 == shape}
    return {shape for shape in shapes if len(shape) >= _SHORTEST_WORD}


def _is_run(typed: str) -> bool:
    """Say whether the characters follow each other: 12345678, abcdefgh, 87654321."""
    steps = {ord(later) - ord(earlier) for earlier, later in pairwise(typed)}
    return steps in ({1}, {-1}, {1, -9}, {-1, 9})


def is_login(login: str) -> bool:
    """Say whether a folded login can be taken: 3 to 80 letters, digits and . _ @ + -."""
    return _LOGIN.fullmatch(login) is not None


def is_bound_to(role: str, scope_kind: str) -> bool:
    """Say whether a role is given with such a kind of scope."""
    return role in {*Role} and scope_kind in BOUND_TO[Role(role)]


def is_alone_enough(administrators: int) -> bool:
    """Say whether one administrator's word is enough: only while there are fewer than two (domain, §8)."""
    return administrators < 2  # noqa: PLR2004 - the second person is what the rule is about


def can_approve(*, actor_id: int, granted_by_id: int | None, user_id: int, administrators: int) -> bool:
    """Say whether this administrator may approve the role: given by another one, and not to themself."""
    if actor_id == user_id:
        return False
    return actor_id != granted_by_id or is_alone_enough(administrators)
