"""Nouns of transfer plans."""

from dataclasses import dataclass
from enum import StrEnum


class PlanStatus(StrEnum):
    """State of a plan: nobody acted on it yet, it was turned into requests, or a later one took its place."""

    PROPOSED = "proposed"
    REQUESTED = "requested"
    DROPPED = "dropped"


class LackReason(StrEnum):
    """Why packs do not come: there are none, they are still on the road, no room, or no open place that takes them."""

    STOCK = "stock"
    ON_ROAD = "on_road"
    ROOM = "room"
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class Site:
    """An open warehouse or point; `town` is its district, else its region, else 0: places of one town lie together."""

    place_id: int
    kind: str
    is_main: bool
    town: int
    district_id: int | None
    room: int | None


@dataclass(frozen=True, slots=True)
class Shelf:
    """Packs of an item at a place that may leave for a quarter: reserved for it, or nobody's."""

    place_id: int
    item_id: int
    reserved: int
    free: int


@dataclass(frozen=True, slots=True)
class Move:
    """Packs of an item from one place to another; `is_reserved`: they are reserved for the quarter already."""

    item_id: int
    from_place_id: int
    to_place_id: int
    packs: int
    kilometres: int
    is_reserved: bool


@dataclass(frozen=True, slots=True)
class Missing:
    """Packs of an item that no move brings to a district."""

    district_id: int
    item_id: int
    packs: int
    why: LackReason
