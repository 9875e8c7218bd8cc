"""The map of a transfer plan: towns as dots, moves as lines between them, wide and dark as they carry much."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import url_for
from sqlalchemy.orm import Session

from core.i18n import format_number, gettext as _, name_of
from distribution.models import TransferPlan, TransferPlanLine
from distribution.queries.planning import CENTRAL_TOWN, list_coordinates
from distribution.rules.country_map import HEIGHT, WIDTH, Spot, spot_of, step_limits, step_of
from territory.models import District
from warehouses.models import Place


@dataclass(frozen=True, slots=True)
class MapLine:
    """Goods from one town to another, of all items together."""

    start: Spot
    end: Spot
    step: int
    words: str
    href: str


@dataclass(frozen=True, slots=True)
class PlanMap:
    """What the map shows; a dot is a town and whether goods leave it."""

    dots: Sequence[tuple[Spot, bool]]
    lines: Sequence[MapLine]
    legend: Sequence[tuple[int, str]]
    width: int = WIDTH
    height: int = HEIGHT


def map_of(
    session: Session,
    plan: TransferPlan,
    moves: Sequence[tuple[TransferPlanLine, Place, Place]],
    katos: Mapping[int, District],
) -> PlanMap:
    """Return the map of moves: line, source, target each."""
    carried: dict[tuple[int, int], int] = {}
    names: dict[tuple[int, int], tuple[str, str]] = {}
    for line, source, target in moves:
        ends = (_town(source), _town(target))
        carried[ends] = carried.get(ends, 0) + line.packs
        names.setdefault(ends, (name_of(source), name_of(target)))
    limits = step_limits(list(carried.values()))
    coordinates = list_coordinates(session)
    spots = {town: spot_of(*where) for town, where in coordinates.items()}
    lines = [
        MapLine(
            spots[ends[0]],
            spots[ends[1]],
            step_of(packs, limits),
            _(
                "%(source)s → %(target)s: %(packs)s packs",
                source=names[ends][0],
                target=names[ends][1],
                packs=format_number(packs),
            ),
            url_for("distribution.show_transfer_plan", plan_id=plan.id, district=katos[ends[1]].kato, _anchor="moves"),
        )
        for ends, packs in sorted(carried.items(), key=lambda one: one[1])
        if ends[1] in katos
    ]
    sources = {town for town, _target in carried}
    dots = [(spots[town], town in sources) for town in spots if town in katos or town in sources]
    return PlanMap(dots, lines, _legend(limits))


def _town(place: Place) -> int:
    return place.district_id or place.region_id or CENTRAL_TOWN


def _legend(limits: Sequence[int]) -> list[tuple[int, str]]:
    lowest, found = 1, []
    for step, limit in enumerate(limits, start=1):
        words = _("%(least)s–%(most)s packs", least=format_number(lowest), most=format_number(limit))
        found.append((step, words))
        lowest = limit + 1
    return found
