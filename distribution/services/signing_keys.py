"""Keys that sign vouchers: one live key per quarter; its private half is sealed at rest and opened only to sign."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import update
from sqlalchemy.orm import Session

from core.audit import record
from core.crypto import FieldKeys
from core.i18n import text
from core.quarters import Quarter
from distribution.errors import NoSigningKey
from distribution.models import SigningKey
from distribution.queries.signing_keys import find_live_key
from distribution.rules.tokens import KEY_ID_BYTES, Claims, signed_token
from distribution.rules.vouchers import expiry_of

ALGORITHM = "EdDSA"
PURPOSE = "voucher"
_CLOCKS_DIFFER = timedelta(hours=1)
"""How far a device's clock may lag behind ours without its refusing a fresh voucher."""


@dataclass(frozen=True, slots=True)
class Signer:
    """An opened signing key."""

    key_id: bytes
    key: Ed25519PrivateKey

    def sign(self, claims: Claims) -> str:
        """Return the token of the claims."""
        return signed_token(claims, key_id=self.key_id, key=self.key)


def open_signer(session: Session, *, quarter: Quarter, at: datetime, actor_id: int | None, keys: FieldKeys) -> Signer:
    """Return the signer of a quarter; the first call makes its key."""
    found = find_live_key(session, quarter)
    if found is None:
        found = make_signing_key(session, quarter=quarter, at=at, actor_id=actor_id, keys=keys)
    return Signer(found.kid, Ed25519PrivateKey.from_private_bytes(keys.open_key(found.private_sealed)))


def make_signing_key(
    session: Session, *, quarter: Quarter, at: datetime, actor_id: int | None, keys: FieldKeys
) -> SigningKey:
    """Make a new Ed25519 key for a quarter; what is signed from now on is signed with it."""
    private = Ed25519PrivateKey.generate()
    made = SigningKey(
        kid=secrets.token_bytes(KEY_ID_BYTES),
        quarter=quarter,
        algorithm=ALGORITHM,
        public_key=private.public_key().public_bytes_raw(),
        private_sealed=keys.seal_key(private.private_bytes_raw()),
        purpose=PURPOSE,
        not_before=at - _CLOCKS_DIFFER,
        not_after=expiry_of(quarter),
    )
    session.add(made)
    session.flush()
    _record(session, made, "signing_key.made", actor_id=actor_id, at=at)
    return made


def withdraw_signing_key(session: Session, key: SigningKey, *, actor_id: int, at: datetime) -> None:
    """Withdraw a key: whatever it signed is refused from now on, and its families need new vouchers.

    Raises:
        NoSigningKey: it was withdrawn before.
    """
    withdrawing = update(SigningKey).where(SigningKey.id == key.id, SigningKey.withdrawn_at.is_(None))
    if session.execute(withdrawing.values(withdrawn_at=at).returning(SigningKey.id)).scalar() is None:
        raise NoSigningKey(text("This key was withdrawn before."))
    _record(session, key, "signing_key.withdrawn", actor_id=actor_id, at=at)


def _record(session: Session, key: SigningKey, action: str, *, actor_id: int | None, at: datetime) -> None:
    detail = {"quarter": str(key.quarter), "kid": key.kid.hex()}
    record(
        session, actor_id=actor_id, action=action, subject="signing_key", subject_id=str(key.id), at=at, detail=detail
    )
