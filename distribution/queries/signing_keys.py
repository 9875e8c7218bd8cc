"""Reads of signing keys and of the sets in which the root signed them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.i18n import text
from core.quarters import Quarter
from distribution.errors.signing_keys import KeyUnknown
from distribution.models import KeySet, SigningKey
from distribution.rules.key_sets import print_of
from distribution.rules.tokens import TokenKey
from distribution.values.signing_keys import KeyPurpose

IN_SETS = (KeyPurpose.VOUCHER, KeyPurpose.STATUS, KeyPurpose.RECEIPT)
"""What a set tells; keys that devices seal to travel with each manifest."""


def find_live_key(session: Session, quarter: Quarter, purpose: KeyPurpose) -> SigningKey | None:
    """Return the newest key of a quarter for a purpose that was not withdrawn, or None."""
    live = select(SigningKey).where(
        SigningKey.quarter == quarter, SigningKey.purpose == purpose, SigningKey.withdrawn_at.is_(None)
    )
    return session.scalars(live.order_by(SigningKey.id.desc()).limit(1)).first()


def list_token_keys(session: Session, kid: bytes) -> Sequence[TokenKey]:
    """Return the keys of vouchers under a key id that were not withdrawn; several quarters may share one."""
    found = select(SigningKey.public_key, SigningKey.quarter).where(
        SigningKey.kid == kid, SigningKey.purpose == KeyPurpose.VOUCHER, SigningKey.withdrawn_at.is_(None)
    )
    return [TokenKey(public, quarter.ordinal) for public, quarter in session.execute(found.order_by(SigningKey.id))]


def list_keys_of_purpose(session: Session, kid: bytes, purpose: KeyPurpose) -> Sequence[SigningKey]:
    """Return all keys of a purpose under a key id, the withdrawn ones too: what came under them is still ours."""
    found = select(SigningKey).where(SigningKey.kid == kid, SigningKey.purpose == purpose)
    return session.scalars(found.order_by(SigningKey.id)).all()


def list_signing_keys(session: Session) -> Sequence[SigningKey]:
    """Return every key, the newest quarter first."""
    order = (SigningKey.quarter.desc(), SigningKey.purpose, SigningKey.id.desc())
    return session.scalars(select(SigningKey).order_by(*order)).all()


def get_signing_key(session: Session, key_id: int) -> SigningKey:
    """Return a key.

    Raises:
        KeyUnknown: there is none.
    """
    found = session.get(SigningKey, key_id)
    if found is None:
        raise KeyUnknown(text("There is no such key."))
    return found


def list_keys_for_set(session: Session, *, at: datetime) -> Sequence[SigningKey]:
    """Return the keys that the next set tells: those that were not withdrawn and whose time is not over."""
    found = select(SigningKey).where(
        SigningKey.purpose.in_(IN_SETS), SigningKey.withdrawn_at.is_(None), SigningKey.not_after > at
    )
    return session.scalars(found.order_by(SigningKey.id)).all()


def list_withdrawn_prints(session: Session) -> list[str]:
    """Return the SHA-256 of every withdrawn key in hexadecimal digits: devices drop those at once."""
    found = select(SigningKey.public_key).where(SigningKey.purpose.in_(IN_SETS), SigningKey.withdrawn_at.is_not(None))
    return [print_of(key) for key in session.scalars(found.order_by(SigningKey.id))]


def find_key_set(session: Session) -> KeySet | None:
    """Return the set that counts, or None before the first."""
    return session.scalars(select(KeySet).order_by(KeySet.version.desc()).limit(1)).first()
