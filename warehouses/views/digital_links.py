"""GS1 Digital Links of our own labels: the address that a phone's camera opens."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from core.web.guards import current_actor, guarded
from core.web.pages import redirect_to
from core.web.session import reading
from warehouses.permissions import WarehouseRight
from warehouses.queries.labels import get_lot_of_gtin

blueprint = Blueprint("digital_links", __name__)


@blueprint.get("/01/<gtin>/10/<path:lot_code>")
@guarded(WarehouseRight.READ_STOCK)
def follow_link(gtin: str, lot_code: str) -> ResponseReturnValue:
    """Lead whoever is signed in to the lot's page; others are asked to sign in first."""
    with reading() as session:
        reach = current_actor().reach(WarehouseRight.READ_STOCK)
        lot_id = get_lot_of_gtin(session, gtin, lot_code, reach).id
    return redirect_to("warehouses.show_lot", lot_id=lot_id)
