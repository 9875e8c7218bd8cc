"""How versions are told: their states, what they weigh and cost, what differs."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from catalog.rules.allergens import contained, traced
from catalog.rules.comparisons import Difference
from catalog.rules.contents import StandardContent
from catalog.rules.items import net_content
from catalog.rules.totals import line_grams, line_tiyn, totals_of
from catalog.values import ALLERGENS, NUTRIENTS, UNITS, VersionState
from core.clock import now, today
from core.i18n import Text, format_money, format_number, text
from core.quarters import Quarter

STATE_NAMES: Mapping[VersionState, Text] = {
    VersionState.DRAFT: text("draft"),
    VersionState.SUBMITTED: text("submitted"),
    VersionState.IN_FORCE: text("in force"),
    VersionState.COMES_LATER: text("comes later"),
    VersionState.SUPERSEDED: text("superseded"),
}
STATE_MARKS: Mapping[VersionState, str] = {
    VersionState.DRAFT: "muted",
    VersionState.SUBMITTED: "attention",
    VersionState.IN_FORCE: "ok",
    VersionState.COMES_LATER: "info",
    VersionState.SUPERSEDED: "muted",
}
STATE_WORDS: Mapping[str, object] = {
    "state_names": STATE_NAMES,
    "state_marks": STATE_MARKS,
    "nutrient_names": NUTRIENTS,
}
"""What a page needs to tell where a version stands, and what its nutrients are called."""

DIFFERENCE_NAMES: Mapping[Difference, Text] = {
    Difference.ADDED: text("added"),
    Difference.REMOVED: text("removed"),
    Difference.CHANGED: text("changed"),
    Difference.SAME: text("the same"),
}
DIFFERENCE_MARKS: Mapping[Difference, str] = {
    Difference.ADDED: "ok",
    Difference.REMOVED: "refused",
    Difference.CHANGED: "attention",
    Difference.SAME: "muted",
}
_TIYN = 100
_GRAMS = 1000


def money(tiyn: Fraction | int | None) -> str:
    """Return an amount of whole tiyn in tenge, exact; a dash where nobody knows it."""
    return "–" if tiyn is None else format_money(Decimal(int(tiyn)) / _TIYN)


def kilograms(grams: Fraction | int | None) -> str:
    """Return a mass in kilograms, exact to the gram; a dash where nobody knows it."""
    return "–" if grams is None else format_number(Decimal(int(grams)) / _GRAMS)


def signed(by: Decimal | Fraction | int, words: str) -> str:
    """Return the words of an amount with the sign of a difference: a plus, a true minus, or ±0 where there is none."""
    if not by:
        return "±0"
    return f"+{words}" if by > 0 else f"−{words}"


def this_quarter() -> Quarter:
    """Return the quarter of today."""
    return Quarter.of(today(now()))


def words_of_content(content: StandardContent) -> dict[str, object]:
    """Return what a page needs to tell what a version says."""
    items = [line.item for line in content.lines]
    return {
        "totals": totals_of(content),
        "contains": sorted(contained(items)),
        "may_contain": sorted(traced(items) - contained(items)),
        "allergen_names": ALLERGENS,
        "units": UNITS,
        "net_content": net_content,
        "line_grams": line_grams,
        "line_tiyn": line_tiyn,
        "money": money,
        "kilograms": kilograms,
    }
