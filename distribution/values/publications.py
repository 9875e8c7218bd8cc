"""Nouns of publications."""

from enum import StrEnum

ROSTER_FILE, DRAW_FILE, DROPPED_FILE, CYCLE_FILE = "roster.csv", "draw.csv", "dropped.csv", "cycle.json"


class PublicationStage(StrEnum):
    """What a publication tells: the root before the draw, or what the draw has made of it."""

    ROOT = "root"
    DRAW = "draw"

    @property
    def files(self) -> tuple[str, ...]:
        """Return the names of its files."""
        before = (ROSTER_FILE, CYCLE_FILE)
        return before if self is PublicationStage.ROOT else (ROSTER_FILE, DRAW_FILE, DROPPED_FILE, CYCLE_FILE)
