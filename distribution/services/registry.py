"""Imports of a registry: a file is staged by one person, then confirmed or discarded; until then it changes nothing."""

import hashlib
from datetime import datetime

from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.orm import Session

from accounts.models import User
from core.actors import Actor, Reach
from core.audit import record
from core.crypto import FieldKeys
from core.dialects import gather_statistics, insert_into
from core.i18n import Text, format_instant, text
from core.tabular import Table
from core.text import clean
from distribution.errors import (
    BatchClosed,
    NotYourFamilies,
    NotYourStep,
    RegistryAlreadyLoaded,
    SecondPersonNeeded,
)
from distribution.models import AssistanceCase, Child, Family, RegistryBatch, RegistryRow
from distribution.permissions import DistributionRight
from distribution.queries.registry import get_batch
from distribution.services.registry_merging import (
    count_changes,
    count_outside,
    flag_missing,
    merge_cases,
    merge_children,
    merge_families,
)
from distribution.services.registry_reading import judged_rows
from distribution.services.registry_staging import RowCounts, write_rows
from distribution.values import BatchStatus
from territory.queries import district_condition, list_districts


def stage_batch(
    session: Session, *, table: Table, file_name: str, actor: Actor, keys: FieldKeys, at: datetime
) -> RegistryBatch:
    """Take a file in: its accepted rows wait for another person, everything that was remarked is kept with it.

    Rows of districts out of the actor's reach are refused as `district_unknown`.

    Raises:
        RegistryAlreadyLoaded: the same file is staged or confirmed already, perhaps since a moment ago.
        NotTheTemplate, FileRefused: it is not a registry. NotYourStep: the actor may not import.
    """
    reach = _reach_of(actor, DistributionRight.IMPORT_REGISTRY)
    digest = _digest_within(table.digest, reach)
    batch = _claim(session, digest=digest, file_name=clean(file_name)[:200], actor=actor, at=at)
    districts = {district.kato: district.id for district in list_districts(session, reach)}
    counts = write_rows(session, batch_id=batch.id, rows=judged_rows(table, districts=districts), keys=keys)
    changes = count_changes(session, batch.id)
    batch.row_count, batch.accepted_count = counts.rows, counts.accepted
    batch.refused_count, batch.note_count = counts.refused, counts.notes
    batch.new_children, batch.changed_children, batch.missing_children = changes.new, changes.changed, changes.missing
    session.flush()
    detail: dict[str, object] = {"rows": counts.rows, "accepted": counts.accepted}
    _record(session, batch=batch, action="registry.staged", actor=actor, at=at, detail=detail)
    return batch


def confirm_batch(session: Session, *, batch_id: int, actor: Actor, at: datetime) -> RegistryBatch:
    """Let a staged batch become families, cases and children; who staged it may not. Missing children are flagged.

    Raises:
        SecondPersonNeeded: the actor staged it. BatchClosed: it was confirmed or discarded before.
        NotYourFamilies: it would change families out of reach. BatchUnknown, NotYourStep.
    """
    reach = _reach_of(actor, DistributionRight.CONFIRM_REGISTRY)
    batch = get_batch(session, batch_id, reach=reach, actor_id=actor.id)
    if batch.staged_by_id == actor.id:
        raise SecondPersonNeeded(
            text("You brought this file in yourself. Ask another person to look at it and confirm it.")
        )
    _close(session, batch=batch, status=BatchStatus.CONFIRMED, actor=actor, at=at)
    if not reach.everywhere:
        outside = count_outside(session, batch.id, district_condition(reach, Family.district_id))
        if outside:
            raise NotYourFamilies(
                text(
                    "Rows of this file concern families of districts that are not yours: %(n)s. "
                    "Ask somebody whose territory covers both to confirm it.",
                    n=outside,
                )
            )
    changes = count_changes(session, batch.id)
    merge_families(session, batch.id)
    gather_statistics(session, Family)
    merge_cases(session, batch.id)
    gather_statistics(session, AssistanceCase)
    merge_children(session, batch.id)
    gather_statistics(session, Child)
    flag_missing(session, batch.id)
    _forget_rows(session, batch.id)
    batch.new_children, batch.changed_children, batch.missing_children = changes.new, changes.changed, changes.missing
    session.flush()
    detail: dict[str, object] = {"new": changes.new, "changed": changes.changed, "missing": changes.missing}
    _record(session, batch=batch, action="registry.confirmed", actor=actor, at=at, detail=detail)
    return batch


