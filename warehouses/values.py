"""Nouns of the warehouses."""

from enum import StrEnum


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


WAREHOUSE_KINDS = (PlaceKind.CENTRAL, PlaceKind.REGIONAL, PlaceKind.DISTRICT)
INSIDE_KINDS = (*WAREHOUSE_KINDS, PlaceKind.POINT, PlaceKind.IN_TRANSIT)


class LotStatus(StrEnum):
    """State of a lot set by people; "expired" is derived from its date and never stored."""

    RELEASED = "released"
    QUARANTINED = "quarantined"
    RECALLED = "recalled"
