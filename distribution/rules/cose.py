"""COSE_Sign1 over canonical CBOR: written one way, read strictly. Everything that is signed here is signed so.

Source: RFC 9052 (COSE), RFC 9053 (algorithms), RFC 8949 §4.2.3 (canonical CBOR, shorter keys first).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias, cast

import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

EDDSA, ES256 = -8, -7
ALGORITHM, KEY_ID = 1, 4
SIGNATURE_BYTES = 64
KEY_BYTES = {EDDSA: 32, ES256: 65}
LARGEST = 2**53 - 1
"""Numbers stay where a browser counts exactly."""

_TAG = b"\xd2"
_HALF = SIGNATURE_BYTES // 2

PrivateKey: TypeAlias = Ed25519PrivateKey | EllipticCurvePrivateKey


class NotAsWritten(Exception):
    """The bytes are not exactly what we write."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A message taken apart and found well-formed, still unbelieved."""

    protected: bytes
    payload: bytes
    signature: bytes


def canonical(value: object) -> bytes:
    """Return the one way in which a value is written."""
    return cbor2.dumps(value, canonical=True)


def read_strictly(data: bytes) -> object:
    """Read CBOR written exactly as we write it: no trailing bytes, repeated keys, long forms, tags or floats.

    Raises:
        NotAsWritten: it is anything else.
    """
    try:
        value = cast("object", cbor2.loads(data))
        again = canonical(value)
    except (cbor2.CBORError, ValueError, TypeError, OverflowError, RecursionError):
        raise NotAsWritten from None
    if again != data:
        raise NotAsWritten
    return value


def read_map(data: bytes, keys: frozenset[object]) -> Mapping[object, object]:
    """Read a map of exactly these keys; a key that only equals one of them (true for 1) is another.

    Raises:
        NotAsWritten: it is anything else.
    """
    match read_strictly(data):
        case dict() as found if set(found) == keys and {type(key) for key in found} <= {int, str}:
            return found
        case _:
            raise NotAsWritten


def is_count(value: object) -> bool:
    """Say whether a value is a whole number from 0 that a browser counts exactly."""
    return type(value) is int and 0 <= value <= LARGEST


def sign1(protected: bytes, payload: bytes, key: PrivateKey, *, tagged: bool = False) -> bytes:
    """Return the signed message; `tagged` puts it under COSE's own tag, as the status list's standard has it."""
    message = canonical([protected, {}, payload, signature_of(to_sign(protected, payload), key)])
    return _TAG + message if tagged else message


def opened(message: bytes, *, tagged: bool = False) -> Signed:
    """Take a message apart without believing it.

    Raises:
        NotAsWritten: it is no such message.
    """
    if tagged and message[:1] != _TAG:
        raise NotAsWritten
    match read_strictly(message[1:] if tagged else message):
        case [bytes() as protected, dict() as unprotected, bytes() as payload, bytes() as signature] if not unprotected:
            pass
        case _:
            raise NotAsWritten
    if len(signature) != SIGNATURE_BYTES:
        raise NotAsWritten
    return Signed(protected, payload, signature)


def to_sign(protected: bytes, payload: bytes) -> bytes:
    """Return what a signature is over; nothing stands outside the message."""
    return canonical(["Signature1", protected, b"", payload])


def algorithm_of(key: PrivateKey) -> int:
    """Return the algorithm that a key signs with."""
    return EDDSA if isinstance(key, Ed25519PrivateKey) else ES256


def signature_of(message: bytes, key: PrivateKey) -> bytes:
    """Return the 64 bytes of a signature."""
    if isinstance(key, Ed25519PrivateKey):
        return key.sign(message)
    first, second = decode_dss_signature(key.sign(message, ECDSA(SHA256())))
    return first.to_bytes(_HALF) + second.to_bytes(_HALF)


def is_signed_by(signed: Signed, algorithm: int, public_key: bytes) -> bool:
    """Say whether a key signed the message; a key of another algorithm did not."""
    if KEY_BYTES.get(algorithm) != len(public_key):
        return False
    message = to_sign(signed.protected, signed.payload)
    try:
        if algorithm == EDDSA:
            Ed25519PublicKey.from_public_bytes(public_key).verify(signed.signature, message)
        else:
            numbers = (int.from_bytes(half) for half in (signed.signature[:_HALF], signed.signature[_HALF:]))
            _point(public_key).verify(encode_dss_signature(*numbers), message, ECDSA(SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


@lru_cache(maxsize=256)
def _point(public_key: bytes) -> EllipticCurvePublicKey:
    return EllipticCurvePublicKey.from_encoded_point(SECP256R1(), public_key)
