"""Vouchers on paper and the first hand-overs of the demonstration."""

import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.demonstration.places import Network
from core.actors import Actor
from core.clock import now
from core.quarters import Quarter
from core.web.session import database
from distribution.models import Allotment, Voucher
from distribution.services.giving import HandOverAsked
from distribution.services.hand_overs import hand_over, undo_hand_over
from distribution.services.voucher_prints import print_vouchers
from distribution.values import AllotmentStatus, Collector
from distribution.values.vouchers import PaperLook, families_page
from warehouses.models import StockBalance

_FAMILIES_PER_POINT = (4, 30)
_POINTS = 40
_UNDONE_EVERY = 97
_SEED = 20_200_401


@dataclass(frozen=True, slots=True)
class _Visit:
    """A family at its point."""

    token: str
    point_id: int
    allotment_ids: tuple[int, ...]


def print_district(
    session: Session, folder: Path, *, quarter: Quarter, district_id: int, actor: Actor, at: datetime, base_url: str
) -> Path:
    """Print the vouchers of a district, with the address of the families' page, into a folder and return the file."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o750)
    target = folder / f"vouchers-{quarter}-{district_id}.pdf"
    with target.open("wb") as file:
        look = PaperLook(address=families_page(base_url))
        print_vouchers(session, file, quarter=quarter, actor=actor, at=at, district_id=district_id, look=look)
    return target


def hand_out(*, quarter: Quarter, network: Network, operator: Actor) -> int:
    """Let families come to some points whose goods arrived; return how many came."""
    chance = random.Random(_SEED)  # noqa: S311 - invented visits need no secrecy
    with database().reading() as session:
        stocked = set(session.scalars(select(StockBalance.place_id).where(StockBalance.on_hand > 0)))
        points = [place.id for place in network.points.values() if place.id in stocked]
        visits = [
            visit
            for point in chance.sample(points, min(_POINTS, len(points)))
            for visit in _visits(session, quarter, point, chance.randint(*_FAMILIES_PER_POINT))
        ]
    for number, visit in enumerate(visits, start=1):
        given = _visit(visit, operator)
        if number % _UNDONE_EVERY == 0:
            with database().writing() as session:
                undo_hand_over(session, given, reason="Отбасы ертең келеді", actor=operator, at=now())
    return len(visits)


def _visits(session: Session, quarter: Quarter, point: int, families: int) -> Sequence[_Visit]:
    rows = session.execute(
        select(Voucher.token, Allotment.id)
        .join(Allotment, (Allotment.family_id == Voucher.family_id) & (Allotment.quarter == Voucher.quarter))
        .where(
            Voucher.quarter == quarter,
            Voucher.point_id == point,
            Voucher.revoked_at.is_(None),
            Allotment.status == AllotmentStatus.GRANTED,
        )
        .order_by(Voucher.idx, Allotment.id)
    ).all()
    by_token: dict[str, list[int]] = {}
    for token, allotment_id in rows:
        by_token.setdefault(token, []).append(allotment_id)
    return [_Visit(token, point, tuple(ids)) for token, ids in list(by_token.items())[:families]]


def _visit(visit: _Visit, operator: Actor) -> uuid.UUID:
    at = now()
    asked = HandOverAsked(
        key=uuid.uuid4(),
        text=visit.token,
        point_id=visit.point_id,
        allotment_ids=visit.allotment_ids,
        collector=Collector.GUARDIAN,
        note="",
        device="demonstration",
        claimed_at=at,
    )
    with database().writing() as session:
        return hand_over(session, asked, operator=operator, at=at).id
