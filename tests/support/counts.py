"""Factories of counts."""

import uuid
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from core.actors import Actor
from core.clock import now
from tests.support.goods import a_place, receive
from tests.support.people import an_actor
from warehouses.models import Lot, Place, StockCount
from warehouses.services.counts import open_count, submit_count
from warehouses.services.tallies import tally
from warehouses.values.counts import NewCount, NewTally, TallyKind


def a_keeper(session: Session, place: Place) -> Actor:
    """Return somebody who counts and closes at a place."""
    return an_actor(session, role=Role.STOREKEEPER, scope_kind=ScopeKind.PLACE, scope_id=place.id)


def a_count(
    session: Session,
    place: Place,
    actor: Actor,
    *,
    items: tuple[int, ...] = (),
    is_blind: bool = True,
    at: datetime | None = None,
) -> StockCount:
    """Open a count."""
    wish = NewCount(uuid.uuid4(), place.id, items, is_blind)
    return open_count(session, wish, actor=actor, at=at or now())


def set_packs(
    session: Session,
    count: StockCount,
    packs: Mapping[Lot, int],
    *,
    actor: Actor,
    at: datetime | None = None,
    counted_at: datetime | None = None,
) -> None:
    """Enter how many packs of lots there are."""
    tallies = [NewTally(uuid.uuid4(), lot.id, TallyKind.SET, n, counted_at) for lot, n in packs.items()]
    tally(session, count, tallies, actor=actor, at=at or now())


def a_counted_count(
    session: Session, place: Place, actor: Actor, packs: Mapping[Lot, int], *, is_blind: bool = True
) -> StockCount:
    """Open a count of a whole place, enter everything, hand it in."""
    count = a_count(session, place, actor, is_blind=is_blind)
    set_packs(session, count, packs, actor=actor)
    return submit_count(session, count, actor=actor, at=now())


def a_count_in(session: Session, *, district_id: int) -> StockCount:
    """Open a count of a place of a district."""
    place = a_place(session, district_id=district_id)
    receive(session, place, 5)
    return a_count(session, place, a_keeper(session, place))
