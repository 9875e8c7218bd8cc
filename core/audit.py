"""The audit trail: who did what to which thing and when; rows are added and never changed."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import JSON, Index, String, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.database import Model


class AuditEntry(Model):
    """One act. `actor_id` is the user's id without a foreign key, so that core knows no users."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_district_id_at", "district_id", "at"),
        Index("ix_audit_entry_subject", "subject", "subject_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    district_id: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(index=True)
    actor_id: Mapped[int | None]
    action: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[str] = mapped_column(String(80))
    detail: Mapped[dict[str, object]] = mapped_column(JSON)


def record(
    session: Session,
    *,
    actor_id: int | None,
    action: str,
    subject: str,
    subject_id: str,
    at: datetime,
    district_id: int | None = None,
    detail: Mapping[str, object] | None = None,
) -> None:
    """Write one act into the trail, in the transaction of the act itself.

    `detail` holds figures and codes, never a name, an IIN, a phone number or a secret.
    """
    session.execute(
        insert(AuditEntry).values(
            id=uuid.uuid4(),
            district_id=district_id,
            at=at,
            actor_id=actor_id,
            action=action,
            subject=subject,
            subject_id=subject_id,
            detail=dict(detail or {}),
        )
    )


def record_many(
    session: Session,
    *,
    actor_id: int,
    action: str,
    subject: str,
    details: Iterable[tuple[str, Mapping[str, object]]],
    at: datetime,
) -> None:
    """Write the same act on many things into the trail in one statement; `details` has a pair for each thing."""
    rows = [
        {
            "id": uuid.uuid4(),
            "at": at,
            "actor_id": actor_id,
            "action": action,
            "subject": subject,
            "subject_id": subject_id,
            "detail": dict(detail),
        }
        for subject_id, detail in details
    ]
    if rows:
        session.execute(insert(AuditEntry), rows)
