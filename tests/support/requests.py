"""Requests for goods of another place, at the step that a test needs."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from core.actors import Actor
from core.clock import now
from logistics.models import TransferRequest
from logistics.queries.invariants import INVARIANTS
from logistics.services.requests import approve_request, request_transfer
from logistics.values.transfers import NewRequest, Purpose, RequestWish
from tests.support.goods import a_place, an_item
from tests.support.people import an_actor
from warehouses.models import Place
from warehouses.values import PlaceKind


@dataclass(frozen=True, slots=True)
class Ends:
    """A district's warehouse and a point, and who acts there: storekeeper, operator, two people of the district."""

    source: Place
    target: Place
    keeper: Actor
    operator: Actor
    district: Actor
    second: Actor


def two_ends(session: Session, *, district_id: int | None = None) -> Ends:
    """Make a warehouse and a point of one district with their people."""
    source = a_place(session, kind=PlaceKind.DISTRICT, district_id=district_id)
    target = a_place(session, district_id=source.district_id)

    def at_place(role: Role, place: Place) -> Actor:
        return an_actor(session, role=role, scope_kind=ScopeKind.PLACE, scope_id=place.id)

    def of_district() -> Actor:
        return an_actor(session, role=Role.DISTRICT, scope_kind=ScopeKind.DISTRICT, scope_id=source.district_id or 0)

    keeper, operator = at_place(Role.STOREKEEPER, source), at_place(Role.OPERATOR, target)
    return Ends(source, target, keeper, operator, of_district(), of_district())


def a_request(
    session: Session,
    ends: Ends,
    packs: int,
    *,
    lines: Sequence[RequestWish] | None = None,
    purpose: Purpose = Purpose.SUPPLY,
    key: uuid.UUID | None = None,
) -> TransferRequest:
    """Ask at the point for packs of F13 (or for `lines`) of the warehouse; a return goes the other way."""
    there, back = (ends.source, ends.target), (ends.target, ends.source)
    start, end = there if purpose is Purpose.SUPPLY else back
    wishes = tuple(lines or [RequestWish(an_item(session).id, packs)])
    wish = NewRequest(key or uuid.uuid4(), start.id, end.id, wishes, purpose)
    return request_transfer(session, wish, actor=ends.operator, at=now())


def an_approved_request(session: Session, ends: Ends, packs: int) -> TransferRequest:
    """Ask for packs of F13, and let the district approve."""
    return approve_request(session, a_request(session, ends, packs), actor=ends.district, at=now())


def faults_of_transfers(session: Session) -> list[str]:
    """Return what breaks the invariants of transfers and picks (I9, I12)."""
    return [fault for one in INVARIANTS for fault in one.check(session)]
