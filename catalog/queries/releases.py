"""Reads of what is published: the quarters whose standards are fixed, and the approved versions up to a quarter."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.models import FixedQuarter, KitKind, KitVersion
from catalog.values import SealedVersion, VersionStatus
from core.quarters import Quarter


def fixed_quarters(session: Session) -> Mapping[Quarter, datetime]:
    """Return the quarters whose standards are fixed, the latest first, with when that was."""
    statement = select(FixedQuarter.quarter, FixedQuarter.fixed_at).order_by(FixedQuarter.quarter.desc())
    return dict(session.execute(statement).all())


def list_sealed(session: Session) -> Sequence[SealedVersion]:
    """Return every approved version as it was sealed, by kind and number."""
    statement = (
        select(
            KitKind.code,
            KitVersion.number,
            KitVersion.effective_from,
            KitVersion.approved_at,
            KitVersion.content,
            KitVersion.content_hash,
        )
        .join(KitKind, KitKind.id == KitVersion.kit_kind_id)
        .where(KitVersion.status == VersionStatus.APPROVED)
    )
    found = [
        SealedVersion(kit, number, begins, approved_at, content, digest)
        for kit, number, begins, approved_at, content, digest in session.execute(statement)
        if approved_at is not None and content is not None and digest is not None
    ]
    return sorted(found, key=lambda one: (one.kit, one.number))
