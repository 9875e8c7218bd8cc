"""Key sets: written here, signed by the root elsewhere, accepted here."""

from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.orm import Session

from core.audit import record
from core.clock import milliseconds
from core.i18n import text
from distribution.errors.signing_keys import KeySetUnacceptable, NoKeySet
from distribution.models import KeySet, SigningKey
from distribution.queries.signing_keys import find_key_set, list_keys_for_set, list_signing_keys
from distribution.rules.cose import EDDSA, ES256
from distribution.rules.key_sets import KeySetRefused, PublicKey, WrittenKeys, payload_of, read_key_set, signed_by_root
from distribution.values.signing_keys import KeyAlgorithm

_NUMBERS = {KeyAlgorithm.EDDSA: EDDSA, KeyAlgorithm.ES256: ES256}


def written_key_set(session: Session) -> bytes:
    """Return the set of keys that counts, as the root signed it.

    Raises:
        NoKeySet: none was accepted yet.
    """
    found = find_key_set(session)
    if found is None:
        raise NoKeySet(text("No set of keys was accepted yet. Have the root key sign one."))
    return found.written


def draft_key_set(session: Session, *, at: datetime) -> WrittenKeys:
    """Return the next set as the root should sign it: every key that was not withdrawn and whose time is not over.

    Raises:
        NoKeySet: there is no key to tell.
    """
    keys = [_told(key) for key in list_keys_for_set(session, at=at)]
    if not keys:
        raise NoKeySet(text("There are no keys yet. They are made when the first vouchers of a quarter are issued."))
    last = find_key_set(session)
    return WrittenKeys(last.version + 1 if last else 1, milliseconds(at), keys)


def accept_key_set(session: Session, written: bytes, *, root: bytes, actor_id: int | None, at: datetime) -> KeySet:
    """Take a set that the root signed: it counts from now on, for devices from their next manifest on.

    Raises:
        KeySetUnacceptable: the root did not sign it, it is not newer than the one that counts, or it tells a key that
            is not ours or was withdrawn.
    """
    try:
        keys = read_key_set(written, root)
    except KeySetRefused:
        raise KeySetUnacceptable(
            text("The root key did not sign this file, or it was changed. Sign it again.")
        ) from None
    last = find_key_set(session)
    if last is not None and keys.version <= last.version:
        raise KeySetUnacceptable(
            text(
                "This is set %(old)s, but set %(new)s counts already. Write a new one and sign that.",
                old=keys.version,
                new=last.version,
            )
        )
    ours = {_told(key): key for key in list_signing_keys(session) if key.algorithm in _NUMBERS}
    for key in keys.keys:
        known = ours.get(key)
        if known is None or known.withdrawn_at is not None:
            raise KeySetUnacceptable(
                text("Key %(kid)s in it is not ours or was withdrawn. Write a new set.", kid=key.kid.hex())
            )
    made = KeySet(
        version=keys.version,
        written=written,
        made_at=datetime.fromtimestamp(keys.made / 1000, tz=at.tzinfo),
        accepted_at=at,
        accepted_by_id=actor_id,
    )
    session.add(made)
    session.flush()
    detail = {"keys": len(keys.keys)}
    record(
        session, actor_id=actor_id, action="key_set.accepted", subject="key_set", subject_id=str(keys.version), at=at,
        detail=detail,
    )  # fmt: skip
    return made


def renew_key_set(session: Session, root: Ed25519PrivateKey, *, actor_id: int | None, at: datetime) -> KeySet:
    """Write, sign and accept the next set at once, where the root lies beside the server: never in production.

    Raises:
        NoKeySet: there is no key to tell.
    """
    written = signed_by_root(payload_of(draft_key_set(session, at=at)), root)
    return accept_key_set(session, written, root=root.public_key().public_bytes_raw(), actor_id=actor_id, at=at)


def is_told(key: SigningKey, keys: WrittenKeys) -> bool:
    """Say whether a key stands in a set."""
    return key.algorithm in _NUMBERS and _told(key) in keys.keys


def _told(key: SigningKey) -> PublicKey:
    return PublicKey(
        key.kid,
        _NUMBERS[KeyAlgorithm(key.algorithm)],
        key.public_key,
        milliseconds(key.not_before),
        milliseconds(key.not_after),
        key.purpose,
        key.quarter.ordinal,
    )
