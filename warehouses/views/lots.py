"""A lot, and everything that happened to it."""

from flask.typing import ResponseReturnValue

from core.clock import now, today
from core.web.guards import current_actor, guarded
from core.web.lists import read_list_query, slice_of
from core.web.pages import page
from core.web.session import reading
from warehouses import rules
from warehouses.permissions import WarehouseRight
from warehouses.queries import MOVEMENT_SORTS, get_lot, in_ledger_order, list_balances, movements_statement
from warehouses.values import StockFilter
from warehouses.views.documents import papers_of
from warehouses.views.frame import FRESHNESS_MARKS, FRESHNESS_NAMES, KIND_NAMES, STATUS_NAMES, blueprint

_COLUMNS = ("what", "source", "target", "packs", "who")


@blueprint.get("/lots/<int:lot_id>")
@guarded(WarehouseRight.READ_STOCK)
def show_lot(lot_id: int) -> ResponseReturnValue:
    """Show a lot: where it is, and its movements within reach, the latest first."""
    query = read_list_query(sorts=MOVEMENT_SORTS, default="-moved", columns=_COLUMNS)
    reach, on = current_actor().reach(WarehouseRight.READ_STOCK), today(now())
    with reading() as session:
        lot = get_lot(session, lot_id, reach)
        found = in_ledger_order(movements_statement(reach, lot_id=lot.id), descending=query.descending)
        movements = slice_of(session, found, query)
        return page(
            query=query,
            lot=lot,
            balances=list_balances(session, reach, on=on, wanted=StockFilter(lot_id=lot.id)),
            movements=movements,
            state=rules.freshness(lot.expires_on, on),
            freshness_names=FRESHNESS_NAMES,
            freshness_marks=FRESHNESS_MARKS,
            status_names=STATUS_NAMES,
            kind_names=KIND_NAMES,
            paper_of=papers_of(session, [row[0] for row in movements.rows]),
        )
