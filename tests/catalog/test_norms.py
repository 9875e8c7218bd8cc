"""Norms: what comes with the catalogue, which one rules, and how a further one is entered."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from accounts.values import Role
from catalog.errors import NormCodeTaken, NormMalformed, NotYourNorm
from catalog.models import Item, ItemNutrient, Norm
from catalog.queries.norms import amounts_of, get_norm, get_policy, list_policies
from catalog.rules.coverage import Thresholds
from catalog.rules.norms import find_daily, read_norm_table
from catalog.services.facts import load_catalogue
from catalog.services.norms import NormForm, enter_norm, set_policy
from catalog.services.nutrients import load_nutrients
from catalog.views.norms import SAID_BY_FACTS
from core.audit import AuditEntry
from tests.conftest import SignIn
from tests.support.people import an_actor

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
TABLE = "1\t3\tany\tkcal\tminimum\t1000\n1\t3\tany\tCalcium\tminimum\t500,5\n1\t3\tgirls\tna_mg\tlimit\t997"


def form(code: str = "OURS", table: str = TABLE) -> NormForm:
    return NormForm(code, "Біздің норма", "Наша норма", "Our norm", "Order 7 of 2026, table 2", "verified", table)


def test_the_catalogue_begins_with_norms_their_sources_and_one_that_rules(session: Session) -> None:
    norms = session.scalars(select(Norm).order_by(Norm.id)).all()
    assert [norm.code for norm in norms] == ["DEFAULT", "FAO-WHO", "EAEU-PRESCHOOL", "USA-DRI"]
    assert all(norm.source and norm.confidence and norm.name_kk and norm.name_ru for norm in norms)
    policy = get_policy(session)
    assert (policy.norm.code, policy.warn_below_percent, policy.warn_above_percent) == ("DEFAULT", 10, 100)
    assert {norm.confidence for norm in norms} == {said.message for said in SAID_BY_FACTS}


def test_norms_mean_what_their_tables_say(session: Session) -> None:
    fao = amounts_of(get_norm(session, "FAO-WHO"))
    energy = find_daily(fao, nutrient="kcal", bound="minimum", ages=(12, 36))
    zinc = find_daily(fao, nutrient="zn_mg", bound="minimum", ages=(36, 72))
    assert energy is not None
    assert energy.milli == (948 + 865 + 1129 + 1047) * 250  # two years, girls and boys
    assert zinc is not None
    assert zinc.milli * 36 == 4100 * 12 + 5100 * 24
    own = amounts_of(get_norm(session, "DEFAULT"))
    for code, milli in (("kcal", 1_301_000), ("iodine_ug", 110_000)):
        found = find_daily(own, nutrient=code, bound="minimum", ages=(36, 72))
        assert found is not None
        assert [found.milli, found.months_known] == [milli, 36]


def test_facts_never_overwrite_an_item_that_somebody_edited(session: Session) -> None:
    milk = session.scalars(select(Item).where(Item.code == "MILK25")).one()
    assert (milk.pack_grams, milk.nutrient_source) == (1030, "SR26 01174/01211 interpolated to 2.5% fat")
    iron = session.get(ItemNutrient, (milk.id, "fe_mg"))
    assert iron is not None
    assert iron.milli == 20
    assert session.get(ItemNutrient, (milk.id, "iodine_ug")) is None  # unknown is no row
    session.delete(iron)
    milk.revision, milk.pack_grams, milk.nutrient_source = 2, None, ""
    session.flush()
    load_nutrients(session)
    load_catalogue(session)
    assert (milk.pack_grams, milk.nutrient_source) == (None, "")
    assert session.get(ItemNutrient, (milk.id, "fe_mg")) is None


def test_a_further_norm_is_entered_without_code_and_rules_with_a_reason(session: Session) -> None:
    actor = an_actor(session, role=Role.MINISTRY)
    norm = enter_norm(session, form(), actor=actor, at=AT)
    amounts = amounts_of(get_norm(session, "OURS"))
    assert [(one.nutrient, one.bound, one.sex, one.age_from_months, one.milli) for one in amounts] == [
        ("kcal", "minimum", "any", 12, 1_000_000),
        ("ca_mg", "minimum", "any", 12, 500_500),
        ("na_mg", "limit", "female", 12, 997_000),
    ]
    set_policy(session, norm, thresholds=Thresholds(25, 120), reason="Order 7", actor=actor, at=AT)
    assert (get_policy(session).norm.code, get_policy(session).reason) == ("OURS", "Order 7")
    assert [(one.policy.norm.code, one.set_by) for one in list_policies(session)] == [
        ("OURS", actor.name),
        ("DEFAULT", None),
    ]
    acts = session.scalars(select(AuditEntry.action).where(AuditEntry.actor_id == actor.id)).all()
    assert sorted(acts) == ["catalog.enter_norm", "catalog.set_coverage"]


def test_sec_23_only_the_ministry_enters_norms_and_says_which_one_rules(session: Session) -> None:
    stranger = an_actor(session, role=Role.REGION)
    with pytest.raises(NotYourNorm):
        enter_norm(session, form(), actor=stranger, at=AT)
    norm = get_norm(session, "FAO-WHO")
    with pytest.raises(NotYourNorm):
        set_policy(session, norm, thresholds=Thresholds(5, 100), reason="?", actor=stranger, at=AT)


def test_a_code_is_taken_once_and_a_faulty_table_is_refused(session: Session) -> None:
    actor = an_actor(session, role=Role.MINISTRY)
    with pytest.raises(NormCodeTaken):
        enter_norm(session, form("FAO-WHO"), actor=actor, at=AT)
    with pytest.raises(NormMalformed, match="Row"):
        enter_norm(session, form(table="1\t3\tany\tkcal\tminimum\t0"), actor=actor, at=AT)


@pytest.mark.parametrize("change", ["UPDATE coverage_policy SET reason = 'x'", "DELETE FROM coverage_policy"])
def test_a_policy_is_never_changed_even_by_sql(session: Session, change: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"):
        session.execute(text(change))


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("1\t3\tany\tkcal\tminimum", "six cells"),
        ("one\t3\tany\tkcal\tminimum\t1", "“one” is no age"),
        ("3\t1\tany\tkcal\tminimum\t1", "not above the age from"),
        ("1\t3\tsome\tkcal\tminimum\t1", "“some” is no sex"),
        ("1\t3\tany\tgold\tminimum\t1", "“gold” is no nutrient"),
        ("1\t3\tany\tkcal\tperhaps\t1", "“perhaps” is no bound"),
        ("1\t3\tany\tkcal\tminimum\t-1", "“-1” is no amount"),
        ("1\t3\tany\tkcal\tminimum\tNaN", "“NaN” is no amount"),
        ("1\t3\tany\tkcal\tminimum\t1e99", "“1e99” is no amount"),
        ("1\t3\tany\tkcal\tminimum\t1,0005", "“1,0005” is no amount"),
        ("1\t3\tany\tkcal\tminimum\t١", "“١” is no amount"),
        ("1\t3\tany\tkcal\tminimum\t1\n2\t4\tall\tEnergy\tmin\t2", "Row 2 says an amount for the same ages already"),
    ],
)
def test_every_fault_of_a_table_is_told_with_its_row(row: str, expected: str) -> None:
    _, faults = read_norm_table(f"from\tto\tsex\tnutrient\tbound\tamount\n{row}")
    assert expected in " ".join(str(fault.message) for fault in faults)


def test_a_table_may_be_typed_in_any_of_the_three_languages() -> None:
    written = (
        "Жасы бастап; Жасы дейін; Жынысы; Нутриент; Шекара; Шама\n"
        "1;3;қыз;Кальций;минимум;500\n"
        "1;3;мальчики;Кальций, мг;не менее;600\n"
        "0,5;3;все;Натрий (соль);предел;1 000\n"
    )
    amounts, faults = read_norm_table(written)
    assert faults == []
    assert [(one.sex, one.nutrient, one.bound, one.age_from_months, one.milli) for one in amounts] == [
        ("female", "ca_mg", "minimum", 12, 500_000),
        ("male", "ca_mg", "minimum", 12, 600_000),
        ("any", "na_mg", "limit", 6, 1_000_000),
    ]


@given(st.text(max_size=300))
def test_bad_43_no_text_breaks_the_reading_of_a_table(written: str) -> None:
    amounts, faults = read_norm_table(written)
    assert amounts or faults


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_table_of_a_norm_can_be_pasted_again(sign_in: SignIn, session: Session, language: str) -> None:
    browser = sign_in(Role.MINISTRY, language=language)
    for code in ("FAO-WHO", "DEFAULT", "EAEU-PRESCHOOL", "USA-DRI"):
        shown = browser.get("/catalog/norms/new", query_string={"source": code})
        table = shown.get_data(as_text=True).split("<textarea")[-1].split(">", 1)[1].split("</textarea>")[0]
        amounts, faults = read_norm_table(table)
        assert faults == []
        assert set(amounts) == set(amounts_of(get_norm(session, code)))


def test_pages_of_norms_enter_choose_and_keep_what_was_typed(sign_in: SignIn) -> None:
    browser = sign_in(Role.MINISTRY)
    typed = {"code": "ours", "name_kk": "Біздің", "name_ru": "Наша", "name_en": "Ours", "source": "Order 7"}
    wrong = browser.send_form("/catalog/norms/new", **typed, table="1;3;any;gold;minimum;1\n1;3;any;kcal;min;0")
    said = wrong.get_data(as_text=True)
    assert "Row 1: “gold” is no nutrient" in said
    assert "Row 2: “0” is no amount" in said
    assert "1;3;any;gold;minimum;1" in said
    entered = browser.send_form("/catalog/norms/new", **typed, table=TABLE)
    assert (entered.status_code, entered.location) == (303, "/catalog/norms/OURS")
    policy = {"norm": "OURS", "below": "12", "above": "90"}
    assert "Say why" in browser.send_form("/catalog/coverage-policy", **policy).get_data(as_text=True)
    assert browser.send_form("/catalog/coverage-policy", **{**policy, "below": "101", "reason": "?"}).status_code == 200
    chosen = browser.send_form("/catalog/coverage-policy", **policy, reason="Order 7 <b>")
    assert chosen.location == "/catalog/norms"
    listed = browser.get("/catalog/norms").get_data(as_text=True)
    assert "Order 7 &lt;b&gt;" in listed
    assert "12 % of the need" in listed


def test_norms_are_read_by_all_who_read_the_catalogue(sign_in: SignIn) -> None:
    browser = sign_in(Role.AUDITOR)
    assert "Choose the norm that rules" not in browser.get("/catalog/norms").get_data(as_text=True)
    assert browser.get("/catalog/norms/FAO-WHO").status_code == 200
    assert browser.get("/catalog/norms/NOTHING").status_code == 404
    assert browser.get("/catalog/norms/new").status_code == 404
    assert browser.get("/catalog/coverage-policy").status_code == 404
    table = browser.get("/catalog/norms/FAO-WHO?format=csv").get_data(as_text=True)
    assert "Energy, kcal" in table
