"""How exact numbers are shown: with few decimals, and never better than they are."""

from decimal import Decimal
from fractions import Fraction

_TEN, _HUNDRED, _THOUSAND = 10, 100, 1000


def rounded(number: Fraction, places: int, *, up: bool = False) -> Decimal:
    """Return a number with so many decimals, rounded down, or up for what must not exceed a limit.

    So a figure never looks better than it is: what is warned of below 10 % is not shown as 10 %.
    """
    scaled = number * 10**places
    whole = -(-scaled.numerator // scaled.denominator) if up else scaled.numerator // scaled.denominator
    return Decimal(whole).scaleb(-places)


def shown_amount(milli: Fraction) -> Decimal:
    """Return an amount in thousandths as it is shown in whole units: the smaller it is, the more decimals it has."""
    amount = milli / _THOUSAND
    places = 0 if amount >= _HUNDRED else 1 if amount >= _TEN else 2
    return Decimal(round(amount * 10**places)).scaleb(-places)
