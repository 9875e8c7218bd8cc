"""Factories of movements and write-offs."""

import uuid

from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from core.clock import now
from tests.support.goods import a_place, move, receive
from tests.support.people import an_actor
from warehouses.models import WriteOff
from warehouses.queries import get_outside_place
from warehouses.services.write_offs import draft_write_off
from warehouses.values import PlaceKind
from warehouses.values.write_offs import NewWriteOff, WriteOffWish


def a_movement_in(session: Session, *, district_id: int) -> uuid.UUID:
    """Move packs of a place of a district out of the books, and return the key of the movement."""
    place = a_place(session, district_id=district_id)
    lot = receive(session, place, 9)
    return move(session, lot, 2, source=place, target=get_outside_place(session, PlaceKind.LOSS))


def a_write_off_in(session: Session, *, district_id: int) -> WriteOff:
    """Draft a write-off at a place of a district."""
    place = a_place(session, district_id=district_id)
    keeper = an_actor(session, role=Role.STOREKEEPER, scope_kind=ScopeKind.PLACE, scope_id=place.id)
    line = WriteOffWish(receive(session, place, 9).id, 2)
    wish = NewWriteOff(place.id, "DAMAGE", "wet boxes", now(), (line,))
    return draft_write_off(session, wish, key=uuid.uuid4(), actor=keeper, at=now())
