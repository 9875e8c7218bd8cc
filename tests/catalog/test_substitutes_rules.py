"""What may stand in for an item, and what that changes for a child."""

import pytest

from catalog.rules.coverage import Thresholds
from catalog.rules.lines import Candidate
from catalog.rules.norms import NormAmount
from catalog.rules.substitutes import Proposed, Standing, effect_of, replaced, substitute_faults
from catalog.values import Bound, Nutrient
from core.quarters import Quarter
from tests.support.contents import a_content, a_thing, a_way_out

STANDING = Standing({"MILK": 6, "COAT-30": 1}, Quarter(2026, 2), Quarter(2027, 1))


def known(
    code: str, *, variant_of: str = "", is_component: bool = True, is_retired: bool = False, is_food: bool = False
) -> Candidate:
    return Candidate(1, code, code, code, code, is_component, is_retired, variant_of, is_food)


def said(
    item: Candidate | None = None,
    substitute: Candidate | None = None,
    ratio: tuple[int, int] = (2, 3),
    valid: tuple[str | None, str | None] = (None, None),
    others: tuple[tuple[str, str], ...] = (),
) -> str:
    start, end = (Quarter.parse(one) if one else None for one in valid)
    proposed = Proposed(item or known("MILK"), substitute or known("KEFIR"), *ratio, start, end)
    return " ".join(map(str, substitute_faults(proposed, STANDING, others)))


def test_a_whole_substitute_has_no_faults() -> None:
    assert said() == ""
    assert said(valid=("2026-Q1", "2026-Q2")) == ""  # it begins early and lasts into the version
    assert said(ratio=(6, 999)) == ""


@pytest.mark.parametrize(
    ("faulty", "expected"),
    [
        ({"ratio": (0, 3)}, "whole number from 1 to 999"),
        ({"ratio": (2, 0)}, "whole number from 1 to 999"),
        ({"ratio": (2, 1000)}, "whole number from 1 to 999"),
        ({"ratio": (7, 1)}, "nothing could ever stand in"),
        ({"item": known("BREAD")}, "no line of this version"),
        ({"substitute": known("MILK")}, "does not stand in for itself"),
        ({"substitute": known("KEFIR", is_retired=True)}, "KEFIR is retired"),
        ({"substitute": known("F13", is_component=False)}, "is a packed set"),
        ({"substitute": known("MILK-1L", variant_of="MILK")}, "is a size of MILK"),
        ({"item": known("COAT-30", variant_of="COAT"), "substitute": known("COAT"), "ratio": (1, 1)}, "counts as it"),
        ({"valid": ("2026-Q4", "2026-Q3")}, "would end before it begins"),
        ({"valid": (None, "2026-Q1")}, "before the version is in force, from Q2 2026"),
        ({"valid": ("2027-Q1", None)}, "after a later version is in force, from Q1 2027"),
        ({"substitute": known("MILK25", is_food=True)}, "Goods are replaced by goods"),
        ({"item": known("MILK", is_food=True), "substitute": known("SOAP")}, "Food is replaced by food"),
        ({"others": (("MILK", "KEFIR"),)}, "stands in for MILK already"),
    ],
)
def test_each_fault_is_said(faulty: dict[str, object], expected: str) -> None:
    assert expected in said(**faulty)  # type: ignore[arg-type]  # named in the table above


def test_a_line_is_replaced_as_far_as_the_ratio_goes() -> None:
    milk, kefir, oats = a_thing("MILK"), a_thing("KEFIR"), a_thing("OATS")
    content = a_content([(milk, 5), (oats, 1)])
    packs = {line.item.code: line.packs for line in replaced(content, a_way_out("MILK", kefir, 2, 3)).lines}
    assert packs == {"MILK": 1, "OATS": 1, "KEFIR": 6}
    packs = {line.item.code: line.packs for line in replaced(content, a_way_out("MILK", oats, 5, 2)).lines}
    assert packs == {"OATS": 3}


def test_the_effect_tells_days_warnings_and_allergens() -> None:
    milk = a_thing("MILK", nutrients={"kcal": 50_000, "ca_mg": 120_000}, allergens=["milk"])
    oats = a_thing("OATS", nutrients={"kcal": 100_000}, allergens=["gluten"], may_contain=["nuts"])
    norm = [NormAmount("kcal", "minimum", 12, 36, "any", 10_000), NormAmount("ca_mg", "minimum", 12, 36, "any", 10_000)]
    found = effect_of(a_content([(milk, 1)]), a_way_out("MILK", oats, 1, 2), norm, thresholds=Thresholds(10, 100))
    energy, calcium = (next(one for one in found.nutrients if one.nutrient == code) for code in ("kcal", "ca_mg"))
    assert [energy.difference, energy.appears, energy.vanishes] == [15, (), (Bound.MINIMUM,)]
    assert (calcium.nutrient, calcium.difference) == (Nutrient.CALCIUM, None)  # nobody knows the oats' calcium
    assert (found.brings, found.brings_traces, found.takes) == (("gluten",), ("nuts",), ("milk",))
    assert (found.packs, found.substitute_packs) == (1, 2)
