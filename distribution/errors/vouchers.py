"""Refusals of what is done with one voucher."""

from core.errors import Conflict


class VoucherOnHold(Conflict):
    """The voucher is on hold, or is not, against what was asked for."""

    code = "voucher_on_hold"


class VoucherLeased(Conflict):
    """A device holds the voucher for handing over without a network."""

    code = "voucher_leased"


class NotAnotherPoint(Conflict):
    """The voucher belongs to that point already, or the point takes no vouchers."""

    code = "not_another_point"
