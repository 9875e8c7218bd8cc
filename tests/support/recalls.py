"""Factories of recalls and of what they find: packed lots with components inside, people who recall."""

import uuid
from collections.abc import Sequence

from sqlalchemy.orm import Session

from accounts.values import Role
from core.actors import Actor
from core.clock import now
from tests.support.people import an_actor
from warehouses.models import Lot, LotComponent, Recall
from warehouses.services.recalls import open_recall

REASON = "Salmonella was found in a sample"


def a_ministry(session: Session) -> Actor:
    """Add somebody who may recall lots."""
    return an_actor(session, role=Role.MINISTRY)


def contain(session: Session, packed: Lot, *components: Lot) -> None:
    """Declare what is inside a packed lot."""
    session.add_all(LotComponent(kit_lot_id=packed.id, component_lot_id=one.id, packs=None) for one in components)
    session.flush()


def a_recall(
    session: Session, lots: Sequence[Lot], *, actor: Actor | None = None, key: uuid.UUID | None = None
) -> Recall:
    """Recall lots."""
    actor = actor or a_ministry(session)
    ids = [lot.id for lot in lots]
    return open_recall(session, ids, reason=REASON, actor=actor, at=now(), key=key or uuid.uuid4())


def state_of(session: Session, lot: Lot) -> str:
    """Return the state of a lot, read anew."""
    session.refresh(lot, ["status"])
    return lot.status
