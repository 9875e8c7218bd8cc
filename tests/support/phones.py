"""What a phone in Python keeps: its events as they lie there, the rows that it opened, how its bytes are written."""

import base64
import hashlib
import uuid
from dataclasses import dataclass

import base45
import cbor2
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from core.base32 import read_code


@dataclass(frozen=True, slots=True)
class PhoneEvent:
    """An event as it lies on the phone: `signed` stays nowhere, tests look at it."""

    id: uuid.UUID
    seq: int
    kind: str
    claimed: int
    signed: bytes
    sealed: bytes

    @property
    def hash(self) -> str:
        """The SHA-256 of the sealed bytes, which the answer names."""
        return hashlib.sha256(self.sealed).hexdigest()

    def as_sent(self) -> dict[str, object]:
        """Return it as a batch carries it."""
        return {"id": str(self.id), "seq": self.seq, "sealed": b64(self.sealed)}


@dataclass(frozen=True, slots=True)
class PhoneRow:
    """What a row of the manifest says."""

    rev: int
    guardian: str
    last4: str
    sets: tuple[tuple[int, int, str, int], ...]
    proxies: tuple[tuple[int, str, str], ...]
    language: str
    flags: int

    @property
    def allotments(self) -> list[int]:
        """The sets that are due."""
        return [one[0] for one in self.sets]


def es256(key: EllipticCurvePrivateKey, message: bytes) -> bytes:
    """Return an ES256 signature, r ‖ s."""
    r, s = decode_dss_signature(key.sign(message, ECDSA(SHA256())))
    return r.to_bytes(32) + s.to_bytes(32)


def secret_of(scanned: str) -> bytes:
    """Return the secret of a token or of a typed code."""
    if not scanned.startswith("KZV1:"):
        return read_code(scanned)
    _, _, payload, _ = cbor2.loads(base45.b45decode(scanned.removeprefix("KZV1:")))
    secret: bytes = cbor2.loads(payload)[7]
    return secret


def b64(value: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def unb64(written: str) -> bytes:
    """Return the bytes of base64url without padding."""
    return base64.urlsafe_b64decode(written + "=" * (-len(written) % 4))
