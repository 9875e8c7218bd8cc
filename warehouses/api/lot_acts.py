"""Acts on a lot itself, for programs: hold and release, everywhere at once."""

from flask.typing import ResponseReturnValue

from core.clock import now, today
from core.web.api.once import act_key, answer_act
from core.web.api.operations import Operation, operation
from core.web.guards import current_actor, guarded
from core.web.session import transaction
from warehouses.api.blueprint import blueprint
from warehouses.errors import LotUnknown
from warehouses.errors.lots import LotReasonMissing, LotStateUnfit
from warehouses.models import Lot
from warehouses.permissions import WarehouseRight
from warehouses.rules import is_usable
from warehouses.schemas.lot_acts import LotActSent
from warehouses.schemas.stock import LotTold, told_of_lot
from warehouses.services.lot_states import hold_lot as hold, release_lot as release

_LOT = {"lot_id": "Id of a lot"}
_REFUSALS = (LotUnknown, LotStateUnfit, LotReasonMissing)


@blueprint.post("/lots/<int:lot_id>/hold")
@guarded(WarehouseRight.HOLD_LOTS)
@operation(Operation("Hold a lot", LotTold, body=LotActSent, address=_LOT, refusals=_REFUSALS, acts_once=True))
def hold_lot(lot_id: int, sent: LotActSent) -> ResponseReturnValue:
    """Put a lot into quarantine: nothing of it is given out or sent for supply until it is released."""
    with transaction() as session:
        lot = hold(session, lot_id, sent.written(), key=act_key(), actor=current_actor(), at=now())
        return answer_act(session, _told(lot))


@blueprint.post("/lots/<int:lot_id>/release")
@guarded(WarehouseRight.RELEASE_LOTS)
@operation(Operation("Release a lot", LotTold, body=LotActSent, address=_LOT, refusals=_REFUSALS, acts_once=True))
def release_lot(lot_id: int, sent: LotActSent) -> ResponseReturnValue:
    """Let a lot in quarantine be given out again."""
    with transaction() as session:
        lot = release(session, lot_id, sent.written(), key=act_key(), actor=current_actor(), at=now())
        return answer_act(session, _told(lot))


def _told(lot: Lot) -> LotTold:
    return told_of_lot(lot, is_usable=is_usable(lot.status, lot.expires_on, today(now())))
