"""The proof with which a device shows who it is: an ES256 signature over a request, carried in one header.

Source: the protocol of the hand-over without a network, "Device and its proof"; RFC 7518 §3.4 (a signature is r ‖ s).
"""

import base64
import binascii
import hashlib
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

HEADER = "Toptama-Device"
KEY_BYTES = 65
"""An uncompressed point of P-256."""

STALE_AFTER = timedelta(minutes=10)
"""How far the time of a proof may be from ours."""

_PARTS = 3
_LONGEST_TIME = 16
_LONGEST_SIGNATURE = 100
_HALF = 32
_LATEST = 2**53 - 1


class ProofUnreadable(ValueError):
    """The header is not a proof as the protocol writes it."""


@dataclass(frozen=True, slots=True)
class DeviceProof:
    """What a device says of itself; `time` in milliseconds since 1970, as it knows ours."""

    device_id: uuid.UUID
    time: int
    signature: bytes

    def is_stale(self, at: datetime) -> bool:
        """Say whether its time is too far from ours."""
        return abs(self.time - at.timestamp() * 1000) > STALE_AFTER.total_seconds() * 1000


def read_proof(header: str) -> DeviceProof:
    """Return the proof of a header.

    Raises:
        ProofUnreadable: it is none.
    """
    parts = header.split(".")
    if len(parts) != _PARTS or not (parts[1].isascii() and parts[1].isdigit()) or len(parts[1]) > _LONGEST_TIME:
        raise ProofUnreadable("three parts: device, time, signature")
    try:
        device_id, signature = uuid.UUID(parts[0]), read_b64(parts[2], longest=_LONGEST_SIGNATURE)
    except ValueError:
        raise ProofUnreadable("no device, or no signature") from None
    time = int(parts[1])
    if len(signature) != 2 * _HALF or time > _LATEST:
        raise ProofUnreadable("a signature has 64 bytes")
    return DeviceProof(device_id, time, signature)


def proof_text(*, method: str, path: str, time: int, body: bytes) -> bytes:
    """Return what a proof signs."""
    return f"{method}\n{path}\n{time}\n{hashlib.sha256(body).hexdigest()}".encode()


def is_device_signature(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Say whether a device's key (65 bytes) made a signature (r ‖ s, 64 bytes) over a message."""
    if len(signature) != 2 * _HALF:
        return False
    halves = (int.from_bytes(signature[:_HALF]), int.from_bytes(signature[_HALF:]))
    try:
        read_device_key(public_key).verify(encode_dss_signature(*halves), message, ECDSA(SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


def read_device_key(public_key: bytes) -> EllipticCurvePublicKey:
    """Return the P-256 key of 65 bytes.

    Raises:
        ValueError: it has another length, or is no point of the curve.
    """
    if len(public_key) != KEY_BYTES:
        raise ValueError("a key has 65 bytes")
    return EllipticCurvePublicKey.from_encoded_point(SECP256R1(), public_key)


def instant_of(time: int) -> datetime:
    """Return the instant of milliseconds since 1970.

    Raises:
        ValueError: no calendar reaches that far.
    """
    try:
        return datetime.fromtimestamp(time / 1000, UTC)
    except OverflowError:
        raise ValueError("no such instant") from None


def write_b64(value: bytes) -> str:
    """Return base64url without padding (RFC 4648 §5)."""
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode("ascii")


def read_b64(written: str, *, longest: int) -> bytes:
    """Return the bytes of base64url without padding, written exactly as `write_b64` does.

    Raises:
        ValueError: it is not, or longer than `longest` signs.
    """
    if len(written) > longest or not written.isascii():
        raise ValueError("too long, or not base64url")
    try:
        value = base64.urlsafe_b64decode(written + "=" * (-len(written) % 4))
    except binascii.Error:
        raise ValueError("not base64url") from None
    if write_b64(value) != written:
        raise ValueError("not base64url as we write it")
    return value
