"""Keys of a quarter, one live key for each purpose; private halves are sealed at rest and opened only to be used."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    derive_private_key,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import update
from sqlalchemy.orm import Session

from core.audit import record
from core.crypto import FieldKeys
from core.i18n import text
from core.quarters import Quarter
from distribution.errors import NoSigningKey, SecondPersonNeeded
from distribution.errors.signing_keys import WithdrawalUnasked
from distribution.models import SigningKey
from distribution.queries.signing_keys import find_live_key, list_keys_of_purpose
from distribution.rules.cose import PrivateKey
from distribution.rules.tokens import KEY_ID_BYTES, Claims, signed_token
from distribution.rules.vouchers import expiry_of
from distribution.values.signing_keys import KeyAlgorithm, KeyPurpose

_CLOCKS_DIFFER = timedelta(hours=1)
"""How far a device's clock may lag behind ours without its refusing a fresh voucher."""

_USUAL = {
    KeyPurpose.VOUCHER: KeyAlgorithm.EDDSA,
    KeyPurpose.STATUS: KeyAlgorithm.EDDSA,
    KeyPurpose.RECEIPT: KeyAlgorithm.EDDSA,
    KeyPurpose.SEALING: KeyAlgorithm.HPKE,
}
_POINT_BYTES = 32


@dataclass(frozen=True, slots=True)
class Signer:
    """An opened signing key."""

    key_id: bytes
    key: PrivateKey

    def sign(self, claims: Claims) -> str:
        """Return the token of the claims."""
        return signed_token(claims, key_id=self.key_id, key=self.key)


def open_signer(
    session: Session,
    *,
    quarter: Quarter,
    at: datetime,
    actor_id: int | None,
    keys: FieldKeys,
    purpose: KeyPurpose = KeyPurpose.VOUCHER,
) -> Signer:
    """Return the signer of a quarter for a purpose; the first call makes the quarter's keys."""
    found = _live_key(session, quarter, purpose, at=at, actor_id=actor_id, keys=keys)
    return Signer(found.kid, opened_private(found, keys))


def sealing_key(
    session: Session, *, quarter: Quarter, at: datetime, actor_id: int | None, keys: FieldKeys
) -> SigningKey:
    """Return the key to which devices seal the events of a quarter; the first call makes the quarter's keys."""
    return _live_key(session, quarter, KeyPurpose.SEALING, at=at, actor_id=actor_id, keys=keys)


def open_sealing_keys(session: Session, kid: bytes, keys: FieldKeys) -> Sequence[EllipticCurvePrivateKey]:
    """Return the opened keys under a key id that devices sealed to, each to be tried; also withdrawn ones."""
    found = (opened_private(row, keys) for row in list_keys_of_purpose(session, kid, KeyPurpose.SEALING))
    return [key for key in found if isinstance(key, EllipticCurvePrivateKey)]


def opened_private(key: SigningKey, keys: FieldKeys) -> PrivateKey:
    """Return the private half of a key."""
    raw = keys.open_key(key.private_sealed)
    if key.algorithm == KeyAlgorithm.EDDSA:
        return Ed25519PrivateKey.from_private_bytes(raw)
    return derive_private_key(int.from_bytes(raw), SECP256R1())


def make_quarter_keys(
    session: Session, *, quarter: Quarter, at: datetime, actor_id: int | None, keys: FieldKeys
) -> Sequence[SigningKey]:
    """Make whatever keys a quarter is still without, one for each purpose; return the new ones."""
    return [
        make_signing_key(session, quarter=quarter, at=at, actor_id=actor_id, keys=keys, purpose=purpose)
        for purpose in KeyPurpose
        if find_live_key(session, quarter, purpose) is None
    ]


def make_signing_key(
    session: Session,
    *,
    quarter: Quarter,
    at: datetime,
    actor_id: int | None,
    keys: FieldKeys,
    purpose: KeyPurpose = KeyPurpose.VOUCHER,
    algorithm: KeyAlgorithm | None = None,
) -> SigningKey:
    """Make a new key for a quarter; what is signed from now on is signed with it, earlier signatures go on counting."""
    algorithm = algorithm or _USUAL[purpose]
    public, private = _new_pair(algorithm)
    made = SigningKey(
        kid=secrets.token_bytes(KEY_ID_BYTES),
        quarter=quarter,
        algorithm=algorithm,
        public_key=public,
        private_sealed=keys.seal_key(private),
        purpose=purpose,
        not_before=at - _CLOCKS_DIFFER,
        not_after=expiry_of(quarter),
    )
    session.add(made)
    session.flush()
    _record(session, made, "signing_key.made", actor_id=actor_id, at=at)
    return made


