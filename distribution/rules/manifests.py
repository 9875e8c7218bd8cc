"""The rows of a manifest: what a device shows of a family, sealed so that only its voucher in hand opens it.

Source: the protocol of the hand-over without a network, "Lease and manifest"; RFC 5869 (HKDF), NIST SP 800-38D (GCM).
"""

import hashlib
from dataclasses import dataclass

import cbor2
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

HANDLE_BYTES = 16
REPLACED, GIVEN_BEFORE = 1, 2
_INFO = b"toptama manifest row"
_NONCE = bytes(12)
"""Each key seals one row, so its nonce says nothing."""


@dataclass(frozen=True, slots=True)
class DueSet:
    """One set that is due: its allotment, the bit of its kit; for kits in sizes, the child's masked name and years."""

    allotment_id: int
    bit: int
    child: str
    years: int


@dataclass(frozen=True, slots=True)
class ListedProxy:
    """Somebody who may collect: a masked name, and the last four digits to compare with their paper."""

    id: int
    name: str
    last4: str


@dataclass(frozen=True, slots=True)
class ManifestRow:
    """What stands in a row; names are masked."""

    rev: int
    guardian: str
    last4: str
    due: tuple[DueSet, ...]
    proxies: tuple[ListedProxy, ...]
    language: str
    flags: int


def handle_of(secret: bytes) -> bytes:
    """Return H: under what a voucher's row is found."""
    return hashlib.sha256(secret).digest()[:HANDLE_BYTES]


def sealed_row(row: ManifestRow, *, secret: bytes, lease: bytes) -> bytes:
    """Return a row sealed under its voucher's secret for one lease (16 bytes)."""
    content = [
        row.rev,
        row.guardian,
        row.last4,
        [[one.allotment_id, one.bit, one.child, one.years] for one in row.due],
        [[one.id, one.name, one.last4] for one in row.proxies],
        row.language,
        row.flags,
    ]
    plain = cbor2.dumps(content, canonical=True)
    return _cipher(secret, lease).encrypt(_NONCE, plain, handle_of(secret))


def opened_row(sealed: bytes, *, secret: bytes, lease: bytes) -> ManifestRow:
    """Return the row that `sealed_row` sealed.

    Raises:
        cryptography.exceptions.InvalidTag: another secret, another lease, or the bytes were changed.
    """
    plain = _cipher(secret, lease).decrypt(_NONCE, sealed, handle_of(secret))
    rev, guardian, last4, due, proxies, language, flags = cbor2.loads(plain)
    sets = tuple(DueSet(*one) for one in due)
    return ManifestRow(rev, guardian, last4, sets, tuple(ListedProxy(*one) for one in proxies), language, flags)


def _cipher(secret: bytes, lease: bytes) -> AESGCM:
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=lease, info=_INFO).derive(secret))
