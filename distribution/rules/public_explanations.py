"""What of an explanation everybody may read."""

from collections.abc import Collection
from dataclasses import replace

from distribution.values.explanations import Explained


def as_told(explained: Explained, drawn: Collection[int]) -> Explained:
    """Return an explanation without what is not public.

    Before the draw of its roster is published there is only the line; when a set was handed over is the family's alone.
    """
    if explained.listed.roster in drawn:
        return replace(explained, handed_over_at=None)
    return replace(explained, shared=None, status=None, draw=None, rank=None, ahead=None, moved=(), handed_over_at=None)
