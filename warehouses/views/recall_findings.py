"""What a place found of a recall's lots and set aside."""

import uuid

from flask.typing import ResponseReturnValue

from core.clock import now
from core.i18n import text
from core.web.forms import form_key
from core.web.guards import current_actor, guarded
from core.web.pages import page, redirect_to, told
from core.web.session import reading, transaction
from warehouses.errors import LotUnknown
from warehouses.forms.recalls import SetAsideForm
from warehouses.models import RecallFinding
from warehouses.permissions import WarehouseRight
from warehouses.queries import get_place
from warehouses.queries.recalls import get_recall, list_lots_by_id, list_standing_lots
from warehouses.services.recall_findings import confirm_set_aside as confirm, packs_there
from warehouses.views.frame import blueprint


@blueprint.route("/recalls/<uuid:key>/places/<int:place_id>/lots/<int:lot_id>/set-aside", methods=["GET", "POST"])
@guarded(WarehouseRight.COUNT_STOCK)
def confirm_set_aside(key: uuid.UUID, place_id: int, lot_id: int) -> ResponseReturnValue:
    """Say how many packs of a recalled lot a place found and set aside."""
    actor = current_actor()
    with reading() as session:
        recall = get_recall(session, key, actor.reach(WarehouseRight.READ_STOCK))
        place = get_place(session, place_id, actor.reach(WarehouseRight.COUNT_STOCK))
        if lot_id not in list_standing_lots(session, key):
            raise LotUnknown(text("This recall does not name the lot."))
        lot, there = list_lots_by_id(session, [lot_id])[lot_id], packs_there(session, place_id, lot_id)
    form = SetAsideForm()
    if form.accepts(lambda: _confirm(form, key, place_id, lot_id)) is None:
        return page(form=form, recall=recall, place=place, lot=lot, there=there)
    told(text("It is written down what was set aside."))
    return redirect_to("warehouses.show_recall", key=key)


def _confirm(form: SetAsideForm, key: uuid.UUID, place_id: int, lot_id: int) -> RecallFinding:
    packs = -1 if form.packs.data is None else form.packs.data
    with transaction() as session:
        return confirm(
            session, key, place_id=place_id, lot_id=lot_id, packs=packs, key=form_key(form), actor=current_actor(),
            at=now(),
        )  # fmt: skip
