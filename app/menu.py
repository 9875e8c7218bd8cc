"""The rooms a person may enter, in the order of the rail."""

from dataclasses import dataclass

from flask import request, url_for

from accounts.permissions import AccountRight
from catalog.permissions import CatalogRight
from core.actors import Actor
from core.i18n import Text, text
from distribution.permissions import DistributionRight
from logistics.permissions import LogisticsRight
from warehouses.permissions import WarehouseRight


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """A room of the rail."""

    label: str
    href: str
    icon: str
    current: bool


_ROOMS: tuple[tuple[Text, str, str, str | None], ...] = (
    (text("Home"), "app.home", "home", None),
    (text("Scan"), "distribution.scan", "qrcode", DistributionRight.HAND_OVER),
    (text("Hand-overs"), "distribution.list_hand_overs", "checklist", DistributionRight.READ_HAND_OVERS),
    (text("Devices"), "distribution.list_devices", "device-mobile-check", DistributionRight.MANAGE_DEVICES),
    (text("Districts"), "distribution.board", "map", DistributionRight.READ_QUARTERS),
    (text("Quarters"), "distribution.list_quarters", "calendar", DistributionRight.READ_QUARTERS),
    (text("Registry"), "distribution.list_batches", "users", DistributionRight.READ_REGISTRY),
    (text("Families"), "distribution.list_families", "users-group", DistributionRight.READ_FAMILIES),
    (text("Vouchers"), "distribution.list_vouchers", "ticket", DistributionRight.READ_VOUCHERS),
    (text("Stock"), "warehouses.list_stock", "package", WarehouseRight.READ_STOCK),
    (text("Orders"), "logistics.list_orders", "file", LogisticsRight.READ_ORDERS),
    (text("Deliveries"), "logistics.list_deliveries", "truck-delivery", WarehouseRight.READ_STOCK),
    (text("Transfers"), "logistics.list_transfers", "truck", LogisticsRight.READ_TRANSFERS),
    (text("Places"), "warehouses.list_places", "building", WarehouseRight.READ_STOCK),
    (text("Sets"), "catalog.list_kits", "gift", CatalogRight.READ),
    (text("Users"), "accounts.list_users", "user", AccountRight.READ_USERS),
    (text("Audit trail"), "accounts.list_audit", "history", AccountRight.READ_AUDIT),
)


def menu_for(actor: Actor | None) -> list[MenuEntry]:
    """Return the rooms that this person may enter."""
    if actor is None:
        return []
    here = request.endpoint or ""
    return [
        MenuEntry(str(label), url_for(endpoint), icon, here == endpoint)
        for label, endpoint, icon, right in _ROOMS
        if right is None or actor.may(right)
    ]
