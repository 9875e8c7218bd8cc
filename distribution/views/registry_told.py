"""How a row of an import is told: what differs from what stands there, or stood there before, column by column."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from core.crypto import FieldKeys
from core.i18n import format_day, text
from distribution.models import Child, RegistryBatch, RegistryRow
from distribution.models.families import CaseFacts, ChildFacts, FamilyFacts
from distribution.queries.registry_kept import KeptChange
from distribution.queries.registry_rows import Standing
from distribution.rules.registry_columns import REGISTRY_TABLE
from distribution.values import CaseStatus, KeptState, RowState
from distribution.views.case_words import STATUS_NAMES as CASE_NAMES
from distribution.views.shown import shown_name

_SHOWN_OF_PHONE = 4
_HIDDEN = "•••"
_TOLD_OF_NEW = frozenset({"child_name", "birth_date", "case_no", "district_kato", "award_status", "award_from",
                          "award_to", "applicant_name"})  # fmt: skip
Told = Mapping[str, tuple[object, str]]
"""Of each column what is compared and what is shown of it."""
Change = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row of an import as its page tells it: `changes` hold the column, what was and what it becomes.

    `number` is its number in the file, while it is known. `people`: how many people it names.
    """

    number: int | None
    case_no: str
    child_name: str
    state: str
    family_id: int | None
    changes: list[Change]
    people: int
    note: str = ""


class Teller:
    """Tells what rows change, names and phones as the reader may see them; nothing of districts out of reach."""

    def __init__(self, districts: Mapping[int, str], keys: FieldKeys) -> None:
        self._districts = districts
        self._keys = keys

    def staged_rows(self, rows: Sequence[RegistryRow], standing: Mapping[int, Standing]) -> list[ShownRow]:
        """Return rows that wait, beside what stands there."""
        return [self._staged(row, standing[row.row_number]) for row in rows]

    def kept_rows(self, batch: RegistryBatch, changes: Sequence[KeptChange]) -> list[ShownRow]:
        """Return what an import in force did, beside what stood there before."""
        return [self._kept(batch, change) for change in changes]

    def _staged(self, row: RegistryRow, found: Standing) -> ShownRow:
        child, case, family = found.child, found.case, found.family
        told: list[tuple[Told | None, Told, bool]] = [
            (
                None if child is None else _child(child, found.child_case_no or ""),
                _child_of(row),
                found.child_district_id in self._districts,
            ),
            (None if case is None else self._case(case), self._case(row), _lies_in(case, self._districts)),
            (None if family is None else self._family(family), self._family_of(row), _lies_in(family, self._districts)),
        ]
        changes = [] if row.state == RowState.SAME else list(_differences(told))
        if row.state != RowState.SAME and case is not None and family is not None and case.family_id != family.id:
            changes.append(_another_applicant(row.guardian_name))
        is_seen = case is not None and _lies_in(case, self._districts)
        family_id = case.family_id if case is not None and is_seen else None
        name = shown_name(row.child_name)
        return ShownRow(row.row_number, row.case_no, name, row.state, family_id, changes, _people(changes))

    def _kept(self, batch: RegistryBatch, change: KeptChange) -> ShownRow:
        name, state, family_id = shown_name(change.child.name), change.state, change.family_id
        if change.state is KeptState.GONE:
            return ShownRow(None, change.case_no, name, state, family_id, [], 1, _since(batch, change.standing))
        left, was_case, was_family = change.left_case, change.was_case, change.was_family
        is_new = change.state is KeptState.NEW
        child = _child(change.child, change.case_no)
        told: list[tuple[Told | None, Told, bool]] = []
        if is_new:
            told.append((None, child, True))
        elif change.was_child is not None and left is not None:
            told.append((_child(change.was_child, left.case_no), child, _lies_in(left, self._districts)))
        if was_case is not None or change.is_new_case:
            was = None if was_case is None else self._case(was_case)
            told.append((was, self._case(change.case), _lies_in(was_case, self._districts)))
        if was_family is not None or change.is_new_family:
            was = None if was_family is None else self._family(was_family)
            told.append((was, self._family(change.family), _lies_in(was_family, self._districts)))
        changes = list(_differences(told))
        if was_case is not None and was_case.family_id != change.case.family_id:
            changes.append(_another_applicant(change.family.guardian_name))
        note = "" if is_new or changes else _returned(change.was_child)
        return ShownRow(None, change.case_no, name, state, family_id, changes, _people(changes), note)

    def _case(self, facts: CaseFacts | RegistryRow) -> Told:
        return {
            "district_kato": (facts.district_id, self._districts.get(facts.district_id, _HIDDEN)),
            "settlement": (facts.settlement, facts.settlement),
            "award_kind": (facts.kind, facts.kind),
            "award_from": (facts.award_from, format_day(facts.award_from)),
            "award_to": (facts.award_to, format_day(facts.award_to)),
            "award_status": (facts.status, str(CASE_NAMES[CaseStatus(facts.status)])),
            "award_reason": (facts.reason, facts.reason),
        }

    def _family(self, facts: FamilyFacts) -> Told:
        return self._applicant(facts.guardian_name, facts.phone_index, facts.phone_sealed)

    def _family_of(self, row: RegistryRow) -> Told:
        return self._applicant(row.guardian_name, row.phone_index, row.phone_sealed)

    def _applicant(self, name: str, phone_index: bytes, phone_sealed: bytes) -> Told:
        return {
            "applicant_name": (name, shown_name(name)),
            "phone": (phone_index, self._phone(phone_sealed)),
        }

    def _phone(self, sealed: bytes) -> str:
        number = self._keys.open(sealed) if sealed else ""
        return f"{_HIDDEN}{number[-_SHOWN_OF_PHONE:]}" if number else ""


