"""What an import did can be looked at after it took effect: from who entered, what rows were, and who was missing."""

from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from core.actors import EVERYWHERE
from core.crypto import FieldKeys
from core.stored_files import StoredFileBlock
from distribution.models import AssistanceCase, LeadPerson, PersonReading, RegistryBatch, RegistryRow
from distribution.queries.registry_kept import KeptChange, count_kept, list_kept_changes, select_kept
from distribution.services.retention import empty_people
from distribution.services.rosters import freeze_roster
from tests.conftest import SignIn
from tests.distribution.test_registry_import import AT, Imports, imports
from tests.distribution.test_registry_pages import loaded, result_of, upload
from tests.distribution.test_registry_undo import undo
from tests.support.families import QUARTER, a_family, a_ministry
from tests.support.leads import a_lead_in
from tests.support.registry_files import KATO, OTHER_KATO, a_row, an_iin, registry_bytes

__all__ = ["imports"]


def kept(imports: Imports, batch: RegistryBatch, state: str = "") -> list[KeptChange]:
    imports.session.expire_all()
    rows = imports.session.execute(select_kept(batch, state, EVERYWHERE)).all()
    return list(list_kept_changes(imports.session, batch, [(row[0], row[1], row[2]) for row in rows]))


def counts(imports: Imports, batch: RegistryBatch) -> tuple[int, ...]:
    return tuple(count_kept(imports.session, batch, EVERYWHERE).values())


def test_what_an_import_did_is_counted_as_it_was_confirmed_and_stays_so(imports: Imports) -> None:
    first = imports.load([a_row(1), a_row(2), a_row(3), a_row(4), a_row(9, case_no=a_row(4)["case_no"])])
    rows = [
        a_row(1, child_name="Жаңа Есім"),
        a_row(2),
        a_row(4, award_to=""),
        a_row(9, case_no=a_row(4)["case_no"], award_to=""),
        a_row(5),
    ]
    second = imports.load([*rows])
    done = (second.new_children, second.changed_children, second.missing_children)
    assert done == (1, 3, 1)
    assert counts(imports, second) == done
    assert counts(imports, first) == (5, 0, 0)
    assert imports.count(RegistryRow) == 0
    imports.load([a_row(1, child_name="Тағы Басқа"), a_row(2), a_row(4, case_no=a_row(2)["case_no"]), a_row(3)])
    assert counts(imports, second) == done
    (renamed,) = (one for one in kept(imports, second, "changed") if one.was_child)
    assert renamed.was_child
    assert (renamed.was_child.name, renamed.child.name) == (a_row(1)["child_name"], "Жаңа Есім")
    prolonged = [one for one in kept(imports, second, "changed") if one.was_case and one.was_case.award_to]
    assert {(one.case_no, one.case.award_to) for one in prolonged} == {(a_row(4)["case_no"], None)}
    assert len(prolonged) == 2
    (gone,) = kept(imports, second, "gone")
    assert (gone.case_no, gone.standing.missing_since_batch_id) == (a_row(3)["case_no"], None)
    assert len(kept(imports, second)) == 5


def test_what_an_undone_import_had_done_can_still_be_looked_at(imports: Imports) -> None:
    imports.load([a_row(1), a_row(2)])
    moved = a_row(2, applicant_iin=an_iin(AT.date().replace(year=1980), 9100))
    second = imports.load([a_row(1, phone="+77770000000"), moved, a_row(4)])
    undo(imports, second)
    assert counts(imports, second) == (1, 2, 0)
    by_case = {one.case_no: one for one in kept(imports, second)}
    family = by_case[a_row(1)["case_no"]]
    assert family.was_family
    assert family.was_family.phone_index != family.family.phone_index
    case = by_case[a_row(2)["case_no"]]
    assert case.was_case
    assert case.was_case.family_id != case.case.family_id


def test_ux_60_sec_56_the_page_of_an_import_in_force_tells_each_change_and_counts_whom_it_shows(
    sign_in: SignIn, session: Session, keys: FieldKeys, tmp_path: Path
) -> None:
    loaded(session, keys, tmp_path, [a_row(1), a_row(2), a_row(3)])
    client, chief = sign_in(Role.MINISTRY), sign_in(Role.MINISTRY)
    rows: list[dict[str, str] | None] = [a_row(1, child_name="Жаңа Есім", award_to=""), a_row(2), a_row(4)]
    location = upload(client, (registry_bytes(rows), "a.csv")).location
    assert client.get(f"{location}/gone").status_code == 200
    assert session.scalar(select(func.sum(PersonReading.people))) == 1
    result_of(chief, chief.send_button(f"{location}/confirm", page=location))
    page = client.get(location).get_data(as_text=True)
    for state in ("new", "changed", "gone"):
        assert f"{location}/rows?state={state}" in page
    changed = client.get(f"{location}/rows?state=changed").get_data(as_text=True)
    assert f"<del>{a_row(1)['child_name']}</del>" in changed
    assert "<ins>Жаңа Есім</ins>" in changed
    assert "<del>2026-12-31</del>" in changed
    assert a_row(2)["case_no"] not in changed
    assert a_row(4)["case_no"] in client.get(f"{location}/rows?state=new").get_data(as_text=True)
    gone = client.get(f"{location}/rows?state=gone").get_data(as_text=True)
    assert a_row(3)["case_no"] in gone
    assert "Nobody has decided yet" in gone
    whole = client.get(f"{location}/rows").get_data(as_text=True)
    assert all(a_row(number)["case_no"] in whole for number in (1, 3, 4))
    session.expire_all()
    assert session.scalar(select(func.sum(PersonReading.people))) == 1 + 1 + 2 + 1 + 4
    auditor = sign_in(Role.AUDITOR)
    masked = auditor.get(f"{location}/rows").get_data(as_text=True)
    assert "Жаңа Есім" not in masked
    assert session.scalar(select(func.sum(PersonReading.people))) == 9


