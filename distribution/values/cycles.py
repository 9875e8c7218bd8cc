"""Nouns of quarters: their steps, objections, why sets lapse, why a district's number changed."""

from enum import StrEnum


class QuarterStep(StrEnum):
    """The steps of a quarter in their order."""

    IMPORT = "import"
    FREEZE = "freeze"
    ANNOUNCE = "announce"
    OBJECTIONS = "objections"
    DRAW = "draw"
    ALLOT = "allot"
    APPROVE = "approve"
    RESERVE = "reserve"
    VOUCHERS = "vouchers"
    HAND_OVER = "hand_over"
    CLOSE = "close"


class ObjectionStatus(StrEnum):
    """Where an objection stands."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class LapseReason(StrEnum):
    """Why a granted set was not handed over by the close of its quarter."""

    NOT_COLLECTED = "not_collected"
    NO_VOUCHER = "no_voucher"


class ChangeCause(StrEnum):
    """Why a line stands on the rosters of one quarter of a district, and not on those of the other."""

    BORN = "born"
    AWARDED = "awarded"
    DUE_AGAIN = "due_again"
    MOVED_IN = "moved_in"
    GROWN_OUT = "grown_out"
    ENDED = "ended"
    NOT_DUE = "not_due"
    MOVED_OUT = "moved_out"


JOINED = (ChangeCause.BORN, ChangeCause.AWARDED, ChangeCause.DUE_AGAIN, ChangeCause.MOVED_IN)
"""The causes by which a district's number grows."""

LEFT = (ChangeCause.GROWN_OUT, ChangeCause.ENDED, ChangeCause.NOT_DUE, ChangeCause.MOVED_OUT)
"""The causes by which it shrinks."""
