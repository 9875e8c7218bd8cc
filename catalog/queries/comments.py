"""Reads of what people said about versions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.models import User
from catalog.models import KitVersion, KitVersionComment


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody said; `returned` when a draft was sent back with it."""

    author: str
    at: datetime
    body: str
    returned: bool


def list_comments(session: Session, version: KitVersion) -> Sequence[Comment]:
    """Return what was said about a version, the first word first."""
    statement = (
        select(User.name, KitVersionComment.at, KitVersionComment.body, KitVersionComment.returned)
        .join(User, User.id == KitVersionComment.author_id)
        .where(KitVersionComment.version_id == version.id)
        .order_by(KitVersionComment.at, KitVersionComment.id)
    )
    return [Comment(*row) for row in session.execute(statement)]
