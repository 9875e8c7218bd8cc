"""Why a child got a set or not: sentences of each case, the pages, dropping out by hand."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from core.actors import EVERYWHERE
from core.crypto import FieldKeys
from core.i18n import use_language
from distribution.errors.allotments import AllotmentUnknown
from distribution.models import Allotment, AssistanceCase, Child, Roster, RosterLine
from distribution.queries.allotments import of_its_line
from distribution.queries.explanations import explain_allotment, list_explanations
from distribution.rules.explanations import reasons
from distribution.services.allotments import allot
from distribution.services.announcements import announce
from distribution.services.drops import drop_allotments
from distribution.services.rosters import freeze_roster
from tests.conftest import SignIn
from tests.support.families import AKKOL, ARSHALY, AT, QUARTER, a_family, a_ministry, kit_kind

TODDLER = date(2024, 5, 6)
SEED, SOURCE = "04 17 23 31", "national lottery draw"
LATER = AT + timedelta(days=30)


def rationed(session: Session, keys: FieldKeys, *, children: int = 4, supply: int = 2) -> Roster:
    """Announce and allot so many F13 among the children of a district."""
    for number in range(children):
        a_family(session, births=[TODDLER + timedelta(days=number)])
    roster = freeze_roster(session, quarter=QUARTER, actor=a_ministry(session), at=AT, keys=keys)
    announced, who = {"F13": supply, "HYG": children}, a_ministry(session)
    announce(session, roster=roster, seed_source=SOURCE, announced=announced, actor=who, at=AT)
    allot(session, roster=roster, seed=SEED, seed_source="", announced={}, actor=who, at=LATER)
    return roster


def in_order(session: Session, roster: Roster, kit: str = "F13") -> list[Allotment]:
    kind = kit_kind(session, kit)
    statement = select(Allotment).where(Allotment.roster_id == roster.id, Allotment.kit_kind_id == kind.id)
    return list(session.scalars(statement.order_by(Allotment.rank)))


def told(session: Session, one: Allotment) -> dict[str, str]:
    """Return what is said about an allotment, by step."""
    return {why.step.value: str(why.sentence) for why in reasons(explain_allotment(session, one.id, EVERYWHERE))}


def test_who_waits_is_told_why_and_what_follows(session: Session, keys: FieldKeys) -> None:
    last = in_order(session, rationed(session, keys))[3]
    said = told(session, last)
    assert list(said) == ["roster", "told", "supply", "quota", "order", "place", "result", "next"]
    assert said["told"].startswith("On 2026-09-20, before the draw, it was told which event would give the seed")
    assert said["supply"] == "In the country 2 sets F13 were there for 4 children, with 2 of them announced: too few."
    assert said["quota"].startswith("The district has 4 of these children and gets 2 sets")
    assert said["order"].startswith("In the district 3 stand before this child: 0 because they waited")
    assert said["place"] == "The child has place 4 of 4; the first 2 get the set."
    assert said["result"] == "This child waits: there are too few sets."


def test_who_moved_up_and_who_dropped_out_are_told_so(session: Session, keys: FieldKeys) -> None:
    first, _, third, _ = in_order(session, rationed(session, keys))
    who = a_ministry(session)
    drop_allotments(session, allotment_ids=[first.id], reason="died", note="", actor=who, at=LATER)
    said = told(session, third)
    assert said["change"] == "On 2026-10-20 somebody before this child dropped out, so it moved up."
    assert "1 before it dropped out" in said["place"]
    assert said["result"] == "This child gets the set."
    said = told(session, first)
    assert said["order"] == "Nobody in the district stands before this child."
    assert said["result"] == "This child dropped out after the draw."
    assert "died" not in " ".join(said.values())


def test_enough_for_everybody_is_told_without_order_and_place(session: Session, keys: FieldKeys) -> None:
    one = in_order(session, rationed(session, keys), "HYG")[3]
    assert list(told(session, one)) == ["roster", "told", "supply", "result"]


def test_a_pseudonym_is_explained_without_naming_anybody(session: Session, keys: FieldKeys) -> None:
    roster = rationed(session, keys)
    one = in_order(session, roster)[0]
    pseudonym = session.scalars(
        select(RosterLine.pseudonym).join(Allotment, of_its_line()).where(Allotment.id == one.id)
    ).one()
    found = list_explanations(session, quarter=QUARTER, pseudonym=pseudonym)
    assert [explained.listed.kit for explained in found] == ["F13", "HYG"]
    name = session.get_one(Child, one.child_id).name
    for language in ("kk", "ru", "en"):
        with use_language(language):
            sentences = " ".join(str(why.sentence) for explained in found for why in reasons(explained))
        assert pseudonym in sentences
        assert name not in sentences
    assert list_explanations(session, quarter=QUARTER, pseudonym="0" * 32) == []


def test_before_the_draw_there_is_only_the_line(session: Session, keys: FieldKeys) -> None:
    a_family(session, births=[TODDLER])
    freeze_roster(session, quarter=QUARTER, actor=a_ministry(session), at=AT, keys=keys)
    pseudonym = session.scalars(select(RosterLine.pseudonym)).first() or ""
    found = list_explanations(session, quarter=QUARTER, pseudonym=pseudonym)
    assert [why.step.value for why in reasons(found[0])] == ["roster", "result"]


def test_sec_12_an_explanation_ends_at_the_reach(session: Session, keys: FieldKeys, sign_in: SignIn) -> None:
    one = in_order(session, rationed(session, keys))[0]
    stranger = sign_in(Role.DISTRICT, scope_kind=ScopeKind.DISTRICT, scope_id=ARSHALY)
    assert stranger.get(f"/distribution/allotments/{one.id}/why").status_code == 404
    assert stranger.get(f"/distribution/allotments/{one.id}/drop").status_code == 404
    with pytest.raises(AllotmentUnknown):
        explain_allotment(session, 0, EVERYWHERE)


def test_a_district_lets_a_child_drop_out_by_hand(session: Session, keys: FieldKeys, sign_in: SignIn) -> None:
    first, _, third, _ = in_order(session, rationed(session, keys))
    own = sign_in(Role.DISTRICT, scope_kind=ScopeKind.DISTRICT, scope_id=AKKOL)
    address = f"/distribution/allotments/{first.id}"
    assert f'href="{address}/why"' in own.get("/distribution/quarters/2026-Q4/allotments").get_data(as_text=True)
    assert f'href="{address}/drop"' in own.get(f"{address}/why").get_data(as_text=True)
    assert "Choose why" in own.send_form(f"{address}/drop").get_data(as_text=True)
    assert own.send_form(f"{address}/drop", reason="not_wanted", note="a letter").status_code == 303
    session.expire_all()
    shown = own.get(f"{address}/why").get_data(as_text=True)
    assert "the family does not want the set" in shown
    assert f'href="{address}/drop"' not in shown
    assert third.status == "granted"
    auditor = sign_in(Role.AUDITOR)
    assert "This child dropped out" in auditor.get(f"{address}/why").get_data(as_text=True)
    assert auditor.get(f"{address}/drop").status_code == 404


def test_a_child_drops_out_by_a_command(app: Flask, session: Session, keys: FieldKeys) -> None:
    first = in_order(session, rationed(session, keys))[0]
    pseudonym = session.scalars(
        select(RosterLine.pseudonym).join(Allotment, of_its_line()).where(Allotment.id == first.id)
    ).one()
    who = a_ministry(session)
    session.commit()
    asked = ["distribution", "drop", "2026-Q4", pseudonym, "f13", "--actor", who.login, "--language", "en"]
    answer = app.test_cli_runner().invoke(args=[*asked, "--reason", "duplicate"])
    assert answer.exit_code == 0, answer.output
    assert "The next child who waited in the district gets the set." in answer.output
    again = app.test_cli_runner().invoke(args=[*asked, "--reason", "duplicate"])
    assert (again.exit_code, "dropped out or lapsed before" in again.output) == (1, True)


def test_who_should_drop_out_by_the_registry_of_today_is_listed(
    session: Session, keys: FieldKeys, sign_in: SignIn
) -> None:
    first, second, third, _ = in_order(session, rationed(session, keys))
    session.get_one(Child, first.child_id).ended_on = AT.date()
    case_id = session.get_one(Child, second.child_id).case_id
    session.get_one(AssistanceCase, case_id).status = "terminated"
    session.flush()
    browser, address = sign_in(Role.MINISTRY), "/distribution/quarters/2026-Q4/allotments?kit=F13"
    shown = browser.get(f"{address}&gone=yes").get_data(as_text=True)
    found = [one for one in (first, second, third) if f"/allotments/{one.id}/why" in shown]
    assert found == [first, second]
    drop_allotments(session, allotment_ids=[first.id], reason="died", note="", actor=a_ministry(session), at=LATER)
    session.commit()
    assert f"/allotments/{first.id}/why" not in browser.get(f"{address}&gone=yes").get_data(as_text=True)
