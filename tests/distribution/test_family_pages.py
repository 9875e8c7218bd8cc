"""Pages of families, children, applications and commissions: what an officer does in a browser."""

import re
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from core.audit import AuditEntry
from core.crypto import FieldKeys
from distribution.models import Alert, AssistanceCase, Child, Family, FamilyProxy, PastChild, PastFamily, PersonReading
from tests.conftest import SignIn
from tests.support.cases import SECTION, an_application, an_iin, an_officer, awarded, entered_family, some_members
from tests.support.client import InspectingClient
from tests.support.families import AKKOL, ARSHALY, a_family

DAY = "2026-05-06"
PHONE, ADDRESS = "8 (701) 555-44-33", "Абай көшесі, 5"


def officer_in(sign_in: SignIn, district: int = AKKOL) -> InspectingClient:
    """Sign an officer of a district in."""
    return sign_in(Role.DISTRICT, ScopeKind.DISTRICT, district)


def enter(client: InspectingClient, **changes: str) -> str:
    """Enter a family by its form and return the page that answers."""
    whole = {
        "iin": an_iin(), "name": "Гүлнәр Асқарқызы", "district_id": str(AKKOL), "settlement": "Ақкөл",
        "phone": PHONE, "address": ADDRESS, "language": "kk",
    }  # fmt: skip
    return client.send_form("/distribution/families/enter", **{**whole, **changes}).text


def test_an_officer_brings_a_family_to_its_award(session: Session, sign_in: SignIn) -> None:
    client = officer_in(sign_in)
    enter(client)
    family = session.scalars(select(Family)).one()
    assert family.guardian_name == "Гүлнәр Асқарқызы"
    at = f"/distribution/families/{family.id}"
    client.send_form(f"{at}/applications/new", kind="unconditional", happened_on=DAY, case_no="Е-77")
    case = session.scalars(select(AssistanceCase)).one()
    here = f"/distribution/cases/{case.id}"
    client.send_form(f"{here}/children/add", iin=an_iin(date(2023, 2, 3)), name="Дана")
    for name in ("Бірінші", "Екінші", "Үшінші"):
        client.send_form(
            "/distribution/commissions/members/add", district_id=str(AKKOL), section=SECTION, name=name, position=""
        )
    client.send_form(f"{here}/commission/send", section=SECTION, happened_on=DAY)
    client.send_form(f"{here}/commission/examine", happened_on=DAY, findings="Пәтер")
    options = re.findall(r'<option value="(\d+)"', client.get(f"{here}/commission/opinion").text)
    for member in options:
        client.send_form(f"{here}/commission/opinion", member_id=member, opinion="needed", note="")
    client.send_form(f"{here}/commission/conclude", happened_on=DAY)
    client.send_form(f"{here}/acts/award", happened_on=DAY, award_from=DAY, award_to="2026-12-31")
    session.expire_all()
    assert session.scalars(select(AssistanceCase)).one().status == "awarded"
    page = client.get(here).text
    for words in ("Дана", "Aid is needed", "Propose to end the award", "Path of the case"):
        assert words in page


def test_a_familys_language_is_changed_and_its_past_keeps_the_other(session: Session, sign_in: SignIn) -> None:
    client = officer_in(sign_in)
    enter(client)
    family = session.scalars(select(Family)).one()
    at = f"/distribution/families/{family.id}/change"
    assert 'selected value="kk"' in client.get(at).text
    known = {"name": family.guardian_name, "district_id": str(AKKOL), "settlement": "Ақкөл", "phone": PHONE}
    for language, stands in (("en", "kk"), ("ru", "ru")):
        client.send_form(at, **known, address=ADDRESS, language=language, why="So they asked")
        session.expire_all()
        assert session.scalars(select(Family)).one().language == stands
    assert session.scalars(select(PastFamily.language)).all() == ["kk"]


@pytest.mark.parametrize(
    ("iin", "words"),
    [
        ("1234", "12 digits"),
        ("９００４０５４０１２３４", "12 digits"),
        ("000000000000", "does not exist"),
        ("900405400001", "mistyped"),
        (an_iin(date(2022, 5, 6)), "IIN of a child"),
    ],
)
def test_ux_70_bad_45_the_form_says_what_is_wrong_with_an_iin(sign_in: SignIn, iin: str, words: str) -> None:
    assert words in enter(officer_in(sign_in), iin=iin)


