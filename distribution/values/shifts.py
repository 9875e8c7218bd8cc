"""What a shift at a point knows."""

from enum import StrEnum


class LinkMode(StrEnum):
    """Whether a phone uses the network by itself, or was told not to."""

    ONLINE = "online"
    OFFLINE = "offline"
