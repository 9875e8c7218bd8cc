"""Nutrients of 100 g that no food can have are refused; those of real food are not."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from catalog.rules.nutrients import faults_of_nutrients
from catalog.values import NUTRIENTS

DATA = Path(__file__).resolve().parents[2] / "catalog" / "data" / "nutrients.csv"


def _milli(**grams: str) -> dict[str, int]:
    return {code: int(Decimal(amount) * 1000) for code, amount in grams.items()}


def _real_food() -> list[tuple[str, dict[str, int]]]:
    with DATA.open(encoding="utf-8") as file:
        return [
            (row["item"], {code: int(Decimal(row[code]) * 1000) for code in NUTRIENTS if row[code]})
            for row in csv.DictReader(file)
        ]


@pytest.mark.parametrize(("code", "nutrients"), _real_food())
def test_bad_43_real_food_passes(code: str, nutrients: dict[str, int]) -> None:
    assert code
    assert list(faults_of_nutrients(nutrients)) == []


@pytest.mark.parametrize(
    "nutrients",
    [
        _milli(kcal="900"),
        _milli(kcal="900", fat_g="100", protein_g="0", carb_g="0"),
        _milli(kcal="216", protein_g="15.55", fat_g="4.25", carb_g="64.51", fibre_g="42.8"),  # wheat bran
        _milli(kcal="389", sugar_g="99.8", carb_g="99.98", protein_g="0", fat_g="0"),  # sugar
        _milli(na_mg="38758", ca_mg="24", protein_g="0", fat_g="0", carb_g="0", kcal="0"),  # salt
        _milli(protein_g="50", fat_g="50", carb_g="0.5"),
        _milli(sugar_g="5.79", carb_g="4.79"),
        {},
    ],
)
def test_bad_43_the_edge_of_what_food_can_hold_passes(nutrients: dict[str, int]) -> None:
    assert list(faults_of_nutrients(nutrients)) == []


@pytest.mark.parametrize(
    ("nutrients", "field"),
    [
        (_milli(protein_g="90", fibre_g="90"), "protein_g"),
        (_milli(carb_g="10", sugar_g="90", fibre_g="90"), "carb_g sugar_g"),
        (_milli(carb_g="10", sugar_g="11.001"), "sugar_g"),
        (_milli(na_mg="99000", protein_g="3"), "protein_g"),
        (_milli(na_mg="60000", ca_mg="41000"), "ca_mg"),
        (_milli(kcal="900", protein_g="0", fat_g="0", carb_g="0"), "kcal"),
        (_milli(kcal="900", fat_g="0"), "kcal"),
        (_milli(kcal="900", protein_g="50"), "kcal"),
        (_milli(kcal="1500", protein_g="6.5", fat_g="0.5", carb_g="79"), "kcal"),
        (_milli(kcal="100", protein_g="6.5", fat_g="0.5", carb_g="79"), "kcal"),
        (_milli(kcal="800", protein_g="6.5", fat_g="0.5", carb_g="79"), "kcal"),
    ],
)
def test_bad_43_what_no_food_can_hold_is_refused(nutrients: dict[str, int], field: str) -> None:
    assert [str(fault.field) for fault in faults_of_nutrients(nutrients)] == field.split()
