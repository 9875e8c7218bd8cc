"""Who knows of packs of a lot, so that a recall finds them on floors above the warehouses."""

from distribution.queries.holders import FamiliesOfLots
from logistics.queries.holders import DeliveriesOfLots, TransfersOfLots
from warehouses.queries.holders import HolderBook

HOLDERS: HolderBook = {
    "families": FamiliesOfLots(),
    "transfers": TransfersOfLots(),
    "deliveries": DeliveriesOfLots(),
}