def _differences(told: Sequence[tuple[Told | None, Told, bool]]) -> Iterator[Change]:
    """Yield what differs; of what is new only what tells it apart; of what is out of reach not even whether it does."""
    for was, now, is_seen in told:
        for key, (compared, shown) in now.items():
            title = str(REGISTRY_TABLE.column(key).title)
            if was is None:
                if key in _TOLD_OF_NEW:
                    yield title, "", shown
            elif not is_seen:
                yield title, _HIDDEN, shown
            elif was[key][0] != compared:
                yield title, was[key][1], shown


def _child(facts: ChildFacts, case_no: str) -> Told:
    return {
        "child_name": (facts.name, shown_name(facts.name)),
        "birth_date": (facts.birth_on, format_day(facts.birth_on)),
        "sex": (facts.sex, facts.sex),
        "case_no": (case_no, case_no),
    }


def _child_of(row: RegistryRow) -> Told:
    return {
        "child_name": (row.child_name, shown_name(row.child_name)),
        "birth_date": (row.birth_on, format_day(row.birth_on)),
        "sex": (row.sex, row.sex),
        "case_no": (row.case_no, row.case_no),
    }


def _another_applicant(name: str) -> Change:
    return str(REGISTRY_TABLE.column("applicant_iin").title), str(text("another applicant")), shown_name(name)


def _lies_in(facts: CaseFacts | FamilyFacts | None, districts: Mapping[int, str]) -> bool:
    return facts is not None and facts.district_id in districts


def _since(batch: RegistryBatch, child: Child) -> str:
    """Return what became of a child whom a file did not name."""
    if child.missing_since_batch_id == batch.id:
        return str(text("Nobody has decided yet whether the child stays in."))
    if child.ended_on is not None:
        return str(text("Out from %(day)s on.", day=format_day(child.ended_on)))
    return str(text("In again: a person decided so, or a later import did."))


def _returned(was: ChildFacts | None) -> str:
    if was is None or (was.missing_since_batch_id is None and was.ended_on is None):
        return str(text("Something of the case or the applicant changed that is not shown here."))
    return str(text("Had been missing or out, and is in again."))


def _people(changes: Sequence[Change]) -> int:
    """Return how many people a row names: the child, and the applicant where it is told."""
    titles = {str(REGISTRY_TABLE.column(key).title) for key in ("applicant_name", "applicant_iin")}
    return 1 + any(title in titles for title, _was, _now in changes)
