"""The text of a voucher's QR: `KZV1:` + base45 of a COSE_Sign1, written canonically and read strictly.

Source: voucher design, §1; RFC 8392 (CWT claims 4 and 7), RFC 9285 (base45). The signature is verified before anything
in the payload is looked at.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import cast

import base45
import cbor2

from distribution.rules.cose import (
    ALGORITHM,
    EDDSA,
    ES256,
    KEY_BYTES,
    KEY_ID,
    NotAsWritten,
    PrivateKey,
    Signed,
    algorithm_of,
    canonical,
    is_count,
    is_signed_by,
    opened,
    read_map,
    sign1,
)
from distribution.values import ScanAnswer

PREFIX = "KZV1:"
SECRET_BYTES = 8
KEY_ID_BYTES = 2
LONGEST = 300
_EXPIRES, _SECRET, _VOUCHER = 4, 7, -70001
_NUMBERS = 6
_HEAD: frozenset[object] = frozenset({ALGORITHM, KEY_ID})
_CLAIMS: frozenset[object] = frozenset({_EXPIRES, _SECRET, _VOUCHER})


class TokenRefused(Exception):
    """The text is no token that this programme signed; `answer` says why."""

    def __init__(self, answer: ScanAnswer) -> None:
        super().__init__(answer)
        self.answer = answer


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says. `expires` in seconds since 1970; `cycle` is 4 × year + quarter - 1; `kit_bits` is a hint."""

    expires: int
    secret: bytes
    cycle: int
    point: int
    kit_bits: int
    idx: int
    rev: int


@dataclass(frozen=True, slots=True)
class TokenKey:
    """The public half of a key of vouchers, and the one cycle whose vouchers it signs."""

    public: bytes
    cycle: int


@dataclass(frozen=True, slots=True)
class Envelope:
    """A token taken apart and found well-formed, its payload still unread."""

    algorithm: int
    key_id: bytes
    signed: Signed

    def fits(self, public_key: bytes) -> bool:
        """Say whether a key is one of the algorithm that the token names."""
        return len(public_key) == KEY_BYTES[self.algorithm]


def signed_token(claims: Claims, *, key_id: bytes, key: PrivateKey) -> str:
    """Return the token of the claims."""
    protected = canonical({ALGORITHM: algorithm_of(key), KEY_ID: key_id})
    voucher = [claims.cycle, claims.point, claims.kit_bits, claims.idx, claims.rev]
    payload = canonical({_EXPIRES: claims.expires, _SECRET: claims.secret, _VOUCHER: voucher})
    written: bytes = base45.b45encode(sign1(protected, payload, key))
    return PREFIX + written.decode("ascii")


def beginning_of(key_id: bytes, algorithm: int) -> str:
    """Return how every token begins that a key of this id and algorithm signed: all before the payload's length.

    Base45 writes each two bytes by themselves, so equal bytes before an even place are equal signs.
    """
    protected = canonical({ALGORITHM: algorithm, KEY_ID: key_id})
    head = canonical([protected, {}])
    array_of_four = bytes([head[0] + 2])
    stable = array_of_four + head[1:]
    written: bytes = base45.b45encode(stable[: len(stable) // 2 * 2])
    return PREFIX + written.decode("ascii")


def opened_token(token: str) -> Envelope:
    """Take a token apart without believing it.

    Raises:
        TokenRefused: unknown format (no such prefix) or malformed (anything else is not exactly as we write it).
    """
    if not token.startswith(PREFIX):
        raise TokenRefused(ScanAnswer.UNKNOWN_FORMAT)
    written = token.removeprefix(PREFIX)
    try:
        message = base45.b45decode(written)
    except ValueError:
        raise TokenRefused(ScanAnswer.MALFORMED) from None
    if len(token) > LONGEST or base45.b45encode(message).decode("ascii") != written:
        raise TokenRefused(ScanAnswer.MALFORMED)
    try:
        signed = opened(message)
        head = read_map(signed.protected, _HEAD)
    except NotAsWritten:
        raise TokenRefused(ScanAnswer.MALFORMED) from None
    match head[ALGORITHM], head[KEY_ID]:
        case int() as algorithm, bytes() as key_id if algorithm in (EDDSA, ES256) and len(key_id) == KEY_ID_BYTES:
            return Envelope(algorithm, key_id, signed)
        case _:
            raise TokenRefused(ScanAnswer.MALFORMED)


def is_signed(envelope: Envelope, public_key: bytes) -> bool:
    """Say whether the key signed the envelope."""
    return is_signed_by(envelope.signed, envelope.algorithm, public_key)


def read_claims(envelope: Envelope) -> Claims:
    """Return what the payload says; call this after `is_signed` only.

    Raises:
        TokenRefused: malformed.
    """
    try:
        claims = read_map(envelope.signed.payload, _CLAIMS)
    except NotAsWritten:
        raise TokenRefused(ScanAnswer.MALFORMED) from None
    secret, voucher = claims[_SECRET], claims[_VOUCHER]
    numbers = [claims[_EXPIRES], *voucher] if isinstance(voucher, list) else []
    if not (isinstance(secret, bytes) and len(secret) == SECRET_BYTES and len(numbers) == _NUMBERS):
        raise TokenRefused(ScanAnswer.MALFORMED)
    if not all(map(is_count, numbers)):
        raise TokenRefused(ScanAnswer.MALFORMED)
    expires, cycle, point, kit_bits, idx, rev = cast("list[int]", numbers)
    return Claims(expires, secret, cycle, point, kit_bits, idx, rev)


def verified_claims(token: str, keys_of: Callable[[bytes], Iterable[TokenKey]]) -> Claims:
    """Return the claims of a token that one of the keys under its key id signed; each of its algorithm is tried.

    A key signs the vouchers of its own cycle: for another cycle's its signature is none.

    Raises:
        TokenRefused: unknown format, malformed, unknown key or bad signature.
    """
    envelope = opened_token(token)
    keys = [key for key in keys_of(envelope.key_id) if envelope.fits(key.public)]
    if not keys:
        raise TokenRefused(ScanAnswer.UNKNOWN_KEY)
    signers = [key for key in keys if is_signed(envelope, key.public)]
    if not signers:
        raise TokenRefused(ScanAnswer.BAD_SIGNATURE)
    claims = read_claims(envelope)
    if claims.cycle not in {key.cycle for key in signers}:
        raise TokenRefused(ScanAnswer.BAD_SIGNATURE)
    return claims


def secret_of_own(token: str) -> bytes:
    """Return the secret inside a token that stands in our own database, to print its code below it.

    What we wrote ourselves is not doubted again: that would cost a tenth of the whole print.
    """
    _, _, payload, _ = cast("list[bytes]", cbor2.loads(base45.b45decode(token.removeprefix(PREFIX))))
    return cast("dict[int, bytes]", cbor2.loads(payload))[_SECRET]
