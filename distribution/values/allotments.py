"""Nouns of allotments."""

from enum import StrEnum


class AllotmentStatus(StrEnum):
    """State of one kit for one child in one quarter."""

    GRANTED = "granted"
    WAITING = "waiting"
    DROPPED = "dropped"
    LAPSED = "lapsed"
