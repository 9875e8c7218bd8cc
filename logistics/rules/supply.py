"""Decisions of supply: state in, decision out."""

from collections.abc import Mapping, Sequence

from core.identifiers import has_control_digit
from logistics.values import ArrivedLot

_MONTHS = range(1, 13)
_ORGANISATIONS = "456"


def is_bin(number: str) -> bool:
    """Say whether twelve digits are the business identification number of an organisation.

    Digits 3-4 are the month of registration, digit 5 the kind: 4 resident, 5 non-resident, 6 joint enterprise; the last
    is the control digit. Source: Law on the national registers of identification numbers, 12.01.2007 No. 223, art. 5.
    """
    return has_control_digit(number) and int(number[2:4]) in _MONTHS and number[4] in _ORGANISATIONS


def packs_by_item(lines: Sequence[ArrivedLot]) -> Mapping[int, int]:
    """Return the packs that a delivery takes in per item."""
    packs: dict[int, int] = {}
    for line in lines:
        if line.packs:
            packs[line.item_id] = packs.get(line.item_id, 0) + line.packs
    return packs
