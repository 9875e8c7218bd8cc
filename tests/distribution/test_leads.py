"""Leads: what is found, what is not, what a decision does and that it is remembered; on both engines."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings, strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from core.actors import Actor
from core.crypto import FieldKeys
from core.database import BoundDatabase
from core.text import fold
from distribution.errors import NotYourStep
from distribution.errors.leads import DecisionUnfit, LeadClosed, LeadOpen, LeadUnknown
from distribution.jobs.leads import search_registry
from distribution.models import AssistanceCase, Child, Family, Lead, LeadPerson, PastChild
from distribution.queries.eligibility import count_eligible
from distribution.rules.leads import Commonness, KnownChild, list_pairs
from distribution.rules.names import Words, likeness, meeting_keys, name_words
from distribution.services.lead_search import Kept
from distribution.services.leads import decide_lead, reopen_lead
from distribution.services.past import keep_child
from distribution.values.leads import LeadDecision, LeadKind, LeadStatus
from tests.support.families import AKKOL, ARSHALY, QUARTER, a_family
from tests.support.people import an_actor

AT = datetime(2026, 9, 20, 6, 0, tzinfo=UTC)
LATER = AT + timedelta(days=1)
BORN = date(2023, 4, 7)


def a_child(session: Session, name: str, born: date = BORN, *, district_id: int = AKKOL, guardian: str = "") -> Child:
    """Add a family with one child of this name."""
    (child,) = a_family(session, births=[born], district_id=district_id, guardian=guardian or f"Ана {name}")
    child.name, child.search_text = name, fold(name)
    session.flush()
    return child


def clerk(session: Session, district_id: int = AKKOL) -> Actor:
    """Return a clerk of a district."""
    return an_actor(session, role=Role.DISTRICT, scope_kind=ScopeKind.DISTRICT, scope_id=district_id)


def search(database: BoundDatabase, session: Session, at: datetime = AT) -> Kept:
    """Search as somebody of the ministry."""
    session.flush()
    kept, _gone = search_registry(database, actor=an_actor(session, role=Role.MINISTRY), at=at, tell=lambda *_: None)
    session.expire_all()
    return kept


def leads(session: Session, kind: LeadKind) -> Sequence[Lead]:
    return session.scalars(select(Lead).where(Lead.kind == kind).order_by(Lead.id)).all()


def the_lead(session: Session, kind: LeadKind = LeadKind.SAME_CHILD) -> Lead:
    (lead,) = leads(session, kind)
    return lead


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ахметова Әсел Серікқызы", "Ахметова Асел Серикқызы"),
        ("Ахметова Гүлнар", "Ахметова Гульнар"),
        ("Жұмабаев Санжар", "Джумабаев Санжар"),
        ("Ахметов Алихан Серікұлы", "Ахметов Алихан Серикович"),
        ("Ахметов Алихан Серікұлы", "Алихан Ахметов"),
        ("Ахметов Санжар", "Ахметов Санжа"),
        ("Бекмұратов Темірлан", "Бекмұратов Темилран"),
        ("Досжанова Томирис", "Досжанова Томирес"),
    ],
)
def test_the_same_child_is_found_however_its_name_is_spelled(
    database: BoundDatabase, session: Session, one: str, other: str
) -> None:
    first, second = a_child(session, one), a_child(session, other, district_id=ARSHALY)
    assert search(database, session).new == 1
    lead = the_lead(session)
    people = session.scalars(select(LeadPerson.child_id).where(LeadPerson.lead_id == lead.id)).all()
    assert sorted(person or 0 for person in people) == sorted([first.id, second.id])
    assert (lead.status, lead.district_id) == (LeadStatus.OPEN, ARSHALY)


def test_a_birthday_with_day_and_month_swapped_is_found(database: BoundDatabase, session: Session) -> None:
    a_child(session, "Ахметова Әсел", date(2023, 4, 7))
    a_child(session, "Ахметова Асел", date(2023, 7, 4))
    search(database, session)
    assert the_lead(session).reasons["seen"] == ["name_same", "birth_swapped", "one_district", "one_guardian_name"]


@pytest.mark.parametrize(
    ("one", "other", "born"),
    [
        ("Ахметова Әсел", "Ахметова Дана", BORN),
        ("Ахметова Әсел", "Ахметова Асел", date(2023, 4, 9)),
        ("Ахметова Әсел", "Қасымова Асел", BORN),
    ],
)
def test_others_are_not_found(database: BoundDatabase, session: Session, one: str, other: str, born: date) -> None:
    a_child(session, one)
    a_child(session, other, born)
    assert search(database, session) == Kept()


def test_common_names_of_one_birthday_are_no_lead_unless_more_speaks_for_it() -> None:
    common, rare = name_words(fold("Ахметова Айша")), name_words(fold("Тасмағамбетова Қарлығаш"))
    commonness = Commonness()
    commonness.count((common, AKKOL) for _ in range(20_000))
    commonness.count((name_words(f"слово{number}"), ARSHALY) for number in range(20_000))

    def found(words: Words, phones: Sequence[bytes]) -> int:
        day = [
            KnownChild(number, number, AKKOL, BORN, words, (f"ана{number}",), phone)
            for number, phone in enumerate(phones)
        ]
        return len(list(list_pairs(day, commonness)))

    assert found(common, [b"1", b"2"] + [b""] * 40) == 0
    assert found(common, [b"1", b"1"] + [b""] * 40) == 1
    assert found(rare, [b"1", b"2"]) == 1


def test_a_hostile_day_of_one_name_is_not_compared_each_with_each() -> None:
    commonness = Commonness()
    day = [KnownChild(number, number, AKKOL, BORN, ("а", "б"), (), b"") for number in range(5_000)]
    commonness.count((child.words, child.district_id) for child in day)
    assert not list(list_pairs(day, commonness))


@given(st.text("абвг", min_size=2, max_size=9), st.text("абвг", min_size=2, max_size=9), st.sampled_from("опр"))
@settings(max_examples=60, deadline=None)
def test_alike_names_meet_under_a_key(one: str, other: str, rest: str) -> None:
    first, second = tuple(sorted((one, rest * 4))), tuple(sorted((other, rest * 4)))
    swap = len(one) == len(other) and sorted(one) == sorted(other)
    if likeness(first, second) is not None and not swap:
        assert set(meeting_keys(first)) & set(meeting_keys(second))


def test_a_flagged_child_stays_in_until_it_is_decided_and_the_decision_takes_the_later_one_out(
    database: BoundDatabase, session: Session
) -> None:
    first = a_child(session, "Ахметова Әсел")
    second = a_child(session, "Ахметова Асел")
    search(database, session)
    eligible = {row.kit: row.children for row in count_eligible(session, QUARTER)}
    assert eligible["F36"] == 2
    lead = the_lead(session)
    actor = clerk(session)
    decide_lead(session, lead_id=lead.id, decision=LeadDecision.SAME, note="One passport", actor=actor, at=LATER)
    session.refresh(second)
    assert second.duplicate_of_id == first.id
    past = session.scalars(select(PastChild).where(PastChild.child_id == second.id)).one()
    assert (past.duplicate_of_id, past.actor_id, past.why) == (None, actor.id, "One passport")
    assert {row.kit: row.children for row in count_eligible(session, QUARTER)}["F36"] == 1
    reopen_lead(session, lead_id=lead.id, actor=actor, at=LATER + timedelta(hours=1))
    assert session.scalar(select(Child.duplicate_of_id).where(Child.id == second.id)) is None
    assert {row.kit: row.children for row in count_eligible(session, QUARTER)}["F36"] == 2


def test_decisions_are_remembered_at_every_search(database: BoundDatabase, session: Session) -> None:
    a_child(session, "Ахметова Әсел")
    a_child(session, "Ахметова Асел")
    search(database, session)
    lead = the_lead(session)
    decide_lead(session, lead_id=lead.id, decision=LeadDecision.DIFFERENT, note="Cousins", actor=clerk(session), at=AT)
    assert search(database, session, LATER) == Kept(known=1)
    lead = the_lead(session)
    assert (lead.status, lead.decision, lead.note) == (LeadStatus.DECIDED, LeadDecision.DIFFERENT, "Cousins")


def test_what_is_found_no_more_is_gone_and_comes_back(database: BoundDatabase, session: Session) -> None:
    a_child(session, "Ахметова Әсел")
    second = a_child(session, "Ахметова Асел")
    search(database, session)
    second.search_text = fold("Ахметова Дана")
    search(database, session, LATER)
    assert the_lead(session).status == LeadStatus.GONE
    second.search_text = fold("Ахметова Әсел")
    search(database, session, LATER + timedelta(days=1))
    assert the_lead(session).status == LeadStatus.OPEN


def test_a_decided_telephone_opens_again_when_a_further_family_comes(
    database: BoundDatabase, session: Session, keys: FieldKeys
) -> None:
    index = keys.blind_index("+77010000001")

    def with_phone(name: str) -> None:
        child = a_child(session, name)
        session.get_one(Family, session.get_one(AssistanceCase, child.case_id).family_id).phone_index = index

    with_phone("Ахметова Әсел")
    with_phone("Бекмұратова Дана")
    assert search(database, session) == Kept()
    with_phone("Қасымова Мадина")
    assert search(database, session).new == 1
    lead = the_lead(session, LeadKind.SHARED_PHONE)
    assert lead.reasons == {"families": 3}
    decide_lead(session, lead_id=lead.id, decision=LeadDecision.RIGHT, note="", actor=clerk(session), at=AT)
    assert search(database, session, LATER) == Kept(known=1)
    with_phone("Досжанова Томирис")
    assert search(database, session, LATER + timedelta(days=1)) == Kept(again=1)
    assert the_lead(session, LeadKind.SHARED_PHONE).status == LeadStatus.OPEN


def test_births_of_one_family_are_twins_or_seven_months_apart(database: BoundDatabase, session: Session) -> None:
    a_family(session, births=[BORN, BORN + timedelta(days=1), BORN + timedelta(days=300)])
    search(database, session)
    assert not leads(session, LeadKind.CLOSE_BIRTHS)
    a_family(session, births=[BORN, BORN + timedelta(days=100)])
    search(database, session, LATER)
    assert the_lead(session, LeadKind.CLOSE_BIRTHS).reasons == {"pairs": 1}


def test_more_than_twelve_children_under_six_are_a_lead(database: BoundDatabase, session: Session) -> None:
    a_family(session, births=[date(2024, 1, 1 + number) for number in range(12)])
    search(database, session)
    assert not leads(session, LeadKind.MANY_CHILDREN)
    a_family(session, births=[date(2024, 1, 1 + number) for number in range(13)])
    search(database, session, LATER)
    assert the_lead(session, LeadKind.MANY_CHILDREN).reasons == {"children": 13}


def test_a_child_that_came_from_the_case_of_another_family_is_a_lead(database: BoundDatabase, session: Session) -> None:
    child, other = a_child(session, "Ахметова Әсел"), a_child(session, "Бекмұратова Дана", date(2022, 1, 1))
    before = child.case_id
    keep_child(session, child, actor_id=clerk(session).id, at=AT, why="")
    child.case_id = other.case_id
    search(database, session)
    number = session.get_one(AssistanceCase, before).case_no
    assert the_lead(session, LeadKind.MOVED_CHILD).reasons == {"case_no": number, "status": "awarded"}


def test_sec_21_leads_are_of_a_territory_and_decided_once_by_who_may(database: BoundDatabase, session: Session) -> None:
    a_child(session, "Ахметова Әсел")
    a_child(session, "Ахметова Асел")
    search(database, session)
    lead_id = the_lead(session).id

    def decide(actor: Actor, decision: LeadDecision = LeadDecision.DIFFERENT) -> None:
        decide_lead(session, lead_id=lead_id, decision=decision, note="", actor=actor, at=AT)

    with pytest.raises(LeadUnknown):
        decide(clerk(session, ARSHALY))
    with pytest.raises(NotYourStep):
        decide(an_actor(session, role=Role.AUDITOR))
    with pytest.raises(DecisionUnfit):
        decide(clerk(session), LeadDecision.MISTAKE)
    with pytest.raises(LeadOpen):
        reopen_lead(session, lead_id=lead_id, actor=clerk(session), at=AT)
    decide(clerk(session))
    with pytest.raises(LeadClosed):
        decide(clerk(session))


def test_an_auditor_does_not_search(database: BoundDatabase, session: Session) -> None:
    with pytest.raises(NotYourStep):
        search_registry(database, actor=an_actor(session, role=Role.AUDITOR), at=AT, tell=lambda *_: None)
