"""Closed books, and who may enter after the close."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from core.actors import Actor
from core.audit import AuditEntry
from core.clock import now, today
from tests.support.people import an_actor
from warehouses.errors import PeriodClosed
from warehouses.errors.corrections import LateReasonMissing
from warehouses.models import Place
from warehouses.services.policies import close_period

WHY = "The road was flooded"


def close_books(session: Session, *, days_ago: int = 2) -> None:
    """Close the books through a day."""
    ministry, at = an_actor(session, role=Role.MINISTRY), now()
    close_period(session, today(at) - timedelta(days=days_ago), reason="the quarter is over", actor=ministry, at=at)


def of_region(session: Session, place: Place) -> Actor:
    """Add somebody of the region of a place, who may enter after the close."""
    return an_actor(session, role=Role.REGION, scope_kind=ScopeKind.REGION, scope_id=place.region_id or 0)


def needs_right_and_reason(
    session: Session, act: Callable[[Actor, str], object], *, keeper: Actor, region: Actor, moved_at: datetime
) -> None:
    """Prove that an act into closed books is refused without the right and without a reason, else taken and told."""
    with pytest.raises(PeriodClosed), session.begin_nested():
        act(keeper, WHY)
    with pytest.raises(LateReasonMissing), session.begin_nested():
        act(region, "  ")
    assert session.scalars(_entries()).all() == []
    act(region, f" {WHY} ")
    entry = session.scalars(_entries()).one()
    assert (entry.actor_id, entry.detail) == (region.id, {"day": today(moved_at).isoformat(), "why": WHY})


def _entries() -> Select[AuditEntry]:
    return select(AuditEntry).where(AuditEntry.action == "warehouses.enter_after_close")
