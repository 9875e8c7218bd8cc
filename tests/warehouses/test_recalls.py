"""Recalls: lots frozen everywhere in one act, what follows from it, and how it ends."""

import json
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from core.actors import EVERYWHERE
from core.audit import AuditEntry
from core.clock import now
from core.quarters import Quarter
from tests.support.goods import a_lot, a_place, balance_of, move, receive, some_districts
from tests.support.people import an_actor
from tests.support.recalls import REASON, a_ministry, a_recall, contain, state_of
from warehouses.errors import LotHeld, LotUnknown
from warehouses.errors.recalls import (
    RecallClosed,
    RecallKeyReused,
    RecallLotContained,
    RecallLotWithdrawn,
    RecallMalformed,
    RecallNeedsSecondPerson,
    RecallNotYours,
)
from warehouses.models import Lot, LotEvent, Recall, RecallLot
from warehouses.queries import get_outside_place, list_wrong_balances
from warehouses.queries.tracing import list_contained_lots, list_containing_lots, trace_lots
from warehouses.services import receive_lot, reserve, reverse_movements
from warehouses.services.recall_endings import close_recall, withdraw_recall_lot
from warehouses.services.recalls import add_recall_lots, open_recall, spread_recalls
from warehouses.values import PlaceKind, Wish

Q = Quarter(2026, 4)


def outside(session: Session, kind: PlaceKind) -> object:
    return get_outside_place(session, kind)


def test_a_recall_freezes_the_lot_and_whatever_contains_it_at_any_depth(session: Session) -> None:
    flour, biscuits, packed, other = (a_lot(session, code=code) for code in ("FL1", "BI1", "SET1", "SET2"))
    contain(session, biscuits, flour)
    contain(session, packed, biscuits, a_lot(session))
    recall = a_recall(session, [flour])
    assert [state_of(session, lot) for lot in (flour, biscuits, packed, other)] == ["recalled"] * 3 + ["released"]
    rows = session.execute(select(RecallLot.lot_id, RecallLot.cause_lot_id).where(RecallLot.recall_id == recall.id))
    assert {tuple(row) for row in rows} == {(flour.id, None), (biscuits.id, flour.id), (packed.id, flour.id)}
    events = session.scalars(select(LotEvent).where(LotEvent.recall_id == recall.id)).all()
    assert {(one.lot_id, one.kind, one.reason) for one in events} == {
        (lot.id, "recall", REASON) for lot in (flour, biscuits, packed)
    }
    assert recall.number.startswith("RE-")
    told = session.scalars(select(AuditEntry).where(AuditEntry.subject_id == str(recall.id))).one()
    assert told.detail["lots"] == [flour.id]
    assert sorted(told.detail["containing"]) == sorted([biscuits.id, packed.id])  # type: ignore[call-overload]


def test_a_circle_of_components_ends(session: Session) -> None:
    one, two = a_lot(session), a_lot(session)
    contain(session, one, two)
    contain(session, two, one)
    assert {found.lot_id for found in list_containing_lots(session, [one.id])} == {two.id}
    assert {found.cause_lot_id for found in list_contained_lots(session, [one.id])} == {two.id}


def test_the_same_key_again_is_the_same_recall(session: Session) -> None:
    lot, actor, key = a_lot(session), a_ministry(session), uuid.uuid4()
    first = a_recall(session, [lot], actor=actor, key=key)
    assert a_recall(session, [lot], actor=actor, key=key) is first
    assert session.scalar(select(func.count()).where(LotEvent.lot_id == lot.id)) == 1
    with pytest.raises(RecallKeyReused):
        a_recall(session, [lot, a_lot(session)], actor=actor, key=key)


