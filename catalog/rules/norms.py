"""What follows from a norm alone: how much a child of an age needs a day, and what is wrong with a table of it."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from catalog.rules.figures import shown_amount
from catalog.values import NUTRIENTS, Bound, ForSex, Nutrient
from core.i18n import LANGUAGES, Text, text
from core.text import clean, fold

MOST_ROWS = 1000
_MONTHS = 12
_OLDEST = 120 * _MONTHS
_ROUNDING = Decimal("0.01")
"""A month is written as 0.0833 years."""

_THOUSANDTHS = 1000
_MOST_MILLI = 100_000_000
_COLUMNS = ("age from", "age to", "sex", "nutrient", "bound", "amount")
_SEPARATORS = ("\t", ";", "|")
_SEXES: Mapping[str, ForSex] = {
    fold(word): sex
    for sex, words in {
        ForSex.ANY: ("any", "all", "both", "-", "–", "", "барлығы", "бәрі", "все", "оба", "любой"),
        ForSex.FEMALE: ("female", "girls", "girl", "f", "қыз", "қыздар", "девочки", "девочка", "ж"),
        ForSex.MALE: ("male", "boys", "boy", "m", "ұл", "ұлдар", "мальчики", "мальчик", "м"),
    }.items()
    for word in words
}
_BOUNDS: Mapping[str, Bound] = {
    fold(word): bound
    for bound, words in {
        Bound.MINIMUM: ("minimum", "min", "", "ең азы", "кемінде", "минимум", "не менее"),
        Bound.LIMIT: ("limit", "max", "maximum", "шек", "шегі", "ең көбі", "предел", "максимум", "не более"),
    }.items()
    for word in words
}


@dataclass(frozen=True, slots=True)
class NormAmount:
    """A daily amount for an age band (months, upper one exclusive), in thousandths of the nutrient's unit."""

    nutrient: str
    bound: str
    age_from_months: int
    age_to_months: int
    sex: str
    milli: int


