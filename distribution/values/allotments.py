"""Nouns of allotments."""

from enum import StrEnum


class AllotmentStatus(StrEnum):
    """State of one kit for one child in one quarter."""

    GRANTED = "granted"
    WAITING = "waiting"
    DROPPED = "dropped"
    LAPSED = "lapsed"


class DropReason(StrEnum):
    """Why a child drops out of an allotment after the draw."""

    DIED = "died"
    STATE_CARE = "state_care"
    AWARD_ENDED = "award_ended"
    DUPLICATE = "duplicate"
    MOVED_AWAY = "moved_away"
    NOT_WANTED = "not_wanted"
    WRONG_ENTRY = "wrong_entry"


MOVED_UP = "moved_up"
"""The reason of a change by which somebody who waited gets the set of somebody who dropped out."""
