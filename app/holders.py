"""Who knows of packs of a lot on floors above the warehouses: for a recall, and for the numbers of its cartons."""

from distribution.queries.holders import FamiliesOfLots
from logistics.queries.holders import DeliveriesOfLots, TransfersOfLots
from logistics.queries.number_owners import list_suppliers_of_lot
from warehouses.queries.holders import HolderBook
from warehouses.queries.number_owners import OwnersOfLot

HOLDERS: HolderBook = {
    "families": FamiliesOfLots(),
    "transfers": TransfersOfLots(),
    "deliveries": DeliveriesOfLots(),
}

NUMBER_OWNERS: tuple[OwnersOfLot, ...] = (list_suppliers_of_lot,)
"""Who finds under whose company prefix cartons of a lot may be numbered, beside the state's."""
