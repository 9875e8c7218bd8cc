"""Staging, confirming and discarding imports, on both engines."""

import threading
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from core.actors import Actor
from core.audit import AuditEntry
from core.crypto import FieldKeys
from core.database import Database
from core.i18n import use_language
from core.tabular import open_table
from core.tabular.errors import FileDamaged, FileEmpty, NotTheTemplate
from distribution.errors import (
    BatchClosed,
    BatchUnknown,
    NotYourFamilies,
    NotYourStep,
    RegistryAlreadyLoaded,
    SecondPersonNeeded,
)
from distribution.models import AssistanceCase, Child, Family, RegistryBatch, RegistryRemark, RegistryRow
from distribution.queries.registry import count_remarks, list_remarks
from distribution.services.registry import discard_batch, stage_batch
from distribution.services.registry_confirming import confirm_batch
from tests.support.people import an_actor
from tests.support.registry_files import KATO, OTHER_KATO, a_row, an_iin, registry_bytes

AT = datetime(2026, 9, 20, 5, 0, tzinfo=UTC)
Rows = list[dict[str, str] | None]


class Imports:
    """Two people of the ministry, and files of rows that they bring in."""

    def __init__(self, session: Session, keys: FieldKeys, folder: Path) -> None:
        self.session, self.keys, self.folder = session, keys, folder
        self.clerk = an_actor(session, role=Role.MINISTRY)
        self.chief = an_actor(session, role=Role.MINISTRY)

    def stage(self, content: Rows | bytes, *, actor: Actor | None = None) -> RegistryBatch:
        path = self.folder / "registry.csv"
        path.write_bytes(content if isinstance(content, bytes) else registry_bytes(content))
        with open_table(path) as table:
            who = actor or self.clerk
            return stage_batch(self.session, table=table, file_name="registry.csv", actor=who, keys=self.keys, at=AT)

    def confirm(self, batch: RegistryBatch, *, actor: Actor | None = None) -> RegistryBatch:
        return confirm_batch(self.session, batch_id=batch.id, actor=actor or self.chief, at=AT)

    def load(self, rows: Rows) -> RegistryBatch:
        return self.confirm(self.stage(rows))

    def count(self, model: type[Family | AssistanceCase | Child | RegistryRow | RegistryRemark]) -> int:
        return self.session.scalar(select(func.count()).select_from(model)) or 0

    def child(self, row: dict[str, str]) -> Child:
        index = self.keys.blind_index(row["child_iin"])
        return self.session.scalars(
            select(Child).where(Child.iin_index == index).execution_options(populate_existing=True)
        ).one()

    def case(self, row: dict[str, str]) -> AssistanceCase:
        found = select(AssistanceCase).where(AssistanceCase.case_no == row["case_no"])
        return self.session.scalars(found.execution_options(populate_existing=True)).one()


@pytest.fixture
def imports(session: Session, keys: FieldKeys, tmp_path: Path) -> Imports:
    return Imports(session, keys, tmp_path)


def changes(batch: RegistryBatch) -> tuple[int, int, int]:
    return batch.new_children, batch.changed_children, batch.missing_children


def test_a_staged_file_changes_nothing_until_another_person_confirms(imports: Imports) -> None:
    batch = imports.stage([a_row(1), a_row(2)])
    assert (imports.count(Family), imports.count(Child), imports.count(RegistryRow)) == (0, 0, 2)
    assert changes(batch) == (2, 0, 0)
    with pytest.raises(SecondPersonNeeded):
        imports.confirm(batch, actor=imports.clerk)
    assert changes(imports.confirm(batch)) == (2, 0, 0)
    assert (imports.count(Family), imports.count(Child), imports.count(RegistryRow)) == (2, 2, 0)


def test_confirmed_facts_stand_as_the_file_says_and_are_sealed(imports: Imports) -> None:
    row = a_row(1, award_to="", phone="+77010000009", child_name="=1+1")
    imports.load([row])
    child, case = imports.child(row), imports.case(row)
    family = imports.session.get_one(Family, case.family_id)
    assert (child.name, child.birth_on, child.sex, child.case_id) == ("=1+1", date(2022, 5, 2), "male", case.id)
    assert (case.award_from, case.award_to, case.status) == (date(2026, 10, 1), None, "awarded")
    assert case.district_id == family.district_id == int(KATO)
    assert imports.keys.open(child.iin_sealed) == row["child_iin"]
    assert imports.keys.open(family.guardian_iin_sealed) == row["applicant_iin"]
    assert imports.keys.open(family.phone_sealed) == "+77010000009"
    assert row["child_iin"].encode() not in child.iin_sealed


