"""Reads of what became of an item, out of the audit trail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from accounts.models import User
from catalog.models import Item
from core.audit import AuditEntry


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field before and after; None or empty where it said nothing."""

    field: str
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class ItemChange:
    """One act on an item: when, who (None: a program), which act, the revision it led to, and what changed."""

    at: datetime
    who: str | None
    action: str
    revision: int
    fields: tuple[FieldChange, ...]


def list_history(session: Session, item: Item, *, most: int = 50) -> Sequence[ItemChange]:
    """Return what was done with an item, the latest first; what the catalogue began with left no trace."""
    return [_change(row) for row in session.execute(_acts_on(item).limit(most))]


def list_changes_since(session: Session, item: Item, revision: int) -> Sequence[ItemChange]:
    """Return what was done with an item after a revision, the latest first."""
    return [one for one in list_history(session, item) if one.revision > revision]


def find_last_change(session: Session, item: Item) -> ItemChange | None:
    """Return the last act on an item, or None when there is no trace of any."""
    row = session.execute(_acts_on(item).limit(1)).first()
    return None if row is None else _change(row)


def _acts_on(item: Item) -> Select[datetime, str, str, dict[str, object]]:
    return (
        select(AuditEntry.at, User.name, AuditEntry.action, AuditEntry.detail)
        .outerjoin(User, User.id == AuditEntry.actor_id)
        .where(AuditEntry.subject == "item", AuditEntry.subject_id == item.code)
        .order_by(AuditEntry.at.desc(), AuditEntry.id)
    )


def _change(row: Row[datetime, str, str, dict[str, object]]) -> ItemChange:
    at, who, action, detail = row
    changes = detail.get("changes")
    revision = detail.get("revision")
    pairs = changes.items() if isinstance(changes, dict) else ()
    return ItemChange(
        at=at,
        who=who,
        action=action,
        revision=revision if isinstance(revision, int) else 0,
        fields=tuple(FieldChange(name, before, after) for name, (before, after) in pairs),
    )
