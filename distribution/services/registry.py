"""Imports of a registry: a file is brought in, its columns are named; until confirmed it changes nothing."""

import base64
import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.models import User
from core.actors import Actor, Reach
from core.crypto import FieldKeys
from core.dialects import insert_into
from core.i18n import format_instant, text
from core.stored_files import store_file
from core.tabular import Table
from core.tabular.columns import is_own_heading, plain_heading
from core.tabular.headings import list_remembered, remember
from core.text import clean
from distribution.errors import BatchClosed, FileForgotten, RegistryAlreadyLoaded
from distribution.models import RegistryBatch
from distribution.permissions import DistributionRight
from distribution.queries.registry import get_batch
from distribution.queries.registry_columns import header_of, mapping_of
from distribution.rules.registry_columns import REGISTRY_TABLE
from distribution.services.registry_acts import LOOKED_AT, forget_file, forget_rows, reach_of, take_step, trace
from distribution.services.registry_checking import finish_check, write_next
from distribution.services.registry_forgetting import forget_old_files
from distribution.services.registry_reading import FileTop, judged_rows, read_top, refuse_unclear
from distribution.services.registry_staging import RowCounts, blocks_of
from distribution.values import BatchStatus
from territory.queries import list_districts


def bring_in_batch(
    session: Session, *, table: Table, path: Path, file_name: str, actor: Actor, keys: FieldKeys, at: datetime
) -> RegistryBatch:
    """Take a file in, sealed, and find out which of its columns is which; its rows are checked after that.

    `path` is the file as it was sent. Files that were confirmed a month ago are forgotten.

    Raises:
        RegistryAlreadyLoaded: the same file is here already, perhaps since a moment ago. NotTheTemplate, FileRefused:
        it is not a registry. NotYourStep: the actor may not import.
    """
    reach = reach_of(actor, DistributionRight.IMPORT_REGISTRY)
    top = read_top(table, list_remembered(session, REGISTRY_TABLE.name))
    forget_old_files(session, at)
    batch = _claim(session, digest=_digest_within(table.digest, reach), file_name=file_name, actor=actor, at=at)
    stored = store_file(session, path, name=batch.file_name, keys=keys, actor_id=actor.id, at=at)
    batch.file_id = stored.id
    batch.columns = _kept_top(top, keys)
    session.flush()
    trace(session, batch, "registry.brought_in", actor=actor, at=at)
    return batch


def match_registry_columns(
    session: Session, *, batch_id: int, mapping: Sequence[str], actor: Actor, keys: FieldKeys, at: datetime
) -> RegistryBatch:
    """Say which column of a file is which, and remember it for the next file; its rows are to be checked anew.

    `mapping` has a key or "" for every heading of the file.

    Raises:
        BatchClosed: the file is no longer looked at. BatchUnknown, NotYourStep.
    """
    reach = reach_of(actor, DistributionRight.IMPORT_REGISTRY)
    batch = get_batch(session, batch_id, reach=reach, actor_id=actor.id)
    if batch.columns is None or batch.undoes_id is not None:
        raise BatchClosed(text("The columns of this import cannot be named any more. Bring the file in again."))
    take_step(session, batch, *LOOKED_AT, status=BatchStatus.UPLOADED, rows_read=0)
    header, _samples = header_of(batch, keys)
    before = mapping_of(batch)
    known = {*REGISTRY_TABLE.keys, ""}
    chosen = [key if key in known else "" for key in mapping][: len(header)]
    chosen += [""] * (len(header) - len(chosen))
    batch.columns = {**batch.columns, "mapping": chosen}
    said = {
        plain_heading(heading): key
        for heading, key, was in zip(header, chosen, before, strict=True)
        if key != was and not is_own_heading(heading, REGISTRY_TABLE)
    }
    remember(session, REGISTRY_TABLE.name, said)
    session.flush()
    trace(session, batch, "registry.columns_matched", actor=actor, at=at)
    return batch


def stage_batch(
    session: Session, *, table: Table, file_name: str, actor: Actor, keys: FieldKeys, at: datetime
) -> RegistryBatch:
    """Take a file in and check it in one unit of work: its accepted rows wait for another person, with all remarks.

    Rows of districts out of the actor's reach are refused as `district_unknown`. The file itself is not kept.

    Raises:
        RegistryAlreadyLoaded: the same file is staged or confirmed already, perhaps since a moment ago.
        NotTheTemplate, FileRefused: it is not a registry. NotYourStep: the actor may not import.
    """
    reach = reach_of(actor, DistributionRight.IMPORT_REGISTRY)
    top = read_top(table, list_remembered(session, REGISTRY_TABLE.name))
    refuse_unclear(top.mapping)
    batch = _claim(session, digest=_digest_within(table.digest, reach), file_name=file_name, actor=actor, at=at)
    batch.columns = _kept_top(top, keys)
    counts = RowCounts()
    rows = judged_rows(table, mapping=top.mapping, districts=_districts(session, reach))
    for block in blocks_of(counts.counting(rows), batch_id=batch.id, after=0, keys=keys):
        write_next(session, block)
    return finish_check(session, batch_id=batch.id, counts=counts, actor=actor, at=at)