def test_remarks_carry_the_row_numbers_of_the_file(imports: Imports) -> None:
    rows: Rows = [
        a_row(1),
        None,
        a_row(2, district_kato="999999999"),
        a_row(3, birth_date=""),
        a_row(1),
        a_row(4, child_name="Сер?к"),
    ]
    batch = imports.stage(rows)
    said = [(row.row_number, row.reason, row.is_refusal) for row in list_remarks(imports.session, batch.id)]
    assert said == [
        (4, "district_unknown", True),
        (5, "birth_date_from_iin", False),
        (6, "row_repeated", False),
        (7, "name_letter_lost", False),
    ]
    assert (batch.row_count, batch.accepted_count, batch.refused_count, batch.note_count) == (5, 3, 1, 3)
    assert count_remarks(imports.session, batch.id)["district_unknown"] == 1


def test_ux_58_the_same_file_twice_is_refused_with_when_and_by_whom(imports: Imports) -> None:
    batch = imports.stage([a_row(1)])
    for language, when in (("en", "2026-09-20 10:00"), ("ru", "20.09.2026 10:00"), ("kk", "20.09.2026 10:00")):
        with use_language(language), pytest.raises(RegistryAlreadyLoaded) as refused:
            imports.stage([a_row(1)], actor=imports.chief)
        assert when in refused.value.message.render(language)
        assert "Асель Серік" in refused.value.message.render(language)
        if batch.status == "staged":
            imports.confirm(batch)


def test_the_same_content_in_another_file_changes_nothing(imports: Imports) -> None:
    rows: Rows = [a_row(1), a_row(2, award_to="")]
    imports.load(rows)
    before = imports.case(a_row(1)).batch_id
    assert changes(imports.load([*rows, None])) == (0, 0, 0)
    assert imports.case(a_row(1)).batch_id == before
    assert (imports.count(Family), imports.count(Child)) == (2, 2)


@pytest.mark.parametrize(
    "change",
    [
        {"child_name": "Басқа Есім"},
        {"sex": "female"},
        {"award_to": ""},
        {"award_status": "suspended"},
        {"settlement": "Арайлы"},
        {"applicant_name": "Басқа Есім"},
        {"phone": "+77770000000"},
        {"applicant_iin": an_iin(date(1980, 1, 2), 9100)},
        {"case_no": "1132-000077"},
        {"district_kato": OTHER_KATO},
    ],
    ids=lambda change: next(iter(change)),
)
def test_each_changed_fact_counts_its_child_once(imports: Imports, change: dict[str, str]) -> None:
    imports.load([a_row(1), a_row(2)])
    batch = imports.load([a_row(1, **change), a_row(2)])
    assert changes(batch) == (0, 1, 0)
    assert changes(imports.load([a_row(1, **change), a_row(2), None])) == (0, 0, 0)


def test_in_a_case_of_conflicting_rows_the_first_accepted_one_gives_the_facts(imports: Imports) -> None:
    refused = a_row(3, case_no="1132-000001", award_status="ok", settlement="Жоқ")
    first = a_row(1, settlement="Бірінші", award_status="suspended")
    second = a_row(2, case_no="1132-000001", settlement="Екінші", award_status="awarded")
    imports.load([refused, first, second])
    assert (imports.case(first).settlement, imports.case(first).status) == ("Бірінші", "suspended")
    assert imports.child(second).case_id == imports.case(first).id
    assert changes(imports.load([None, refused, first, second])) == (0, 0, 0)


def test_children_missing_from_a_later_file_are_flagged_never_deleted_and_taken_back(imports: Imports) -> None:
    elsewhere = a_row(3, district_kato=OTHER_KATO)
    imports.load([a_row(1), a_row(2), elsewhere])
    second = imports.load([a_row(1)])
    assert changes(second) == (0, 0, 1)
    assert imports.child(a_row(2)).missing_since_batch_id == second.id
    assert imports.child(elsewhere).missing_since_batch_id is None
    assert changes(imports.load([a_row(1), None])) == (0, 0, 0)
    assert imports.child(a_row(2)).missing_since_batch_id == second.id
    assert changes(imports.load([a_row(1), a_row(2)])) == (0, 1, 0)
    assert imports.child(a_row(2)).missing_since_batch_id is None
    assert imports.count(Child) == 3


def test_a_child_whose_row_is_refused_is_not_missing(imports: Imports) -> None:
    imports.load([a_row(1), a_row(2)])
    batch = imports.load([a_row(1), a_row(2, award_status="ok")])
    assert changes(batch) == (0, 0, 0)
    assert imports.child(a_row(2)).missing_since_batch_id is None


