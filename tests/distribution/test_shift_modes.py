"""A phone's network switched off by hand: who may, and that it is written down; and how the phone decides by itself."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from core.audit import AuditEntry
from tests.conftest import SignIn
from tests.support.client import InspectingClient, hidden_fields
from tests.support.families import a_point

SWITCHED = {"mode": "offline", "claimed_at": "2026-11-22T09:30:00Z"}


def _switch(client: InspectingClient, asked: dict[str, object]) -> int:
    token = hidden_fields(client.get("/distribution/scan/shift").text)["csrf_token"]
    return client.post("/distribution/scan/mode", json=asked, headers={"X-CSRFToken": token}).status_code


def test_ux_28_switching_by_hand_is_a_right_and_is_written_down(session: Session, sign_in: SignIn) -> None:
    point = a_point(session)
    session.commit()
    manager = sign_in(Role.MANAGER, ScopeKind.PLACE, point.id)
    asked = {**SWITCHED, "point": point.id}
    assert _switch(manager, asked) == 200
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "distribution.switch_mode")).one()
    assert (entry.subject_id, entry.detail["mode"]) == (str(point.id), "offline")
    assert _switch(manager, {**asked, "point": point.id + 10**6}) == 404
    operator = sign_in(Role.OPERATOR, ScopeKind.PLACE, point.id)
    assert _switch(operator, asked) == 404
    assert "by-hand" not in operator.get("/distribution/scan/shift").text
