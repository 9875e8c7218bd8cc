"""The pages of coverage: the norm that rules, another one, the chart, allergens, files to take home."""

import re

import pytest
from sqlalchemy.orm import Session

from accounts.values import Role
from catalog.queries.contents import content_of
from catalog.queries.coverage import find_coverage
from catalog.queries.kits import get_kit
from catalog.queries.norms import get_norm
from catalog.queries.versions import version_in_force
from catalog.rules.coverage import Thresholds
from catalog.rules.figures import rounded
from catalog.services.norms import set_policy
from catalog.values import Nutrient
from core.quarters import Quarter
from tests.conftest import SignIn
from tests.support.people import an_actor
from tests.support.standards import AT

PAGE = "/catalog/kits/F13/versions/1/coverage"


def test_the_food_sets_are_worth_what_a_pencil_says(session: Session) -> None:
    content = content_of(session, version_in_force(session, get_kit(session, "F13"), Quarter(2026, 1)))
    told = find_coverage(session, content, quarter=Quarter(2026, 1))
    assert told.coverage is not None
    energy, iodine = told.coverage.of(Nutrient.ENERGY), told.coverage.of(Nutrient.IODINE)
    # 2060 g of milk, 180 of biscuits, 400 of groats, 320 of cereal, 1200 of purée, in thousandths of a kcal
    by_hand = 2060 * 54_500 + 180 * 433_000 + 400 * 371_000 + 320 * 391_000 + 1200 * 41_000
    assert energy.milli == by_hand // 100
    assert energy.need is not None
    assert energy.need.milli == 997_000
    assert (rounded(energy.days or energy.milli, 1), energy.is_below) == (rounded(energy.milli / 997_000, 1), True)
    assert (iodine.is_known, iodine.is_warned) == (False, False)


def test_the_warning_follows_the_policy_at_once(session: Session) -> None:
    content = content_of(session, version_in_force(session, get_kit(session, "F36"), Quarter(2026, 1)))
    before = find_coverage(session, content)
    norm, actor = get_norm(session, "EAEU-PRESCHOOL"), an_actor(session, role=Role.MINISTRY)
    set_policy(session, norm, thresholds=Thresholds(99, 100), reason="A test", actor=actor, at=AT)
    after = find_coverage(session, content)
    assert before.coverage is not None
    assert after.coverage is not None
    assert (before.norm.code, after.norm.code) == ("DEFAULT", "EAEU-PRESCHOOL")
    assert "kcal" not in {row.nutrient for row in before.coverage.warned}
    assert "kcal" in {row.nutrient for row in after.coverage.warned}
    assert not find_coverage(session, content, norm="USA-DRI").is_ruling


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize(
    "arguments", ["", "?norm=FAO-WHO&nutrient=fe_mg", "?norm=USA-DRI&quarter=2027-Q2", "?nutrient=x"]
)
def test_ux_68_the_page_is_shown_in_three_languages(sign_in: SignIn, language: str, arguments: str) -> None:
    browser = sign_in(Role.AUDITOR, language=language)
    for kit in ("F13", "F36", "HYG"):
        assert browser.get(f"/catalog/kits/{kit}/versions/1/coverage{arguments}").status_code == 200


def test_the_chart_says_what_it_is_and_the_table_says_the_same(sign_in: SignIn) -> None:
    shown = sign_in(Role.AUDITOR).get(PAGE).get_data(as_text=True)
    charts = re.findall(r'<svg class="chart".*?</svg>', shown, re.DOTALL)
    assert len(charts) == 2
    for chart in charts:
        labelled = re.findall(r'aria-labelledby="([\w-]+) ([\w-]+)"', chart)[0]
        assert f'<title id="{labelled[0]}">' in chart
        assert f'<desc id="{labelled[1]}">' in chart
        assert "style=" not in chart
    values = re.findall(r'class="chart-value"[^>]*>(?:≥ )?([\d.,]+)<', charts[0])
    table = shown.split(charts[0])[1].split("</table>")[0]
    assert len(values) >= 8
    assert all(f">{value}<" in table for value in values)
    assert 'x="0"' in charts[0]  # bars begin at zero


def test_allergens_and_what_is_unknown_are_said(sign_in: SignIn) -> None:
    shown = sign_in(Role.AUDITOR).get("/catalog/kits/F36/versions/1/coverage").get_data(as_text=True)
    assert "no figures for Hematogen bar" in shown
    assert "peanuts" in shown
    hygiene = sign_in(Role.AUDITOR).get("/catalog/kits/HYG/versions/1/coverage").get_data(as_text=True)
    assert "No food in this set" in hygiene
    assert "perfume allergens" in hygiene


def test_the_table_goes_home_as_csv_and_xlsx(sign_in: SignIn) -> None:
    browser = sign_in(Role.AUDITOR)
    table = browser.get(f"{PAGE}?format=csv&norm=FAO-WHO").get_data(as_text=True)
    assert "Energy" in table
    assert "Hypoallergenic baby cereal (dry)" in table
    assert browser.get(f"{PAGE}?format=xlsx").data.startswith(b"PK")
    assert browser.get("/catalog/kits/HYG/versions/1/coverage?format=csv").status_code == 200


@pytest.mark.parametrize("arguments", ["?norm=NOTHING", "?quarter=soon", "?norm=%00"])
def test_what_is_not_there_is_not_found(sign_in: SignIn, arguments: str) -> None:
    assert sign_in(Role.AUDITOR).get(f"{PAGE}{arguments}").status_code in {400, 404}
    assert sign_in(Role.AUDITOR).get("/catalog/kits/F13/versions/99/coverage").status_code == 404
