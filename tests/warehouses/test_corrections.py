"""Corrections: any movement is taken back once, with a reason, as its document allows."""

import uuid
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from app.reversals import REVERSAL_BOOK
from app.roles import RIGHTS
from core.actors import Actor
from core.audit import AuditEntry
from core.clock import now, today
from logistics.permissions import LogisticsRight
from tests.conftest import SignIn
from tests.support.goods import a_lot, a_place, balance_of, move, receive, some_districts
from tests.support.people import an_actor
from warehouses.errors import AlreadyReversed, MovementUnknown, PeriodClosed, ReversalOfReversal, StockShort
from warehouses.errors.corrections import (
    CorrectionMalformed,
    LateReasonMissing,
    PolicyMalformed,
    ReversedElsewhere,
)
from warehouses.models import Place, StockMovement
from warehouses.permissions import WarehouseRight
from warehouses.queries import find_closed_through, get_outside_place, list_wrong_balances, thresholds_now
from warehouses.queries.paper_forms import form_name
from warehouses.services import post_movements
from warehouses.services.corrections import reverse_movement
from warehouses.services.policies import allow_late_entry, close_period, name_form, set_thresholds
from warehouses.values import NewMovement, PlaceKind
from warehouses.values.paper_forms import PaperKind
from warehouses.values.policies import Thresholds


def keeper_of(session: Session, place: Place) -> Actor:
    """Return the storekeeper of a place."""
    return an_actor(session, role=Role.STOREKEEPER, scope_kind=ScopeKind.PLACE, scope_id=place.id)


def take_back(session: Session, movement: uuid.UUID, actor: Actor, *, key: uuid.UUID | None = None) -> None:
    """Take a movement back."""
    reverse_movement(
        session, movement, key=key or uuid.uuid4(), reason="wrong lot", actor=actor, at=now(), book=REVERSAL_BOOK
    )


def test_a_movement_is_taken_back_once_with_a_reason(session: Session) -> None:
    place, loss = a_place(session), get_outside_place(session, PlaceKind.LOSS)
    keeper, lot = keeper_of(session, place), receive(session, place, 9)
    gone, key = move(session, lot, 4, source=place, target=loss), uuid.uuid4()
    for _ in range(2):
        take_back(session, gone, keeper, key=key)
    assert balance_of(session, place, lot) == (9, 0)
    reversal = session.get_one(StockMovement, key)
    assert (reversal.reverses_id, reversal.reason, reversal.actor_id) == (gone, "wrong lot", keeper.id)
    with pytest.raises(AlreadyReversed):
        take_back(session, gone, keeper)
    with pytest.raises(ReversalOfReversal):
        take_back(session, key, keeper)
    with pytest.raises(CorrectionMalformed):
        reverse_movement(session, gone, key=uuid.uuid4(), reason=" ", actor=keeper, at=now(), book=REVERSAL_BOOK)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "warehouses.reverse_movement")).one()
    assert entry.detail["why"] == "wrong lot"
    assert list_wrong_balances(session) == []


def test_sec_21_a_movement_is_taken_back_only_by_who_may_correct_at_both_ends(session: Session) -> None:
    home, away = some_districts(session)
    here, there = a_place(session, district_id=home.id), a_place(session, district_id=away.id)
    lot = receive(session, here, 9)
    gone = move(session, lot, 4, source=here, target=there)
    for actor in (keeper_of(session, here), keeper_of(session, there), keeper_of(session, a_place(session))):
        with pytest.raises(MovementUnknown):
            take_back(session, gone, actor)
    assert balance_of(session, here, lot) == (5, 0)


