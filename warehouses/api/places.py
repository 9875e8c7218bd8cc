"""Places for programs."""

from flask.typing import ResponseReturnValue

from core.web.api.answers import answer_page
from core.web.api.operations import Operation, operation
from core.web.guards import current_actor, guarded
from core.web.lists import like_pattern
from core.web.session import reading
from warehouses.api.blueprint import blueprint
from warehouses.permissions import WarehouseRight
from warehouses.queries.pages import list_places_after
from warehouses.schemas.places import PlacePage, PlacesAsked, told_of


@blueprint.get("/places")
@guarded(WarehouseRight.READ_STOCK)
@operation(Operation("List places by code", PlacePage, arguments=PlacesAsked, is_paged=True, tells_state=True))
def list_places(asked: PlacesAsked) -> ResponseReturnValue:
    """List warehouses and points by code, page by page."""
    reach = current_actor().reach(WarehouseRight.READ_STOCK)
    pattern = like_pattern(asked.q) if asked.q else None
    with reading() as session:
        found = list_places_after(
            session, reach, pattern=pattern, kind=asked.kind, after=asked.after, most=asked.limit + 1
        )
        shown = [told_of(place, district) for place, district, _ in found[: asked.limit]]
    following = shown[-1].code if len(found) > asked.limit else None
    return answer_page(PlacePage(places=shown, next=following), "warehouses_api.list_places", asked, following)
