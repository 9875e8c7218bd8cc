"""The text of a voucher's QR: `KZV1:` + base45 of a COSE_Sign1, written canonically and read strictly.

Source: voucher design, §1; RFC 9052 (COSE), RFC 8392 (CWT claims 4 and 7), RFC 9285 (base45), RFC 8949 §4.2 (canonical
CBOR). The signature is verified before anything in the payload is looked at.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import cast

import base45
import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from distribution.values import ScanAnswer

PREFIX = "KZV1:"
SECRET_BYTES = 8
KEY_ID_BYTES = 2
LONGEST = 300
_ALGORITHM, _KEY_ID, _EDDSA = 1, 4, -8
_EXPIRES, _SECRET, _VOUCHER = 4, 7, -70001
_SIGNATURE_BYTES = 64
_LARGEST = 2**53 - 1
"""Numbers stay where a browser counts exactly."""


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
class Envelope:
    """A token taken apart and found well-formed, its payload still unread."""

    key_id: bytes
    protected: bytes
    payload: bytes
    signature: bytes


def signed_token(claims: Claims, *, key_id: bytes, key: Ed25519PrivateKey) -> str:
    """Return the token of the claims."""
    protected = _canonical({_ALGORITHM: _EDDSA, _KEY_ID: key_id})
    voucher = [claims.cycle, claims.point, claims.kit_bits, claims.idx, claims.rev]
    payload = _canonical({_EXPIRES: claims.expires, _SECRET: claims.secret, _VOUCHER: voucher})
    signature = key.sign(_to_sign(protected, payload))
    written: bytes = base45.b45encode(_canonical([protected, {}, payload, signature]))
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
    match _strictly(message):
        case [bytes() as protected, dict() as unprotected, bytes() as payload, bytes() as signature] if not unprotected:
            pass
        case _:
            raise TokenRefused(ScanAnswer.MALFORMED)
    if len(signature) != _SIGNATURE_BYTES:
        raise TokenRefused(ScanAnswer.MALFORMED)
    return Envelope(_key_id_of(protected), protected, payload, signature)


def is_signed(envelope: Envelope, public_key: bytes) -> bool:
    """Say whether the key signed the envelope."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(
            envelope.signature, _to_sign(envelope.protected, envelope.payload)
        )
    except InvalidSignature:
        return False
    return True


def read_claims(envelope: Envelope) -> Claims:
    """Return what the payload says; call this after `is_signed` only.

    Raises:
        TokenRefused: malformed.
    """
    match _strictly(envelope.payload):
        case dict() as claims if set(claims) == {_EXPIRES, _SECRET, _VOUCHER}:
            expires, secret, voucher = claims[_EXPIRES], claims[_SECRET], claims[_VOUCHER]
        case _:
            raise TokenRefused(ScanAnswer.MALFORMED)
    if not (isinstance(secret, bytes) and len(secret) == SECRET_BYTES):
        raise TokenRefused(ScanAnswer.MALFORMED)
    match voucher:
        case [cycle, point, kit_bits, idx, rev] if _are_counts([expires, cycle, point, kit_bits, idx, rev]):
            return Claims(expires, secret, cycle, point, kit_bits, idx, rev)
        case _:
            raise TokenRefused(ScanAnswer.MALFORMED)


def verified_claims(token: str, keys_of: Callable[[bytes], Iterable[bytes]]) -> Claims:
    """Return the claims of a token that one of the public keys under its key id signed; each key is tried.

    Raises:
        TokenRefused: unknown format, malformed, unknown key or bad signature.
    """
    envelope = opened_token(token)
    keys = list(keys_of(envelope.key_id))
    if not keys:
        raise TokenRefused(ScanAnswer.UNKNOWN_KEY)
    if not any(is_signed(envelope, key) for key in keys):
        raise TokenRefused(ScanAnswer.BAD_SIGNATURE)
    return read_claims(envelope)


def secret_of_own(token: str) -> bytes:
    """Return the secret inside a token that stands in our own database, to print its code below it.

    What we wrote ourselves is not doubted again: that would cost a tenth of the whole print.
    """
    _, _, payload, _ = cast("list[bytes]", cbor2.loads(base45.b45decode(token.removeprefix(PREFIX))))
    return cast("dict[int, bytes]", cbor2.loads(payload))[_SECRET]


def _to_sign(protected: bytes, payload: bytes) -> bytes:
    return _canonical(["Signature1", protected, b"", payload])


def _canonical(value: object) -> bytes:
    return cbor2.dumps(value, canonical=True)


def _strictly(data: bytes) -> object:
    """Read CBOR written exactly as we write it: no trailing bytes, repeated keys, long forms, tags or floats."""
    try:
        value = cast("object", cbor2.loads(data))
        again = _canonical(value)
    except (cbor2.CBORError, ValueError, TypeError, OverflowError, RecursionError):
        raise TokenRefused(ScanAnswer.MALFORMED) from None
    if again != data:
        raise TokenRefused(ScanAnswer.MALFORMED)
    return value


def _key_id_of(protected: bytes) -> bytes:
    match _strictly(protected):
        case {1: algorithm, 4: bytes() as key_id, **rest} if not rest:
            pass
        case _:
            raise TokenRefused(ScanAnswer.MALFORMED)
    if type(algorithm) is not int or algorithm != _EDDSA or len(key_id) != KEY_ID_BYTES:
        raise TokenRefused(ScanAnswer.MALFORMED)
    return key_id


def _are_counts(values: Iterable[object]) -> bool:
    return all(type(value) is int and 0 <= value <= _LARGEST for value in values)