@pytest.mark.parametrize("kind", ["hand_over", "transfer", "assembly"])
def test_documents_with_an_undo_of_their_own_say_where(session: Session, kind: str) -> None:
    place, families = a_place(session), get_outside_place(session, PlaceKind.FAMILIES)
    lot, key, at = receive(session, place, 9), uuid.uuid4(), now()
    one = NewMovement(key, lot.id, place.id, families.id, 1, at, kind, str(uuid.uuid4()))
    post_movements(session, [one], actor_id=None, at=at)
    with pytest.raises(ReversedElsewhere):
        take_back(session, key, keeper_of(session, place))


def test_all_movements_of_a_count_go_back_together_or_none(session: Session) -> None:
    place, difference = a_place(session), get_outside_place(session, PlaceKind.COUNT_DIFFERENCE)
    lots, at, document = [receive(session, place, 9), a_lot(session)], now(), str(uuid.uuid4())
    keys = [uuid.uuid4(), uuid.uuid4()]
    acts = [
        NewMovement(keys[0], lots[0].id, place.id, difference.id, 2, at, "count", document),
        NewMovement(keys[1], lots[1].id, difference.id, place.id, 3, at, "count", document),
    ]
    post_movements(session, acts, actor_id=None, at=at)
    keeper = keeper_of(session, place)
    gone = move(session, lots[1], 1, source=place, target=get_outside_place(session, PlaceKind.LOSS))
    with pytest.raises(StockShort), session.begin_nested():
        take_back(session, keys[0], keeper)
    assert balance_of(session, place, lots[0]) == (7, 0)
    take_back(session, gone, keeper)
    take_back(session, keys[0], keeper)
    assert [balance_of(session, place, lot) for lot in lots] == [(9, 0), (0, 0)]


def test_a_late_entry_after_the_close_needs_a_right_and_a_reason(session: Session) -> None:
    place, at = a_place(session), now()
    minister, keeper = an_actor(session, role=Role.MINISTRY), keeper_of(session, place)
    day = today(at) - timedelta(days=3)
    close_period(session, day, reason="quarter is over", actor=minister, at=at)
    lot, moved_at = a_lot(session), at - timedelta(days=5)

    def allowed(actor: Actor, reason: str) -> bool:
        return allow_late_entry(session, place_ids=[place.id], moved_at=moved_at, reason=reason, actor=actor, at=at)

    assert allow_late_entry(session, place_ids=[place.id], moved_at=at, reason="", actor=minister, at=at) is False
    assert allowed(keeper, "found") is False
    with pytest.raises(LateReasonMissing):
        allowed(minister, " ")
    supplier = get_outside_place(session, PlaceKind.SUPPLIER)
    one = NewMovement(uuid.uuid4(), lot.id, supplier.id, place.id, 5, moved_at, "test", "1")
    with pytest.raises(PeriodClosed), session.begin_nested():
        post_movements(session, [one], actor_id=None, at=at, after_close=allowed(keeper, "found"))
    post_movements(session, [one], actor_id=None, at=at, after_close=allowed(minister, "a paper came late"))
    assert balance_of(session, place, lot) == (5, 0)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "warehouses.enter_after_close")).one()
    assert entry.detail == {"day": today(moved_at).isoformat(), "why": "a paper came late"}


def test_who_may_enter_late_elsewhere_may_not_here_and_the_ministry_may_at_the_central_warehouse(
    session: Session,
) -> None:
    place, central, at = a_place(session), a_place(session, kind=PlaceKind.CENTRAL), now()
    minister = an_actor(session, role=Role.MINISTRY)
    region = an_actor(session, role=Role.REGION, scope_kind=ScopeKind.REGION, scope_id=place.region_id or 0)
    close_period(session, today(at) - timedelta(days=3), reason="quarter is over", actor=minister, at=at)

    def allowed(actor: Actor, *places: Place) -> bool:
        ids, moved_at = [one.id for one in places], at - timedelta(days=5)
        return allow_late_entry(session, place_ids=ids, moved_at=moved_at, reason="found", actor=actor, at=at)

    assert allowed(region, place)
    assert not allowed(region, central)
    assert not allowed(region, place, central)
    assert allowed(minister, place, central)
    needed = {
        LogisticsRight.ACCEPT_DELIVERIES,
        WarehouseRight.APPROVE_WRITE_OFFS,
        WarehouseRight.CLOSE_COUNTS,
        WarehouseRight.CORRECT_STOCK,
    }
    assert needed <= RIGHTS[Role.MINISTRY]


