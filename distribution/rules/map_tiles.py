"""The map of districts: equal tiles in the order of the land, and colour steps for shares."""

from collections.abc import Sequence
from math import ceil, sqrt
from typing import Protocol, TypeVar

STEPS = 5
LETTERS = 4
_SHARED = {"аудан", "ауданы", "атындағы", "район", "имени", "им.", "district"}


class Located(Protocol):
    """Anything with coordinates."""

    @property
    def latitude(self) -> float:
        """Degrees north."""

    @property
    def longitude(self) -> float:
        """Degrees east."""


Place = TypeVar("Place", bound=Located)


def in_order_of_the_land(places: Sequence[Place]) -> list[Place]:
    """Return the places as one reads a map: in bands from north to south, each from west to east.

    Every place gets a cell of its own in a nearly square grid, so no two overlap however close they lie.
    """
    if not places:
        return []
    width = ceil(sqrt(len(places)))
    southward = sorted(places, key=lambda place: (-place.latitude, place.longitude))
    bands = [southward[start : start + width] for start in range(0, len(southward), width)]
    return [place for band in bands for place in sorted(band, key=lambda place: (place.longitude, -place.latitude))]


def share_step(part: int, whole: int) -> int:
    """Return the colour step of a share: 0 where there is no whole, 1 for under a fifth … 5 from four fifths."""
    if whole <= 0:
        return 0
    return min(STEPS, 1 + part * STEPS // whole)


def short_name(name: str) -> str:
    """Return the first letters of a district's name, for its tile; words that all districts share do not count."""
    own = [word for word in name.split() if word.casefold() not in _SHARED]
    return (own or [name])[0][:LETTERS]
