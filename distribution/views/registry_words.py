"""How imports and their rows are told on pages: states in words, and what differs, column by column."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from core.crypto import FieldKeys
from core.i18n import format_day, text
from core.web.forms import ActForm
from distribution.models import RegistryRow
from distribution.queries.registry_rows import Standing
from distribution.rules.registry_columns import REGISTRY_TABLE
from distribution.rules.registry_words import MESSAGES, NAMES
from distribution.values import BatchStatus, CaseStatus, RowState
from distribution.views.case_words import STATUS_NAMES as CASE_NAMES
from distribution.views.shown import shown_name

_SHOWN_OF_PHONE = 4
_MASKED = frozenset({"applicant_name", "child_name", "phone"})

STATUS_NAMES = {
    BatchStatus.UPLOADED: text("Brought in, not checked"),
    BatchStatus.CHECKING: text("Being checked"),
    BatchStatus.STAGED: text("Waits for confirmation"),
    BatchStatus.CONFIRMED: text("In force"),
    BatchStatus.UNDONE: text("Undone"),
    BatchStatus.DISCARDED: text("Discarded"),
    BatchStatus.FAILED: text("Could not be read"),
}
STATUS_KINDS = {
    "uploaded": "info",
    "checking": "info",
    "staged": "attention",
    "confirmed": "ok",
    "undone": "muted",
    "discarded": "muted",
    "failed": "refused",
}
STATE_NAMES = {RowState.NEW: text("New"), RowState.CHANGED: text("Changed"), RowState.SAME: text("Same")}
STATE_KINDS = {"new": "ok", "changed": "attention", "same": "muted"}


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row of a file as its page tells it: `changes` hold the column, what was and what it becomes."""

    number: int
    case_no: str
    child_name: str
    state: str
    family_id: int | None
    changes: list[tuple[str, str, str]]


def words() -> dict[str, object]:
    """Return the words that all pages of imports need."""
    return {
        "status_names": STATUS_NAMES,
        "status_kinds": STATUS_KINDS,
        "state_names": STATE_NAMES,
        "state_kinds": STATE_KINDS,
        "remark_names": NAMES,
        "remark_messages": MESSAGES,
        "act_form": ActForm(),
    }


def shown_rows(
    rows: Sequence[RegistryRow], standing: Mapping[int, Standing], districts: Mapping[int, str], keys: FieldKeys
) -> list[ShownRow]:
    """Return rows as they are shown: what is new, and what differs from what stands there."""
    teller = _Teller(districts, keys)
    return [
        ShownRow(
            row.row_number,
            row.case_no,
            shown_name(row.child_name),
            row.state,
            None if found.case is None else found.case.family_id,
            [] if row.state == RowState.SAME else list(teller.changes(row, found)),
        )
        for row in rows
        for found in (standing[row.row_number],)
    ]


class _Teller:
    """Tells what a row would change; names and phones only as the reader may see them."""

    def __init__(self, districts: Mapping[int, str], keys: FieldKeys) -> None:
        self._districts = districts
        self._keys = keys

    def changes(self, row: RegistryRow, found: Standing) -> Iterator[tuple[str, str, str]]:
        """Yield the column, what was and what it becomes, for all that differs."""
        for key, was, now in (*_of_child(row, found), *self._of_case(row, found), *self._of_family(row, found)):
            if was != now or key in _MASKED:  # masked ones are told only where they differ, and may look the same
                yield str(REGISTRY_TABLE.column(key).title), was, now

    def _of_case(self, row: RegistryRow, found: Standing) -> Iterator[tuple[str, str, str]]:
        case = found.case
        if case is None:
            yield "district_kato", "", self._district(row.district_id)
            yield "award_status", "", _status(row.status)
            yield "award_from", "", format_day(row.award_from)
            yield "award_to", "", format_day(row.award_to)
            return
        yield "district_kato", self._district(case.district_id), self._district(row.district_id)
        yield "settlement", case.settlement, row.settlement
        yield "award_kind", case.kind, row.kind
        yield "award_from", format_day(case.award_from), format_day(row.award_from)
        yield "award_to", format_day(case.award_to), format_day(row.award_to)
        yield "award_status", _status(case.status), _status(row.status)
        yield "award_reason", case.reason, row.reason

    def _of_family(self, row: RegistryRow, found: Standing) -> Iterator[tuple[str, str, str]]:
        family = found.family
        if family is None:
            yield "applicant_name", "", shown_name(row.guardian_name)
            return
        if family.guardian_name != row.guardian_name:
            yield "applicant_name", shown_name(family.guardian_name), shown_name(row.guardian_name)
        if family.phone_index != row.phone_index:
            yield "phone", self._phone(family.phone_sealed), self._phone(row.phone_sealed)
        if found.case is not None and found.case.family_id != family.id:
            yield "applicant_iin", str(text("another applicant")), shown_name(family.guardian_name)

    def _district(self, district_id: int) -> str:
        return self._districts.get(district_id, str(district_id))

    def _phone(self, sealed: bytes) -> str:
        number = self._keys.open(sealed)
        return f"•••{number[-_SHOWN_OF_PHONE:]}" if number else ""


def _status(status: str) -> str:
    return str(CASE_NAMES[CaseStatus(status)])


def _of_child(row: RegistryRow, found: Standing) -> Iterator[tuple[str, str, str]]:
    child = found.child
    if child is None:
        yield "child_name", "", shown_name(row.child_name)
        yield "birth_date", "", format_day(row.birth_on)
        yield "case_no", "", row.case_no
        return
    if child.name != row.child_name:
        yield "child_name", shown_name(child.name), shown_name(row.child_name)
    yield "birth_date", format_day(child.birth_on), format_day(row.birth_on)
    yield "sex", child.sex, row.sex
    yield "case_no", found.child_case_no or "", row.case_no
