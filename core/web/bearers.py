"""Programs that show a token instead of a browser's cookie: what they bear, and what it lets them do."""

from dataclasses import dataclass
from datetime import datetime

from flask import request
from flask_login import current_user

from core.errors import Forbidden, Problem
from core.i18n import text

API = "/api/"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_SCHEME = "bearer"


class TokenRefused(Problem):
    """No token, or one that is wrong, withdrawn or too old; nobody learns which."""

    code = "token_refused"
    status = 401


class TokenOnlyReads(Forbidden):
    """The token was made for reading, and the request changes something."""

    code = "token_only_reads"


@dataclass(frozen=True, slots=True)
class Program:
    """The token that a request came with; `used_at` is when it was last noted, some minutes apart."""

    token_id: int
    may_write: bool
    used_at: datetime | None


def is_for_programs() -> bool:
    """Say whether the address belongs to the API."""
    return request.path.startswith(API)


def bears_token() -> bool:
    """Say whether the request names itself by a token: then nothing that a browser keeps counts, cookie or form."""
    return is_for_programs() and "Authorization" in request.headers


def bearer() -> str | None:
    """Return the token that was shown, or None where the header holds anything else."""
    if not bears_token():
        return None
    scheme, _, secret = request.headers["Authorization"].partition(" ")
    return secret.strip() if scheme.lower() == _SCHEME and secret.isascii() else None


def find_program() -> Program | None:
    """Return the token of this request's actor, or None for a person in a browser."""
    found: Program | None = getattr(current_user, "program", None)
    return found


def refuse_writing_by_readers() -> None:
    """Let a token that was made for reading change nothing.

    Raises:
        TokenOnlyReads: it tries to.
    """
    program = find_program()
    if program is not None and not program.may_write and request.method not in SAFE:
        raise TokenOnlyReads(text("This token only reads. Make one that also writes, on the page of your tokens."))
