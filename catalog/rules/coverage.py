"""What a set is worth to a child: for how many days it covers each nutrient, and where it brings too much.

Everything is exact (`Fraction`) and linear in packs. A figure that nobody knows is not zero: it is named.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from catalog.rules.contents import ContentItem, ContentLine, StandardContent
from catalog.rules.figures import rounded, shown_amount
from catalog.rules.norms import Daily, NormAmount, find_daily
from catalog.values import NUTRIENTS, Bound, Nutrient
from core.quarters import Quarter

_HUNDRED = 100


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Below which percent of the interval's need, and above which percent of a limit, a set is warned of."""

    below_percent: int
    above_percent: int


@dataclass(frozen=True, slots=True)
class Contribution:
    """How much of a nutrient a line brings, in thousandths of its unit; None where nobody knows."""

    line: ContentLine
    milli: Fraction | None

    @property
    def shown(self) -> Decimal | None:
        """The amount in the nutrient's unit, as it is shown."""
        return None if self.milli is None else shown_amount(self.milli)


@dataclass(frozen=True, slots=True)
class NutrientCoverage:
    """One nutrient of a set: how much is in it, and what that is to a child. Amounts in thousandths of the unit.

    `share` is of the need of the whole interval. `limit_share` is of the limit, over the days that the energy of the
    set lasts. `unknown` are the foods without a figure: the amount is at least what is told. `is_energy_known`: the
    energy of every food is; else it lasts longer than told, and a share of a limit is at most what is told.
    """

    nutrient: Nutrient
    milli: Fraction
    contributions: tuple[Contribution, ...]
    unknown: tuple[ContentItem, ...]
    need: Daily | None
    days: Fraction | None
    share: Fraction | None
    is_below: bool
    limit: Daily | None
    limit_share: Fraction | None
    is_energy_known: bool
    is_above: bool
    is_within: bool

    @property
    def is_known(self) -> bool:
        """Say whether any food of the set has a figure for this nutrient."""
        return any(one.milli is not None for one in self.contributions)

    @property
    def is_warned(self) -> bool:
        """Say whether the set is warned of for this nutrient."""
        return self.is_below or self.is_above

    @property
    def amount(self) -> Decimal | None:
        """The amount in the set in the nutrient's unit, as it is shown; None where no food has a figure."""
        return shown_amount(self.milli) if self.is_known else None

    @property
    def shown_days(self) -> Decimal | None:
        """The days covered, as they are shown: rounded down."""
        return None if self.days is None else rounded(self.days, 1)

    @property
    def shown_share(self) -> Decimal | None:
        """The share of the interval in percent, as it is shown: rounded down."""
        return None if self.share is None else rounded(self.share * _HUNDRED, 1)

    @property
    def shown_limit_share(self) -> Decimal | None:
        """The share of the limit in percent, as it is shown: rounded up."""
        return None if self.limit_share is None else rounded(self.limit_share * _HUNDRED, 1, up=True)

    def share_of(self, part: Contribution) -> Decimal | None:
        """Return the share of a line in what is known to be in the set, in percent, rounded down."""
        return rounded(part.milli * _HUNDRED / self.milli, 1) if part.milli is not None and self.milli else None


@dataclass(frozen=True, slots=True)
class Coverage:
    """What one set is worth to a child by one norm, over the interval that begins with `quarter`.

    `uncounted` are things in the set without any figure of a nutrient, such as a toothbrush. `energy_days` is how long
    the energy of the set lasts, None where the norm or the foods do not say; at least so long unless `is_energy_known`.
    """

    quarter: Quarter
    interval_days: int
    thresholds: Thresholds
    nutrients: tuple[NutrientCoverage, ...]
    uncounted: tuple[ContentItem, ...]
    energy_days: Fraction | None
    is_energy_known: bool

    @property
    def shown_energy_days(self) -> Decimal | None:
        """How long the energy of the set lasts, as it is shown: rounded down."""
        return None if self.energy_days is None else rounded(self.energy_days, 1)

    @property
    def needed(self) -> tuple[NutrientCoverage, ...]:
        """The nutrients of which a child needs something, or which just are in the set, without any bound."""
        return tuple(one for one in self.nutrients if one.need or not one.limit)

    @property
    def limited(self) -> tuple[NutrientCoverage, ...]:
        """The nutrients of which there may be too much."""
        return tuple(one for one in self.nutrients if one.limit)

    @property
    def warned(self) -> tuple[NutrientCoverage, ...]:
        """The nutrients that the set is warned of."""
        return tuple(one for one in self.nutrients if one.is_warned)

    def of(self, nutrient: Nutrient) -> NutrientCoverage:
        """Return what is told of one nutrient."""
        return next(one for one in self.nutrients if one.nutrient == nutrient)


