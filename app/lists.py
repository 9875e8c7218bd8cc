"""Every list of the house: its name, by its endpoint. What is kept of a list, or looked for, is named by it."""

from collections.abc import Mapping

from flask import current_app, url_for
from werkzeug.routing import BuildError

from core.actors import Actor
from core.i18n import Text, text
from core.web.guards import guard_of

LISTS: Mapping[str, Text] = {
    "accounts.list_audit": text("Audit trail"),
    "accounts.list_users": text("Users"),
    "catalog.list_item_batches": text("Files of items"),
    "catalog.list_items": text("Items"),
    "distribution.board": text("Districts"),
    "distribution.list_alerts": text("Exceptions"),
    "distribution.list_allotments": text("Allotments"),
    "distribution.list_batches": text("Registry"),
    "distribution.list_cases": text("Applications and awards"),
    "distribution.list_devices": text("Devices"),
    "distribution.list_families": text("Families"),
    "distribution.list_hand_overs": text("Hand-overs"),
    "distribution.list_incidents": text("Incidents"),
    "distribution.list_leads": text("Possible doubles"),
    "distribution.list_objections": text("Objections"),
    "distribution.list_reservations": text("Reserved stock"),
    "distribution.list_vouchers": text("Vouchers"),
    "distribution.show_batch": text("Refused rows and notes"),
    "distribution.show_roster": text("Roster"),
    "logistics.list_deliveries": text("Deliveries"),
    "logistics.list_orders": text("Orders"),
    "logistics.list_requests": text("Requests for goods"),
    "logistics.list_suppliers": text("Suppliers"),
    "logistics.list_transfers": text("Transfers"),
    "warehouses.list_assemblies": text("Assembly of sets"),
    "warehouses.list_counts": text("Stock counts"),
    "warehouses.list_movements": text("Movements"),
    "warehouses.list_bins": text("Bins"),
    "warehouses.list_lots": text("Lots"),
    "warehouses.list_places": text("Places"),
    "warehouses.show_card": text("Card of an item or a lot"),
    "warehouses.list_stock": text("Stock"),
    "warehouses.list_write_offs": text("Write-offs"),
    "warehouses.list_recalls": text("Recalls"),
    "warehouses.show_lot": text("Movements of a lot"),
    "warehouses.show_place": text("Stock card"),
}


def may_open(actor: Actor, endpoint: str) -> bool:
    """Say whether the guard of a page lets this person in."""
    guard = guard_of(current_app.view_functions[endpoint]) or ""
    return guard in {"public", "signed in"} or any(actor.may(right) for right in guard.split())


def find_address(endpoint: str) -> str | None:
    """Return the address of a list, or None for one that belongs to a thing: a place, a quarter."""
    try:
        return url_for(endpoint)
    except BuildError:
        return None
