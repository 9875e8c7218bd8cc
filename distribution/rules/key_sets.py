"""The key set: the public keys that count, signed by a root key that never touches a server.

Source: offline protocol, "Keys".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from distribution.rules.cose import (
    ALGORITHM,
    EDDSA,
    KEY_BYTES,
    NotAsWritten,
    canonical,
    is_count,
    is_signed_by,
    opened,
    read_map,
    sign1,
)

FORMAT = 1
_KID_BYTES = 2
_HEAD: frozenset[object] = frozenset({ALGORITHM})
_SET: frozenset[object] = frozenset({"v", "version", "made", "keys"})
_KEY: frozenset[object] = frozenset({"kid", "alg", "key", "from", "until", "purpose", "cycle"})


class KeySetRefused(Exception):
    """The bytes are no key set that this root signed."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key as the set tells it; `starts` and `ends` in milliseconds since 1970."""

    kid: bytes
    algorithm: int
    key: bytes
    starts: int
    ends: int
    purpose: str
    cycle: int

    @property
    def print(self) -> str:
        """Return the name by which a withdrawn key is told: the hexadecimal digits of its SHA-256."""
        return print_of(self.key)


@dataclass(frozen=True, slots=True)
class WrittenKeys:
    """A key set; `made` in milliseconds since 1970. A device never takes a lower version than it holds."""

    version: int
    made: int
    keys: Sequence[PublicKey]


def print_of(public_key: bytes) -> str:
    """Return the hexadecimal digits of a key's SHA-256."""
    return sha256(public_key).hexdigest()


def payload_of(keys: WrittenKeys) -> bytes:
    """Return what the root signs; people carry it to the machine with the root and back."""
    told = [
        {
            "kid": key.kid,
            "alg": key.algorithm,
            "key": key.key,
            "from": key.starts,
            "until": key.ends,
            "purpose": key.purpose,
            "cycle": key.cycle,
        }
        for key in keys.keys
    ]
    return canonical({"v": FORMAT, "version": keys.version, "made": keys.made, "keys": told})


def signed_by_root(payload: bytes, root: Ed25519PrivateKey) -> bytes:
    """Return the key set of a payload.

    Raises:
        KeySetRefused: the payload is none of a key set; the root signs nothing else.
    """
    read_payload(payload)
    return sign1(canonical({ALGORITHM: EDDSA}), payload, root)


def read_key_set(written: bytes, root: bytes) -> WrittenKeys:
    """Return what a key set says, when this root signed it.

    Raises:
        KeySetRefused: it did not, or the bytes are not written as agreed.
    """
    try:
        message = opened(written)
        head = read_map(message.protected, _HEAD)
    except NotAsWritten:
        raise KeySetRefused from None
    if type(head[ALGORITHM]) is not int or head[ALGORITHM] != EDDSA or not is_signed_by(message, EDDSA, root):
        raise KeySetRefused
    return read_payload(message.payload)


def read_key_set_unchecked(written: bytes) -> WrittenKeys:
    """Return what a key set says that was checked when it was accepted, and stands in our own database since.

    Raises:
        KeySetRefused: it is not written as agreed.
    """
    try:
        return read_payload(opened(written).payload)
    except NotAsWritten:
        raise KeySetRefused from None


def read_payload(payload: bytes) -> WrittenKeys:
    """Return what stands in a key set, signed or not yet.

    Raises:
        KeySetRefused: it is not written as agreed.
    """
    try:
        read = read_map(payload, _SET)
    except NotAsWritten:
        raise KeySetRefused from None
    version, made, keys = read["version"], read["made"], read["keys"]
    if (
        read["v"] != FORMAT
        or not all(map(is_count, (read["v"], version)))
        or not is_count(made)
        or not isinstance(keys, list)
    ):
        raise KeySetRefused
    return WrittenKeys(cast("int", version), cast("int", made), [_read_key(key) for key in keys])


def _read_key(value: object) -> PublicKey:
    if not (isinstance(value, dict) and set(value) == _KEY):
        raise KeySetRefused
    match [value[name] for name in ("kid", "alg", "key", "from", "until", "purpose", "cycle")]:
        case [bytes() as kid, int() as algorithm, bytes() as key, starts, ends, str() as purpose, cycle] if (
            len(kid) == _KID_BYTES
            and KEY_BYTES.get(algorithm) == len(key)
            and all(map(is_count, (starts, ends, cycle)))
        ):
            return PublicKey(kid, algorithm, key, starts, ends, purpose, cycle)
        case _:
            raise KeySetRefused
