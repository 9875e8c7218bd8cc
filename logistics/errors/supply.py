"""Refusals of supply."""

from core.errors import Conflict, Forbidden, Invalid, NotFound


class OrderUnknown(NotFound):
    """No such order, or it is out of reach."""

    code = "order_unknown"


class DeliveryUnknown(NotFound):
    """No such delivery, or it is out of reach."""

    code = "delivery_unknown"


class TransferUnknown(NotFound):
    """No such transfer, or it is out of reach."""

    code = "transfer_unknown"


class SupplierUnknown(NotFound):
    """No such supplier."""

    code = "supplier_unknown"


class BinMalformed(Invalid):
    """It is not the business identification number of an organisation."""

    code = "bin_malformed"


class PrefixMalformed(Invalid):
    """It is not a company prefix of GS1."""

    code = "prefix_malformed"


class PrefixTaken(Conflict):
    """Numbers under this company prefix belong to another supplier."""

    code = "prefix_taken"


class SupplierKnown(Conflict):
    """A supplier with this number exists."""

    code = "supplier_known"


class OrderMalformed(Invalid):
    """An order needs lines of whole packs, each item once, and a day that has not passed."""

    code = "order_malformed"


class SecondPersonNeeded(Forbidden):
    """Whoever drafted an order does not approve it."""

    code = "second_person_needed"


class OrderNotOpen(Conflict):
    """The order is not in the state that the act needs."""

    code = "order_not_open"


class DeliveryMalformed(Invalid):
    """A delivery needs lines of whole packs."""

    code = "delivery_malformed"


class OverDelivered(Conflict):
    """More came than was ordered and is still due."""

    code = "over_delivered"


class NotOrdered(Conflict):
    """The order does not name the item, the supplier or the place."""

    code = "not_ordered"


class ExpiredOnReceipt(Conflict):
    """The lot's day has passed: it is not taken in."""

    code = "expired_on_receipt"


class DeliveryKeyReused(Conflict):
    """The key belongs to another delivery."""

    code = "delivery_key_reused"


class TransferMalformed(Invalid):
    """A transfer needs lines, and two places with walls."""

    code = "transfer_malformed"


class TransferKeyReused(Conflict):
    """The key belongs to another transfer."""

    code = "transfer_key_reused"


class TransferNotOnTheRoad(Conflict):
    """The transfer has arrived already."""

    code = "transfer_not_on_the_road"
