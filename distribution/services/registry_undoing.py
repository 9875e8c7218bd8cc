"""Undoing of an import by a batch of its own, while nothing stands on it: all is as before, what was new is out.

Nothing is deleted: who was new is out from today on, and a later file that names them takes them in again.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Select, Update, insert, literal, select, update
from sqlalchemy.orm import Session

from core.actors import Actor
from core.clock import today
from core.database import Model
from core.i18n import text
from distribution.errors import BatchClosed, ImportInUse
from distribution.models import (
    AssistanceCase,
    Child,
    Family,
    PastCase,
    PastChild,
    PastFamily,
    RegistryBatch,
    RegistryBatchDistrict,
)
from distribution.permissions import DistributionRight
from distribution.queries.registry import get_batch
from distribution.queries.registry_changes import UNDONE
from distribution.queries.registry_undo import find_undo_blocks, find_undoing
from distribution.services.registry_acts import forget_file, reach_of, take_step, trace
from distribution.services.registry_merging import Merge, keep_past, past_columns
from distribution.values import BatchStatus, CaseStatus

_PASTS: Mapping[type[Model], tuple[type[Model], str]] = {
    Family: (PastFamily, "family_id"),
    AssistanceCase: (PastCase, "case_id"),
    Child: (PastChild, "child_id"),
}


def undo_batch(session: Session, *, batch_id: int, actor: Actor, at: datetime) -> RegistryBatch:
    """Ask for a confirmed import to be taken back: a batch of its own, which another person confirms.

    Raises:
        BatchClosed: it is not in force, or is being undone already. ImportInUse: something stands on it.
        BatchUnknown, NotYourStep.
    """
    reach = reach_of(actor, DistributionRight.IMPORT_REGISTRY)
    batch = get_batch(session, batch_id, reach=reach, actor_id=actor.id)
    if batch.status != BatchStatus.CONFIRMED or batch.undoes_id is not None or find_undoing(session, batch):
        raise BatchClosed(text("Only an import in force can be undone, and once. Open it again and look."))
    _refuse_in_use(session, batch)
    undoing = RegistryBatch(
        file_name=batch.file_name,
        file_hash=hashlib.sha256(b"undo" + batch.file_hash + batch.id.to_bytes(8, "big")).digest(),
        status=BatchStatus.STAGED,
        row_count=0,
        accepted_count=0,
        refused_count=0,
        note_count=0,
        new_children=batch.new_children,
        changed_children=batch.changed_children,
        missing_children=batch.missing_children,
        staged_by_id=actor.id,
        staged_at=at,
        undoes_id=batch.id,
    )
    session.add(undoing)
    session.flush()
    districts = select(literal(undoing.id), RegistryBatchDistrict.district_id, RegistryBatchDistrict.child_count).where(
        RegistryBatchDistrict.batch_id == batch.id
    )
    session.execute(insert(RegistryBatchDistrict).from_select(["batch_id", "district_id", "child_count"], districts))
    trace(session, undoing, "registry.undo_asked", actor=actor, at=at, undoes=batch.id)
    return undoing


def take_back(session: Session, undoing: RegistryBatch, merge: Merge) -> None:
    """Make what an import changed as it was before, and let out what was new by it.

    Raises:
        ImportInUse: something stands on it by now. BatchClosed: it is not in force.
    """
    batch = session.get_one(RegistryBatch, undoing.undoes_id)
    _refuse_in_use(session, batch)
    take_step(session, batch, BatchStatus.CONFIRMED, status=BatchStatus.UNDONE)
    for model in _PASTS:
        _restore(session, model, batch.id, merge)
    children = select(Child.id).where(Child.entered_batch_id == batch.id)
    keep_past(session, PastChild, children.where(Child.ended_on.is_(None)), merge)
    out = update(Child).where(Child.entered_batch_id == batch.id, Child.ended_on.is_(None))
    _carry_out(session, out.values(ended_on=today(merge.at), ended_reason=UNDONE))
    keep_past(session, PastCase, _new_cases(batch.id), merge)
    withdrawn = update(AssistanceCase).where(AssistanceCase.entered_batch_id == batch.id)
    _carry_out(session, withdrawn.values(status=CaseStatus.WITHDRAWN, reason=UNDONE, batch_id=merge.batch_id))
    forget_file(session, batch)
    session.flush()


def _new_cases(batch_id: int) -> Select[int]:
    return select(AssistanceCase.id).where(AssistanceCase.entered_batch_id == batch_id)


def _restore(session: Session, model: type[Model], batch_id: int, merge: Merge) -> None:
    """Give rows the facts that they had before an import changed them; what they are now is kept, too."""
    past, key = _PASTS[model]
    table, kept = model.__table__, past.__table__
    keep_past(session, past, select(kept.c[key]).where(kept.c["batch_id"] == batch_id), merge)
    restored = update(model).where(table.c["id"] == kept.c[key], kept.c["batch_id"] == batch_id)
    values: dict[str, object] = {name: kept.c[name] for name in past_columns(past)}
    if model is AssistanceCase:
        values["batch_id"] = merge.batch_id
    _carry_out(session, restored.values(values))


def _carry_out(session: Session, statement: Update) -> None:
    session.execute(statement.execution_options(synchronize_session=False))


def _refuse_in_use(session: Session, batch: RegistryBatch) -> None:
    if find_undo_blocks(session, batch):
        raise ImportInUse(
            text("This cannot be undone as a whole, because something that came later stands on it. Open it and look.")
        )
