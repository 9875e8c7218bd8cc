"""Nouns of families, quarters, vouchers and hand-overs."""

from enum import StrEnum


class AwardStatus(StrEnum):
    """State of a family's award of assistance."""

    AWARDED = "awarded"
    SUSPENDED = "suspended"
    TERMINATED = "terminated"
    REFUSED = "refused"


class BatchStatus(StrEnum):
    """State of an import: staged, then confirmed by another person or discarded."""

    STAGED = "staged"
    CONFIRMED = "confirmed"
    DISCARDED = "discarded"


class AllotmentStatus(StrEnum):
    """State of one kit for one child in one quarter."""

    GRANTED = "granted"
    WAITING = "waiting"
    DROPPED = "dropped"
    LAPSED = "lapsed"


class Collector(StrEnum):
    """Who came for the packages."""

    GUARDIAN = "guardian"
    PROXY = "proxy"
    OTHER = "other"
