"""Bars of a chart as shares of its width: zero baseline, round marks on the axis, one line of warning."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

_FULL = 100
_STEPS = (1, 2, 5)
_MOST_MARKS = 5


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar with the words beside it. `percent` is its length in percent of the width; None: nobody knows."""

    label: str
    shown: str
    percent: Decimal | None
    is_warned: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """A place on the axis, in percent of the width, and the number that stands there."""

    percent: Decimal
    number: int | Decimal


@dataclass(frozen=True, slots=True)
class BarChart:
    """Bars one under another. `warning` is where the line of warning stands, None without one."""

    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...]
    warning: Mark | None


@dataclass(frozen=True, slots=True)
class Measured:
    """What a bar shows: its label, the value in words, and the value itself."""

    label: str
    shown: str
    value: Fraction | None
    is_warned: bool = False


def bar_chart(measured: Sequence[Measured], *, warning: Fraction | None = None) -> BarChart:
    """Return the chart of values; the axis goes from 0 to the next round mark above the greatest of them."""
    values = [one.value for one in measured if one.value is not None]
    greatest = max([*values, warning or Fraction()], default=Fraction()) or Fraction(1)
    step = _step(greatest)
    end = -(-greatest // step) * step
    return BarChart(
        bars=tuple(
            Bar(one.label, one.shown, None if one.value is None else _share(one.value, end), one.is_warned)
            for one in measured
        ),
        marks=tuple(Mark(_share(step * number, end), _plain(step * number)) for number in range(int(end / step) + 1)),
        warning=None if warning is None else Mark(_share(warning, end), _plain(warning)),
    )


def _step(greatest: Fraction) -> Fraction:
    """Return the least of 1, 2, 5 times a power of ten that needs no more than five marks above zero."""
    power = Fraction(1, 1000)
    while True:
        for step in _STEPS:
            if greatest <= step * power * _MOST_MARKS:
                return step * power
        power *= 10


def _share(value: Fraction, end: Fraction) -> Decimal:
    return Decimal(round(value * _FULL * _FULL / end)) / _FULL


def _plain(number: Fraction) -> int | Decimal:
    tenths = round(number * 1000)
    return tenths // 1000 if tenths % 1000 == 0 else Decimal(tenths) / 1000
