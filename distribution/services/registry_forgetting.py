"""What imports leave behind is forgotten in time: their files, and imports that nobody decides about.

A file that was discarded, could not be read or was undone is forgotten at once, where that is done.
"""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actors import Actor
from distribution.models import RegistryBatch
from distribution.services.registry_acts import LOOKED_AT, forget_file, forget_rows, take_step, trace
from distribution.values import BatchStatus

_FILE_IS_KEPT = timedelta(days=30)
_IMPORT_MAY_WAIT = timedelta(days=90)


def forget_old_files(session: Session, at: datetime) -> None:
    """Forget the files of imports that were confirmed a month ago."""
    old = select(RegistryBatch).where(
        RegistryBatch.file_id.is_not(None),
        RegistryBatch.status == BatchStatus.CONFIRMED,
        RegistryBatch.confirmed_at < at - _FILE_IS_KEPT,
    )
    for batch in session.scalars(old).all():
        forget_file(session, batch)


def discard_waiting(session: Session, *, actor: Actor, at: datetime) -> None:
    """Discard the imports that nobody decided about for a quarter of a year; the file may be brought in again."""
    waiting = select(RegistryBatch).where(
        RegistryBatch.status.in_(LOOKED_AT), RegistryBatch.staged_at < at - _IMPORT_MAY_WAIT
    )
    for batch in session.scalars(waiting).all():
        take_step(session, batch, *LOOKED_AT, status=BatchStatus.DISCARDED)
        forget_rows(session, batch.id)
        forget_file(session, batch)
        trace(session, batch, "registry.discarded", actor=actor, at=at, days=_IMPORT_MAY_WAIT.days)
