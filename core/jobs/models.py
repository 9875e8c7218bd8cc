"""The table of jobs."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Model

_LIVE = "state IN ('waiting', 'running')"


class JobState(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    BROKEN = "broken"


class Job(Model):
    """One piece of long work; of one kind and subject only one is waiting or running.

    `step` is the sentence of what is being done, `done` of `total` how far it is (0 of 0: not countable). `result`
    holds what the page of the result needs; `refusal` the code and sentence of why it was not done.
    """

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'running', 'done', 'refused', 'cancelled', 'broken')", name="state"),
        Index("uq_job_live", "kind", "subject", unique=True, sqlite_where=text(_LIVE), postgresql_where=text(_LIVE)),
        Index("ix_job_asked_by_id", "asked_by_id", "asked_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(80))
    arguments: Mapped[dict[str, object]]
    asked_by_id: Mapped[int]
    asked_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10))
    worker: Mapped[str] = mapped_column(String(120), default="")
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    step: Mapped[dict[str, object] | None]
    step_at: Mapped[datetime | None]
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    cancel_asked_at: Mapped[datetime | None]
    result: Mapped[dict[str, object] | None]
    refusal: Mapped[dict[str, object] | None]