def test_only_who_recalls_in_the_whole_country_recalls(session: Session) -> None:
    lot, at = a_lot(session), now()
    region = some_districts(session)[0].region_id
    for actor in (
        an_actor(session, role=Role.REGION, scope_kind=ScopeKind.REGION, scope_id=region),
        an_actor(session, role=Role.MINISTRY, scope_kind=ScopeKind.REGION, scope_id=region),
        an_actor(session, role=Role.AUDITOR),
    ):
        with pytest.raises(RecallNotYours):
            open_recall(session, [lot.id], reason=REASON, actor=actor, at=at, key=uuid.uuid4())


def test_a_recall_needs_lots_that_exist_and_a_reason(session: Session) -> None:
    actor, at, lot = a_ministry(session), now(), a_lot(session)
    for lots, reason, refusal in (
        ([], REASON, RecallMalformed),
        ([lot.id], "  ", RecallMalformed),
        ([lot.id], "x" * 301, RecallMalformed),
        (range(1, 202), REASON, RecallMalformed),
        ([lot.id, 2**31 - 1], REASON, LotUnknown),
    ):
        with pytest.raises(refusal):
            open_recall(session, list(lots), reason=reason, actor=actor, at=at, key=uuid.uuid4())


def test_nothing_of_a_recalled_lot_goes_to_families_or_is_reserved(session: Session) -> None:
    point = a_place(session)
    lot = receive(session, point, 10)
    a_recall(session, [lot])
    session.commit()
    district = point.district_id
    with pytest.raises(LotHeld), session.begin_nested():
        move(session, lot, 1, source=point, target=get_outside_place(session, PlaceKind.FAMILIES))
    with pytest.raises(LotHeld), session.begin_nested():
        reserve(session, [Wish(point.id, lot.id, 1, district)], quarter=Q, actor_id=None, at=now())


def test_what_was_set_aside_is_free_again_so_that_other_lots_take_its_place(session: Session) -> None:
    store, point = a_place(session, kind=PlaceKind.CENTRAL), a_place(session)
    lot, at = receive(session, store, 40), now()
    districts = [one.id for one in some_districts(session)]
    for district, packs in zip(districts, (7, 5), strict=True):
        reserve(session, [Wish(store.id, lot.id, packs, district)], quarter=Q, actor_id=None, at=at)
    move(session, lot, 4, source=store, target=point, reserved_quarter=Q)
    move(session, lot, 1, source=store, target=get_outside_place(session, PlaceKind.IN_TRANSIT), reserved_quarter=Q)
    assert balance_of(session, store, lot) == (35, 7)
    a_recall(session, [lot])
    assert balance_of(session, store, lot) == (35, 0)
    assert balance_of(session, point, lot) == (4, 0)
    assert balance_of(session, get_outside_place(session, PlaceKind.IN_TRANSIT), lot) == (1, 1)
    assert list_wrong_balances(session) == []


def test_a_lot_received_later_under_a_recalled_code_stays_recalled(session: Session) -> None:
    lot = receive(session, a_place(session), 5)
    a_recall(session, [lot])
    again = receive_lot(
        session, item_id=lot.item_id, code=lot.code, expires_on=lot.expires_on, kit_version_id=None, at=now()
    )
    assert again.id == lot.id
    assert state_of(session, again) == "recalled"


def test_a_packed_lot_whose_content_becomes_known_later_joins_the_recall(session: Session) -> None:
    flour, packed, fine = a_lot(session), a_lot(session), a_lot(session)
    recall = a_recall(session, [flour])
    contain(session, packed, flour)
    contain(session, fine, a_lot(session))
    for _ in range(2):
        spread_recalls(session, [packed.id, fine.id], actor_id=None, at=now())
    assert (state_of(session, packed), state_of(session, fine)) == ("recalled", "released")
    assert session.get_one(RecallLot, (recall.id, packed.id)).cause_lot_id == flour.id


