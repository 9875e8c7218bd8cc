"""Secrets at rest: sealed fields, blind indexes to find them by, keys for one purpose each."""

import hashlib
import hmac
import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE = 12
_INDEX_BYTES = 16
_KEY_ID = b"\x01"
"""Which field key sealed a value: the first byte of every sealed field, so that keys can be rotated."""


class FieldKeys:
    """Seals personal fields with AES-256-GCM and indexes them with a keyed hash (HMAC-SHA-256, 128 bits)."""

    def __init__(self, *, field_key: str, index_key: str) -> None:
        self._cipher = AESGCM(_derive(field_key, b"fields"))
        self._signing_cipher = AESGCM(_derive(field_key, b"signing keys"))
        self._file_cipher = AESGCM(_derive(field_key, b"files"))
        self._index = _derive(index_key, b"blind index")

    def seal(self, plain: str) -> bytes:
        """Return `plain` sealed: key id, nonce, ciphertext with tag. An empty text stays empty."""
        if not plain:
            return b""
        nonce = os.urandom(_NONCE)
        return _KEY_ID + nonce + self._cipher.encrypt(nonce, plain.encode(), _KEY_ID)

    def open(self, sealed: bytes) -> str:
        """Return the plain text of a sealed field."""
        if not sealed:
            return ""
        key_id, nonce, body = sealed[:1], sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
        return self._cipher.decrypt(nonce, body, key_id).decode()

    def blind_index(self, normalised: str) -> bytes:
        """Return the 16 bytes under which a value is found without being readable."""
        return hmac.digest(self._index, normalised.encode(), "sha256")[:_INDEX_BYTES]

    def seal_key(self, private_key: bytes) -> bytes:
        """Return a private signing key sealed under a key of its own purpose."""
        nonce = os.urandom(_NONCE)
        return _KEY_ID + nonce + self._signing_cipher.encrypt(nonce, private_key, _KEY_ID)

    def open_key(self, sealed: bytes) -> bytes:
        """Return the private signing key sealed by `seal_key`."""
        return self._signing_cipher.decrypt(sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :], sealed[:1])

    def seal_bytes(self, block: bytes) -> bytes:
        """Return a block of a file sealed under a key of its own purpose."""
        nonce = os.urandom(_NONCE)
        return _KEY_ID + nonce + self._file_cipher.encrypt(nonce, block, _KEY_ID)

    def open_bytes(self, sealed: bytes) -> bytes:
        """Return the block sealed by `seal_bytes`."""
        return self._file_cipher.decrypt(sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :], sealed[:1])


def secret_hash(secret: str | bytes) -> bytes:
    """Return SHA-256 of a random secret; only for secrets of 64 bits and more, never for passwords."""
    return hashlib.sha256(secret.encode() if isinstance(secret, str) else secret).digest()


def _derive(secret: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"toptama " + purpose).derive(secret.encode())