def discard_batch(session: Session, *, batch_id: int, actor: Actor, at: datetime) -> RegistryBatch:
    """Drop a staged batch; the same file may then be brought in again. Whoever may import may discard.

    Raises:
        BatchClosed: it was confirmed or discarded before. BatchUnknown, NotYourStep.
    """
    reach = _reach_of(actor, DistributionRight.IMPORT_REGISTRY)
    batch = get_batch(session, batch_id, reach=reach, actor_id=actor.id)
    _close(session, batch=batch, status=BatchStatus.DISCARDED, actor=actor, at=at)
    _forget_rows(session, batch.id)
    _record(session, batch=batch, action="registry.discarded", actor=actor, at=at, detail={})
    return batch


def dry_run(session: Session, *, table: Table, reach: Reach) -> tuple[RowCounts, list[tuple[int, str]]]:
    """Judge a file without writing anything; return the counts and the remarks, by row."""
    districts = {district.kato: district.id for district in list_districts(session, reach)}
    counts = RowCounts()
    remarks: list[tuple[int, str]] = []
    for row in counts.counting(judged_rows(table, districts=districts)):
        judgement = row.judgement
        said = (*((judgement.refusal,) if judgement.refusal else ()), *judgement.notes)
        remarks += [(row.number, remark.value) for remark in said]
    return counts, remarks


def _reach_of(actor: Actor, right: DistributionRight) -> Reach:
    if not actor.may(right):
        raise NotYourStep(
            text(
                "%(login)s may not do this with the registry. It takes a role of a district, a region or the ministry.",
                login=actor.login,
            )
        )
    return actor.reach(right)


def _digest_within(digest: bytes, reach: Reach) -> bytes:
    """Return by what a file is known: one file of the country may be brought in by each district for its own rows."""
    if reach.everywhere:
        return digest
    scopes = ",".join(f"{kind}:{number}" for kind, number in sorted(reach.scopes))
    return hashlib.sha256(digest + scopes.encode()).digest()


def _claim(session: Session, *, digest: bytes, file_name: str, actor: Actor, at: datetime) -> RegistryBatch:
    """Write the batch's row; of two people with the same file one gets it, by the unique index over the hash."""
    statement = insert_into(session, RegistryBatch).values(
        file_name=file_name,
        file_hash=digest,
        status=BatchStatus.STAGED,
        row_count=0,
        accepted_count=0,
        refused_count=0,
        note_count=0,
        staged_by_id=actor.id,
        staged_at=at,
    )
    batch_id = session.scalar(statement.on_conflict_do_nothing().returning(RegistryBatch.id))
    if batch_id is None:
        raise RegistryAlreadyLoaded(_already(session, digest))
    return session.get_one(RegistryBatch, batch_id)


def _already(session: Session, digest: bytes) -> Text:
    found = session.execute(
        select(RegistryBatch.staged_at, User.name)
        .join(User, User.id == RegistryBatch.staged_by_id)
        .where(RegistryBatch.file_hash == digest, RegistryBatch.status != BatchStatus.DISCARDED)
    ).one()
    return text(
        "This file is already loaded: %(at)s by %(name)s. Nothing was loaded twice.",
        at=format_instant(found.staged_at),
        name=found.name,
    )


def _close(session: Session, *, batch: RegistryBatch, status: BatchStatus, actor: Actor, at: datetime) -> None:
    """Take the step, once: the row's own condition decides between two people."""
    values: dict[str, object] = {"status": status}
    if status == BatchStatus.CONFIRMED:
        values |= {"confirmed_by_id": actor.id, "confirmed_at": at}
    statement = update(RegistryBatch).where(RegistryBatch.id == batch.id, RegistryBatch.status == BatchStatus.STAGED)
    done = session.execute(statement.values(**values).execution_options(synchronize_session=False))
    if not isinstance(done, CursorResult) or done.rowcount != 1:
        raise BatchClosed(
            text("This import was already confirmed or discarded. Open it again and look at how it stands.")
        )
    session.refresh(batch)


def _forget_rows(session: Session, batch_id: int) -> None:
    statement = delete(RegistryRow).where(RegistryRow.batch_id == batch_id)
    session.execute(statement.execution_options(synchronize_session=False))


def _record(
    session: Session, *, batch: RegistryBatch, action: str, actor: Actor, at: datetime, detail: dict[str, object]
) -> None:
    record(
        session,
        actor_id=actor.id,
        action=action,
        subject="registry_batch",
        subject_id=str(batch.id),
        at=at,
        detail=detail,
    )