def test_ux_70_spaces_in_iin_and_phone_do_not_matter(session: Session, sign_in: SignIn, keys: FieldKeys) -> None:
    iin = an_iin()
    enter(officer_in(sign_in), iin=f" {iin[:6]} {iin[6:]} ", phone="8 (701) 555 44 33")
    family = session.scalars(select(Family)).one()
    assert keys.open(family.guardian_iin_sealed) == iin
    assert keys.open(family.phone_sealed) == "+77015554433"


def test_bad_43_names_are_cleaned_and_pictures_of_text_are_refused(session: Session, sign_in: SignIn) -> None:
    client = officer_in(sign_in)
    enter(client, name="А\u202eй\u200bгүл" + "\u0301" * 500 + " Сәбит")
    assert "\u202e" not in session.scalars(select(Family)).one().guardian_name
    assert "as it stands in the identity document" in enter(client, name="12345")


def test_a_known_applicant_is_not_entered_twice(session: Session, sign_in: SignIn) -> None:
    iin = an_iin()
    enter(officer_in(sign_in), iin=iin)
    assert "has a family here already" in enter(officer_in(sign_in), iin=iin)
    assert "known in another district" in enter(officer_in(sign_in, ARSHALY), iin=iin, district_id=str(ARSHALY))
    assert len(session.scalars(select(Family)).all()) == 1


def test_sec_22_numbers_are_hidden_until_somebody_says_why(session: Session, sign_in: SignIn, keys: FieldKeys) -> None:
    officer = an_officer(session)
    family = entered_family(session, keys, officer)
    iin = keys.open(family.guardian_iin_sealed)
    client, at = officer_in(sign_in), f"/distribution/families/{family.id}"
    page = client.get(at).text
    assert iin not in page
    assert "Абай" not in page
    assert "+7701" not in page
    assert iin not in client.send_form(f"{at}/reveal", why="").text
    shown = client.send_form(f"{at}/reveal", why="To call the family").text
    assert iin in shown
    assert "Абай көшесі" in shown
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "distribution.reveal_family")).one()
    assert entry.detail["reason"] == "To call the family"
    assert sign_in(Role.AUDITOR).get(f"{at}/reveal").status_code == 404
    assert officer_in(sign_in, ARSHALY).get(f"{at}/reveal").status_code == 404


def test_sec_49_sec_50_searches_are_written_down_without_what_was_sought(session: Session, sign_in: SignIn) -> None:
    client = officer_in(sign_in)
    a_family(session, births=[date(2023, 1, 1)], guardian="Зауре Тестқызы")
    client.get("/distribution/families?q=Зауре")
    client.get(f"/distribution/families?q={an_iin()}")
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "distribution.search_people")).all()
    assert sorted(str(entry.detail["by"]) for entry in entries) == ["iin", "text"]
    assert all(set(entry.detail) == {"by", "found"} for entry in entries)


def test_sec_56_who_reads_of_many_people_is_told_of_once(session: Session, sign_in: SignIn) -> None:
    client = officer_in(sign_in)
    for number in range(60):
        a_family(session, births=[date(2023, 1, 1)], guardian=f"Аты {number}")
    for _ in range(5):
        client.get("/distribution/families")
    assert sum(session.scalars(select(PersonReading.people))) == 250
    told = session.scalars(select(AuditEntry).where(AuditEntry.action == "distribution.read_many_people")).all()
    assert len(told) == 1
    alert = session.scalars(select(Alert)).one()
    assert (alert.kind, alert.state) == ("many_people_read", "firing")


def test_a_child_is_renamed_taken_out_and_put_back(session: Session, sign_in: SignIn) -> None:
    child = a_family(session, births=[date(2023, 1, 1)])[0]
    client, at = officer_in(sign_in), f"/distribution/children/{child.id}"
    client.send_form(f"{at}/rename", name="Дұрыс Аты", why="куәлік")
    client.send_form(f"{at}/end", reason="state_care", ended_on=DAY, why="бұйрық")
    session.expire_all()
    child = session.get_one(Child, child.id)
    assert (child.name, child.ended_reason, child.ended_on) == ("Дұрыс Аты", "state_care", date(2026, 5, 6))
    assert "Out since" in client.get(at).text
    client.send_form(f"{at}/restore", why="қате")
    session.expire_all()
    assert session.get_one(Child, child.id).ended_on is None
    assert len(session.scalars(select(PastChild)).all()) == 3


