"""What may stand in for an item of a version, and what that changes for a child."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from catalog.rules.allergens import contained, told_allergens, traced
from catalog.rules.contents import ContentItem, ContentLine, ContentSubstitute, StandardContent
from catalog.rules.coverage import NutrientCoverage, Thresholds, coverage
from catalog.rules.lines import Candidate
from catalog.rules.norms import NormAmount
from catalog.values import Bound, Nutrient
from core.i18n import Text, text, text_plural
from core.quarters import Quarter

MOST_PACKS = 999


@dataclass(frozen=True, slots=True)
class Proposed:
    """A substitute as somebody proposes it: for every `for_packs` of the item, `substitute_packs` of the other."""

    item: Candidate
    substitute: Candidate
    for_packs: int
    substitute_packs: int
    valid_from: Quarter | None
    valid_until: Quarter | None


@dataclass(frozen=True, slots=True)
class Standing:
    """The version that a substitute is proposed for: packs of each line by code, and when it is in force.

    `until` is the quarter from which an approved later version is in force, None while there is none.
    """

    lines: Mapping[str, int]
    effective_from: Quarter
    until: Quarter | None = None


def substitute_faults(proposed: Proposed, standing: Standing, others: Collection[tuple[str, str]]) -> list[Text]:
    """Return everything that speaks against a substitute. `others` are the pairs (item, substitute) there already."""
    return [
        *_faults_of_pair(proposed, standing, others),
        *_faults_of_ratio(proposed, standing),
        *_faults_of_validity(proposed, standing),
    ]


def _faults_of_pair(proposed: Proposed, standing: Standing, others: Collection[tuple[str, str]]) -> Iterator[Text]:
    item, other = proposed.item, proposed.substitute
    if item.code not in standing.lines:
        yield text("%(item)s is no line of this version. Choose one of its items.", item=item.code)
    if item.code == other.code:
        yield text("An item does not stand in for itself. Choose another one.")
    elif other.variant_of:
        yield text(
            "%(code)s is a size of %(item)s. Name the item itself: its sizes count as it.",
            code=other.code,
            item=other.variant_of,
        )
    elif item.variant_of == other.code:
        yield text("%(item)s is a size of %(code)s and counts as it already.", item=item.code, code=other.code)
    if other.is_retired:
        yield text("%(code)s is retired. Choose an item that is in use.", code=other.code)
    if not other.is_component:
        yield text("%(code)s is a packed set and does not go into a set. Choose a component.", code=other.code)
    if item.has_nutrients and not other.has_nutrients:
        yield text(
            "%(item)s is food, and no nutrients of %(code)s are known. Food is replaced by food.",
            item=item.code,
            code=other.code,
        )
    elif other.has_nutrients and not item.has_nutrients:
        yield text(
            "%(code)s is food, and %(item)s has no nutrients. Goods are replaced by goods.",
            item=item.code,
            code=other.code,
        )
    if (item.code, other.code) in others:
        yield text("%(code)s stands in for %(item)s already. Remove that first.", code=other.code, item=item.code)


def _faults_of_ratio(proposed: Proposed, standing: Standing) -> Iterator[Text]:
    packs = standing.lines.get(proposed.item.code)
    if not (0 < proposed.for_packs <= MOST_PACKS and 0 < proposed.substitute_packs <= MOST_PACKS):
        yield text("Each side of the ratio is a whole number from 1 to %(most)s.", most=MOST_PACKS)
    elif packs is not None and proposed.for_packs > packs:
        yield text_plural(
            "The set has %(n)s pack of %(item)s, so for every %(ratio)s of them nothing could ever stand in.",
            "The set has %(n)s packs of %(item)s, so for every %(ratio)s of them nothing could ever stand in.",
            packs,
            item=proposed.item.code,
            ratio=proposed.for_packs,
        )


def _faults_of_validity(proposed: Proposed, standing: Standing) -> Iterator[Text]:
    start, end = proposed.valid_from, proposed.valid_until
    if start is not None and end is not None and start > end:
        yield text("It would end before it begins: put the quarters the other way round.")
    elif end is not None and end < standing.effective_from:
        yield text("It would end before the version is in force, from %(quarter)s.", quarter=standing.effective_from)
    elif start is not None and standing.until is not None and start >= standing.until:
        yield text("It would begin after a later version is in force, from %(quarter)s.", quarter=standing.until)


def is_valid_in(substitute: ContentSubstitute, quarter: Quarter) -> bool:
    """Say whether a substitute may be used in a quarter; both ends count."""
    begun = substitute.valid_from is None or substitute.valid_from <= quarter
    return begun and (substitute.valid_until is None or quarter <= substitute.valid_until)


def replaced(content: StandardContent, substitute: ContentSubstitute) -> StandardContent:
    """Return the set with a line replaced as far as the ratio goes; what is left of it stays."""
    lines: dict[str, ContentLine] = {line.item.code: line for line in content.lines}
    line = lines[substitute.item]
    times = line.packs // substitute.for_packs
    lines[substitute.item] = replace(line, packs=line.packs - times * substitute.for_packs)
    code, brought = substitute.substitute.code, times * substitute.substitute_packs
    there = lines.get(code, ContentLine(len(lines) + 1, substitute.substitute, 0))
    lines[code] = replace(there, packs=there.packs + brought)
    return replace(content, lines=tuple(one for one in lines.values() if one.packs))


@dataclass(frozen=True, slots=True)
class NutrientEffect:
    """What a substitute changes for a nutrient; None where there is no set of figures with it or without it."""

    nutrient: Nutrient
    without: NutrientCoverage | None
    with_it: NutrientCoverage | None

    @property
    def is_limit(self) -> bool:
        """Say whether the figures are shares of a limit in percent; else they are days."""
        return not any(one and one.need for one in (self.without, self.with_it))

    @property
    def figures(self) -> tuple[Decimal | None, Decimal | None]:
        """The days, or the shares of the limit in percent, without it and with it, as they are shown."""
        return _figure(self.without, is_limit=self.is_limit), _figure(self.with_it, is_limit=self.is_limit)

    @property
    def difference(self) -> Decimal | None:
        """How much more or less it is, as far as it is shown; None where either is unknown."""
        before, after = self.figures
        return None if before is None or after is None else after - before

    @property
    def stays(self) -> bool:
        """Say whether a warning is there before and after."""
        return bool(_warnings(self.with_it) & _warnings(self.without))

    @property
    def is_told(self) -> bool:
        """Say whether there is something to tell: a norm for it on either side."""
        return any(one is not None and (one.need or one.limit) is not None for one in (self.without, self.with_it))

    @property
    def appears(self) -> tuple[Bound, ...]:
        """The warnings that come."""
        return tuple(sorted(_warnings(self.with_it) - _warnings(self.without)))

    @property
    def vanishes(self) -> tuple[Bound, ...]:
        """The warnings that go; not those that go only because nobody knows the figure any more."""
        if self.with_it is None or not self.with_it.is_known:
            return ()
        gone = _warnings(self.without) - _warnings(self.with_it)
        return tuple(sorted(gone if self.with_it.is_within else gone - {Bound.LIMIT}))


@dataclass(frozen=True, slots=True)
class SubstituteEffect:
    """What becomes of a set with a line replaced: `packs` of the item give way to `substitute_packs` of the other.

    `brings` are allergens that the set did not contain before, `brings_traces` those it was not even said to have
    traces of; `takes` are those that it no longer contains.
    """

    item: ContentItem
    substitute: ContentSubstitute
    packs: int
    substitute_packs: int
    nutrients: tuple[NutrientEffect, ...]
    brings: tuple[str, ...]
    brings_traces: tuple[str, ...]
    takes: tuple[str, ...]

    @property
    def told_brings(self) -> str:
        """What it brings, in words of the current language."""
        return told_allergens(self.brings)

    @property
    def told_traces(self) -> str:
        """What it may bring traces of, in words of the current language."""
        return told_allergens(self.brings_traces)

    @property
    def told_takes(self) -> str:
        """What the set no longer contains, in words of the current language."""
        return told_allergens(self.takes)


def effect_of(
    content: StandardContent,
    substitute: ContentSubstitute,
    amounts: Sequence[NormAmount],
    *,
    thresholds: Thresholds,
    quarter: Quarter | None = None,
) -> SubstituteEffect:
    """Return what a substitute changes for a child, in the interval from a quarter (else the version's first)."""
    when = quarter or content.effective_from
    changed = replaced(content, substitute)
    before, after = (coverage(one, amounts, when, thresholds).nutrients for one in (content, changed))
    without, with_it = ({one.nutrient: one for one in side} for side in (before, after))
    line = next(line for line in content.lines if line.item.code == substitute.item)
    times = line.packs // substitute.for_packs
    old, new = ([line.item for line in one.lines] for one in (content, changed))
    brings = contained(new) - contained(old)
    return SubstituteEffect(
        item=line.item,
        substitute=substitute,
        packs=times * substitute.for_packs,
        substitute_packs=times * substitute.substitute_packs,
        nutrients=tuple(
            NutrientEffect(one, without.get(one), with_it.get(one))
            for one in Nutrient
            if one in without or one in with_it
        ),
        brings=tuple(sorted(brings)),
        brings_traces=tuple(sorted(traced(new) - traced(old) - brings)),
        takes=tuple(sorted(contained(old) - contained(new))),
    )


def _figure(judged: NutrientCoverage | None, *, is_limit: bool) -> Decimal | None:
    if judged is None:
        return None
    return judged.shown_limit_share if is_limit else judged.shown_days


def _warnings(judged: NutrientCoverage | None) -> set[Bound]:
    if judged is None:
        return set()
    return {bound for bound, warned in ((Bound.MINIMUM, judged.is_below), (Bound.LIMIT, judged.is_above)) if warned}
