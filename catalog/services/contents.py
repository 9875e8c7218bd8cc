"""Sealing of what a version of a standard says: canonical JSON and its hash, written into the version's row."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.models import KitVersion
from catalog.queries.contents import build_content
from catalog.rules.contents import canonical_json, content_hash
from catalog.values import VersionStatus


def seal_content(session: Session, version: KitVersion) -> str:
    """Write what the rows of a version say now into it, and return the hash."""
    version.content = canonical_json(build_content(session, version))
    version.content_hash = content_hash(version.content)
    session.flush()
    return version.content_hash


def seal_contents(session: Session) -> None:
    """Seal versions that were approved before contents were kept, such as the facts every catalogue starts with.

    Twice is as good as once: the database refuses to change what is sealed.
    """
    statement = select(KitVersion).where(KitVersion.status == VersionStatus.APPROVED, KitVersion.content.is_(None))
    for version in session.scalars(statement.order_by(KitVersion.id)).all():
        seal_content(session, version)
