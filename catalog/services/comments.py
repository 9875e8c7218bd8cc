"""What people say about a version: added, never changed."""

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from catalog.errors import CommentNotAllowed, VersionMalformed
from catalog.models import KitVersion, KitVersionComment
from catalog.permissions import CatalogRight
from catalog.queries.versions import lock_version
from catalog.services.version_steps import record_step
from core.actors import Actor
from core.i18n import text
from core.text import clean

LONGEST = 2000


def comment_version(session: Session, version: KitVersion, *, words: str, actor: Actor, at: datetime) -> None:
    """Say something about a version, whatever its state.

    Raises:
        CommentNotAllowed, VersionUnknown: no right to comment, or the draft was discarded.
        VersionMalformed: nothing is said, or too much.
    """
    if not actor.may(CatalogRight.COMMENT_STANDARDS):
        raise CommentNotAllowed(text("The ministry, regions and districts comment on standards."))
    locked = lock_version(session, version.id)
    add_comment(session, locked, words=words, returned=False, actor=actor, at=at)
    record_step(session, locked, "comment_version", actor=actor, at=at)


def add_comment(
    session: Session, version: KitVersion, *, words: str, returned: bool, actor: Actor, at: datetime
) -> None:
    """Write a comment down; paragraphs stay, what nobody can see does not.

    Raises:
        VersionMalformed: nothing is said, or too much.
    """
    body = "\n".join(line for line in map(clean, words.splitlines()) if line)
    if not body:
        raise VersionMalformed(text("Write what should change."))
    if len(body) > LONGEST:
        raise VersionMalformed(text("Shorten this to %(n)s characters.", n=LONGEST))
    session.add(
        KitVersionComment(
            id=uuid.uuid4(), version_id=version.id, author_id=actor.id, at=at, returned=returned, body=body
        )
    )
    session.flush()
