"""Where the scan page leads: only to pages that its reader may open."""

import uuid
from collections.abc import Sequence

from core.i18n import gettext as _
from core.web.links import link_to, link_to_one

_NOBODYS = uuid.UUID(int=0)
"""Stands in an address for the hand-over that the page will name."""


def scan_links() -> Sequence[tuple[str, str, str]]:
    """Return address, icon and words of the pages behind the button "More"."""
    offered = [
        ("distribution.list_hand_overs", "history", _("Today")),
        ("distribution.search_families", "users", _("Find a family")),
        ("distribution.scan_commands", "qrcode", _("Squares instead of buttons")),
        ("logistics.scanner", "barcode", _("Test the scanner")),
    ]
    found = [(link_to(endpoint), icon, words) for endpoint, icon, words in offered]
    return [(address, icon, words) for address, icon, words in found if address is not None]


def receipt_address() -> str | None:
    """Return the address that makes a receipt, with HAND-OVER where the number of the hand-over goes."""
    address = link_to_one("distribution.make_receipt", _NOBODYS)
    return None if address is None else address.replace(str(_NOBODYS), "HAND-OVER")
