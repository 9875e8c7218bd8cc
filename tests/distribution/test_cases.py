"""Applications and awards: the state's transitions, the commission, decisions, ends by two people, past days."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text as sql, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from core.actors import EVERYWHERE
from core.audit import AuditEntry
from core.crypto import FieldKeys
from distribution.errors import ReasonMissing, SecondPersonNeeded
from distribution.errors.cases import ActOutOfTurn, CaseUnknown, EndingDecided, StepFactsWrong, TooFewOpinions
from distribution.models import Allotment, AssistanceCase, CaseEnding, CaseEvent, DistributionPolicy, PastCase
from distribution.queries.cases import CaseFilter, cases_statement, count_cases_by_status, find_review
from distribution.queries.history import family_on
from distribution.rules.cases import (
    ACTS,
    REFUSAL_REASONS,
    TERMINATION_REASONS,
    TRANSITIONS,
    conclusion_of,
    shown_status,
)
from distribution.rules.working_days import due_day, is_working_day
from distribution.services.cases import open_application, take_act
from distribution.services.commissions import add_member, send_to_commission
from distribution.services.endings import confirm_ending, drop_ending, propose_ending
from distribution.values import CaseStatus
from distribution.values.cases import CaseAct, Opinion, StepFacts
from tests.support.cases import (
    AT,
    DAY,
    SECTION,
    an_application,
    an_officer,
    awarded,
    entered_family,
    reviewed,
    some_members,
)
from tests.support.families import ARSHALY, a_family, a_point, an_approved_roster

STATE = json.loads((Path(__file__).parent / "registry_statuses.json").read_text())
NEEDED, NOT_NEEDED = Opinion.NEEDED, Opinion.NOT_NEEDED


def test_the_states_and_steps_are_those_of_the_state() -> None:
    assert {status.value: {one.value for one in targets} for status, targets in TRANSITIONS.items()} == {
        name: set(targets) for name, targets in STATE["transitions"].items()
    }
    assert [row[0] for row in STATE["application_statuses"]] == [status.value for status in CaseStatus]
    assert list(REFUSAL_REASONS) == [row[0] for row in STATE["refusal_reasons"]]
    assert list(TERMINATION_REASONS) == [row[0] for row in STATE["termination_reasons"]]
    for act, rule in ACTS.items():
        if rule.target is not None and act is not CaseAct.PROLONG:
            assert all(rule.target in TRANSITIONS[start] for start in rule.starts), act


def test_the_majority_concludes_and_a_tie_helps_the_family() -> None:
    assert conclusion_of({1: NEEDED, 2: NOT_NEEDED}) is None
    assert conclusion_of({1: NEEDED, 2: NOT_NEEDED, 3: NOT_NEEDED}) is NOT_NEEDED
    assert conclusion_of({1: NEEDED, 2: NOT_NEEDED, 3: NOT_NEEDED, 4: NEEDED}) is NEEDED


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 5, 6), True),
        (date(2026, 5, 7), False),  # Defender's day
        (date(2026, 5, 11), False),  # 9 May is a Saturday
        (date(2026, 3, 24), False),  # Nauryz of 21 and 22 March on a weekend
        (date(2026, 3, 25), False),
        (date(2026, 5, 27), False),  # Kurban Ait
        (date(2024, 1, 8), True),  # 7 January is moved nowhere
    ],
)
def test_working_days_are_those_of_kazakhstan(day: date, works: bool) -> None:  # noqa: FBT001 - the expected answer
    assert is_working_day(day) is works


def test_the_term_counts_calendar_or_working_days() -> None:
    assert due_day(DAY, 7, working=False) == date(2026, 5, 13)
    assert due_day(DAY, 7, working=True) == date(2026, 5, 19)  # 7, 9 to 11 May and two weekends


def test_an_application_goes_its_whole_way_and_every_step_is_kept(session: Session, keys: FieldKeys) -> None:
    officer = an_officer(session)
    case = awarded(session, an_application(session, keys, officer), officer)
    assert (case.status, case.award_from) == (CaseStatus.AWARDED, DAY)
    events = session.scalars(select(CaseEvent.to_status).where(CaseEvent.case_id == case.id).order_by(CaseEvent.id))
    assert list(events) == ["registered", "with_commission", "examined", "conclusion_needed", "awarded"]
    past = session.scalars(select(PastCase.status).where(PastCase.case_id == case.id).order_by(PastCase.id))
    assert list(past) == ["registered", "with_commission", "examined", "conclusion_needed"]
    acts = session.scalars(select(AuditEntry.action).where(AuditEntry.subject_id == str(case.id))).all()
    assert acts.count("distribution.change_case") == 5


def test_a_step_out_of_turn_is_refused(session: Session, keys: FieldKeys) -> None:
    officer = an_officer(session)
    case = an_application(session, keys, officer)
    with pytest.raises(ActOutOfTurn):
        take_act(session, case.id, CaseAct.AWARD, StepFacts(DAY, award_from=DAY), actor=officer, at=AT)
    with pytest.raises(StepFactsWrong):
        take_act(session, case.id, CaseAct.REFUSE, StepFacts(DAY, reason="T01"), actor=officer, at=AT)
    with pytest.raises(StepFactsWrong):
        take_act(session, case.id, CaseAct.WITHDRAW, StepFacts(DAY + timedelta(days=1)), actor=officer, at=AT)


def test_sec_21_a_case_of_another_district_does_not_exist(session: Session, keys: FieldKeys) -> None:
    case = an_application(session, keys, an_officer(session))
    stranger = an_officer(session, district_id=ARSHALY)
    with pytest.raises(CaseUnknown):
        take_act(session, case.id, CaseAct.WITHDRAW, StepFacts(DAY), actor=stranger, at=AT)
    with pytest.raises(CaseUnknown):
        propose_ending(session, case.id, StepFacts(DAY, reason="T03"), actor=stranger, at=AT)


def test_a_conclusion_against_the_family_is_a_ground_and_no_automat(session: Session, keys: FieldKeys) -> None:
    officer = an_officer(session)
    case = reviewed(session, an_application(session, keys, officer), officer, NOT_NEEDED, NOT_NEEDED, NEEDED)
    assert case.status == CaseStatus.CONCLUSION_NOT_NEEDED
    with pytest.raises(ReasonMissing):
        take_act(session, case.id, CaseAct.AWARD, StepFacts(DAY, award_from=DAY), actor=officer, at=AT)
    facts = StepFacts(DAY, note="Табыс құжатпен расталды", award_from=DAY)
    assert take_act(session, case.id, CaseAct.AWARD, facts, actor=officer, at=AT).status == CaseStatus.AWARDED


def test_a_commission_has_a_term_and_at_least_three_members(session: Session, keys: FieldKeys) -> None:
    officer = an_officer(session)
    case = an_application(session, keys, officer)
    some_members(session, officer, number=2)
    with pytest.raises(StepFactsWrong):
        send_to_commission(session, case.id, section=SECTION, facts=StepFacts(DAY), actor=officer, at=AT)
    session.add(
        DistributionPolicy(
            commission_days=7, commission_counts_working_days=True, objection_days=10, second_signature_from=None,
            keep_quarters=12, reason="test", at=AT, actor_id=officer.id,
        )
    )  # fmt: skip
    add_member(session, district_id=case.district_id, section=SECTION, name="Үшінші", position="", actor=officer, at=AT)
    review = send_to_commission(session, case.id, section=SECTION, facts=StepFacts(DAY), actor=officer, at=AT)
    assert review.due_on == date(2026, 5, 19)
    late = cases_statement(EVERYWHERE, CaseFilter(late=True), date(2026, 5, 20))
    assert [row[0].id for row in session.execute(late)] == [case.id]
    assert not session.execute(cases_statement(EVERYWHERE, CaseFilter(late=True), date(2026, 5, 19))).all()


def test_two_opinions_conclude_nothing_and_none_is_changed(session: Session, keys: FieldKeys) -> None:
    officer = an_officer(session)
    case = an_application(session, keys, officer)
    with pytest.raises(TooFewOpinions):
        reviewed(session, case, officer, NEEDED, NEEDED)
    review = find_review(session, case.id)
    assert review is not None
    with pytest.raises(DatabaseError), session.begin_nested():
        session.execute(sql("UPDATE commission_opinion SET opinion = 'not_needed'"))


def test_sec_25_an_award_ends_by_two_people(session: Session, keys: FieldKeys) -> None:
    officer, other = an_officer(session), an_officer(session)
    case = awarded(session, an_application(session, keys, officer), officer)
    propose_ending(session, case.id, StepFacts(DAY, reason="T03"), actor=officer, at=AT)
    with pytest.raises(SecondPersonNeeded):
        confirm_ending(session, case.id, actor=officer, at=AT)
    with pytest.raises(ActOutOfTurn):
        take_act(session, case.id, CaseAct.SUSPEND, StepFacts(DAY, note="x"), actor=officer, at=AT)
    with pytest.raises(DatabaseError), session.begin_nested():
        session.execute(update(CaseEnding).values(status="confirmed", decided_by_id=officer.id, decided_at=AT))
    assert [one.id for one in confirm_ending(session, case.id, actor=other, at=AT)] == [case.id]
    assert case.status == CaseStatus.TERMINATED
    with pytest.raises(EndingDecided):
        drop_ending(session, case.id, actor=other, at=AT)
    with pytest.raises(DatabaseError), session.begin_nested():
        session.execute(update(CaseEnding).values(reason="T01"))


def test_who_refuses_employment_measures_loses_the_aid_of_the_whole_family(session: Session, keys: FieldKeys) -> None:
    officer, other = an_officer(session), an_officer(session)
    case = awarded(session, an_application(session, keys, officer), officer)
    second = open_application(session, case.family_id, kind="conditional", facts=StepFacts(DAY), actor=officer, at=AT)
    third = open_application(session, case.family_id, kind="conditional", facts=StepFacts(DAY), actor=officer, at=AT)
    session.execute(
        update(AssistanceCase).where(AssistanceCase.id == second.id).values(status="suspended", award_from=DAY)
    )
    session.expire_all()
    propose_ending(session, second.id, StepFacts(DAY, reason="T03"), actor=officer, at=AT)
    propose_ending(session, case.id, StepFacts(DAY, reason="T01"), actor=officer, at=AT)
    ended = confirm_ending(session, case.id, actor=other, at=AT)
    assert {one.id for one in ended} == {case.id, second.id}
    assert {one.reason for one in ended} == {"T01"}
    assert session.get_one(AssistanceCase, third.id).status == CaseStatus.REGISTERED
    statuses = session.scalars(select(CaseEnding.status).order_by(CaseEnding.id)).all()
    assert statuses == ["dropped", "confirmed"]


def test_an_appeal_is_decided_by_another_person(session: Session, keys: FieldKeys) -> None:
    officer, other = an_officer(session), an_officer(session)
    case = reviewed(session, an_application(session, keys, officer), officer, NOT_NEEDED, NOT_NEEDED, NOT_NEEDED)
    take_act(session, case.id, CaseAct.REFUSE, StepFacts(DAY, reason="R01"), actor=officer, at=AT)
    take_act(session, case.id, CaseAct.APPEAL, StepFacts(DAY, note="шағым"), actor=officer, at=AT)
    with pytest.raises(SecondPersonNeeded):
        take_act(session, case.id, CaseAct.UPHOLD, StepFacts(DAY, note="қалады"), actor=officer, at=AT)
    take_act(session, case.id, CaseAct.UPHOLD, StepFacts(DAY, note="қалады"), actor=other, at=AT)
    assert case.status == CaseStatus.REFUSED
    take_act(session, case.id, CaseAct.APPEAL, StepFacts(DAY, note="тағы"), actor=officer, at=AT)
    third = an_officer(session)
    facts = StepFacts(DAY, note="қанағаттандырылды", award_from=DAY)
    assert take_act(session, case.id, CaseAct.AWARD, facts, actor=third, at=AT).status == CaseStatus.AWARDED


def test_an_award_that_ran_out_is_shown_as_expired_and_never_written(session: Session, keys: FieldKeys) -> None:
    officer = an_officer(session)
    case = awarded(session, an_application(session, keys, officer), officer, award_to=DAY + timedelta(days=30))
    after = DAY + timedelta(days=31)
    assert shown_status(case.status, case.award_to, after) is CaseStatus.EXPIRED
    assert count_cases_by_status(session, EVERYWHERE, after) == {"awarded": 0, "expired": 1}
    listed = session.execute(cases_statement(EVERYWHERE, CaseFilter(status="expired"), after)).all()
    assert [row[0].id for row in listed] == [case.id]
    longer = StepFacts(DAY, note="ұзарту", award_from=DAY, award_to=DAY + timedelta(days=60))
    with pytest.raises(ActOutOfTurn):
        take_act(session, case.id, CaseAct.PROLONG, longer, actor=officer, at=AT + timedelta(days=31))
    assert take_act(session, case.id, CaseAct.PROLONG, longer, actor=officer, at=AT).award_to == longer.award_to


def test_the_state_on_any_past_day_is_shown(session: Session, keys: FieldKeys) -> None:
    officer, other = an_officer(session), an_officer(session)
    family = entered_family(session, keys, officer)
    case = open_application(session, family.id, kind="unconditional", facts=StepFacts(DAY), actor=officer, at=AT)
    awarded(session, case, officer)
    later = AT + timedelta(days=10)
    take_act(session, case.id, CaseAct.SUSPEND, StepFacts(DAY, note="тексеру"), actor=officer, at=later)
    propose_ending(session, case.id, StepFacts(DAY, reason="T08"), actor=officer, at=later + timedelta(days=5))
    confirm_ending(session, case.id, actor=other, at=later + timedelta(days=5))
    seen = {
        days: [one.status for one in family_on(session, family, DAY + timedelta(days=days)).cases]
        for days in (-1, 0, 9, 10, 14, 15, 100)
    }
    assert seen == {
        -1: [], 0: ["awarded"], 9: ["awarded"], 10: ["suspended"], 14: ["suspended"], 15: ["terminated"],
        100: ["terminated"],
    }  # fmt: skip
    assert not family_on(session, family, DAY - timedelta(days=1)).is_known


def test_who_takes_a_number_gets_the_next_one(session: Session, keys: FieldKeys) -> None:
    officer = an_officer(session)
    numbers = [an_application(session, keys, officer).case_no for _ in range(3)]
    assert numbers == ["AS-2026-0001", "AS-2026-0002", "AS-2026-0003"]
    assert session.scalar(select(func.count()).select_from(AssistanceCase)) == 3


def test_what_the_family_was_not_given_goes_to_the_next_in_order(session: Session, keys: FieldKeys) -> None:
    a_point(session)
    officer, other = an_officer(session), an_officer(session)
    child = a_family(session, births=[date(2024, 5, 6)])[0]
    an_approved_roster(session, keys)
    propose_ending(session, child.case_id, StepFacts(DAY, reason="T01"), actor=officer, at=AT)
    confirm_ending(session, child.case_id, actor=other, at=AT)
    rows = session.execute(select(Allotment.status, Allotment.ended_reason)).all()
    assert {tuple(row) for row in rows} == {("dropped", "award_ended")}