def test_a_period_is_closed_for_past_days_and_opened_again_by_a_further_row(session: Session) -> None:
    minister, at = an_actor(session, role=Role.MINISTRY), now()
    day = today(at)
    for through, reason in ((day, "x"), (day - timedelta(days=1), " "), (day - timedelta(days=1), "x" * 301)):
        with pytest.raises(PolicyMalformed):
            close_period(session, through, reason=reason, actor=minister, at=at)
    close_period(session, day - timedelta(days=1), reason="quarter", actor=minister, at=at)
    close_period(session, day - timedelta(days=9), reason="a paper came late", actor=minister, at=at)
    assert find_closed_through(session) == day - timedelta(days=9)
    actions = session.scalars(select(AuditEntry.action).where(AuditEntry.subject == "period_close")).all()
    assert sorted(actions) == ["warehouses.close_period", "warehouses.reopen_period"]


def test_thresholds_and_forms_are_set_with_a_history(session: Session) -> None:
    minister = an_actor(session, role=Role.MINISTRY)
    for wrong in (Thresholds(4000, 30, 0, ""), Thresholds(90, 30, 101, ""), Thresholds(90, 30, 0, "12x")):
        with pytest.raises(PolicyMalformed):
            set_thresholds(session, wrong, reason="x", actor=minister, at=now())
    set_thresholds(session, Thresholds(90, 20, 5, "487123"), reason="order 5", actor=minister, at=now())
    assert thresholds_now(session) == Thresholds(90, 20, 5, "487123")
    with pytest.raises(PolicyMalformed):
        name_form(session, PaperKind.WRITE_OFF_ACT, name_kk="Нысан", name_ru="", actor=minister, at=now())
    for name in ("Форма 1", "Форма 2"):
        name_form(session, PaperKind.WRITE_OFF_ACT, name_kk="Нысан", name_ru=name, actor=minister, at=now())
    assert form_name(session, PaperKind.WRITE_OFF_ACT).name_ru == "Форма 2"


def test_ux_40_50_the_list_of_movements_filters_sorts_and_leads_to_each(session: Session, sign_in: SignIn) -> None:
    home, away = some_districts(session)
    place, foreign = a_place(session, district_id=home.id), a_place(session, district_id=away.id)
    lot, other = receive(session, place, 9), receive(session, foreign, 7)
    gone = move(session, lot, 4, source=place, target=get_outside_place(session, PlaceKind.LOSS))
    session.commit()
    client = sign_in(Role.STOREKEEPER, ScopeKind.PLACE, place.id)
    page = client.get("/warehouses/movements").text
    assert f"/warehouses/movements/{gone}" in page
    assert other.code not in page
    assert lot.code not in client.get("/warehouses/movements?kind=none").text
    assert lot.code in client.get(f"/warehouses/movements?q={lot.code.lower()}&sort=recorded").text
    assert "2 of 2" in client.get(f"/warehouses/movements?place={place.id}&lot={lot.id}").text
    day = today(now()) - timedelta(days=1)
    assert lot.code not in client.get(f"/warehouses/movements?until={day}").text
    assert lot.code in client.get(f"/warehouses/movements?since={day}").text
    table = client.get("/warehouses/movements?format=csv&header=keys&delimiter=comma")
    assert table.text.count("\r\n") == 3
    assert "movements" in table.headers["Content-Disposition"]
    shown = client.get(f"/warehouses/movements/{gone}").text
    assert "Reverse the movement" in shown
    assert client.get(f"/warehouses/movements/{uuid.uuid4()}").status_code == 404


