"""What a version of a standard says, as one value: the same for the page, the paper, the open data and the hash.

The hash is the SHA-256 of the canonical JSON: keys sorted, no spaces, UTF-8, whole numbers and texts only (RFC 8785).
It holds nothing of who approved and when, so the paper that is signed bears the hash of what is approved.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from typing import Any

from core.quarters import Quarter

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Names:
    """A name or sentence in three languages; `name_of` reads it like a row."""

    name_kk: str
    name_ru: str
    name_en: str


@dataclass(frozen=True, slots=True)
class ContentItem:
    """An item as it was when the version was written. Nutrients are per 100 g, in thousandths of their unit.

    `pack_grams` is the net mass of a pack, None where unknown; money is in tiyn.
    """

    code: str
    names: Names
    pack_net: int
    pack_unit: str
    pack_grams: int | None
    shelf_life_days: int | None
    storage_min_c: int | None
    storage_max_c: int | None
    allergens: tuple[str, ...]
    may_contain: tuple[str, ...]
    reference_price_tiyn: int | None
    nutrient_source: str
    nutrients: Mapping[str, int]
    variants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ContentLine:
    """So many packs of an item."""

    position: int
    item: ContentItem
    packs: int


@dataclass(frozen=True, slots=True)
class ContentSubstitute:
    """What may stand in for the item with the code `item`: `substitute_packs` for every `for_packs` of it."""

    item: str
    substitute: ContentItem
    for_packs: int
    substitute_packs: int
    reason: Names
    valid_from: Quarter | None
    valid_until: Quarter | None


@dataclass(frozen=True, slots=True)
class ContentKit:
    """The kind of set that the version is of. Ages in months, the upper one exclusive."""

    code: str
    group: str
    names: Names
    age_from_months: int
    age_to_months: int
    interval_quarters: int
    for_award: str
    for_sex: str


@dataclass(frozen=True, slots=True)
class StandardContent:
    """Everything that a version of a standard says."""

    kit: ContentKit
    number: int
    effective_from: Quarter
    legal_document: Names
    legal_number: str
    legal_on: date
    change_note: Names
    lines: tuple[ContentLine, ...]
    substitutes: tuple[ContentSubstitute, ...]


def canonical_json(content: StandardContent) -> str:
    """Return the content as canonical JSON, the text that is hashed and kept."""
    written = {"schema": SCHEMA} | {name.name: _written(getattr(content, name.name)) for name in fields(content)}
    return json.dumps(written, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _written(value: object) -> object:
    if isinstance(value, Quarter | date):
        return str(value)
    if isinstance(value, tuple):
        return [_written(one) for one in value]
    if isinstance(value, Mapping):
        return {str(key): _written(one) for key, one in value.items()}
    if is_dataclass(value):
        return {name.name: _written(getattr(value, name.name)) for name in fields(value)}
    return value


def content_hash(written: str) -> str:
    """Return the SHA-256 of canonical JSON in lower-case hex."""
    return hashlib.sha256(written.encode()).hexdigest()


def read_content(written: str) -> StandardContent:
    """Return the content that canonical JSON says; `canonical_json` of it is the same text again."""
    told: dict[str, Any] = json.loads(written)
    return StandardContent(
        kit=ContentKit(**{**told["kit"], "names": Names(**told["kit"]["names"])}),
        number=told["number"],
        effective_from=Quarter.parse(told["effective_from"]),
        legal_document=Names(**told["legal_document"]),
        legal_number=told["legal_number"],
        legal_on=date.fromisoformat(told["legal_on"]),
        change_note=Names(**told["change_note"]),
        lines=tuple(ContentLine(one["position"], _item(one["item"]), one["packs"]) for one in told["lines"]),
        substitutes=tuple(map(_substitute, told["substitutes"])),
    )


def _item(told: dict[str, Any]) -> ContentItem:
    lists = {name: tuple(told[name]) for name in ("allergens", "may_contain", "variants")}
    return ContentItem(**{**told, **lists, "names": Names(**told["names"])})


def _substitute(told: dict[str, Any]) -> ContentSubstitute:
    return ContentSubstitute(
        item=told["item"],
        substitute=_item(told["substitute"]),
        for_packs=told["for_packs"],
        substitute_packs=told["substitute_packs"],
        reason=Names(**told["reason"]),
        valid_from=Quarter.parse(told["valid_from"]) if told["valid_from"] else None,
        valid_until=Quarter.parse(told["valid_until"]) if told["valid_until"] else None,
    )
