"""Refusals about the state of lots and about stock cards."""

from core.errors import Conflict, Invalid


class LotStateUnfit(Conflict):
    """The lot is not in the state from which this is done."""

    code = "lot_state_unfit"


class LotActKeyReused(Conflict):
    """The key of an act on a lot was used for another one."""

    code = "lot_act_key_reused"


class LotReasonMissing(Invalid):
    """An act on a lot needs a reason."""

    code = "lot_reason_missing"


class CardTooLong(Invalid):
    """A stock card has more lines than a paper holds."""

    code = "card_too_long"


class LotAmbiguous(Conflict):
    """Several lots of a place fit what was scanned."""

    code = "lot_ambiguous"


class LotNotHere(Conflict):
    """The place has no packs of the lot that was scanned."""

    code = "lot_not_here"
