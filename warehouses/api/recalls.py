"""Recalls for programs: open, add to, lift, close, and where everything lies."""

import uuid

from flask import url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from core.clock import now
from core.paging import RowUnknown, page_after
from core.web.api.answers import answer_page, answer_with
from core.web.api.once import act_key, answer_act
from core.web.api.operations import Operation, operation
from core.web.guards import current_actor, guarded
from core.web.session import reading, transaction
from warehouses.api.blueprint import blueprint
from warehouses.errors import LotUnknown
from warehouses.errors.recalls import (
    RecallClosed,
    RecallLotContained,
    RecallLotWithdrawn,
    RecallMalformed,
    RecallNeedsSecondPerson,
    RecallNotYours,
    RecallUnknown,
)
from warehouses.models import Recall
from warehouses.permissions import WarehouseRight
from warehouses.queries import list_places
from warehouses.queries.recalls import get_recall, list_recall_lots, list_standing_lots, recalls_statement
from warehouses.queries.tracing import trace_recall
from warehouses.schemas.recalls import (
    RecallLotsSent,
    RecallPage,
    RecallsAsked,
    RecallSent,
    RecallTold,
    WithdrawalSent,
    told_of,
    told_shortly,
)
from warehouses.services.recall_endings import close_recall, withdraw_recall_lot
from warehouses.services.recalls import add_recall_lots, open_recall
from warehouses.views.recalls import holder_book

_KEY = {"key": "Key of a recall"}
_LOT = {**_KEY, "lot_id": "Id of a lot"}


@blueprint.get("/recalls")
@guarded(WarehouseRight.READ_STOCK)
@operation(
    Operation(
        "List recalls, the oldest first",
        RecallPage,
        arguments=RecallsAsked,
        refusals=(RowUnknown,),
        is_paged=True,
        tells_state=True,
    )
)
def list_recalls(asked: RecallsAsked) -> ResponseReturnValue:
    """List the recalls that concern places within reach, page by page."""
    statement = recalls_statement(current_actor().reach(WarehouseRight.READ_STOCK))
    with reading() as session:
        order = (Recall.opened_at, Recall.id)
        found, following = page_after(session, statement, order, after=asked.after, limit=asked.limit)
        shown = [told_shortly(row[0]) for row in found]
    return answer_page(RecallPage(recalls=shown, next=following), "warehouses_api.list_recalls", asked, following)


@blueprint.get("/recalls/<uuid:key>")
@guarded(WarehouseRight.READ_STOCK)
@operation(Operation("Read a recall", RecallTold, address=_KEY, refusals=(RecallUnknown,)))
def show_recall(key: uuid.UUID) -> ResponseReturnValue:
    """Tell of a recall: its lots, what of them lies where, what was recovered."""
    with reading() as session:
        return answer_with(_told(session, key))


@blueprint.post("/recalls")
@guarded(WarehouseRight.RECALL_LOTS)
@operation(
    Operation(
        "Recall lots",
        RecallTold,
        status=201,
        body=RecallSent,
        refusals=(RecallNotYours, RecallMalformed, LotUnknown),
        acts_once=True,
    )
)
def create_recall(sent: RecallSent) -> ResponseReturnValue:
    """Freeze lots, and whatever contains them, everywhere at once."""
    with transaction() as session:
        recall = open_recall(session, sent.lots, reason=sent.reason, actor=current_actor(), at=now(), key=act_key())
        address = url_for("warehouses_api.show_recall", key=recall.id)
        return answer_act(session, _told(session, recall.id), at=address)


@blueprint.post("/recalls/<uuid:key>/lots")
@guarded(WarehouseRight.RECALL_LOTS)
@operation(
    Operation(
        "Add lots to a recall",
        RecallTold,
        body=RecallLotsSent,
        address=_KEY,
        refusals=(RecallNotYours, RecallUnknown, RecallMalformed, RecallClosed, LotUnknown),
        acts_once=True,
    )
)
def add_to_recall(key: uuid.UUID, sent: RecallLotsSent) -> ResponseReturnValue:
    """Freeze further lots under the same recall."""
    with transaction() as session:
        add_recall_lots(session, key, sent.lots, actor=current_actor(), at=now())
        return answer_act(session, _told(session, key))


@blueprint.post("/recalls/<uuid:key>/lots/<int:lot_id>/withdraw")
@guarded(WarehouseRight.RECALL_LOTS)
@operation(
    Operation(
        "Lift the recall of a lot, as another person",
        RecallTold,
        body=WithdrawalSent,
        address=_LOT,
        refusals=(
            RecallNotYours,
            RecallUnknown,
            RecallMalformed,
            LotUnknown,
            RecallLotWithdrawn,
            RecallLotContained,
            RecallNeedsSecondPerson,
        ),
        acts_once=True,
    )
)
def withdraw_from_recall(key: uuid.UUID, lot_id: int, sent: WithdrawalSent) -> ResponseReturnValue:
    """Lift the recall of a lot that was named by mistake."""
    with transaction() as session:
        withdraw_recall_lot(session, key, lot_id, reason=sent.reason, actor=current_actor(), at=now())
        return answer_act(session, _told(session, key))


@blueprint.post("/recalls/<uuid:key>/close")
@guarded(WarehouseRight.RECALL_LOTS)
@operation(
    Operation(
        "Close a recall; its report is final then",
        RecallTold,
        address=_KEY,
        refusals=(RecallNotYours, RecallUnknown, RecallClosed),
        acts_once=True,
    )
)
def close_recall_report(key: uuid.UUID) -> ResponseReturnValue:
    """Close a recall; its lots stay recalled."""
    actor = current_actor()
    with transaction() as session:
        lots = list_standing_lots(session, key)
        counted = {kind: one.count(session, lots, actor) for kind, one in holder_book().items()}
        close_recall(session, key, holders=counted, actor=actor, at=now())
        return answer_act(session, _told(session, key))


def _told(session: Session, key: uuid.UUID) -> RecallTold:
    reach = current_actor().reach(WarehouseRight.READ_STOCK)
    recall, lots = get_recall(session, key, reach), list_recall_lots(session, key)
    trace = trace_recall(session, key, reach)
    return told_of(recall, lots, trace, list_places(session, trace.place_ids))