def test_lots_are_added_until_the_recall_is_closed(session: Session) -> None:
    first, second, third, actor = a_lot(session), a_lot(session), a_lot(session), a_ministry(session)
    recall = a_recall(session, [first], actor=actor)
    for _ in range(2):
        add_recall_lots(session, recall.id, [first.id, second.id], actor=actor, at=now())
    assert state_of(session, second) == "recalled"
    assert session.scalar(select(func.count()).where(RecallLot.recall_id == recall.id)) == 2
    close_recall(session, recall.id, holders={}, actor=actor, at=now())
    with pytest.raises(RecallClosed):
        add_recall_lots(session, recall.id, [third.id], actor=actor, at=now())
    with pytest.raises(RecallClosed):
        close_recall(session, recall.id, holders={}, actor=actor, at=now())
    assert state_of(session, first) == "recalled"


def test_sec_25_a_second_person_withdraws_a_lot_recalled_by_mistake(session: Session) -> None:
    flour, packed, first, second = a_lot(session), a_lot(session), a_ministry(session), a_ministry(session)
    contain(session, packed, flour)
    recall = a_recall(session, [flour], actor=first)
    with pytest.raises(RecallNeedsSecondPerson):
        withdraw_recall_lot(session, recall.id, flour.id, reason="Wrong code", actor=first, at=now())
    with pytest.raises(RecallLotContained):
        withdraw_recall_lot(session, recall.id, packed.id, reason="Wrong code", actor=second, at=now())
    withdraw_recall_lot(session, recall.id, flour.id, reason="Wrong code", actor=second, at=now())
    assert (state_of(session, flour), state_of(session, packed)) == ("released", "released")
    with pytest.raises(RecallLotWithdrawn):
        withdraw_recall_lot(session, recall.id, flour.id, reason="Wrong code", actor=second, at=now())
    with pytest.raises(RecallLotWithdrawn):
        add_recall_lots(session, recall.id, [flour.id], actor=first, at=now())


def test_sec_25_the_database_too_wants_a_second_person(session: Session) -> None:
    lot, actor = a_lot(session), a_ministry(session)
    recall = a_recall(session, [lot], actor=actor)
    own = {
        "id": uuid.uuid4(),
        "lot_id": lot.id,
        "kind": "release",
        "reason": "Mistake",
        "at": now(),
        "actor_id": actor.id,
        "recall_id": recall.id,
    }
    with pytest.raises(DatabaseError, match="second person"), session.begin_nested():
        session.execute(insert(LotEvent).values(own))


def test_withdrawing_leaves_recalled_what_another_recall_or_another_component_holds(session: Session) -> None:
    flour, sugar, packed, second = a_lot(session), a_lot(session), a_lot(session), a_ministry(session)
    contain(session, packed, flour, sugar)
    both = a_recall(session, [flour, sugar])
    again = a_recall(session, [flour])
    withdraw_recall_lot(session, both.id, flour.id, reason="Mistake", actor=second, at=now())
    assert [state_of(session, lot) for lot in (flour, sugar, packed)] == ["recalled"] * 3
    withdraw_recall_lot(session, again.id, flour.id, reason="Mistake", actor=second, at=now())
    assert [state_of(session, lot) for lot in (flour, sugar, packed)] == ["released", "recalled", "recalled"]
    withdraw_recall_lot(session, both.id, sugar.id, reason="Mistake", actor=second, at=now())
    assert state_of(session, packed) == "released"


def test_a_lot_that_was_on_hold_is_on_hold_again_when_its_recall_is_withdrawn(session: Session) -> None:
    lot, second = a_lot(session), a_ministry(session)
    session.add(LotEvent(id=uuid.uuid4(), lot_id=lot.id, kind="hold", reason="Wet boxes", at=now(), actor_id=None))
    session.execute(update(Lot).where(Lot.id == lot.id).values(status="quarantined"))
    recall = a_recall(session, [lot])
    withdraw_recall_lot(session, recall.id, lot.id, reason="Mistake", actor=second, at=now())
    assert state_of(session, lot) == "quarantined"


