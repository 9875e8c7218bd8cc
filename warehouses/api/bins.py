"""Bins for programs: what lies where, and putting goods away."""

from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from core.clock import now
from core.web.api.answers import answer_list
from core.web.api.once import answer_act
from core.web.api.operations import Operation, operation
from core.web.guards import current_actor, guarded
from core.web.session import reading, transaction
from warehouses.api.blueprint import blueprint
from warehouses.errors import LotUnknown, PlaceUnknown
from warehouses.errors.bins import BinClosed, BinMalformed, BinShort, BinUnknown
from warehouses.permissions import WarehouseRight
from warehouses.queries.bins import get_bin_by_code, list_bins_filled
from warehouses.queries.pages import find_place_id
from warehouses.schemas.bins import BinsTold, PutAwaySent, told_of
from warehouses.services.bins import put_away

_CODE = {"code": "Code of a place"}


@blueprint.get("/places/<code>/bins")
@guarded(WarehouseRight.READ_STOCK)
@operation(Operation("Read the bins of a place", BinsTold, address=_CODE, refusals=(PlaceUnknown,), tells_state=True))
def list_bins(code: str) -> ResponseReturnValue:
    """Tell which bins a place has and what lies in each."""
    with reading() as session:
        return answer_list(_told(session, code, WarehouseRight.READ_STOCK))


@blueprint.post("/places/<code>/bins/put-away")
@guarded(WarehouseRight.PUT_AWAY)
@operation(
    Operation(
        "Put packs of a lot into a bin",
        BinsTold,
        body=PutAwaySent,
        address=_CODE,
        refusals=(PlaceUnknown, LotUnknown, BinUnknown, BinClosed, BinShort, BinMalformed),
        acts_once=True,
    )
)
def put_packs_away(code: str, sent: PutAwaySent) -> ResponseReturnValue:
    """Put packs away, or move them from one bin to another."""
    actor = current_actor()
    with transaction() as session:
        place_id = find_place_id(session, code, actor.reach(WarehouseRight.PUT_AWAY)) or 0
        source = get_bin_by_code(session, place_id, sent.from_bin) if sent.from_bin is not None else None
        put_away(
            session,
            place_id,
            sent.lot,
            bin_id=get_bin_by_code(session, place_id, sent.to_bin).id,
            packs=sent.packs,
            from_bin_id=source.id if source is not None else None,
            actor=actor,
            at=now(),
        )
        return answer_act(session, _told(session, code, WarehouseRight.PUT_AWAY))


def _told(session: Session, code: str, right: WarehouseRight) -> BinsTold:
    place_id = find_place_id(session, code, current_actor().reach(right)) or 0
    return told_of(list_bins_filled(session, place_id))
