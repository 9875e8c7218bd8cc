"""Decisions of supply: state in, decision out."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from core.identifiers import has_control_digit
from core.quarters import Quarter
from logistics.values import ArrivedLot

_MONTHS = range(1, 13)
_ORGANISATIONS = "456"
_MARGIN_DAYS = 30
"""So long after the quarter a lot should still be good (domain, §4: end of the quarter plus a margin)."""


def is_bin(number: str) -> bool:
    """Say whether twelve digits are the business identification number of an organisation.

    Digits 3-4 are the month of registration, digit 5 the kind: 4 resident, 5 non-resident, 6 joint enterprise; the last
    is the control digit. Source: Law on the national registers of identification numbers, 12.01.2007 No. 223, art. 5.
    """
    return has_control_digit(number) and int(number[2:4]) in _MONTHS and number[4] in _ORGANISATIONS


def is_short_lived(expires_on: date | None, quarter: Quarter) -> bool:
    """Say whether a lot expires before the end of the quarter it was ordered for plus a month."""
    return expires_on is not None and expires_on < quarter.last_day + timedelta(days=_MARGIN_DAYS)


def packs_by_item(lines: Sequence[ArrivedLot]) -> Mapping[int, int]:
    """Return the packs of a delivery per item."""
    packs: dict[int, int] = {}
    for line in lines:
        packs[line.item_id] = packs.get(line.item_id, 0) + line.packs
    return packs