def test_sec_01_districts_out_of_reach_are_unknown_and_their_batches_unseen(imports: Imports) -> None:
    officer = an_actor(imports.session, role=Role.DISTRICT, scope_kind=ScopeKind.DISTRICT, scope_id=int(KATO))
    other = an_actor(imports.session, role=Role.DISTRICT, scope_kind=ScopeKind.DISTRICT, scope_id=int(OTHER_KATO))
    rows: Rows = [a_row(1), a_row(2, district_kato=OTHER_KATO)]
    batch = imports.stage(rows, actor=officer)
    assert [(row.row_number, row.reason) for row in list_remarks(imports.session, batch.id)] == [
        (3, "district_unknown")
    ]
    with pytest.raises(BatchUnknown):
        imports.confirm(batch, actor=other)
    assert imports.stage(rows, actor=other).accepted_count == 1


def test_an_officer_cannot_take_over_families_of_another_district(imports: Imports) -> None:
    imports.load([a_row(1, district_kato=OTHER_KATO)])
    of_both = an_actor(imports.session, role=Role.DISTRICT, scope_kind=ScopeKind.DISTRICT, scope_id=int(KATO))
    colleague = an_actor(imports.session, role=Role.DISTRICT, scope_kind=ScopeKind.DISTRICT, scope_id=int(KATO))
    batch = imports.stage([a_row(1), a_row(2)], actor=of_both)
    with pytest.raises(NotYourFamilies, match="1"), imports.session.begin_nested():
        imports.confirm(batch, actor=colleague)
    assert changes(imports.confirm(batch)) == (1, 1, 0)


def test_who_may_not_import_is_told_so(imports: Imports) -> None:
    auditor = an_actor(imports.session, role=Role.AUDITOR)
    with pytest.raises(NotYourStep):
        imports.stage([a_row(1)], actor=auditor)
    with pytest.raises(NotYourStep):
        imports.confirm(imports.stage([a_row(1)]), actor=auditor)


def test_a_step_is_taken_once(imports: Imports) -> None:
    batch = imports.load([a_row(1)])
    for again in (confirm_batch, discard_batch):
        with pytest.raises(BatchClosed):
            again(imports.session, batch_id=batch.id, actor=imports.chief, at=AT)


def test_a_discarded_file_may_be_brought_in_again(imports: Imports) -> None:
    batch = imports.stage([a_row(1)])
    discard_batch(imports.session, batch_id=batch.id, actor=imports.clerk, at=AT)
    assert imports.count(RegistryRow) == 0
    assert changes(imports.load([a_row(1)])) == (1, 0, 0)


def test_every_act_stands_in_the_audit_trail_without_personal_facts(imports: Imports) -> None:
    batch = imports.load([a_row(1)])
    entries = imports.session.scalars(select(AuditEntry).where(AuditEntry.subject == "registry_batch")).all()
    assert {entry.action for entry in entries} == {"registry.staged", "registry.confirmed"}
    assert {entry.subject_id for entry in entries} == {str(batch.id)}
    assert a_row(1)["child_iin"] not in str([entry.detail for entry in entries])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"a;b;c\n1;2;3\n", NotTheTemplate),
        (registry_bytes([a_row(1)], header=["x", *a_row(1)][:15]), NotTheTemplate),
        (registry_bytes([]), FileEmpty),
        (registry_bytes([a_row(1)]) + b"\xff\xfe\xd0", FileDamaged),
    ],
    ids=["other table", "a column short", "no rows", "damaged"],
)
def test_ux_55_what_is_no_registry_is_refused(imports: Imports, content: bytes, reason: type[Exception]) -> None:
    with pytest.raises(reason):
        imports.stage(content)


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_ux_61_files_of_every_form_say_the_same(imports: Imports, language: str, encoding: str, delimiter: str) -> None:
    rows: Rows = [a_row(1), a_row(2, award_status="ok")]
    batch = imports.stage(registry_bytes(rows, language=language, encoding=encoding, delimiter=delimiter))
    assert (batch.row_count, batch.accepted_count) == (2, 1)


@pytest.mark.storm
def test_of_two_people_with_the_same_file_one_wins(fresh_database: Database, keys: FieldKeys, tmp_path: Path) -> None:
    path = tmp_path / "registry.csv"
    path.write_bytes(registry_bytes([a_row(number) for number in range(1, 200)]))
    with fresh_database.writing() as session:
        people = [an_actor(session, role=Role.MINISTRY) for _ in range(2)]
    together = threading.Barrier(2)
    ends: list[str] = []

    def bring_in(actor: Actor) -> None:
        together.wait()
        try:
            with open_table(path) as table, fresh_database.writing() as session:
                stage_batch(session, table=table, file_name="r", actor=actor, keys=keys, at=AT)
            ends.append("staged")
        except RegistryAlreadyLoaded:
            ends.append("refused")

    threads = [threading.Thread(target=bring_in, args=(actor,)) for actor in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(ends) == ["refused", "staged"]
    with fresh_database.reading() as session:
        assert session.scalar(select(func.count()).select_from(RegistryRow)) == 199