def has_food(content: StandardContent) -> bool:
    """Say whether anything in the set has nutrients."""
    return any(line.item.nutrients for line in content.lines)


def coverage(
    content: StandardContent, amounts: Sequence[NormAmount], quarter: Quarter, thresholds: Thresholds
) -> Coverage:
    """Return what one set is worth by a norm, in the interval of its kind that begins with `quarter`.

    The need of a day is the mean over the ages of the kind (`find_daily`). A limit is held against the days for which
    the set's energy lasts, so that a big set is not blamed for being big; without energy in the norm nothing is said,
    nor where neither the whole energy is known nor the whole nutrient. Too much or within a limit is only what is
    proven: a share that is at least so much is never within, one that is at most so much never above.
    """
    days = interval_days(quarter, content.kit.interval_quarters)
    foods = tuple(line for line in content.lines if line.item.nutrients)
    energy = _counted(foods, Nutrient.ENERGY)
    energy_need = _daily(content, amounts, Nutrient.ENERGY, Bound.MINIMUM)
    lasts = energy[0] / energy_need.milli if energy_need and energy[0] else None
    over = (days, lasts, not energy[2])
    nutrients = []
    for nutrient in NUTRIENTS:
        need = _daily(content, amounts, nutrient, Bound.MINIMUM)
        limit = _daily(content, amounts, nutrient, Bound.LIMIT)
        if need or limit or any(nutrient in line.item.nutrients for line in foods):
            nutrients.append(_judged(nutrient, foods, (need, limit), over, thresholds=thresholds))
    uncounted = tuple(line.item for line in content.lines if not line.item.nutrients)
    return Coverage(quarter, days, thresholds, tuple(nutrients), uncounted, lasts, is_energy_known=not energy[2])


def interval_days(quarter: Quarter, quarters: int) -> int:
    """Return how many days so many quarters from this one have."""
    return (Quarter.from_ordinal(quarter.ordinal + quarters).first_day - quarter.first_day).days


def amount_in(item: ContentItem, nutrient: str) -> Fraction | None:
    """Return how much of a nutrient a pack holds, in thousandths of its unit, or None where nobody knows."""
    milli = item.nutrients.get(nutrient)
    return None if milli is None or item.pack_grams is None else Fraction(milli * item.pack_grams, _HUNDRED)


def _counted(
    foods: Sequence[ContentLine], nutrient: Nutrient
) -> tuple[Fraction, tuple[Contribution, ...], tuple[ContentItem, ...]]:
    """Return the amount in the set, what each line brings, and the foods without a figure."""
    packs = [(line, amount_in(line.item, nutrient)) for line in foods]
    parts = tuple(Contribution(line, None if each is None else each * line.packs) for line, each in packs)
    unknown = tuple(one.line.item for one in parts if one.milli is None)
    return sum((one.milli for one in parts if one.milli is not None), Fraction()), parts, unknown


def _daily(content: StandardContent, amounts: Sequence[NormAmount], nutrient: Nutrient, bound: Bound) -> Daily | None:
    ages = (content.kit.age_from_months, content.kit.age_to_months)
    return find_daily(amounts, nutrient=nutrient, bound=bound, ages=ages, for_sex=content.kit.for_sex)


def _judged(
    nutrient: Nutrient,
    foods: Sequence[ContentLine],
    bounds: tuple[Daily | None, Daily | None],
    over: tuple[int, Fraction | None, bool],
    *,
    thresholds: Thresholds,
) -> NutrientCoverage:
    (need, limit), (interval, lasts, is_energy_known) = bounds, over
    milli, contributions, unknown = _counted(foods, nutrient)
    is_known = len(unknown) < len(contributions)
    covered = milli / need.milli if need and is_known else None
    share = None if covered is None else covered / interval
    is_bounded = is_known and (is_energy_known or not unknown)
    limit_share = milli / (limit.milli * lasts) if limit and lasts and is_bounded else None
    exceeds = limit_share is not None and limit_share * _HUNDRED > thresholds.above_percent
    return NutrientCoverage(
        nutrient=nutrient,
        milli=milli,
        contributions=contributions,
        unknown=unknown,
        need=need,
        days=covered,
        share=share,
        is_below=share is not None and share * _HUNDRED < thresholds.below_percent,
        limit=limit,
        limit_share=limit_share,
        is_energy_known=is_energy_known,
        is_above=exceeds and is_energy_known,
        is_within=limit_share is not None and not exceeds and not unknown,
    )