def test_a_child_of_another_case_is_not_entered(session: Session, sign_in: SignIn, keys: FieldKeys) -> None:
    officer, client = an_officer(session), officer_in(sign_in)
    first, second = (an_application(session, keys, officer) for _ in range(2))
    iin = an_iin(date(2023, 3, 4))
    client.send_form(f"/distribution/cases/{first.id}/children/add", iin=iin, name="Дана")
    answer = client.send_form(f"/distribution/cases/{second.id}/children/add", iin=iin, name="Дана")
    assert "another family" in answer.text
    adult = client.send_form(f"/distribution/cases/{first.id}/children/add", iin=an_iin(), name="Дана")
    assert "IIN of an adult" in adult.text


def test_a_proxy_is_entered_and_withdrawn(session: Session, sign_in: SignIn, keys: FieldKeys) -> None:
    family = entered_family(session, keys, an_officer(session))
    client, at = officer_in(sign_in), f"/distribution/families/{family.id}"
    whole = {"iin": an_iin(), "name": "Серік", "document": "СХ-12", "valid_from": DAY, "valid_until": "2030-01-01"}
    client.send_form(f"{at}/proxies/add", **whole)
    proxy = session.scalars(select(FamilyProxy)).one()
    assert keys.open(proxy.document_sealed) == "СХ-12"
    client.send_button(f"{at}/proxies/{proxy.id}/withdraw", page=at)
    session.expire_all()
    assert session.scalars(select(FamilyProxy)).one().withdrawn_at is not None


def test_sec_25_the_page_lets_another_person_confirm_an_end(session: Session, sign_in: SignIn, keys: FieldKeys) -> None:
    officer = an_officer(session)
    case = awarded(session, an_application(session, keys, officer), officer)
    first, second, at = officer_in(sign_in), officer_in(sign_in), f"/distribution/cases/{case.id}"
    first.send_form(f"{at}/ending/propose", reason="T08", happened_on=DAY)
    assert "Another person must confirm" in first.get(at).text
    second.send_button(f"{at}/ending/confirm", page=at)
    session.expire_all()
    assert session.get_one(AssistanceCase, case.id).status == "terminated"


def test_the_settings_are_changed_by_the_ministry_with_a_reason(sign_in: SignIn) -> None:
    client = sign_in(Role.MINISTRY)
    whole = {
        "commission_days": "5",
        "commission_counts_working_days": "y",
        "objection_days": "10",
        "keep_quarters": "8",
    }
    assert "Enter the reason" in client.send_form("/distribution/policy/change", **whole).text
    client.send_form("/distribution/policy/change", **whole, reason="Бұйрық 12", second_signature_from="100")
    assert "5 working days" in client.get("/distribution/policy").text
    assert officer_in(sign_in).get("/distribution/policy/change").status_code == 404


def test_the_day_of_the_page_is_in_the_past(session: Session, sign_in: SignIn) -> None:
    child = a_family(session, births=[date(2023, 1, 1)])[0]
    case = session.get_one(AssistanceCase, child.case_id)
    client = officer_in(sign_in)
    assert "state at the end of" in client.get(f"/distribution/families/{case.family_id}?on=2026-01-01").text
    assert client.get(f"/distribution/families/{case.family_id}?on=2999-01-01").status_code == 400
    assert client.get(f"/distribution/families/{case.family_id}?on=yes").status_code == 400


def test_cases_are_listed_and_carried_away(session: Session, sign_in: SignIn, keys: FieldKeys) -> None:
    officer = an_officer(session)
    case = an_application(session, keys, officer)
    some_members(session, officer)
    client = officer_in(sign_in)
    assert case.case_no in client.get("/distribution/cases").text
    assert case.case_no in client.get("/distribution/cases?format=csv").text
    assert case.case_no not in client.get("/distribution/cases?status=awarded").text
    assert case.case_no not in client.get("/distribution/cases?late=yes").text
    assert case.case_no not in officer_in(sign_in, ARSHALY).get("/distribution/cases").text
    assert "Мүше 0" in client.get("/distribution/commissions").text
