"""What the Shift page sends."""

from dataclasses import dataclass
from datetime import datetime

from distribution.values.shifts import LinkMode


@dataclass(frozen=True, slots=True)
class ModeBody:
    """How a phone was told to use the network, and when by its own clock."""

    mode: LinkMode
    point: int
    claimed_at: datetime
