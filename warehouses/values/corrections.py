"""Nouns of corrections: what is known of a document that was taken back."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class TakenBack:
    """When the movements of a document were taken back, by whom and why; `movement_id` is one of the reversals."""

    movement_id: UUID
    at: datetime
    who: str
    reason: str
