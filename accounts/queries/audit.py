"""Reads of the audit trail."""

from datetime import datetime

from sqlalchemy import Select, or_, select

from accounts.models import User
from core.actors import Reach
from core.audit import AuditEntry
from territory.queries import district_condition


def select_audit(
    reach: Reach,
    *,
    pattern: str = "",
    text: str = "",
    actor_id: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Select[datetime, str, str, str, dict[str, object], int | None, int | None, str, str]:
    """Return what was done within the reach: when, action, subject and its id, detail, district, who.

    `pattern` is looked for in the name and login of who acted and in the action; `text` equals the id of the subject.
    What belongs to no district is seen only by who reaches everywhere.
    """
    statement = (
        select(
            AuditEntry.at,
            AuditEntry.action,
            AuditEntry.subject,
            AuditEntry.subject_id,
            AuditEntry.detail,
            AuditEntry.district_id,
            AuditEntry.actor_id,
            User.name,
            User.login,
        )
        .outerjoin(User, User.id == AuditEntry.actor_id)
        .where(district_condition(reach, AuditEntry.district_id))
    )
    if pattern:
        found = (User.search_text.like(pattern, escape="\\"), AuditEntry.action.like(pattern, escape="\\"))
        statement = statement.where(or_(*found, AuditEntry.subject_id == text))
    if actor_id is not None:
        statement = statement.where(AuditEntry.actor_id == actor_id)
    if since is not None:
        statement = statement.where(AuditEntry.at >= since)
    return statement if until is None else statement.where(AuditEntry.at <= until)
