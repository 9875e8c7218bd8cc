"""Nouns of the warehouses."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from core.i18n import HasNames, name_of
from core.quarters import Quarter
from warehouses.values.expiry import ExpiryWatch


class PlaceKind(StrEnum):
    """Kinds of places. Inside, a balance never falls below zero; outside it may."""

    CENTRAL = "central"
    REGIONAL = "regional"
    DISTRICT = "district"
    POINT = "point"
    IN_TRANSIT = "in_transit"
    SUPPLIER = "supplier"
    FAMILIES = "families"
    LOSS = "loss"
    COUNT_DIFFERENCE = "count_difference"
    OPENING = "opening"
    TO_EXPLAIN = "to_explain"
    ASSEMBLY = "assembly"
    """Outside: components go there and packed sets come from there, so that each lot's sum stays zero."""


WAREHOUSE_KINDS = (PlaceKind.CENTRAL, PlaceKind.REGIONAL, PlaceKind.DISTRICT)
STORE_KINDS = (*WAREHOUSE_KINDS, PlaceKind.POINT)
"""Places with walls: goods can be received, counted and sent from there."""

INSIDE_KINDS = (*STORE_KINDS, PlaceKind.IN_TRANSIT)


class LotStatus(StrEnum):
    """State of a lot set by people; "expired" is derived from its date and never stored."""

    RELEASED = "released"
    QUARANTINED = "quarantined"
    RECALLED = "recalled"


class Freshness(StrEnum):
    """How a lot stands on a day: what the colour and the word of the expiry warning say."""

    FRESH = "fresh"
    SOON = "soon"
    EXPIRED = "expired"


def is_expired(expires_on: date | None, on: date) -> bool:
    """Say whether a lot is past its day; on that day itself it is not. `rules.is_usable` adds the lot's state."""
    return expires_on is not None and expires_on < on


class ReservationKind(StrEnum):
    """Stock is set aside for a quarter, or that is voided."""

    RESERVE = "reserve"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class NameOf:
    """A name inside a sentence, in the language of whoever reads it; copied, because the row may be gone by then."""

    name_kk: str
    name_ru: str
    name_en: str

    @classmethod
    def copied(cls, row: HasNames) -> "NameOf":
        """Return the names of a row."""
        return cls(row.name_kk, row.name_ru, row.name_en)

    def __str__(self) -> str:
        return name_of(self)


@dataclass(frozen=True, slots=True)
class NewMovement:
    """A movement that somebody wants in the ledger. `key` is made by whoever acts first and becomes its id."""

    key: UUID
    lot_id: int
    from_place_id: int
    to_place_id: int
    quantity: int
    moved_at: datetime
    document_kind: str
    document_id: str
    reserved_quarter: Quarter | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DocumentRef:
    """A document that moves or holds goods: its kind, which is a word of its package, and its id."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class Wish:
    """So many packs of a lot at a place, to be set aside (or no longer); the district only for a quarter."""

    place_id: int
    lot_id: int
    quantity: int
    district_id: int | None


@dataclass(frozen=True, slots=True)
class UsableLot:
    """What a place has of a lot that may be reserved or handed over."""

    place_id: int
    lot_id: int
    item_id: int
    code: str
    expires_on: date | None
    on_hand: int
    reserved: int

    @property
    def free(self) -> int:
        """The packs that are not reserved."""
        return self.on_hand - self.reserved


@dataclass(frozen=True, slots=True)
class FreshnessAsked:
    """Only what is as fresh as that, by this watch."""

    state: Freshness
    watch: ExpiryWatch


@dataclass(frozen=True, slots=True)
class StockFilter:
    """Which balances are asked for; `pattern` is a LIKE pattern of folded text, `empty` adds those of no packs."""

    place_id: int | None = None
    lot_id: int | None = None
    item_id: int | None = None
    kind: str | None = None
    status: LotStatus | None = None
    freshness: FreshnessAsked | None = None
    pattern: str | None = None
    empty: bool = False


@dataclass(frozen=True, slots=True)
class WrongBalance:
    """A balance that its movements and reservations do not prove."""

    place: str
    item: str
    lot: str
    on_hand: int
    on_hand_proved: int
    reserved: int
    reserved_proved: int


@dataclass(frozen=True, slots=True)
class NewLot:
    """A lot as it is read from a pack or a paper."""

    item_id: int
    code: str
    expires_on: date | None
    kit_version_id: int | None = None


@dataclass(frozen=True, slots=True)
class PlaceForm:
    """What a person may say about a warehouse or a point. `settlements` only for points.

    `capacity_packs` is how many packs there is room for; None = nobody said.
    """

    name_kk: str
    name_ru: str
    name_en: str
    kind: PlaceKind
    district_id: int | None
    region_id: int | None
    address_kk: str = ""
    address_ru: str = ""
    address_en: str = ""
    hours: str = ""
    hand_out_days: str = ""
    is_main: bool = False
    is_open: bool = True
    settlements: tuple[str, ...] = ()
    capacity_packs: int | None = None
