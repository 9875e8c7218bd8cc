"""What places say to have found of recalled lots: a recall is under control when they did, not when it was opened."""

import json
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from core.actors import EVERYWHERE, Actor
from core.audit import AuditEntry
from core.clock import now
from tests.conftest import SignIn
from tests.support.goods import a_lot, a_place, move, receive, some_districts
from tests.support.people import an_actor
from tests.support.recalls import a_ministry, a_recall
from tests.warehouses.test_recall_pages import html, pdf_of, words
from warehouses.errors import LotUnknown, PlaceUnknown
from warehouses.errors.recalls import FindingMalformed, RecallClosed, RecallKeyReused
from warehouses.models import Lot, Place, Recall, RecallFinding
from warehouses.queries import get_outside_place
from warehouses.queries.tracing import trace_recall
from warehouses.services.recall_endings import close_recall
from warehouses.services.recall_findings import confirm_set_aside
from warehouses.values import PlaceKind


def keeper_of(session: Session, place: Place) -> Actor:
    return an_actor(session, role=Role.STOREKEEPER, scope_kind=ScopeKind.PLACE, scope_id=place.id)


def confirm(
    session: Session, recall: Recall, spot: tuple[Place, Lot], packs: int, actor: Actor, key: uuid.UUID | None = None
) -> RecallFinding:
    place, lot = spot
    return confirm_set_aside(
        session,
        recall.id,
        place_id=place.id,
        lot_id=lot.id,
        packs=packs,
        key=key or uuid.uuid4(),
        actor=actor,
        at=now(),
    )


def figures(session: Session, recall: Recall) -> tuple[int, int, int | None]:
    total = trace_recall(session, recall.id, EVERYWHERE).total
    return total.confirmed, total.unconfirmed, total.percent


def test_nothing_counts_as_recovered_before_somebody_said_so(session: Session) -> None:
    here, there = a_place(session), a_place(session, kind=PlaceKind.CENTRAL)
    lot = receive(session, here, 30)
    move(session, lot, 12, source=here, target=there)
    recall, keeper = a_recall(session, [lot]), keeper_of(session, here)
    assert figures(session, recall) == (0, 30, 0)
    key = uuid.uuid4()
    for _ in range(2):
        confirm(session, recall, (here, lot), 15, keeper, key)
    assert figures(session, recall) == (15, 15, 50)
    confirm(session, recall, (here, lot), 18, keeper)
    assert figures(session, recall) == (18, 12, 60)
    move(session, lot, 10, source=here, target=get_outside_place(session, PlaceKind.LOSS))
    assert figures(session, recall) == (8, 12, 60)
    confirm(session, recall, (there, lot), 12, keeper_of(session, there))
    assert figures(session, recall) == (20, 0, 100)
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "warehouses.confirm_set_aside")).all()
    assert len(entries) == 3
    with pytest.raises(RecallKeyReused):
        confirm(session, recall, (here, lot), 1, keeper, key)


def test_sec_21_a_place_speaks_for_itself_and_of_what_it_has(session: Session) -> None:
    home, away = some_districts(session)
    here, there = a_place(session, district_id=home.id), a_place(session, district_id=away.id)
    lot, other = receive(session, here, 30), receive(session, here, 4)
    move(session, lot, 12, source=here, target=there)
    recall, keeper = a_recall(session, [lot]), keeper_of(session, here)
    with pytest.raises(PlaceUnknown):
        confirm(session, recall, (there, lot), 12, keeper)
    with pytest.raises(PlaceUnknown):
        confirm(session, recall, (here, lot), 1, a_ministry(session))
    with pytest.raises(LotUnknown):
        confirm(session, recall, (here, other), 1, keeper)
    for packs in (-1, 19):
        with pytest.raises(FindingMalformed):
            confirm(session, recall, (here, lot), packs, keeper)
    assert figures(session, recall) == (0, 30, 0)


def test_what_was_said_never_changes_and_the_report_carries_it(session: Session) -> None:
    here, ministry = a_place(session), a_ministry(session)
    lot = receive(session, here, 10)
    recall, keeper = a_recall(session, [lot]), keeper_of(session, here)
    confirm(session, recall, (here, lot), 7, keeper)
    for change in (update(RecallFinding).values(packs=10), delete(RecallFinding)):
        with pytest.raises(DatabaseError), session.begin_nested():
            session.execute(change.execution_options(synchronize_session=False))
    closed = close_recall(session, recall.id, holders={}, actor=ministry, at=now() + timedelta(seconds=1))
    total = json.loads(closed.report or "")["total"]
    assert (total["confirmed"], total["unconfirmed"]) == (7, 3)
    with pytest.raises(RecallClosed):
        confirm(session, recall, (here, lot), 10, keeper)
    late = {"id": uuid.uuid4(), "recall_id": recall.id, "place_id": here.id, "lot_id": lot.id, "packs": 1}
    with pytest.raises(DatabaseError), session.begin_nested():
        session.execute(insert(RecallFinding).values(**late, at=now(), actor_id=keeper.id))


def test_a_storekeeper_says_on_the_page_what_was_set_aside(session: Session, sign_in: SignIn) -> None:
    home, away = some_districts(session)
    here = a_place(session, district_id=home.id, name="Near point")
    there = a_place(session, district_id=away.id, name="Far point")
    lot = receive(session, here, 30, lot=a_lot(session, code="BAD-1"))
    move(session, lot, 12, source=here, target=there)
    recall = a_recall(session, [lot])
    session.commit()
    page = f"/warehouses/recalls/{recall.id}"
    keeper, ministry = sign_in(Role.STOREKEEPER, ScopeKind.PLACE, here.id), sign_in(Role.MINISTRY)
    address = f"{page}/places/{here.id}/lots/{lot.id}/set-aside"
    assert address in html(keeper, page)
    assert "set-aside" not in html(ministry, page)
    html(keeper, f"{page}/places/{there.id}/lots/{lot.id}/set-aside", 404)
    assert "count the lot first" in keeper.send_form(address, packs="19").text
    assert "Enter how many packs" in keeper.send_form(address, packs="").text
    assert keeper.send_form(address, packs="18").status_code == 303
    assert "set aside here" in html(keeper, page)
    waiting = html(ministry, f"{page}?which=unconfirmed")
    assert "Far point" in waiting
    assert "Near point" not in waiting
    assert "60 %" in waiting
    letter = words(pdf_of(keeper, f"{page}/letters/{here.id}.pdf"))
    assert letter.count("18") >= 4
