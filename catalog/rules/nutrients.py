"""What is wrong with the nutrients that are given for 100 g: more than fits in, or more energy than is in it."""

from collections.abc import Iterator, Mapping

from catalog.values import NUTRIENTS, Nutrient
from core.errors import Fault
from core.i18n import text

_HUNDRED_GRAMS_MILLI = 100_000
_ROUNDING_MILLI = 500
_SUGAR_ROUNDING_MILLI = 1_000
_MOST_KCAL_MILLI = 900_000
_KCAL_ROUNDING_MILLI = 10_000
_MOST_MILLI = {"kcal": _MOST_KCAL_MILLI, "g": _HUNDRED_GRAMS_MILLI, "mg": 100_000_000, "ug": 1_000_000_000}
"""The most that 100 g may hold, by the unit at the end of a nutrient's code: 900 kcal is pure fat; 1 g in µg."""

_MINERALS = (Nutrient.SODIUM, Nutrient.CALCIUM, Nutrient.IRON, Nutrient.ZINC)
_MAIN = (Nutrient.PROTEIN, Nutrient.FAT, Nutrient.CARBOHYDRATE)
_FAT_KCAL, _OTHER_KCAL, _FIBRE_KCAL = 9, 4, 2
"""Energy of a gram. Source: TR CU 022/2011, annex 4."""


def faults_of_nutrients(nutrients: Mapping[str, int]) -> Iterator[Fault]:
    """Yield what is wrong with nutrients, thousandths of their unit per 100 g by code.

    Carbohydrates are those "by difference", with sugars and fibre in them, or those of a label, without fibre: both
    ways of counting pass.
    """
    found = list(_beyond_bounds(nutrients))
    yield from found
    if not found:
        yield from _too_much_together(nutrients)
        yield from _not_the_energy(nutrients)


def _beyond_bounds(nutrients: Mapping[str, int]) -> Iterator[Fault]:
    for code, milli in nutrients.items():
        if code not in NUTRIENTS:
            yield Fault(code[:40], text("There is no nutrient %(code)s in the list. Choose from it.", code=code[:40]))
            continue
        most = _MOST_MILLI[code.rsplit("_", 1)[-1]]
        if not 0 <= milli <= most:
            named = NUTRIENTS[Nutrient(code)]
            message = text(
                "%(nutrient)s in 100 g: from 0 to %(most)s %(unit)s. Look at the figure and its unit.",
                nutrient=named.name,
                most=f"{most // 1000:,}".replace(",", "\u00a0"),
                unit=named.unit,
            )
            yield Fault(code, message)


def _too_much_together(nutrients: Mapping[str, int]) -> Iterator[Fault]:
    fat, others = nutrients.get(Nutrient.FAT, 0), _grams_without_fat(nutrients)
    if fat + others > _HUNDRED_GRAMS_MILLI + _ROUNDING_MILLI:
        message = text(
            "Protein, fat, carbohydrates with sugars and fibre, and minerals together are more than 100 g in 100 g. "
            "Look at the figures and their units."
        )
        first = next((code for code in (Nutrient.CARBOHYDRATE, *NUTRIENTS) if code in nutrients), Nutrient.CARBOHYDRATE)
        yield Fault(first, message)
    sugar, carbohydrate = nutrients.get(Nutrient.SUGAR), nutrients.get(Nutrient.CARBOHYDRATE)
    if sugar is not None and carbohydrate is not None and sugar > carbohydrate + _SUGAR_ROUNDING_MILLI:
        yield Fault(
            Nutrient.SUGAR,
            text("Sugars are carbohydrates, so they cannot be more than these. Look at both figures."),
        )


def _not_the_energy(nutrients: Mapping[str, int]) -> Iterator[Fault]:
    kcal = nutrients.get(Nutrient.ENERGY)
    if kcal is None:
        return
    if any(code not in nutrients for code in _MAIN):
        if kcal > _most_kcal_left_open(nutrients) + _KCAL_ROUNDING_MILLI:
            yield Fault(
                Nutrient.ENERGY,
                text("The grams that are given leave no room for so much energy. Look at the figures."),
            )
        return
    protein, fat, carbohydrate = (nutrients[code] for code in _MAIN)
    fibre = nutrients.get(Nutrient.FIBRE, 0)
    sure = _OTHER_KCAL * protein + _FAT_KCAL * fat
    least = sure + _OTHER_KCAL * max(carbohydrate - fibre, 0)
    most = sure + _OTHER_KCAL * carbohydrate + _FIBRE_KCAL * fibre
    if not 3 * least - 4 * _KCAL_ROUNDING_MILLI <= 4 * kcal <= 5 * most + 4 * _KCAL_ROUNDING_MILLI:
        yield Fault(
            Nutrient.ENERGY,
            text(
                "The energy does not fit protein, fat and carbohydrates: they bring about %(kcal)s kcal. "
                "Look at the figures; kilojoules are not kilocalories.",
                kcal=(sure + _OTHER_KCAL * carbohydrate + 500) // 1000,
            ),
        )


def _grams_without_fat(nutrients: Mapping[str, int]) -> int:
    """Return the thousandths of a gram that are given, without fat; carbohydrates and their parts count once."""
    parts = nutrients.get(Nutrient.SUGAR, 0) + nutrients.get(Nutrient.FIBRE, 0)
    minerals = sum(nutrients.get(code, 0) for code in _MINERALS) // 1000
    return nutrients.get(Nutrient.PROTEIN, 0) + max(nutrients.get(Nutrient.CARBOHYDRATE, 0), parts) + minerals


def _most_kcal_left_open(nutrients: Mapping[str, int]) -> int:
    """Return the most energy of 100 g of which only some nutrients are given: the rest may be whatever is not."""
    fat = nutrients.get(Nutrient.FAT)
    if fat is None:
        fat = max(_HUNDRED_GRAMS_MILLI - _grams_without_fat(nutrients), 0)
    return _FAT_KCAL * fat + _OTHER_KCAL * max(_HUNDRED_GRAMS_MILLI - fat, 0)
