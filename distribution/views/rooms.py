"""The rooms of distribution: a line of links on top of their pages, only what the person may enter."""

from dataclasses import dataclass

from flask import current_app, url_for

from core.i18n import Text, text
from core.web.guards import find_actor, guard_of
from distribution.views.blueprint import blueprint

_ROOMS: tuple[tuple[str, Text], ...] = (
    ("distribution.list_alerts", text("Exceptions")),
    ("distribution.list_quarters", text("Quarters")),
    ("distribution.list_families", text("Families")),
    ("distribution.list_cases", text("Applications and awards")),
    ("distribution.list_incidents", text("Incidents")),
    ("distribution.list_leads", text("Possible doubles")),
    ("distribution.list_batches", text("Registry")),
    ("distribution.list_vouchers", text("Vouchers")),
    ("distribution.list_objections", text("Objections")),
    ("distribution.list_commission_members", text("Commissions")),
    ("distribution.list_devices", text("Devices")),
    ("distribution.list_keys", text("Keys")),
    ("distribution.show_policy", text("Settings")),
)


@dataclass(frozen=True, slots=True)
class Room:
    """A room that may be entered."""

    endpoint: str
    label: Text
    href: str


def open_rooms() -> list[Room]:
    """Return the rooms that the person who is signed in may enter."""
    actor = find_actor()
    if actor is None:
        return []
    found = []
    for endpoint, label in _ROOMS:
        view = current_app.view_functions.get(endpoint)
        guard = (guard_of(view) or "") if view is not None else ""
        if any(actor.may(right) for right in guard.split()):
            found.append(Room(endpoint, label, url_for(endpoint)))
    return found


@blueprint.app_context_processor
def _offer_rooms() -> dict[str, object]:
    return {"open_rooms": open_rooms}
