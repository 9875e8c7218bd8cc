"""The bulk side of checking: judged rows become rows of the database, sealed, in blocks of constant size."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Table as SqlTable, exists, select
from sqlalchemy.orm import Session

from core.crypto import FieldKeys
from core.dialects import write_many
from core.text import fold, sort_key
from distribution.models import Child, RegistryRemark, RegistryRow
from distribution.rules.registry import RowFacts
from distribution.services.registry_reading import RowRead
from distribution.values import RowState

BLOCK = 4000
"""Rows that are written in one short transaction."""

_ROWS: SqlTable = RegistryRow.metadata.tables[RegistryRow.__tablename__]
_REMARKS: SqlTable = RegistryRemark.metadata.tables[RegistryRemark.__tablename__]
_APPLICANT_NAMES = (
    "settlement",
    "guardian_index",
    "guardian_iin_sealed",
    "guardian_name",
    "guardian_sort",
    "guardian_search",
    "phone_sealed",
    "phone_index",
)
_CHILD_NAMES = (
    "batch_id",
    "row_number",
    "case_no",
    "district_id",
    "kind",
    "award_from",
    "award_to",
    "status",
    "reason",
    "child_index",
    "child_iin_sealed",
    "child_name",
    "child_sort",
    "child_search",
    "birth_on",
    "sex",
)
_ROW_NAMES = (*_CHILD_NAMES, *_APPLICANT_NAMES, "state")
_REMARK_NAMES = ("batch_id", "row_number", "reason", "is_refusal", "is_further", "child_index")
_INDEX_PLACE = _CHILD_NAMES.index("child_index")
Row = tuple[object, ...]


class RowCounts:
    """What was counted while the rows of a file went by."""

    def __init__(self) -> None:
        self.rows = self.accepted = self.refused = self.notes = 0
        self.by_remark: Counter[str] = Counter()
        self.by_district: Counter[int] = Counter()

    def counting(self, rows: Iterable[RowRead]) -> Iterator[RowRead]:
        """Hand the rows on and count them."""
        for row in rows:
            judgement = row.judgement
            self.rows += 1
            if judgement.facts is not None:
                self.accepted += 1
                self.by_district[judgement.facts.district_id] += 1
            if judgement.refusal is not None:
                self.refused += 1
                self.by_remark[judgement.refusal] += 1
            if judgement.notes:
                self.notes += len(judgement.notes)
                self.by_remark.update(judgement.notes)
            yield row


@dataclass(slots=True)
class Block:
    """Some rows in a row of a file, sealed and ready to be written; the last one's number in the file."""

    batch_id: int
    after: int
    last_row: int = 0
    accepted: list[Row] = field(default_factory=list)
    remarks: list[Row] = field(default_factory=list)


class _Applicants:
    """Seals the applicant of a row; rows of one family stand together, so the last one is kept."""

    def __init__(self, keys: FieldKeys) -> None:
        self._keys = keys
        self._known: tuple[str, str, str, str] | None = None
        self._columns: Row = ()

    def columns(self, facts: RowFacts) -> Row:
        """Return the columns of the applicant."""
        asked = (facts.applicant_iin, facts.applicant_name, facts.phone, facts.settlement)
        if asked != self._known:
            keys = self._keys
            self._columns = (
                facts.settlement,
                keys.blind_index(facts.applicant_iin),
                keys.seal(facts.applicant_iin),
                facts.applicant_name,
                sort_key(facts.applicant_name)[:200],
                fold(f"{facts.applicant_name} {facts.settlement}")[:400],
                keys.seal(facts.phone),
                keys.blind_index(facts.phone) if facts.phone else b"",
            )
            self._known = asked
        return self._columns


def blocks_of(rows: Iterable[RowRead], *, batch_id: int, after: int, keys: FieldKeys) -> Iterator[Block]:
    """Yield the rows of a file in blocks, ready to be written; those up to `after` are written already."""
    applicants = _Applicants(keys)
    block = Block(batch_id, after)
    for row in rows:
        if row.number <= after:
            continue
        judgement = row.judgement
        if judgement.facts is not None:
            child = _child_columns(batch_id, row.number, judgement.facts, keys)
            block.accepted.append(child + applicants.columns(judgement.facts))
        if judgement.refusal is not None or judgement.notes:
            block.remarks += _remark_columns(batch_id, row, keys)
        block.last_row = row.number
        if len(block.accepted) >= BLOCK or len(block.remarks) >= BLOCK:
            yield block
            block = Block(batch_id, block.last_row)
    if block.last_row:
        yield block


def write_block(session: Session, block: Block) -> None:
    """Write a block; each accepted row knows whether its child stands in the registry already."""
    known = _known_children(session, [row[_INDEX_PLACE] for row in block.accepted])
    rows = ((*row, RowState.SAME if row[_INDEX_PLACE] in known else RowState.NEW) for row in block.accepted)
    session.flush()
    write_many(session, _ROWS, _ROW_NAMES, rows)
    write_many(session, _REMARKS, _REMARK_NAMES, block.remarks)


def _known_children(session: Session, indexes: Sequence[object]) -> set[object]:
    if not session.scalar(select(exists(select(Child.id)))):
        return set()
    return set(session.scalars(select(Child.iin_index).where(Child.iin_index.in_(indexes))))


def _child_columns(batch_id: int, number: int, facts: RowFacts, keys: FieldKeys) -> Row:
    name = facts.child_name
    return (
        batch_id,
        number,
        facts.case_no,
        facts.district_id,
        facts.kind,
        facts.award_from.isoformat(),
        None if facts.award_to is None else facts.award_to.isoformat(),
        facts.status,
        facts.reason,
        keys.blind_index(facts.child_iin),
        keys.seal(facts.child_iin),
        name,
        sort_key(name)[:200],
        fold(name)[:200],
        facts.birth_on.isoformat(),
        facts.sex,
    )


def _remark_columns(batch_id: int, row: RowRead, keys: FieldKeys) -> Iterator[Row]:
    judgement = row.judgement
    if judgement.refusal is not None:
        index = keys.blind_index(judgement.child_iin) if judgement.child_iin else None
        yield batch_id, row.number, judgement.refusal.value, True, False, index
    for fault in judgement.further:
        yield batch_id, row.number, fault.value, True, True, None
    for note in judgement.notes:
        yield batch_id, row.number, note.value, False, False, None
