"""Lots are held and released: one row says whether packs of a lot may go to families, wherever they are."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actors import Actor
from core.audit import record
from core.i18n import text
from core.text import clean
from warehouses.errors.lots import LotActKeyReused, LotReasonMissing, LotStateUnfit
from warehouses.models import Lot, LotEvent
from warehouses.permissions import WarehouseRight
from warehouses.queries import get_lot
from warehouses.values import LotStatus
from warehouses.values.lot_acts import LONGEST_LOT_NOTE, LOT_REASONS, LotAct, LotReason, WrittenReason


def hold_lot(session: Session, lot_id: int, reason: WrittenReason, *, key: UUID, actor: Actor, at: datetime) -> Lot:
    """Put a lot into quarantine everywhere at once. The same key again changes nothing.

    Raises:
        LotUnknown, LotStateUnfit, LotReasonMissing, LotActKeyReused.
    """
    get_lot(session, lot_id, actor.reach(WarehouseRight.HOLD_LOTS))
    return _act(session, lot_id, LotAct.HOLD, reason, key=key, actor=actor, at=at)


def release_lot(session: Session, lot_id: int, reason: WrittenReason, *, key: UUID, actor: Actor, at: datetime) -> Lot:
    """Let a lot in quarantine be given out again. The same key again changes nothing.

    Raises:
        LotUnknown, LotStateUnfit (a recalled lot is not released by this), LotReasonMissing, LotActKeyReused.
    """
    get_lot(session, lot_id, actor.reach(WarehouseRight.RELEASE_LOTS))
    return _act(session, lot_id, LotAct.RELEASE, reason, key=key, actor=actor, at=at)


_STEPS = {
    LotAct.HOLD: (LotStatus.RELEASED, LotStatus.QUARANTINED),
    LotAct.RELEASE: (LotStatus.QUARANTINED, LotStatus.RELEASED),
}


def _act(
    session: Session, lot_id: int, act: LotAct, reason: WrittenReason, *, key: UUID, actor: Actor, at: datetime
) -> Lot:
    note = clean(reason.note)[:LONGEST_LOT_NOTE]
    if reason.reason not in LOT_REASONS[act] or (reason.reason is LotReason.OTHER and not note):
        raise LotReasonMissing(text("Choose a reason, and say in words what “other” is."))
    lot = _locked(session, lot_id)
    known = session.get(LotEvent, key)
    if known is not None:
        if (known.lot_id, known.kind) != (lot_id, act):
            raise LotActKeyReused(text("This was sent for another lot before. Open the page again."))
        return lot
    before, after = _STEPS[act]
    if lot.status != before:
        raise _unfit(lot, act)
    lot.status = after
    written = str(WrittenReason(reason.reason, note))
    session.add(LotEvent(id=key, lot_id=lot_id, kind=act, reason=written, at=at, actor_id=actor.id))
    session.flush()
    record(
        session,
        actor_id=actor.id,
        action=f"warehouses.{act}_lot",
        subject="lot",
        subject_id=str(lot_id),
        at=at,
        detail={"lot": lot.code, "reason": written},
    )
    return lot


def _locked(session: Session, lot_id: int) -> Lot:
    """Return the lot, locked: movements of it that are under way end first, and those that begin now see its new state.

    Every movement's INSERT holds a share of the lot's row by its foreign key until it commits, and the ledger reads the
    state in a later statement.
    """
    locking = select(Lot).where(Lot.id == lot_id).with_for_update(of=Lot).execution_options(populate_existing=True)
    return session.scalars(locking).one()


def _unfit(lot: Lot, act: LotAct) -> LotStateUnfit:
    code = lot.code or "–"
    if lot.status == LotStatus.RECALLED:
        return LotStateUnfit(text("Lot %(lot)s is recalled. What becomes of it is decided by the recall.", lot=code))
    if act is LotAct.HOLD:
        return LotStateUnfit(text("Lot %(lot)s is in quarantine already.", lot=code))
    return LotStateUnfit(text("Lot %(lot)s is not in quarantine.", lot=code))
