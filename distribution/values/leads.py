"""Nouns of leads."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class LeadKind(StrEnum):
    """What looks like a duplicate or a mistake."""

    SAME_CHILD = "same_child"
    MOVED_CHILD = "moved_child"
    SHARED_PHONE = "shared_phone"
    SHARED_ADDRESS = "shared_address"
    CLOSE_BIRTHS = "close_births"
    MANY_CHILDREN = "many_children"


class LeadStatus(StrEnum):
    """Where a lead stands: open, decided by a person, or found no more."""

    OPEN = "open"
    DECIDED = "decided"
    GONE = "gone"


class LeadDecision(StrEnum):
    """What a person decided: `same` and `different` of two children, the others of everything else."""

    SAME = "same"
    DIFFERENT = "different"
    RIGHT = "right"
    MISTAKE = "mistake"


@dataclass(frozen=True, slots=True)
class FoundLead:
    """What one search found: its key names the same thing at every search. `people` are (family, child of it)."""

    kind: LeadKind
    key: str
    district_id: int
    score: int
    reasons: Mapping[str, object]
    people: tuple[tuple[int, int | None], ...]
