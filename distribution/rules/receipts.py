"""The text of a receipt's QR: a COSE_Sign1 in base64url at the end of an address, so that any phone opens the page.

It says what was given, when and at which point, and holds a secret of 64 bits; nothing of a person. Whoever has the
key set can check it without us.
"""

import base64
import binascii
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from distribution.rules.cose import (
    ALGORITHM,
    EDDSA,
    KEY_ID,
    NotAsWritten,
    PrivateKey,
    canonical,
    is_count,
    is_signed_by,
    opened,
    read_map,
    sign1,
)

SECRET_BYTES = 8
LONGEST = 400
_ISSUED, _SECRET, _GIVEN = 6, 7, -70002
_KEY_ID_BYTES = 2


@dataclass(frozen=True, slots=True)
class ReceiptClaims:
    """What a receipt says. `given` in seconds since 1970; `sets` are bits of kits with how many of each."""

    issued: int
    secret: bytes
    cycle: int
    point: int
    given: int
    sets: Sequence[tuple[int, int]]


def signed_receipt(claims: ReceiptClaims, *, key_id: bytes, key: PrivateKey) -> str:
    """Return the text of a receipt."""
    sets = [number for pair in claims.sets for number in pair]
    payload = canonical(
        {
            _ISSUED: claims.issued,
            _SECRET: claims.secret,
            _GIVEN: [claims.cycle, claims.point, claims.given, *sets],
        }
    )
    message = sign1(canonical({ALGORITHM: EDDSA, KEY_ID: key_id}), payload, key)
    return base64.urlsafe_b64encode(message).rstrip(b"=").decode("ascii")


def verified_receipt(text: str, keys_of: Callable[[bytes], Iterable[bytes]]) -> ReceiptClaims | None:
    """Return what a receipt says that one of the public keys under its key id signed; None for any other text."""
    try:
        signed = opened(_bytes_of(text))
        head = read_map(signed.protected, frozenset({ALGORITHM, KEY_ID}))
        key_id = head[KEY_ID]
        if type(head[ALGORITHM]) is not int or head[ALGORITHM] != EDDSA:
            return None
        if not isinstance(key_id, bytes) or len(key_id) != _KEY_ID_BYTES:
            return None
        if not any(is_signed_by(signed, EDDSA, key) for key in keys_of(key_id)):
            return None
        return _claims(signed.payload)
    except NotAsWritten:
        return None


def _bytes_of(text: str) -> bytes:
    """Read base64url written the one way in which we write it."""
    try:
        message = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        raise NotAsWritten from None
    if len(text) > LONGEST or base64.urlsafe_b64encode(message).rstrip(b"=").decode("ascii") != text:
        raise NotAsWritten
    return message


def _claims(payload: bytes) -> ReceiptClaims:
    read = read_map(payload, frozenset({_ISSUED, _SECRET, _GIVEN}))
    match (read[_ISSUED], read[_SECRET], read[_GIVEN]):
        case (int() as issued, bytes() as secret, [int() as cycle, int() as point, int() as given, *sets]):
            numbers = [number for number in sets if isinstance(number, int)]
        case _:
            raise NotAsWritten
    is_whole = len(secret) == SECRET_BYTES and len(numbers) == len(sets) and len(sets) % 2 == 0
    if not is_whole or not all(is_count(number) for number in (issued, cycle, point, given, *numbers)):
        raise NotAsWritten
    return ReceiptClaims(issued, secret, cycle, point, given, list(zip(numbers[::2], numbers[1::2], strict=True)))
