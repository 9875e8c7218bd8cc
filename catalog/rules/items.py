"""What follows from a catalogue line alone."""

from collections.abc import Iterable


def allergens_of(written: Iterable[str]) -> list[str]:
    """Return the codes of allergens in several `;`-separated texts, each once, in order."""
    return sorted({code for one in written for code in one.split(";") if code})


def net_content(packs: int, pack_net: int) -> int:
    """Return the net content of so many packs, in the unit of the pack."""
    return packs * pack_net
