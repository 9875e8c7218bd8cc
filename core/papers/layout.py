"""The measures of official papers: margins in millimetres, sizes of type in points."""

from dataclasses import dataclass, replace

from core.pdf import PAGE_HEIGHT, PAGE_WIDTH

SMALL, BODY, HEAD, TITLE = 7.0, 9.0, 10.0, 12.5
GREY = 0.35
_LEFT_MARGIN, _RIGHT_MARGIN, _TOP_MARGIN, _BOTTOM_MARGIN = 18.0, 15.0, 13.0, 19.0
_GUTTER = 6.0


@dataclass(frozen=True, slots=True)
class Layout:
    """A page upright or lying, and what of it is written on; the left margin is for the file."""

    landscape: bool = False
    spare: float = 0.0
    """What is left free at the right."""

    @property
    def page_height(self) -> float:
        """The height of the page."""
        return PAGE_WIDTH if self.landscape else PAGE_HEIGHT

    @property
    def left(self) -> float:
        """Where lines begin."""
        return _LEFT_MARGIN

    @property
    def right(self) -> float:
        """Where lines end."""
        return (PAGE_HEIGHT if self.landscape else PAGE_WIDTH) - _RIGHT_MARGIN - self.spare

    @property
    def top(self) -> float:
        """Where the first block begins."""
        return _TOP_MARGIN

    @property
    def bottom(self) -> float:
        """Where the last block ends at the latest; the foot stands below."""
        return self.page_height - _BOTTOM_MARGIN

    @property
    def width(self) -> float:
        """The width of a line."""
        return self.right - self.left

    @property
    def half(self) -> float:
        """The width of one language of two."""
        return (self.width - _GUTTER) / 2

    def narrowed(self, spare: float) -> "Layout":
        """Return the layout with so many millimetres left free at the right."""
        return replace(self, spare=spare)

    def column(self, place: int) -> float:
        """Return where the column of a language begins: 0 for the first, 1 for the second."""
        return self.left + place * (self.half + _GUTTER)


PORTRAIT, LANDSCAPE = Layout(), Layout(landscape=True)
