"""Which of the eight masks a QR code is drawn with: the one of the least penalty (ISO/IEC 18004, §7.8.3).

The native encoder spends four fifths of its time on this choice. Here all modules of a code stand in one whole number,
a bit each, so that a rule is a handful of operations on it.
"""

from collections.abc import Sequence
from functools import cache

MASKS = 8

_RUN, _BLOCK, _FINDER, _UNEVEN = 2, 3, 40, 10
"""Points: of a run of five besides one for each module beyond four, a block of four, a false finder, 5 % unevenness."""

_DARK_IN_FINDER, _LIGHT_IN_FINDER = (0, 2, 3, 4, 6), (1, 5)
_LONGEST = 11
"""Modules of a finder's line with the four light ones on one of its sides."""


def least_penalised(masked: Sequence[int], side: int) -> int:
    """Return which of the same code's masked forms has the least penalty; the first of equal ones.

    A form is a whole number of `side` × `side` bits, row after row, 1 for a light module.
    """
    return min(range(len(masked)), key=lambda mask: penalty(masked[mask], side))


def penalty(light: int, side: int) -> int:
    """Return the penalty of a code: runs, blocks of one colour, lines like a finder's, more of one colour."""
    whole, columns = _frame(side)
    dark = ~light & whole
    across = ~(light ^ light >> 1) & columns * ((1 << side - 1) - 1)
    down = ~(light ^ light >> side) & whole >> side
    points = _BLOCK * (across & across >> side & down).bit_count()
    points += _runs(across, 1) + _runs(down, side)
    points += _finders(light, dark, 1, columns * ((1 << side - _LONGEST + 1) - 1))
    points += _finders(light, dark, side, whole >> (_LONGEST - 1) * side)
    modules = side * side
    return points + _UNEVEN * (abs(20 * dark.bit_count() - 10 * modules) // modules)


@cache
def _frame(side: int) -> tuple[int, int]:
    """Return all modules, and the first of every row."""
    whole = (1 << side * side) - 1
    return whole, whole // ((1 << side) - 1)


def _runs(same: int, step: int) -> int:
    """Return the points of runs, from the modules that are like their next one."""
    five = same & same >> step
    five &= five >> 2 * step
    return five.bit_count() + _RUN * (five & ~(five << step)).bit_count()


def _finders(light: int, dark: int, step: int, starts: int) -> int:
    """Return the points of lines of 1:1:3:1:1 modules with four light ones before or behind."""
    line = -1
    for place in _DARK_IN_FINDER:
        line &= dark >> place * step
    for place in _LIGHT_IN_FINDER:
        line &= light >> place * step
    four = light & light >> step
    four &= four >> 2 * step
    behind, before = line & four >> 7 * step & starts, four & line >> 4 * step & starts
    return _FINDER * (behind.bit_count() + before.bit_count())
