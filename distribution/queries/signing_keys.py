"""Reads of signing keys."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.quarters import Quarter
from distribution.models import SigningKey


def find_live_key(session: Session, quarter: Quarter) -> SigningKey | None:
    """Return the newest key of a quarter that was not withdrawn, or None."""
    live = select(SigningKey).where(SigningKey.quarter == quarter, SigningKey.withdrawn_at.is_(None))
    return session.scalars(live.order_by(SigningKey.id.desc()).limit(1)).first()


def list_keys_of_id(session: Session, kid: bytes) -> Sequence[SigningKey]:
    """Return the keys under a key id that were not withdrawn; several quarters may share one."""
    return session.scalars(
        select(SigningKey).where(SigningKey.kid == kid, SigningKey.withdrawn_at.is_(None)).order_by(SigningKey.id)
    ).all()