def test_bad_32_a_movement_is_taken_back_on_its_page_and_no_other(session: Session, sign_in: SignIn) -> None:
    home, away = some_districts(session)
    place, foreign = a_place(session, district_id=home.id), a_place(session, district_id=away.id)
    loss = get_outside_place(session, PlaceKind.LOSS)
    lot, other = receive(session, place, 9), receive(session, foreign, 7)
    gone = move(session, lot, 4, source=place, target=loss)
    theirs = move(session, other, 4, source=foreign, target=loss)
    session.commit()
    client = sign_in(Role.STOREKEEPER, ScopeKind.PLACE, place.id)
    address = f"/warehouses/movements/{gone}/reverse"
    assert client.get(f"/warehouses/movements/{theirs}/reverse").status_code == 404
    there = f"/warehouses/movements/{theirs}/reverse"
    assert client.send_button(there, page=address, reason="x").status_code == 404
    assert client.send_form(address, reason="x", movement_id=str(theirs)).status_code == 400
    assert "Say why" in client.send_form(address, reason="").text
    answer = client.send_form(address, reason="wrong lot")
    assert (answer.status_code, answer.location) == (303, f"/warehouses/movements/{gone}")
    assert balance_of(session, place, lot) == (9, 0)
    assert balance_of(session, foreign, other) == (3, 0)
    shown = client.get(f"/warehouses/movements/{gone}").text
    assert "It was taken back: open the reversal" in shown
    assert "was taken back already" in client.get(address).text


def test_everybody_with_stock_reads_what_holds_and_who_closed_why(session: Session, sign_in: SignIn) -> None:
    place, minister = a_place(session), an_actor(session, role=Role.MINISTRY)
    set_thresholds(session, Thresholds(77, 30, 0, ""), reason="order 5", actor=minister, at=now())
    close_period(session, today(now()) - timedelta(days=2), reason="the quarter is over", actor=minister, at=now())
    session.commit()
    for client in (sign_in(Role.AUDITOR), sign_in(Role.STOREKEEPER, ScopeKind.PLACE, place.id)):
        page = client.get("/warehouses/policy").text
        assert all(word in page for word in ("77", "order 5", "the quarter is over"))
        assert "/warehouses/policy/" not in page
    assert "/warehouses/policy/close" in sign_in(Role.MINISTRY).get("/warehouses/policy").text


def test_the_ministry_alone_sets_policy(session: Session, sign_in: SignIn, app: Flask) -> None:
    del app
    place = a_place(session)
    session.commit()
    minister, keeper = sign_in(Role.MINISTRY), sign_in(Role.STOREKEEPER, ScopeKind.PLACE, place.id)
    for page in ("/thresholds", "/close", "/forms/waybill"):
        assert keeper.get(f"/warehouses/policy{page}").status_code == 404
        assert minister.get(f"/warehouses/policy{page}").status_code == 200
    assert minister.get("/warehouses/policy/forms/none").status_code == 404
    day = str(today(now()) - timedelta(days=2))
    assert minister.send_form("/warehouses/policy/close", through=day, reason="Q").status_code == 303
    assert "The books are closed through" in minister.get("/warehouses/policy").text
    thresholds = {"near_expiry_days": "90", "receipt_margin_days": "30", "over_percent": "0", "gs1_prefix": ""}
    wrong = minister.send_form("/warehouses/policy/thresholds", **thresholds | {"gs1_prefix": "12"}, reason="order")
    assert "A company prefix has 4 to 12 digits" in wrong.text
    assert minister.send_form("/warehouses/policy/thresholds", **thresholds, reason="order").status_code == 303
    assert thresholds_now(session).near_expiry_days == 90
    name = {"name_kk": "Н", "name_ru": "Ф"}
    assert minister.send_form("/warehouses/policy/forms/write_off_act", **name).status_code == 303
    assert "Ф" in minister.get("/warehouses/policy").text
