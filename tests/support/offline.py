"""A point with phones that hand over without a network, and what is true there afterwards."""

import hashlib
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.crypto import FieldKeys
from distribution.models import DoubleLine, HandOver, HandOverLine, Incident
from distribution.services.device_batches import take_batch
from distribution.values.events import Batch, BatchAnswer, SentEvent
from tests.support.devices import Phone, PhoneEvent, a_phone, lease_to
from tests.support.vouchers import NOON, Scene, a_scene
from warehouses.models import Lot, Place, StockMovement
from warehouses.values import PlaceKind

LATER = timedelta(hours=3)
"""How long after its lease a phone sends, unless a test says so."""


@dataclass(slots=True)
class OfflineScene:
    """A point with families, an operator, and a phone that holds a lease of it."""

    scene: Scene
    phone: Phone
    keys: FieldKeys
    at: datetime = NOON + LATER
    phones: list[Phone] = field(default_factory=list)

    def send(
        self, session: Session, events: Sequence[PhoneEvent], *, at: datetime | None = None, phone: Phone | None = None
    ) -> BatchAnswer:
        """Send events in the order in which they are given."""
        return take_batch(session, batch_of(phone or self.phone, events), keys=self.keys, at=at or self.at)

    def told(
        self, session: Session, events: Sequence[PhoneEvent], *, at: datetime | None = None, phone: Phone | None = None
    ) -> list[tuple[str, str]]:
        """Send events; return result and reason of each."""
        answer = self.send(session, events, at=at, phone=phone)
        assert [one.id for one in answer.answers] == [event.id for event in events]
        assert [one.hash.hex() for one in answer.answers] == [event.hash for event in events]
        return [(one.result.value, one.reason.value) for one in answer.answers]


def an_offline_scene(
    session: Session, keys: FieldKeys, *, families: int = 1, stock: int = 50, at: datetime = NOON
) -> OfflineScene:
    """Make a scene and give its operator a phone with a lease of all vouchers of the point."""
    scene = a_scene(session, keys, families=families, stock=stock, at=at)
    phone = a_phone(session, scene.point, scene.operator, at=at)
    lease_to(session, phone, scene.operator, at=at, keys=keys)
    return OfflineScene(scene, phone, keys, at + LATER, [phone])


def a_rolled_back(phone: Phone) -> Phone:
    """Return what the phone was before it wrote its last event, as a restored backup would be."""
    last = phone.events[-1]
    return Phone(
        clock=phone.clock,
        key=phone.key,
        offset_ms=phone.offset_ms,
        heard_ms=phone.heard_ms,
        device_id=phone.device_id,
        code=phone.code,
        manifest=phone.manifest,
        rows=phone.rows,
        events=phone.events[:-1],
        seq=last.seq - 1,
        prev=bytes(32) if last.seq == 1 else hashlib.sha256(phone.events[-2].signed).digest(),
    )


def batch_of(phone: Phone, events: Sequence[PhoneEvent]) -> Batch:
    """Return the batch that carries events."""
    sent = tuple(SentEvent(event.id, event.seq, event.sealed) for event in events)
    return Batch(phone.device_id, sent, unsent=len(phone.events) - len(events), app="tests 1", sent_at=phone.clock())


Facts = tuple[frozenset[tuple[uuid.UUID, int, bool]], frozenset[int], frozenset[str]]


def facts_of(session: Session) -> Facts:
    """Return what is true, whatever came first.

    What each hand-over gave and whether it was taken back, which sets count as given, which incidents are open.
    """
    given = select(HandOverLine.hand_over_id, HandOverLine.allotment_id, HandOverLine.reversed_at)
    twice = select(DoubleLine.hand_over_id, DoubleLine.allotment_id, DoubleLine.reversed_at)
    rows = [*session.execute(given), *session.execute(twice.where(DoubleLine.counts_since.is_(None)))]
    counting = select(HandOverLine.allotment_id).where(HandOverLine.reversed_at.is_(None))
    open_ones = select(Incident.subject).where(Incident.status == "open")
    return (
        frozenset((key, allotment, reversed_at is not None) for key, allotment, reversed_at in rows),
        frozenset(session.scalars(counting)),
        frozenset(session.scalars(open_ones)),
    )


def open_incidents_of(session: Session, kind: str) -> list[Incident]:
    """Return the open incidents of a kind."""
    found = select(Incident).where(Incident.kind == kind, Incident.status == "open").order_by(Incident.id)
    return list(session.scalars(found))


def packs_at(session: Session, place: Place | PlaceKind, lots: Iterable[Lot] | None = None) -> int:
    """Return the packs that movements brought to a place, less those that they took away."""
    if isinstance(place, PlaceKind):
        place = session.scalars(select(Place).where(Place.kind == place)).one()
    wanted = {lot.id for lot in lots} if lots is not None else None
    packs = 0
    for movement in session.scalars(select(StockMovement)):
        if wanted is None or movement.lot_id in wanted:
            packs += movement.quantity * ((movement.to_place_id == place.id) - (movement.from_place_id == place.id))
    return packs


def hand_overs(session: Session) -> list[HandOver]:
    """Return the hand-overs, in the order of their keys."""
    return list(session.scalars(select(HandOver).order_by(HandOver.id)))
