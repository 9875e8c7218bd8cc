"""Refusals of distribution."""

from core.errors import Conflict, Forbidden, Invalid, NotFound
from distribution.values import Verdict


class CycleUnknown(NotFound):
    """No roster of that quarter has been frozen."""

    code = "cycle_unknown"


class RosterUnknown(NotFound):
    """No such roster."""

    code = "roster_unknown"


class NotYourStep(Forbidden):
    """A step of the quarter by somebody who may not take it for the whole country."""

    code = "not_your_step"


class CycleClosed(Conflict):
    """The quarter was closed; nothing of it changes any more."""

    code = "cycle_closed"


class NobodyEligible(Conflict):
    """A roster would be empty."""

    code = "nobody_eligible"


class PointMissing(Conflict):
    """Vouchers would be issued in a district that has no distribution point."""

    code = "point_missing"


class StepTaken(Conflict):
    """This step of the roster was taken before."""

    code = "step_taken"


class StepTooEarly(Conflict):
    """The step before it has not been taken."""

    code = "step_too_early"


class SecondPersonNeeded(Conflict):
    """Whoever froze or allotted may not approve."""

    code = "second_person_needed"


class SeedMissing(Invalid):
    """Allotting without a seed or without the public event it comes from."""

    code = "seed_missing"


class KitUnknown(Invalid):
    """An announced number for a set that does not exist."""

    code = "kit_unknown"


class SupplyShort(Conflict):
    """There are fewer sets than children on the roster."""

    code = "supply_short"


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


class ReasonMissing(Invalid):
    """A reason must be given in words."""

    code = "reason_missing"


class RegistryAlreadyLoaded(Conflict):
    """This very file was loaded before, perhaps by somebody else a moment ago."""

    code = "registry_already_loaded"


class BatchUnknown(NotFound):
    """No such import, or not of one's territory."""

    code = "batch_unknown"


class BatchClosed(Conflict):
    """The import was confirmed or discarded before."""

    code = "batch_closed"


class NotYourFamilies(Conflict):
    """The file would change families whose district is out of reach."""

    code = "not_your_families"


class FamilyUnknown(NotFound):
    """No such family, or not of one's territory."""

    code = "family_unknown"