def test_sec_01_a_row_tells_nothing_of_what_stands_in_another_district(
    sign_in: SignIn, session: Session, keys: FieldKeys, tmp_path: Path
) -> None:
    loaded(session, keys, tmp_path, [a_row(1, child_name="Құпия Есім", applicant_name="Құпия Ана")])
    other = sign_in(Role.DISTRICT, ScopeKind.DISTRICT, int(OTHER_KATO))
    asked = a_row(1, district_kato=OTHER_KATO, child_name="Басқа Есім", award_to="")
    location = upload(other, (registry_bytes([asked]), "a.csv")).location
    page = other.get(f"{location}/rows").get_data(as_text=True)
    assert "Басқа Есім" in page
    assert "Құпия" not in page
    assert "/families/" not in page
    assert KATO != OTHER_KATO


def test_ux_59_a_roster_that_blocks_an_undoing_is_a_link(
    sign_in: SignIn, session: Session, keys: FieldKeys, tmp_path: Path
) -> None:
    batch = loaded(session, keys, tmp_path, [a_row(1)])
    later = AT + timedelta(hours=1)
    freeze_roster(session, quarter=QUARTER, actor=a_ministry(session), at=later, keys=keys)
    session.commit()
    page = sign_in(Role.MINISTRY).get(f"/distribution/registry/{batch.id}/undo").get_data(as_text=True)
    assert f'href="/distribution/quarters/{QUARTER}/roster?roster=1"' in page


def test_sec_51_files_and_rows_of_imports_are_forgotten_in_time(
    sign_in: SignIn, session: Session, imports: Imports
) -> None:
    client, chief = sign_in(Role.MINISTRY), sign_in(Role.MINISTRY)
    in_force = upload(client, (registry_bytes([a_row(1)]), "a.csv")).location
    result_of(chief, chief.send_button(f"{in_force}/confirm", page=in_force))
    upload(client, (registry_bytes([a_row(2)]), "b.csv"))
    dropped = upload(client, (registry_bytes([a_row(3)]), "c.csv")).location
    client.send_button(f"{dropped}/discard", page=dropped)
    undone = imports.stage([a_row(4)])
    imports.session.commit()

    def kept_files() -> int:
        session.expire_all()
        return session.scalar(select(func.count(StoredFileBlock.file_id.distinct()))) or 0

    def tops() -> list[str]:
        session.expire_all()
        return [one.status for one in session.scalars(select(RegistryBatch)) if "sealed" in (one.columns or {})]

    assert kept_files() == 2
    assert sorted(tops()) == ["staged", "staged"]
    newest = max(session.scalars(select(RegistryBatch.staged_at)))
    ministry = a_ministry(session)
    empty_people(session, actor=ministry, at=newest + timedelta(days=29))
    assert kept_files() == 2
    empty_people(session, actor=ministry, at=newest + timedelta(days=31))
    assert kept_files() == 1
    empty_people(session, actor=ministry, at=newest + timedelta(days=91))
    assert (kept_files(), tops(), imports.count(RegistryRow)) == (0, [], 0)
    assert session.get_one(RegistryBatch, undone.id).status == "discarded"


def test_sec_51_words_about_people_go_from_leads(session: Session) -> None:
    ended, other = (
        session.get_one(AssistanceCase, a_family(session, births=[date(2023, 1, 1)])[0].case_id) for _ in range(2)
    )
    ended.award_to = date(2026, 1, 31)
    lead = a_lead_in(session, district_id=ended.district_id)
    lead.note, lead.reasons = "Әжесі айтты", {"case_no": ended.case_no, "status": "awarded"}
    unmoved = a_lead_in(session, district_id=other.district_id)
    unmoved.note = "Екі бөлек бала"
    for one, family in ((lead, ended), (unmoved, other)):
        session.add(LeadPerson(lead_id=one.id, family_id=family.family_id))
    session.flush()
    assert empty_people(session, actor=a_ministry(session), at=AT.replace(year=2036)).families == 1
    assert (lead.note, lead.reasons) == ("", {"case_no": "–", "status": "awarded"})
    assert unmoved.note == "Екі бөлек бала"
