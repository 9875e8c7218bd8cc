"""Papers of a recall, of the places within reach."""

import json
import uuid
from collections.abc import Callable
from functools import partial

from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from core.clock import now
from core.i18n import text
from core.web.guards import current_actor, guarded
from core.web.papers import public_address, send_paper
from core.web.session import reading
from warehouses.documents.recalls import PaperFrame, PlaceLetter, write_letters, write_notices, write_report
from warehouses.errors import PlaceUnknown
from warehouses.errors.recalls import RecallUnknown
from warehouses.models import Recall
from warehouses.permissions import WarehouseRight
from warehouses.queries import get_place, list_places
from warehouses.queries.recalls import get_recall, list_lots_by_id, list_places_by_code, list_standing_lots
from warehouses.queries.tracing import trace_recall
from warehouses.values import STORE_KINDS
from warehouses.values.recalls import Holding
from warehouses.views.frame import blueprint


@blueprint.get("/recalls/<uuid:key>/letters.pdf")
@guarded(WarehouseRight.READ_STOCK)
def print_recall_letters(key: uuid.UUID) -> ResponseReturnValue:
    """Write the letters to all places within reach that have packs of the lots, in one file."""
    with reading() as session:
        recall = _recall(session, key)
        letters = _letters(session, key, lambda one: one.on_hand)
        if not letters:
            raise RecallUnknown(text("No place of yours has packs of these lots: there is nobody to write to."))
        return send_paper(partial(write_letters, letters=letters, frame=_frame(recall)), name=recall.number)


@blueprint.get("/recalls/<uuid:key>/letters/<int:place_id>.pdf")
@guarded(WarehouseRight.READ_STOCK)
def print_recall_letter(key: uuid.UUID, place_id: int) -> ResponseReturnValue:
    """Write the letter to one place."""
    with reading() as session:
        recall = _recall(session, key)
        place = get_place(session, place_id, current_actor().reach(WarehouseRight.READ_STOCK))
        letters = [one for one in _letters(session, key, lambda one: one.on_hand) if one.place.id == place.id]
        if not letters:
            raise PlaceUnknown(text("This place has no packs of these lots."))
        write = partial(write_letters, letters=letters, frame=_frame(recall))
        return send_paper(write, name=f"{recall.number}-{place.code}")


@blueprint.get("/recalls/<uuid:key>/notices.pdf")
@guarded(WarehouseRight.READ_STOCK)
def print_recall_notices(key: uuid.UUID) -> ResponseReturnValue:
    """Write a notice for the door of each point within reach that handed packs of the lots out."""
    with reading() as session:
        recall = _recall(session, key)
        notices = _letters(session, key, lambda one: one.figures.handed_over)
        if not notices:
            raise RecallUnknown(text("No point of yours handed out packs of these lots: nobody needs a notice."))
        return send_paper(
            partial(write_notices, notices=notices, frame=_frame(recall)), name=f"{recall.number}-notices"
        )


@blueprint.get("/recalls/<uuid:key>/report.pdf")
@guarded(WarehouseRight.READ_STOCK)
def print_recall_report(key: uuid.UUID) -> ResponseReturnValue:
    """Write the report of a closed recall, for who reads the stock of the whole country: it names all places."""
    with reading() as session:
        recall = _recall(session, key)
        if recall.report is None or not current_actor().reach(WarehouseRight.READ_STOCK).everywhere:
            raise RecallUnknown(text("There is no report of this recall here."))
        report = json.loads(recall.report)
        places = list_places_by_code(session, [one["place"] for one in report["places"]])
        write = partial(write_report, report=report, names=places, frame=_frame(recall))
        return send_paper(write, name=f"{recall.number}-report")


def _recall(session: Session, key: uuid.UUID) -> Recall:
    return get_recall(session, key, current_actor().reach(WarehouseRight.READ_STOCK))


def _letters(session: Session, key: uuid.UUID, packs_of: Callable[[Holding], int]) -> list[PlaceLetter]:
    """Return what to write to each place within reach with walls that has some packs by this measure."""
    ids = list_standing_lots(session, key)
    found = trace_recall(session, key, current_actor().reach(WarehouseRight.READ_STOCK)).holdings
    held = [one for one in found if packs_of(one) > 0]
    lots, places = list_lots_by_id(session, ids), list_places(session, {one.place_id for one in held})
    concerned = sorted(
        (place for place in places.values() if place.kind in STORE_KINDS), key=lambda one: (one.sort_kk, one.id)
    )
    return [
        PlaceLetter(place, [(lots[one.lot_id], packs_of(one), one.found) for one in held if one.place_id == place.id])
        for place in concerned
    ]


def _frame(recall: Recall) -> PaperFrame:
    return PaperFrame(recall, public_address("warehouses.show_recall", key=recall.id), now())