@dataclass(frozen=True, slots=True)
class Daily:
    """A daily amount for a band of ages, in thousandths: the mean over those of its months that the norm knows."""

    milli: Fraction
    months_known: int
    months: int

    @property
    def shown(self) -> Decimal:
        """The amount in the nutrient's unit, as it is shown."""
        return shown_amount(self.milli)


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong with a row of a typed table; the first is 1."""

    row: int
    message: Text


def find_daily(
    amounts: Iterable[NormAmount], *, nutrient: str, bound: str, ages: tuple[int, int], for_sex: str = ForSex.ANY
) -> Daily | None:
    """Return the daily amount for ages (months, upper one exclusive), or None where the norm knows none of them.

    It is the mean over the months of the band of the amount for that month, girls and boys averaged. Months without an
    amount are left out, and counted, so that a page can say so.
    """
    given = [one for one in amounts if one.nutrient == nutrient and one.bound == bound]
    known = [found for month in range(*ages) if (found := _find_amount(given, month, for_sex)) is not None]
    return Daily(sum(known, Fraction()) / len(known), len(known), ages[1] - ages[0]) if known else None


def _find_amount(given: Sequence[NormAmount], month: int, for_sex: str) -> Fraction | None:
    now = {one.sex: one.milli for one in given if one.age_from_months <= month < one.age_to_months}
    wanted = (ForSex.FEMALE, ForSex.MALE) if for_sex == ForSex.ANY else (ForSex(for_sex),)
    known = [amount for sex in wanted if (amount := now.get(sex, now.get(ForSex.ANY))) is not None]
    return Fraction(sum(known), len(known)) if known else None


def read_norm_table(written: str) -> tuple[list[NormAmount], list[RowFault]]:
    """Return the amounts that a typed or pasted table says, and everything that is wrong with it.

    A row is: age from and to in years, sex, nutrient (code or name), bound, amount; cells are divided by tabs,
    semicolons or bars. A first row with titles is skipped.
    """
    amounts: list[tuple[int, NormAmount]] = []
    faults: list[RowFault] = []
    lines = [(number, line) for number, line in enumerate(written.splitlines(), start=1) if line.strip()]
    if lines and not re.search(r"\d", lines[0][1]):
        lines = lines[1:]
    if not lines:
        faults.append(RowFault(1, text("Enter the table: one amount a row.")))
    if len(lines) > MOST_ROWS:
        faults.append(RowFault(lines[MOST_ROWS][0], text("Shorten the table to %(n)s rows.", n=MOST_ROWS)))
    for number, line in lines[:MOST_ROWS]:
        found = _read_row(_cells(line))
        if isinstance(found, NormAmount):
            amounts.append((number, found))
        else:
            faults += [RowFault(number, message) for message in found]
    faults += _overlaps(amounts)
    return [one for _, one in amounts], sorted(faults, key=lambda fault: fault.row)


def _cells(line: str) -> list[str]:
    separator = next((sign for sign in _SEPARATORS if sign in line), "\t")
    return [clean(cell) for cell in line.split(separator)]


def _read_row(cells: list[str]) -> NormAmount | list[Text]:
    if len(cells) != len(_COLUMNS):
        message = text(
            "A row has six cells: age from, age to, sex, nutrient, bound, amount. This one has %(n)s.", n=len(cells)
        )
        return [message]
    start, end, milli = _months(cells[0]), _months(cells[1]), _milli(cells[5])
    sex, bound, nutrient = _SEXES.get(fold(cells[2])), _BOUNDS.get(fold(cells[4])), _nutrient(cells[3])
    faults = list(_faults(cells, start, end, milli))
    if sex is None:
        faults.append(text("“%(written)s” is no sex. Write girls, boys or any.", written=cells[2]))
    if nutrient is None:
        faults.append(text("“%(written)s” is no nutrient that is kept here.", written=cells[3]))
    if bound is None:
        faults.append(text("“%(written)s” is no bound. Write minimum or limit.", written=cells[4]))
    if faults or start is None or end is None or milli is None or sex is None or nutrient is None or bound is None:
        return faults
    return NormAmount(nutrient, bound, start, end, sex, milli)


def _faults(cells: list[str], start: int | None, end: int | None, milli: int | None) -> Iterator[Text]:
    for written, months in ((cells[0], start), (cells[1], end)):
        if months is None:
            yield text("“%(written)s” is no age. Write years, as 3 or 0.5, in whole months.", written=written)
    if start is not None and end is not None and start >= end:
        yield text("The age to is not above the age from.")
    if milli is None:
        yield text("“%(written)s” is no amount. Write a number above 0 with at most three decimals.", written=cells[5])


def _decimal(written: str) -> Decimal | None:
    try:
        found = Decimal(written.replace(",", ".").replace(" ", "")) if written.isascii() else None
    except InvalidOperation:
        return None
    return found if found is not None and found.is_finite() and abs(found) <= _MOST_MILLI else None


def _months(written: str) -> int | None:
    years = _decimal(written)
    if years is None or not 0 <= years * _MONTHS <= _OLDEST:
        return None
    months = round(years * _MONTHS)
    return months if abs(years * _MONTHS - months) <= _ROUNDING else None


def _milli(written: str) -> int | None:
    amount = _decimal(written)
    milli = None if amount is None else amount * _THOUSANDTHS
    return int(milli) if milli is not None and milli == int(milli) and 0 < milli <= _MOST_MILLI else None


def _nutrient(written: str) -> Nutrient | None:
    folded = fold(written)
    for nutrient, shown in NUTRIENTS.items():
        names = {fold(render(language)) for render in _renders(shown.name, shown.unit) for language in LANGUAGES}
        if folded in names or folded == nutrient:
            return nutrient
    return None


def _renders(name: Text, unit: Text) -> tuple[Callable[[str], str], ...]:
    return name.render, lambda language: f"{name.render(language)}, {unit.render(language)}"


def _overlaps(amounts: Sequence[tuple[int, NormAmount]]) -> Iterator[RowFault]:
    """Yield the rows that say an amount for ages for which an earlier row says one."""
    groups: dict[tuple[str, str, str], list[tuple[int, NormAmount]]] = defaultdict(list)
    for number, one in amounts:
        group = groups[one.nutrient, one.bound, one.sex]
        for earlier, other in group:
            if one.age_from_months < other.age_to_months and other.age_from_months < one.age_to_months:
                yield RowFault(number, text("Row %(row)s says an amount for the same ages already.", row=earlier))
                break
        group.append((number, one))
