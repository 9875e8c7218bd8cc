"""The country drawn flat: degrees to points of a picture, and lines between towns in steps."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians

from distribution.rules.map_tiles import STEPS

WIDTH, HEIGHT = 1000, 512
_MARGIN = 24
_WEST, _EAST, _SOUTH, _NORTH = 46.4, 87.4, 41.9, 55.2
_MIDDLE = cos(radians((_SOUTH + _NORTH) / 2))
_SCALE = (WIDTH - 2 * _MARGIN) / ((_EAST - _WEST) * _MIDDLE)


@dataclass(frozen=True, slots=True)
class Spot:
    """A point of the picture."""

    x: int
    y: int


def spot_of(latitude: float, longitude: float) -> Spot:
    """Return where a place lies in the picture: equal steps of degrees, narrowed as the middle parallel is."""
    return Spot(round(_MARGIN + (longitude - _WEST) * _MIDDLE * _SCALE), round(_MARGIN + (_NORTH - latitude) * _SCALE))


def step_limits(amounts: Sequence[int]) -> list[int]:
    """Return the greatest amount of each step, rising: fifths of the greatest of all, rounded up, each once."""
    most = max(amounts, default=0)
    return sorted({-(-most * step // STEPS) for step in range(1, STEPS + 1)} - {0})


def step_of(amount: int, limits: Sequence[int]) -> int:
    """Return the step of an amount, from 1."""
    return next((step for step, limit in enumerate(limits, start=1) if amount <= limit), len(limits))