def ask_withdrawal(session: Session, key: SigningKey, *, reason: str, actor_id: int, at: datetime) -> None:
    """Ask to withdraw a key; nothing changes until another person approves.

    Raises:
        NoSigningKey: it was withdrawn before.
        WithdrawalUnasked: somebody asks already.
    """
    if key.withdrawn_at is not None:
        raise NoSigningKey(text("This key was withdrawn before."))
    asking = update(SigningKey).where(
        SigningKey.id == key.id, SigningKey.withdrawn_at.is_(None), SigningKey.withdraw_asked_at.is_(None)
    )
    values = {"withdraw_asked_at": at, "withdraw_asked_by_id": actor_id, "withdraw_reason": reason}
    if session.execute(asking.values(values).returning(SigningKey.id)).scalar() is None:
        raise WithdrawalUnasked(text("Somebody asks to withdraw this key already. Approve or refuse that."))
    _record(session, key, "signing_key.withdrawal_asked", actor_id=actor_id, at=at)


def refuse_withdrawal(session: Session, key: SigningKey, *, actor_id: int, at: datetime) -> None:
    """Let a key be: it counts as before. Who asked may take it back, too.

    Raises:
        WithdrawalUnasked: nobody asks, or it was decided before.
    """
    refusing = update(SigningKey).where(
        SigningKey.id == key.id, SigningKey.withdrawn_at.is_(None), SigningKey.withdraw_asked_at.is_not(None)
    )
    values = {"withdraw_asked_at": None, "withdraw_asked_by_id": None, "withdraw_reason": ""}
    if session.execute(refusing.values(values).returning(SigningKey.id)).scalar() is None:
        raise WithdrawalUnasked(text("Nobody asks to withdraw this key, or it was decided before."))
    _record(session, key, "signing_key.withdrawal_refused", actor_id=actor_id, at=at)


def withdraw_signing_key(session: Session, key: SigningKey, *, actor_id: int, at: datetime) -> None:
    """Withdraw a key that another person asked to withdraw: whatever it signed is refused from now on.

    Raises:
        SecondPersonNeeded: the same person asked.
        WithdrawalUnasked: nobody asks, or it was decided before.
    """
    if key.withdraw_asked_by_id == actor_id:
        raise SecondPersonNeeded(text("You asked for this yourself. Another person approves it."))
    withdrawing = update(SigningKey).where(
        SigningKey.id == key.id,
        SigningKey.withdrawn_at.is_(None),
        SigningKey.withdraw_asked_by_id.is_not(None),
        SigningKey.withdraw_asked_by_id != actor_id,
    )
    values = {"withdrawn_at": at, "withdrawn_by_id": actor_id}
    if session.execute(withdrawing.values(values).returning(SigningKey.id)).scalar() is None:
        raise WithdrawalUnasked(text("Nobody asks to withdraw this key, or it was decided before."))
    _record(session, key, "signing_key.withdrawn", actor_id=actor_id, at=at)


def _live_key(
    session: Session, quarter: Quarter, purpose: KeyPurpose, *, at: datetime, actor_id: int | None, keys: FieldKeys
) -> SigningKey:
    found = find_live_key(session, quarter, purpose)
    if found is None:
        made = make_quarter_keys(session, quarter=quarter, at=at, actor_id=actor_id, keys=keys)
        found = next(key for key in made if key.purpose == purpose)
    return found


def _new_pair(algorithm: KeyAlgorithm) -> tuple[bytes, bytes]:
    """Return the public and the private half of a new key."""
    if algorithm == KeyAlgorithm.EDDSA:
        edwards = Ed25519PrivateKey.generate()
        return edwards.public_key().public_bytes_raw(), edwards.private_bytes_raw()
    curve = generate_private_key(SECP256R1())
    public = curve.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return public, curve.private_numbers().private_value.to_bytes(_POINT_BYTES)


def _record(session: Session, key: SigningKey, action: str, *, actor_id: int | None, at: datetime) -> None:
    detail = {"quarter": str(key.quarter), "kid": key.kid.hex(), "purpose": str(key.purpose)}
    record(
        session, actor_id=actor_id, action=action, subject="signing_key", subject_id=str(key.id), at=at, detail=detail
    )
