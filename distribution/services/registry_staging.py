"""The bulk side of staging: judged rows become rows of the database, sealed, in blocks of constant size."""

from collections import Counter
from collections.abc import Iterable, Iterator

from sqlalchemy import Table as SqlTable, insert
from sqlalchemy.orm import Session

from core.crypto import FieldKeys
from core.text import fold, sort_key
from distribution.models import RegistryBatchDistrict, RegistryRemark, RegistryRow
from distribution.rules.registry import RowFacts
from distribution.services.registry_reading import RowRead

_BLOCK = 2000
_ROWS: SqlTable = RegistryRow.metadata.tables[RegistryRow.__tablename__]
_REMARKS: SqlTable = RegistryRemark.metadata.tables[RegistryRemark.__tablename__]
Columns = dict[str, object]


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


class _Applicants:
    """Seals the applicant of a row; rows of one family stand together, so the last one is kept."""

    def __init__(self, keys: FieldKeys) -> None:
        self._keys = keys
        self._known: tuple[str, str, str, str] | None = None
        self._columns: Columns = {}

    def columns(self, facts: RowFacts) -> Columns:
        """Return the columns of the applicant."""
        asked = (facts.applicant_iin, facts.applicant_name, facts.phone, facts.settlement)
        if asked != self._known:
            keys = self._keys
            self._columns = {
                "settlement": facts.settlement,
                "guardian_index": keys.blind_index(facts.applicant_iin),
                "guardian_iin_sealed": keys.seal(facts.applicant_iin),
                "guardian_name": facts.applicant_name,
                "guardian_sort": sort_key(facts.applicant_name)[:200],
                "guardian_search": fold(f"{facts.applicant_name} {facts.settlement}")[:400],
                "phone_sealed": keys.seal(facts.phone),
                "phone_index": keys.blind_index(facts.phone) if facts.phone else b"",
            }
            self._known = asked
        return self._columns


def write_rows(session: Session, *, batch_id: int, rows: Iterable[RowRead], keys: FieldKeys) -> RowCounts:
    """Write the accepted rows and all remarks of a batch; return what was counted."""
    counts = RowCounts()
    connection = session.connection()
    applicants = _Applicants(keys)
    accepted: list[Columns] = []
    remarks: list[Columns] = []
    for row in counts.counting(rows):
        judgement = row.judgement
        if judgement.facts is not None:
            accepted.append(
                {
                    "batch_id": batch_id,
                    "row_number": row.number,
                    **_child_columns(judgement.facts, keys),
                    **applicants.columns(judgement.facts),
                }
            )
        if judgement.refusal is not None or judgement.notes:
            remarks += _remark_columns(batch_id, row, keys)
        if len(accepted) >= _BLOCK:
            connection.execute(insert(_ROWS), accepted)
            accepted = []
        if len(remarks) >= _BLOCK:
            connection.execute(insert(_REMARKS), remarks)
            remarks = []
    if accepted:
        connection.execute(insert(_ROWS), accepted)
    if remarks:
        connection.execute(insert(_REMARKS), remarks)
    if counts.by_district:
        connection.execute(
            insert(RegistryBatchDistrict),
            [
                {"batch_id": batch_id, "district_id": district_id, "child_count": count}
                for district_id, count in sorted(counts.by_district.items())
            ],
        )
    return counts


def _child_columns(facts: RowFacts, keys: FieldKeys) -> Columns:
    name = facts.child_name
    return {
        "case_no": facts.case_no,
        "district_id": facts.district_id,
        "kind": facts.kind,
        "award_from": facts.award_from,
        "award_to": facts.award_to,
        "status": facts.status,
        "reason": facts.reason,
        "child_index": keys.blind_index(facts.child_iin),
        "child_iin_sealed": keys.seal(facts.child_iin),
        "child_name": name,
        "child_sort": sort_key(name)[:200],
        "child_search": fold(name)[:200],
        "birth_on": facts.birth_on,
        "sex": facts.sex,
    }


def _remark_columns(batch_id: int, row: RowRead, keys: FieldKeys) -> Iterator[Columns]:
    judgement = row.judgement
    same: Columns = {"batch_id": batch_id, "row_number": row.number}
    if judgement.refusal is not None:
        index = keys.blind_index(judgement.child_iin) if judgement.child_iin else None
        yield {**same, "reason": judgement.refusal.value, "is_refusal": True, "child_index": index}
    for note in judgement.notes:
        yield {**same, "reason": note.value, "is_refusal": False, "child_index": None}
