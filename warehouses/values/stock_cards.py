"""What a stock card is asked for."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class CardFilter:
    """The card of an item or a lot at a place, from one day through another. One of item and lot is given."""

    place_id: int
    first: date
    last: date
    item_id: int | None = None
    lot_id: int | None = None
