"""What follows from what is said about an item alone: its allergens, its net content, and what is wrong with it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, replace
from typing import Any

from catalog.rules.gtin import gtin_fault, normalised
from catalog.rules.nutrients import faults_of_nutrients
from catalog.values import ALLERGENS, NUTRIENTS, UNITS, ItemFacts, PackUnit
from core.errors import Fault
from core.i18n import Text, text
from core.text import clean, fold, sort_key

LONGEST_NAME = 300
LONGEST_SEARCH_TEXT = 1000
LONGEST_VARIANT = 40
MOST_GTINS = 20
_LONGEST = {"nutrient_source": 300, "hs_code": 40, "note": 500, "variant": LONGEST_VARIANT}
_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,39}")
_HS_CODE = re.compile(r"[0-9 /]*")
_LOST_LETTER = re.compile(r"\?(?=[^\W\d_])")
UNREADABLE = "\ufffd"
"""What stands where a letter could not be read."""

_MOST_NET = 1_000_000
_COLDEST, _WARMEST = -60, 60
_LONGEST_LIFE = 10_000
_MOST_TIYN = 1_000_000_000


def allergens_of(written: Iterable[str]) -> list[str]:
    """Return the codes of allergens in several `;`-separated texts, each once, in order."""
    return sorted({code for one in written for code in one.split(";") if code})


def has_lost_letters(name: str) -> bool:
    """Say whether letters of a name seem to have become `?` or the replacement character on their way here."""
    return UNREADABLE in name or _LOST_LETTER.search(name) is not None


def net_content(packs: int, pack_net: int) -> int:
    """Return the net content of so many packs, in the unit of the pack."""
    return packs * pack_net


def tidied(facts: ItemFacts) -> ItemFacts:
    """Return what was given as it is kept: cleaned, codes in capitals, lists in order and without repeats.

    The mass of a pack that is counted in grams follows from its net content. Twice is as good as once.
    """
    in_grams = facts.pack_unit == PackUnit.GRAM and facts.pack_grams is None and facts.pack_net > 0
    return replace(
        facts,
        code=_capital(facts.code),
        name_kk=clean(facts.name_kk),
        name_ru=clean(facts.name_ru),
        name_en=clean(facts.name_en),
        pack_unit=clean(facts.pack_unit),
        pack_grams=facts.pack_net if in_grams else facts.pack_grams,
        gtins=tuple(sorted({normalised(clean(one)) for one in facts.gtins} - {""})),
        allergens=tuple(sorted({clean(one) for one in facts.allergens} - {""})),
        may_contain=tuple(sorted({clean(one) for one in facts.may_contain} - {""})),
        nutrients={code: facts.nutrients[code] for code in sorted(facts.nutrients)},
        nutrient_source=clean(facts.nutrient_source),
        hs_code=clean(facts.hs_code),
        note=clean(facts.note),
        variant_of=_capital(facts.variant_of),
        variant=clean(facts.variant),
    )


def _capital(code: str) -> str:
    """Return a code in capitals; letters of other alphabets stay, so that they are refused and not taken for others."""
    cleaned = clean(code)
    return cleaned.upper() if cleaned.isascii() else cleaned


def faults_of(facts: ItemFacts) -> list[Fault]:
    """Return everything that is wrong with what was given, each with what to do; the database is not asked."""
    given = tidied(facts)
    return [
        *_faults_of_names(given),
        *_faults_of_pack(given),
        *_faults_of_keeping(given),
        *_faults_of_gtins(given),
        *_faults_of_allergens(given),
        *_faults_of_nutrients(given),
        *_faults_of_trade(given),
    ]


def _faults_of_names(facts: ItemFacts) -> Iterator[Fault]:
    if not _CODE.fullmatch(facts.code):
        yield Fault(
            "code", text("Write the code in Latin letters, digits and hyphens, 40 at the most, for example MILK25.")
        )
    names = {"name_kk": facts.name_kk, "name_ru": facts.name_ru, "name_en": facts.name_en}
    missing = {
        "name_kk": text("Enter the name in Kazakh."),
        "name_ru": text("Enter the name in Russian."),
        "name_en": text("Enter the name in English."),
    }
    for name, words in names.items():
        if not words:
            yield Fault(name, missing[name])
        elif max(len(words), len(sort_key(words))) > LONGEST_NAME:
            yield Fault(name, _shorten(LONGEST_NAME))
            return
    if len(fold(" ".join(names.values()))) > LONGEST_SEARCH_TEXT:
        yield Fault("name_kk", text("The three names together are too long to be searched. Shorten them."))


def _faults_of_pack(facts: ItemFacts) -> Iterator[Fault]:
    if not 0 < facts.pack_net <= _MOST_NET:
        yield Fault(
            "pack_net",
            text("Enter the net content of a pack as a whole number from 1 to %(most)s.", most=_figure(_MOST_NET)),
        )
    if facts.pack_unit not in UNITS:
        yield Fault("pack_unit", text("Choose the unit: g, ml or pcs."))
    if facts.pack_grams is None:
        return
    if not 0 < facts.pack_grams <= _MOST_NET:
        yield Fault(
            "pack_grams",
            text(
                "Enter the mass of a pack in whole grams from 1 to %(most)s, or leave it empty.",
                most=_figure(_MOST_NET),
            ),
        )
    elif facts.pack_unit == PackUnit.GRAM and facts.pack_grams != facts.pack_net:
        yield Fault(
            "pack_grams",
            text("The pack is counted in grams: its mass is its net content, %(net)s g.", net=_figure(facts.pack_net)),
        )


def _faults_of_keeping(facts: ItemFacts) -> Iterator[Fault]:
    low, high = facts.storage_min_c, facts.storage_max_c
    for name, degrees in (("storage_min_c", low), ("storage_max_c", high)):
        if degrees is not None and not _COLDEST <= degrees <= _WARMEST:
            yield Fault(
                name,
                text("Enter whole degrees from %(low)s to %(high)s °C.", low=_COLDEST, high=_WARMEST),
            )
    if (low is None) != (high is None):
        missing = "storage_min_c" if low is None else "storage_max_c"
        yield Fault(missing, text("Enter both ends of the storage range, or neither."))
    elif low is not None and high is not None and low > high:
        yield Fault("storage_max_c", text("The upper end of the storage range lies below the lower one. Swap them."))
    if facts.shelf_life_days is not None and not 1 <= facts.shelf_life_days <= _LONGEST_LIFE:
        yield Fault(
            "shelf_life_days",
            text(
                "Enter the shelf life in days from 1 to %(most)s; leave it empty for goods that do not expire.",
                most=_figure(_LONGEST_LIFE),
            ),
        )


def _faults_of_gtins(facts: ItemFacts) -> Iterator[Fault]:
    if len(facts.gtins) > MOST_GTINS:
        yield Fault("gtins", text("An item has at most %(most)s trade numbers. Take some off.", most=MOST_GTINS))
        return
    for gtin in facts.gtins:
        found = gtin_fault(gtin)
        if found is not None:
            yield Fault("gtins", found)


def _faults_of_allergens(facts: ItemFacts) -> Iterator[Fault]:
    for name, codes in (("allergens", facts.allergens), ("may_contain", facts.may_contain)):
        for code in codes:
            if code not in ALLERGENS:
                yield Fault(name, text("There is no allergen %(code)s in the list. Choose from it.", code=code[:40]))
    for code in sorted(set(facts.allergens) & set(facts.may_contain) & set(ALLERGENS)):
        yield Fault(
            "may_contain",
            text("The item contains %(allergen)s: take it off here.", allergen=ALLERGENS[code]),
        )


def _faults_of_nutrients(facts: ItemFacts) -> Iterator[Fault]:
    yield from faults_of_nutrients(facts.nutrients)
    if facts.nutrients and not facts.nutrient_source:
        yield Fault("nutrient_source", text("Name the source of the nutrients: a label, a table, a laboratory report."))


def _faults_of_trade(facts: ItemFacts) -> Iterator[Fault]:
    if not _HS_CODE.fullmatch(facts.hs_code):
        yield Fault("hs_code", text("Write the customs code in digits and spaces, for example 0401 20."))
    if facts.reference_price_tiyn is not None and not 0 <= facts.reference_price_tiyn <= _MOST_TIYN:
        yield Fault(
            "reference_price_tiyn",
            text("Enter the price in tenge from 0 to %(most)s.", most=_figure(_MOST_TIYN // 100)),
        )
    for name, most in _LONGEST.items():
        if len(getattr(facts, name)) > most:
            yield Fault(name, _shorten(most))
    if facts.variant_of and not facts.variant:
        yield Fault("variant", text("Enter the size, for example 122."))
    if facts.variant and not facts.variant_of:
        yield Fault("variant_of", text("Enter the code of the item that this is a size of, or leave the size empty."))
    if facts.variant_of and facts.variant_of == facts.code:
        yield Fault("variant_of", text("An item is not a size of itself. Enter the code of another item."))


def differences(before: ItemFacts | None, after: ItemFacts) -> Mapping[str, tuple[object, object]]:
    """Return what differs, by field: what it was (None where there was no item) and what it is, as JSON can hold it.

    A nutrient is a field of its own, by its code.
    """
    was = _plain(before) if before is not None else {}
    now = _plain(after)
    names = [*(one.name for one in fields(ItemFacts) if one.name != "nutrients"), *NUTRIENTS]
    return {name: (was.get(name), now.get(name)) for name in names if not _alike(was.get(name), now.get(name))}


def merged(typed: ItemFacts, meanwhile: Mapping[str, tuple[object, object]]) -> ItemFacts:
    """Return what was typed with what others changed meanwhile, wherever it still says what they found.

    `meanwhile` is what `differences` returned for their changes. Where both changed a field, what was typed stays.
    """
    plain = _plain(typed)
    taken = {name: after for name, (before, after) in meanwhile.items() if _alike(plain.get(name), before)}
    nutrients = {code: plain[code] for code in NUTRIENTS if code in plain} | {
        code: milli for code, milli in taken.items() if code in NUTRIENTS
    }
    known = {one.name for one in fields(ItemFacts)}
    own: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in taken.items() if name in known
    }
    return replace(typed, **own, nutrients={code: milli for code, milli in nutrients.items() if isinstance(milli, int)})


def _alike(one: object, other: object) -> bool:
    """Say whether two values are the same; nothing is nothing, however it is written."""
    blank: tuple[object, ...] = (None, "", [])
    return one == other or (one in blank and other in blank)


def _plain(facts: ItemFacts) -> dict[str, object]:
    plain = {one.name: getattr(facts, one.name) for one in fields(facts) if one.name != "nutrients"}
    lists = {name: list(value) for name, value in plain.items() if isinstance(value, tuple)}
    return {**plain, **lists, **facts.nutrients}


def _shorten(most: int) -> Text:
    return text("Shorten this to %(n)s characters.", n=most)


def _figure(number: int) -> str:
    """Return a whole number with spaces that do not break, as all three languages read it."""
    return f"{number:,}".replace(",", "\u00a0")
