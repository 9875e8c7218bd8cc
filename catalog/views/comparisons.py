"""Two versions of a standard side by side."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from flask import request
from flask.typing import ResponseReturnValue

from catalog.errors import VersionUnknown
from catalog.models import KitVersion
from catalog.permissions import CatalogRight
from catalog.queries.contents import content_of
from catalog.queries.kits import get_kit
from catalog.queries.versions import list_versions
from catalog.rules.comparisons import SumDifference, compare
from catalog.rules.figures import shown_amount
from catalog.rules.versions import states_of
from catalog.values import NUTRIENTS, VersionState
from catalog.views.blueprint import blueprint
from catalog.views.version_words import (
    DIFFERENCE_MARKS,
    DIFFERENCE_NAMES,
    STATE_NAMES,
    money,
    signed,
    this_quarter,
)
from core.i18n import format_money, format_number, name_of, text
from core.web.guards import guarded
from core.web.pages import page
from core.web.session import reading

_GRAMS, _TIYN = 1000, 100


@blueprint.get("/kits/<code>/compare")
@guarded(CatalogRight.READ)
def compare_versions(code: str) -> ResponseReturnValue:
    """Compare two versions of a standard: lines, weight, cost, nutrients, substitutes, words."""
    with reading() as session:
        kit = get_kit(session, code)
        versions = list_versions(session, kit)
        states = states_of(versions, this_quarter())
        left, right = _chosen(versions, states)
        compared = compare(content_of(session, left), content_of(session, right))
    lines = (*compared.left.lines, *compared.right.lines)
    return page(
        kit=kit,
        versions=versions,
        chosen=(left, right),
        compared=compared,
        rows=[_figures(one) for one in (*compared.totals, *compared.nutrients) if one.left.amount or one.right.amount],
        states=states,
        state_names=STATE_NAMES,
        difference_names=DIFFERENCE_NAMES,
        difference_marks=DIFFERENCE_MARKS,
        item_names={line.item.code: name_of(line.item.names) for line in lines},
        money=money,
        signed=signed,
    )


def _chosen(versions: Sequence[KitVersion], states: Mapping[int, VersionState]) -> tuple[KitVersion, KitVersion]:
    """Return the versions that are asked for; else the latest, held against the one in force or the one before."""
    by_number = {str(one.number): one for one in versions}
    asked = {side: request.args.get(side) for side in ("left", "right")}
    if not versions or any(number not in by_number for number in asked.values() if number):
        raise VersionUnknown(text("There is no such version to compare."))
    right = by_number[asked["right"]] if asked["right"] else versions[0]
    others = [one for one in versions if one.number != right.number] or [right]
    in_force = next((one for one in others if states[one.number] == VersionState.IN_FORCE), others[0])
    return (by_number[asked["left"]] if asked["left"] else in_force), right


def _figures(one: SumDifference) -> tuple[str, str, str, str, str]:
    """Return the name, the unit, both sides and the difference of a total, as they are shown."""
    if one.code == "grams":
        return (str(text("Weight")), str(text("kg")), *_sides(one, _kilograms, format_number))
    if one.code == "tiyn":
        return (str(text("Cost")), "", *_sides(one, _tenge, format_money))
    told = NUTRIENTS[one.code]  # type: ignore[index]  # the codes are those of NUTRIENTS
    return (str(told.name), str(told.unit), *_sides(one, shown_amount, format_number))


def _kilograms(grams: Fraction) -> Decimal:
    return Decimal(int(grams)) / _GRAMS


def _tenge(tiyn: Fraction) -> Decimal:
    return Decimal(int(tiyn)) / _TIYN


def _sides(
    one: SumDifference, shown: Callable[[Fraction], Decimal], words: Callable[[Decimal], str]
) -> tuple[str, str, str]:
    """Return both sides and the difference in words; it is that of the figures that are shown, so that they add up."""
    before, after = shown(one.left.amount), shown(one.right.amount)
    left, right = ("≥ " if one.left.unknown else "") + words(before), ("≥ " if one.right.unknown else "") + words(after)
    return left, right, signed(after - before, words(abs(after - before)))
