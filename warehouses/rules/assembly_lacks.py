"""What to say of components of which there is too little: also of what is there and may not be used. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date

from core.i18n import Text, text, text_plural
from warehouses.errors.assemblies import ComponentsShort
from warehouses.values import LotStatus
from warehouses.values.assemblies import Lack, Withheld, WithheldLot

_MOST_CODES = 5
"""The most lots that are named for one reason; the stock list has the others."""


def why_withheld(status: str, expires_on: date | None, on: date) -> Withheld | None:
    """Return why a lot cannot go into a set on a day, or None where it can."""
    if status == LotStatus.RECALLED:
        return Withheld.RECALLED
    if expires_on is not None and expires_on < on:
        return Withheld.EXPIRED
    return None if status == LotStatus.RELEASED else Withheld.HELD


def withheld_words(lots: Iterable[WithheldLot]) -> Sequence[Text]:
    """Return for each reason how many packs are there and may not be used, and of which lots."""
    found: dict[Withheld, list[WithheldLot]] = {}
    for lot in lots:
        found.setdefault(lot.why, []).append(lot)
    return [_said(why, found[why]) for why in Withheld if why in found]


def refusal_of_lacks(lacks: Sequence[Lack]) -> ComponentsShort | None:
    """Return the refusal with every lack of every line at once, or None where nothing lacks."""
    if not lacks:
        return None
    return ComponentsShort(
        text(
            "Too little is free here (needed/there): %(lacks)s. Pack fewer sets, or use substitutes.",
            lacks="; ".join(_lack_words(one) for one in lacks),
        )
    )


def _lack_words(lack: Lack) -> str:
    figures = f"{lack.item.code} {lack.needed}/{lack.there} (−{lack.missing})"
    return ", ".join([figures, *map(str, withheld_words(lack.withheld))])


def _said(why: Withheld, lots: Sequence[WithheldLot]) -> Text:
    codes = ", ".join([lot.code or "–" for lot in lots[:_MOST_CODES]] + ["…"] * (len(lots) > _MOST_CODES))
    packs = sum(lot.packs for lot in lots)
    if why is Withheld.HELD:
        return text_plural(
            "%(n)s more is on hold: lot %(lots)s", "%(n)s more are on hold: lot %(lots)s", packs, lots=codes
        )
    if why is Withheld.RECALLED:
        return text_plural(
            "%(n)s more is recalled: lot %(lots)s", "%(n)s more are recalled: lot %(lots)s", packs, lots=codes
        )
    return text_plural(
        "%(n)s more has expired: lot %(lots)s", "%(n)s more have expired: lot %(lots)s", packs, lots=codes
    )
