"""Secrets at rest: sealed fields, blind indexes to find them by, keys for one purpose each."""

import hashlib
import hmac
import os
import re
from collections.abc import Sequence

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE = 12
_INDEX_BYTES = 16
_NUMBERED = re.compile(r"(\d{1,3}):(.+)", re.DOTALL)
_FIRST, _LAST = 1, 255


class KeyNumberWrong(Exception):
    """Two keys have one number, or a number is none of 1 to 255."""


class SealedOtherwise(Exception):
    """A value was sealed under a key that is not among the given ones."""


class FieldKeys:
    """Seals personal fields with AES-256-GCM and indexes them with a keyed hash (HMAC-SHA-256, 128 bits).

    A field key may carry its number before a colon, `2:…`; without one it is number 1. The number is the first byte of
    whatever it sealed, so that keys can be changed: new values are sealed under `field_key`, and those sealed under an
    earlier one are opened as long as it is given.
    """

    def __init__(self, *, field_key: str, index_key: str, earlier: Sequence[str] = ()) -> None:
        """Take the keys.

        Raises:
            KeyNumberWrong: two have the same number, or one that is not 1 to 255.
        """
        self._current, _ = _numbered(field_key)
        self._sets: dict[bytes, _Ciphers] = {}
        for key in (field_key, *earlier):
            number, secret = _numbered(key)
            if number in self._sets:
                raise KeyNumberWrong
            self._sets[number] = _Ciphers(secret)
        self._index = _derive(index_key, b"blind index")

    @property
    def number(self) -> bytes:
        """Return the number of the key under which everything new is sealed: the first byte of each sealed value."""
        return self._current

    def seal(self, plain: str) -> bytes:
        """Return `plain` sealed: key id, nonce, ciphertext with tag. An empty text stays empty."""
        return self._sealed("fields", plain.encode()) if plain else b""

    def open(self, sealed: bytes) -> str:
        """Return the plain text of a sealed field."""
        return self._opened("fields", sealed).decode() if sealed else ""

    def blind_index(self, normalised: str) -> bytes:
        """Return the 16 bytes under which a value is found without being readable."""
        return hmac.digest(self._index, normalised.encode(), "sha256")[:_INDEX_BYTES]

    def seal_key(self, private_key: bytes) -> bytes:
        """Return a private signing key sealed under a key of its own purpose."""
        return self._sealed("signing keys", private_key)

    def open_key(self, sealed: bytes) -> bytes:
        """Return the private signing key sealed by `seal_key`."""
        return self._opened("signing keys", sealed)

    def seal_bytes(self, block: bytes) -> bytes:
        """Return a block of a file sealed under a key of its own purpose."""
        return self._sealed("files", block)

    def open_bytes(self, sealed: bytes) -> bytes:
        """Return the block sealed by `seal_bytes`."""
        return self._opened("files", sealed)

    def reseal(self, purpose: str, sealed: bytes) -> bytes:
        """Return a value of a purpose (`fields`, `signing keys`, `files`) sealed anew under the current key."""
        return self._sealed(purpose, self._opened(purpose, sealed))

    def _sealed(self, purpose: str, plain: bytes) -> bytes:
        nonce = os.urandom(_NONCE)
        return self._current + nonce + self._sets[self._current].of(purpose).encrypt(nonce, plain, self._current)

    def _opened(self, purpose: str, sealed: bytes) -> bytes:
        number, nonce, body = sealed[:1], sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
        if number not in self._sets:
            raise SealedOtherwise
        return self._sets[number].of(purpose).decrypt(nonce, body, number)


class _Ciphers:
    """One field key, as the ciphers of its purposes."""

    def __init__(self, secret: str) -> None:
        self._by_purpose = {
            purpose: AESGCM(_derive(secret, purpose.encode())) for purpose in ("fields", "signing keys", "files")
        }

    def of(self, purpose: str) -> AESGCM:
        return self._by_purpose[purpose]


def _numbered(key: str) -> tuple[bytes, str]:
    found = _NUMBERED.fullmatch(key)
    number, secret = (int(found[1]), found[2]) if found else (_FIRST, key)
    if not _FIRST <= number <= _LAST:
        raise KeyNumberWrong
    return bytes([number]), secret


def secret_hash(secret: str | bytes) -> bytes:
    """Return SHA-256 of a random secret; only for secrets of 64 bits and more, never for passwords."""
    return hashlib.sha256(secret.encode() if isinstance(secret, str) else secret).digest()


def _derive(secret: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"toptama " + purpose).derive(secret.encode())
