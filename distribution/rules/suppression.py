"""Which small cells of a public table are hidden, so that nobody can subtract them out (SEC-63).

A block is a table whose sum is public. What is told of it are its open cells and the sum of the hidden ones. Whatever
can be computed from that is a sum of parts of which none is smaller than five, unless the whole block is, which is
public anyway. The largest cell is hidden beside the small ones: then all small ones may be zero, for all that anybody
can tell, even who knows this rule.
"""

from collections.abc import Hashable, Mapping
from typing import TypeVar

SMALLEST = 5
"""Children in a cell that is told by itself."""

Key = TypeVar("Key", bound=Hashable)


def hidden_cells(block: Mapping[Key, int]) -> frozenset[Key]:
    """Return the cells of a block that are not told one by one; zeros count as small, for they tell the others."""
    small = {key for key, count in block.items() if count < SMALLEST}
    large = [key for key in block if key not in small]
    if small and large:
        small.add(max(large, key=lambda key: (block[key], str(key))))
    return frozenset(small)
