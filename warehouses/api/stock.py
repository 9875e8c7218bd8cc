"""Lots, balances and movements for programs."""

from flask.typing import ResponseReturnValue

from catalog.errors import ItemUnknown
from catalog.queries.items import get_item
from core.clock import now, today
from core.paging import RowUnknown
from core.web.api.answers import answer_page, answer_with
from core.web.api.operations import Operation, operation
from core.web.guards import current_actor, guarded
from core.web.session import reading
from warehouses.api.blueprint import blueprint
from warehouses.errors import LotUnknown, PlaceUnknown
from warehouses.permissions import WarehouseRight
from warehouses.queries import get_lot
from warehouses.queries.pages import find_place_id, list_lots_after, list_movements_after, list_stock_after
from warehouses.rules import is_usable
from warehouses.schemas.stock import (
    LotPage,
    LotsAsked,
    LotTold,
    MovementPage,
    MovementsAsked,
    StockAsked,
    StockPage,
    told_of_balance,
    told_of_lot,
    told_of_movement,
)
from warehouses.values import StockFilter

_LOT = {"lot_id": "Id of a lot"}


@blueprint.get("/lots")
@guarded(WarehouseRight.READ_STOCK)
@operation(Operation("List lots by id", LotPage, arguments=LotsAsked, is_paged=True, tells_state=True))
def list_lots(asked: LotsAsked) -> ResponseReturnValue:
    """List the lots that are or were within reach, page by page."""
    reach, on = current_actor().reach(WarehouseRight.READ_STOCK), today(now())
    filters = {"item": asked.item, "status": asked.status, "code": asked.code}
    with reading() as session:
        found = list_lots_after(session, reach, **filters, after=asked.after, most=asked.limit + 1)
        shown = [told_of_lot(lot, is_usable=is_usable(lot.status, lot.expires_on, on)) for lot in found[: asked.limit]]
    following = shown[-1].id if len(found) > asked.limit else None
    return answer_page(LotPage(lots=shown, next=following), "warehouses_api.list_lots", asked, following)


@blueprint.get("/lots/<int:lot_id>")
@guarded(WarehouseRight.READ_STOCK)
@operation(Operation("Read a lot", LotTold, address=_LOT, refusals=(LotUnknown,)))
def show_lot(lot_id: int) -> ResponseReturnValue:
    """Tell of a lot that is or was within reach."""
    with reading() as session:
        lot = get_lot(session, lot_id, current_actor().reach(WarehouseRight.READ_STOCK))
        return answer_with(told_of_lot(lot, is_usable=is_usable(lot.status, lot.expires_on, today(now()))))


@blueprint.get("/stock")
@guarded(WarehouseRight.READ_STOCK)
@operation(
    Operation(
        "List balances by place and lot",
        StockPage,
        arguments=StockAsked,
        refusals=(PlaceUnknown, ItemUnknown),
        is_paged=True,
        tells_state=True,
    )
)
def list_stock(asked: StockAsked) -> ResponseReturnValue:
    """List what is where, now or at a past moment, page by page."""
    reach, at = current_actor().reach(WarehouseRight.READ_STOCK), now()
    with reading() as session:
        item_id = get_item(session, asked.item).id if asked.item else None
        place_id = find_place_id(session, asked.place, reach)
        wanted = StockFilter(place_id=place_id, item_id=item_id, lot_id=asked.lot)
        found = list_stock_after(
            session, reach, at=asked.moment, wanted=wanted, after=asked.behind, most=asked.limit + 1
        )
    shown = found[: asked.limit]
    following = f"{shown[-1][0].id}-{shown[-1][1].id}" if len(found) > asked.limit else None
    balances = [told_of_balance(row) for row in shown]
    page = StockPage(at=asked.moment or at, balances=balances, next=following)
    return answer_page(page, "warehouses_api.list_stock", asked, following)


@blueprint.get("/movements")
@guarded(WarehouseRight.READ_STOCK)
@operation(
    Operation(
        "List movements as they were recorded",
        MovementPage,
        arguments=MovementsAsked,
        refusals=(PlaceUnknown, ItemUnknown, RowUnknown),
        is_paged=True,
        tells_state=True,
    )
)
def list_movements(asked: MovementsAsked) -> ResponseReturnValue:
    """List the movements that leave or enter places within reach, page by page."""
    reach = current_actor().reach(WarehouseRight.READ_STOCK)
    with reading() as session:
        item_id = get_item(session, asked.item).id if asked.item else None
        wanted = StockFilter(place_id=find_place_id(session, asked.place, reach), item_id=item_id, lot_id=asked.lot)
        found, following = list_movements_after(
            session, reach, wanted=wanted, since=asked.since, after=asked.after, limit=asked.limit
        )
        shown = [told_of_movement(row) for row in found]
    return answer_page(MovementPage(movements=shown, next=following), "warehouses_api.list_movements", asked, following)
