"""Refusals of vouchers, scans and hand-overs."""

from core.errors import Conflict, Invalid, NotFound
from distribution.values import Verdict


class PointMissing(Conflict):
    """Vouchers would be issued in a district that has no distribution point."""

    code = "point_missing"


class SearchTooShort(Invalid):
    """So few letters of a name would show whoever is there."""

    code = "search_too_short"


class ScanRefused(Conflict):
    """A scanned voucher may not be given against; the verdict says why and what to do."""

    code = "scan_refused"

    def __init__(self, verdict: Verdict, voucher_id: int | None = None) -> None:
        super().__init__(verdict.why)
        self.verdict = verdict
        self.voucher_id = voucher_id


class AlreadyHandedOver(ScanRefused):
    """The sets were handed over before; the verdict says when and where."""

    code = "already_handed_over"


class NotInStock(ScanRefused):
    """The point has too few usable sets of a kind."""

    code = "no_stock"


class KeyTaken(Conflict):
    """The key of this request belongs to another hand-over."""

    code = "key_taken"


class HandOverUnknown(NotFound):
    """No such hand-over, or it is out of reach."""

    code = "hand_over_unknown"


class TooLateToUndo(Conflict):
    """An operator may undo for five minutes only."""

    code = "too_late_to_undo"


class AlreadyUndone(Conflict):
    """The hand-over was taken back before."""

    code = "already_undone"


class NotYourCorrection(Conflict):
    """Only a supervisor of the district changes what was handed over."""

    code = "not_your_correction"


class NothingToCorrect(Conflict):
    """What is said to be so stands there already, or there is nothing of it."""

    code = "nothing_to_correct"


class VoucherUnknown(NotFound):
    """No such voucher, or it is out of reach."""

    code = "voucher_unknown"


class VoucherReplaced(Conflict):
    """The voucher was revoked by a newer print."""

    code = "voucher_replaced"


class NoSigningKey(Conflict):
    """The quarter has no key that may sign vouchers."""

    code = "no_signing_key"


class NoVouchers(Conflict):
    """There are no vouchers to print."""

    code = "no_vouchers"


class PrintUnknown(NotFound):
    """There is no such print of vouchers within the reach."""

    code = "print_unknown"