def test_the_trace_says_where_every_pack_is_and_adds_up(session: Session) -> None:
    store, point = a_place(session, kind=PlaceKind.REGIONAL), a_place(session)
    lot, at = receive(session, store, 100), now()
    kinds = (PlaceKind.FAMILIES, PlaceKind.LOSS, PlaceKind.COUNT_DIFFERENCE, PlaceKind.SUPPLIER, PlaceKind.ASSEMBLY)
    families, loss, difference, supplier, assembly = (get_outside_place(session, kind) for kind in kinds)
    transit = get_outside_place(session, PlaceKind.IN_TRANSIT)
    move(session, lot, 50, source=store, target=point)
    move(session, lot, 5, source=store, target=transit)
    given = move(session, lot, 20, source=point, target=families)
    reverse_movements(session, [given], keys={given: uuid.uuid4()}, reason="no", actor_id=None, at=at)
    move(session, lot, 12, source=point, target=families)
    move(session, lot, 3, source=point, target=loss)
    move(session, lot, 2, source=store, target=difference)
    move(session, lot, 10, source=store, target=supplier)
    move(session, lot, 6, source=store, target=assembly)
    receive(session, a_place(session), 9)
    found = trace_lots(session, [lot.id], EVERYWHERE).total
    assert (found.received, found.in_warehouses, found.at_points, found.on_the_road) == (100, 27, 35, 5)
    assert (found.handed_over, found.written_off, found.missing) == (12, 3, 2)
    assert (found.returned, found.in_sets) == (10, 6)
    parts = found.frozen + found.handed_over + found.returned + found.written_off + found.missing + found.in_sets
    assert parts == found.received
    assert (found.due, found.recovered, found.unconfirmed, found.percent) == (94, 13, 62, 13)


def test_a_reversed_delivery_counts_as_never_received(session: Session) -> None:
    store, lot = a_place(session, kind=PlaceKind.CENTRAL), a_lot(session)
    key = move(session, lot, 8, source=get_outside_place(session, PlaceKind.SUPPLIER), target=store)
    reverse_movements(session, [key], keys={key: uuid.uuid4()}, reason="no", actor_id=None, at=now())
    found = trace_lots(session, [lot.id], EVERYWHERE).total
    assert (found.received, found.returned, found.percent) == (0, 0, None)


def test_sec_20_the_trace_stays_within_the_reach(session: Session) -> None:
    own, foreign = some_districts(session)
    here, there = a_place(session, district_id=own.id), a_place(session, district_id=foreign.id)
    lot = receive(session, here, 10)
    move(session, lot, 4, source=here, target=there)
    actor = an_actor(session, role=Role.DISTRICT, scope_kind=ScopeKind.DISTRICT, scope_id=foreign.id)
    found = trace_lots(session, [lot.id], actor.reach("warehouses.read_stock"))
    assert {one.place_id for one in found.holdings} == {there.id}


def test_the_report_is_final(session: Session) -> None:
    store, actor = a_place(session, kind=PlaceKind.CENTRAL), a_ministry(session)
    lot = receive(session, store, 10)
    move(session, lot, 4, source=store, target=get_outside_place(session, PlaceKind.FAMILIES))
    recall = a_recall(session, [lot], actor=actor)
    closed = close_recall(session, recall.id, holders={"families": 3}, actor=actor, at=now() + timedelta(seconds=1))
    report = json.loads(closed.report or "")
    assert json.dumps(report, sort_keys=True, separators=(",", ":"), ensure_ascii=False) == closed.report
    assert report["total"]["handed_over"] == 4
    assert report["holders"] == {"families": 3}
    assert [one["place"] for one in report["places"]] == [store.code]
    session.flush()
    with pytest.raises(DatabaseError), session.begin_nested():
        session.execute(update(Recall).where(Recall.id == recall.id).values(report="{}"))
    with pytest.raises(DatabaseError), session.begin_nested():
        session.execute(text("DELETE FROM recall_lot"))
