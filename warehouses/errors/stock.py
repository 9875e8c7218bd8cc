"""Refusals of the warehouses."""

from core.errors import Conflict, Invalid, NotFound


class PlaceUnknown(NotFound):
    """No such place, or it is out of reach."""

    code = "place_unknown"


class LotUnknown(NotFound):
    """No such lot."""

    code = "lot_unknown"


class MovementUnknown(NotFound):
    """No such movement."""

    code = "movement_unknown"


class MovementMalformed(Invalid):
    """The quantity is not a positive whole number, or the goods would go where they are."""

    code = "movement_malformed"


class MovementInFuture(Invalid):
    """It is said to have happened more than five minutes from now."""

    code = "movement_in_future"


class PeriodClosed(Conflict):
    """It happened in a period whose books are closed."""

    code = "period_closed"


class MovementKeyReused(Conflict):
    """The key stands in the ledger already, with other content."""

    code = "movement_key_reused"


class StockShort(Conflict):
    """There is not so much at the place."""

    code = "stock_short"


class StockReserved(Conflict):
    """There is so much at the place, but it is set aside."""

    code = "stock_reserved"


class ReservationShort(Conflict):
    """Not so much is set aside at the place."""

    code = "reservation_short"


class LateMovementRefused(Conflict):
    """Entered late, it would make a later balance negative."""

    code = "late_movement_refused"


class AlreadyReversed(Conflict):
    """A movement can be reversed once."""

    code = "already_reversed"


class ReversalOfReversal(Conflict):
    """A reversal cannot be reversed: enter a new movement."""

    code = "reversal_of_reversal"


class LotExpired(Conflict):
    """The day on the lot has passed."""

    code = "lot_expired"


class LotHeld(Conflict):
    """The lot is in quarantine or was recalled."""

    code = "lot_held"


class LotDiffers(Conflict):
    """The same lot code of the same item is known with another expiry day or standard."""

    code = "lot_differs"


class LotMalformed(Invalid):
    """A lot's code is too long, or nothing can be read."""

    code = "lot_malformed"


class PlaceMalformed(Invalid):
    """What is said about a place does not fit together."""

    code = "place_malformed"


class SettlementServedElsewhere(Conflict):
    """Another point of the district serves the settlement."""

    code = "settlement_served_elsewhere"