def discard_batch(session: Session, *, batch_id: int, actor: Actor, at: datetime) -> RegistryBatch:
    """Drop a batch that nobody confirmed; the same file may then be brought in again. Whoever may import may discard.

    Raises:
        BatchClosed: it was confirmed or discarded before. BatchUnknown, NotYourStep.
    """
    reach = reach_of(actor, DistributionRight.IMPORT_REGISTRY)
    batch = get_batch(session, batch_id, reach=reach, actor_id=actor.id)
    take_step(session, batch, *LOOKED_AT, status=BatchStatus.DISCARDED)
    forget_rows(session, batch.id)
    forget_file(session, batch)
    trace(session, batch, "registry.discarded", actor=actor, at=at)
    return batch


def copy_batch(session: Session, *, batch_id: int, actor: Actor, at: datetime) -> RegistryBatch:
    """Let somebody take the file of an import home, and write down that they did; return the import.

    Raises:
        FileForgotten: the file is not kept any more. BatchUnknown, NotYourStep.
    """
    reach = reach_of(actor, DistributionRight.IMPORT_REGISTRY)
    batch = get_batch(session, batch_id, reach=reach, actor_id=actor.id)
    if batch.file_id is None:
        raise FileForgotten(text("The file of this import is not kept any more."))
    trace(session, batch, "registry.copied", actor=actor, at=at)
    return batch


def dry_run(session: Session, *, table: Table, reach: Reach) -> tuple[RowCounts, list[tuple[int, str]]]:
    """Judge a file without writing anything; return the counts and the remarks, by row.

    Raises:
        NotTheTemplate, FileRefused: it is not a registry.
    """
    top = read_top(table, list_remembered(session, REGISTRY_TABLE.name))
    refuse_unclear(top.mapping)
    counts = RowCounts()
    remarks: list[tuple[int, str]] = []
    rows = judged_rows(table, mapping=top.mapping, districts=_districts(session, reach))
    for row in counts.counting(rows):
        judgement = row.judgement
        said = (*((judgement.refusal,) if judgement.refusal else ()), *judgement.notes)
        remarks += [(row.number, remark.value) for remark in said]
    return counts, remarks


def _districts(session: Session, reach: Reach) -> dict[str, int]:
    return {district.kato: district.id for district in list_districts(session, reach)}


def _kept_top(top: FileTop, keys: FieldKeys) -> dict[str, object]:
    """Return what is kept of the top of a file; its cells, which may be people's, are sealed."""
    written = json.dumps({"header": top.header, "samples": top.samples}, ensure_ascii=False)
    return {"mapping": top.mapping, "sealed": base64.b64encode(keys.seal(written)).decode()}


def _digest_within(digest: bytes, reach: Reach) -> bytes:
    """Return by what a file is known: one file of the country may be brought in by each district for its own rows."""
    if reach.everywhere:
        return digest
    scopes = ",".join(f"{kind}:{number}" for kind, number in sorted(reach.scopes))
    return hashlib.sha256(digest + scopes.encode()).digest()


def _claim(session: Session, *, digest: bytes, file_name: str, actor: Actor, at: datetime) -> RegistryBatch:
    """Write the batch's row; of two people with the same file one gets it, by the unique index over the hash."""
    statement = insert_into(session, RegistryBatch).values(
        file_name=clean(file_name.replace("\\", "/").rpartition("/")[2])[:200],
        file_hash=digest,
        status=BatchStatus.UPLOADED,
        row_count=0,
        accepted_count=0,
        refused_count=0,
        note_count=0,
        staged_by_id=actor.id,
        staged_at=at,
    )
    batch_id = session.scalar(statement.on_conflict_do_nothing().returning(RegistryBatch.id))
    if batch_id is None:
        raise _already(session, digest)
    return session.get_one(RegistryBatch, batch_id)


def _already(session: Session, digest: bytes) -> RegistryAlreadyLoaded:
    closed = (BatchStatus.DISCARDED, BatchStatus.FAILED, BatchStatus.UNDONE)
    found = session.execute(
        select(RegistryBatch.id, RegistryBatch.staged_at, User.name)
        .join(User, User.id == RegistryBatch.staged_by_id)
        .where(
            RegistryBatch.file_hash == digest,
            RegistryBatch.status.not_in(closed),
            RegistryBatch.undoes_id.is_(None),
        )
    ).one()
    message = text(
        "This file is already loaded: %(at)s by %(name)s. Nothing was loaded twice.",
        at=format_instant(found.staged_at),
        name=found.name,
    )
    return RegistryAlreadyLoaded(message, found.id)
