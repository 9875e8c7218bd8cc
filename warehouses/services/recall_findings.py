"""What a place found of a recall's lots and set aside, in its own words: opening a recall finds nothing."""

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actors import Actor
from core.audit import record
from core.i18n import text
from warehouses.errors import LotUnknown, PlaceUnknown
from warehouses.errors.recalls import FindingMalformed, RecallClosed, RecallKeyReused
from warehouses.models import RecallFinding, StockBalance
from warehouses.permissions import WarehouseRight
from warehouses.queries import get_place
from warehouses.queries.recalls import get_recall, list_standing_lots, lock_recall
from warehouses.values import STORE_KINDS


def confirm_set_aside(
    session: Session,
    recall_id: uuid.UUID,
    *,
    place_id: int,
    lot_id: int,
    packs: int,
    key: uuid.UUID,
    actor: Actor,
    at: datetime,
) -> RecallFinding:
    """Write down that a place found so many packs of a recalled lot and set them aside; of several the last counts.

    Who counts at the place says it. More than the book has there is no finding but a difference: it takes a count. The
    same key again changes nothing. The recall is locked, so that nothing is confirmed beside its final report.

    Raises:
        RecallUnknown, PlaceUnknown, LotUnknown, RecallClosed, FindingMalformed, RecallKeyReused.
    """
    get_recall(session, recall_id, actor.reach(WarehouseRight.READ_STOCK))
    place = get_place(session, place_id, actor.reach(WarehouseRight.COUNT_STOCK))
    if place.kind not in STORE_KINDS:
        raise PlaceUnknown(text("There is no such place here."))
    recall = lock_recall(session, recall_id)
    known = session.get(RecallFinding, key)
    if known is not None:
        if (known.recall_id, known.place_id, known.lot_id, known.packs) != (recall_id, place_id, lot_id, packs):
            raise RecallKeyReused(text("This key stands for something else. Open the page again."))
        return known
    if recall.closed_at is not None:
        raise RecallClosed(text("Recall %(number)s is closed, and its report is final.", number=recall.number))
    if lot_id not in list_standing_lots(session, recall_id):
        raise LotUnknown(text("This recall does not name the lot."))
    _refuse_impossible(packs, packs_there(session, place_id, lot_id))
    finding = RecallFinding(
        id=key, recall_id=recall_id, place_id=place_id, lot_id=lot_id, packs=packs, at=at, actor_id=actor.id
    )
    session.add(finding)
    session.flush()
    record(
        session,
        actor_id=actor.id,
        action="warehouses.confirm_set_aside",
        subject="recall",
        subject_id=str(recall_id),
        at=at,
        district_id=place.district_id,
        detail={"number": recall.number, "place": place.code, "lot": lot_id, "packs": packs},
    )
    return finding


def packs_there(session: Session, place_id: int, lot_id: int) -> int:
    """Return how many packs of a lot a place has by the book."""
    there = select(StockBalance.on_hand).where(StockBalance.place_id == place_id, StockBalance.lot_id == lot_id)
    return session.scalar(there) or 0


def _refuse_impossible(packs: int, there: int) -> None:
    if packs < 0:
        raise FindingMalformed(text("Enter a whole number of packs, or 0 when none was found."))
    if packs > there:
        raise FindingMalformed(
            text("The book has %(there)s packs here. When more were found, count the lot first.", there=there)
        )
