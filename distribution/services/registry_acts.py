"""What every act on an import begins and ends with: the actor's reach, one step at a time, the audit trail."""

from datetime import datetime

from sqlalchemy import CursorResult, delete, update
from sqlalchemy.orm import Session

from core.actors import Actor, Reach
from core.audit import record
from core.i18n import text
from core.stored_files import drop_file
from distribution.errors import BatchClosed, NotYourStep
from distribution.models import RegistryBatch, RegistryGone, RegistryRow
from distribution.permissions import DistributionRight
from distribution.values import BatchStatus

UNCHECKED = (BatchStatus.UPLOADED, BatchStatus.CHECKING)
LOOKED_AT = (*UNCHECKED, BatchStatus.STAGED)


def reach_of(actor: Actor, right: DistributionRight) -> Reach:
    """Return how far the actor's right reaches.

    Raises:
        NotYourStep: they do not hold it.
    """
    if not actor.may(right):
        raise NotYourStep(
            text(
                "%(login)s may not do this with the registry. It takes a role of a district, a region or the ministry.",
                login=actor.login,
            )
        )
    return actor.reach(right)


def take_step(session: Session, batch: RegistryBatch, *before: BatchStatus, **values: object) -> None:
    """Take a step, once: the row's own condition decides between two people.

    Raises:
        BatchClosed: somebody took it, or another one, before.
    """
    statement = update(RegistryBatch).where(RegistryBatch.id == batch.id, RegistryBatch.status.in_(before))
    done = session.execute(statement.values(**values).execution_options(synchronize_session=False))
    if not isinstance(done, CursorResult) or done.rowcount != 1:
        raise BatchClosed(
            text("This import was already confirmed or discarded. Open it again and look at how it stands.")
        )
    session.refresh(batch)


def forget_rows(session: Session, batch_id: int, *, with_gone: bool = True) -> None:
    """Forget the rows that waited, and by default whom the file did not name; what was remarked of rows stays."""
    for model in (RegistryRow, RegistryGone) if with_gone else (RegistryRow,):
        statement = delete(model).where(model.batch_id == batch_id)
        session.execute(statement.execution_options(synchronize_session=False))


def forget_file(session: Session, batch: RegistryBatch) -> None:
    """Forget the file that was sent, and the rows of its top that were kept to name its columns by."""
    forget_top(batch)
    if batch.file_id is not None:
        drop_file(session, batch.file_id)
        batch.file_id = None


def forget_top(batch: RegistryBatch) -> None:
    """Forget the first rows of a file; which of its columns was which stays."""
    if batch.columns is not None:
        batch.columns = {name: kept for name, kept in batch.columns.items() if name != "sealed"}


def trace(session: Session, batch: RegistryBatch, action: str, *, actor: Actor, at: datetime, **detail: object) -> None:
    """Write the act into the audit trail, without anything personal."""
    record(
        session,
        actor_id=actor.id,
        action=action,
        subject="registry_batch",
        subject_id=str(batch.id),
        at=at,
        detail=detail,
    )
