"""Write-offs: drafted by one person, decided by another, once."""

import uuid
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select, text as sql, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from core.actors import Actor
from core.clock import now, today
from core.database import Database
from core.quarters import Quarter
from tests.conftest import SignIn
from tests.support.goods import a_lot, a_place, balance_of, receive, some_districts
from tests.support.moments import at_once, writing
from tests.support.people import an_actor
from warehouses.errors import LateMovementRefused, PeriodClosed, PlaceUnknown, StockReserved, StockShort
from warehouses.errors.corrections import (
    SecondPersonNeeded,
    WriteOffDecided,
    WriteOffKeyReused,
    WriteOffMalformed,
    WriteOffUnknown,
)
from warehouses.models import Lot, Place, StockMovement, WriteOff
from warehouses.queries import list_wrong_balances
from warehouses.queries.corrections import list_taken_back
from warehouses.services import reserve
from warehouses.services.corrections import OWN_REVERSALS, reverse_movement
from warehouses.services.policies import close_period
from warehouses.services.write_offs import approve_write_off, draft_write_off, refuse_write_off
from warehouses.values import LotStatus, Wish
from warehouses.values.write_offs import WRITE_OFF, NewWriteOff, WriteOffStatus, WriteOffWish


def keeper_of(session: Session, place: Place) -> Actor:
    """Return a storekeeper of a place."""
    return an_actor(session, role=Role.STOREKEEPER, scope_kind=ScopeKind.PLACE, scope_id=place.id)


def spoiled(place: Place, *lines: tuple[Lot, int], days: int = 0) -> NewWriteOff:
    """Return what is to be written off."""
    wishes = tuple(WriteOffWish(lot.id, packs) for lot, packs in lines)
    return NewWriteOff(place.id, "DAMAGE", "wet boxes", now() - timedelta(days=days), wishes)


def drafted(session: Session, wish: NewWriteOff, actor: Actor) -> WriteOff:
    """Draft an act."""
    return draft_write_off(session, wish, key=uuid.uuid4(), actor=actor, at=now())


def test_sec_25_goods_are_written_off_by_two_persons(session: Session) -> None:
    place = a_place(session)
    keeper, other, lot = keeper_of(session, place), keeper_of(session, place), receive(session, place, 9)
    act = drafted(session, spoiled(place, (lot, 4)), keeper)
    assert act.number == f"WO-{today(now()).year}-0001"
    assert balance_of(session, place, lot) == (9, 0)
    with pytest.raises(SecondPersonNeeded):
        approve_write_off(session, act.id, actor=keeper, at=now())
    for _ in range(2):
        approve_write_off(session, act.id, actor=other, at=now())
    assert balance_of(session, place, lot) == (5, 0)
    with pytest.raises(WriteOffDecided):
        approve_write_off(session, act.id, actor=keeper_of(session, place), at=now())
    with pytest.raises(WriteOffDecided):
        refuse_write_off(session, act.id, actor=keeper, at=now())
    movement = session.scalars(select(StockMovement).where(StockMovement.document_id == str(act.id))).one()
    assert (movement.moved_at, movement.reason) == (act.happened_at, "wet boxes")
    assert list_wrong_balances(session) == []


def test_sec_25_the_database_itself_wants_a_second_person(session: Session) -> None:
    place = a_place(session)
    keeper, lot = keeper_of(session, place), receive(session, place, 9)
    act = drafted(session, spoiled(place, (lot, 4)), keeper)
    with pytest.raises(DatabaseError), session.begin_nested():
        session.execute(
            update(WriteOff)
            .where(WriteOff.id == act.id)
            .values(status="approved", decided_at=now(), decided_by_id=keeper.id)
        )
    refuse_write_off(session, act.id, actor=keeper, at=now())
    with pytest.raises(DatabaseError, match="decided never changes"):
        session.execute(sql("UPDATE write_off SET note = 'x'"))


def test_held_and_expired_lots_are_written_off(session: Session) -> None:
    place = a_place(session)
    keeper, other = keeper_of(session, place), keeper_of(session, place)
    expired = a_lot(session, expires_on=today(now()) - timedelta(days=1))
    held = receive(session, place, 3)
    receive(session, place, 5, lot=expired)
    session.execute(update(Lot).where(Lot.id == held.id).values(status=LotStatus.QUARANTINED))
    act = drafted(session, spoiled(place, (expired, 5), (held, 3)), keeper)
    approve_write_off(session, act.id, actor=other, at=now())
    assert [balance_of(session, place, lot) for lot in (expired, held)] == [(0, 0), (0, 0)]


def test_reserved_packs_are_not_written_off(session: Session) -> None:
    place = a_place(session, name="Абай")
    keeper, other, lot = keeper_of(session, place), keeper_of(session, place), receive(session, place, 9)
    act = drafted(session, spoiled(place, (lot, 4)), keeper)
    wish = Wish(place.id, lot.id, 7, some_districts(session)[0].id)
    reserve(session, [wish], quarter=Quarter(2026, 4), actor_id=None, at=now())
    with pytest.raises(StockReserved) as refusal:
        drafted(session, spoiled(place, (lot, 3)), keeper)
    assert refusal.value.message.render("en").startswith(
        f"Абай has 2 free packs of lot {lot.code}; 7 more are reserved."
    )
    with pytest.raises(StockReserved), session.begin_nested():
        approve_write_off(session, act.id, actor=other, at=now())
    with pytest.raises(StockShort):
        drafted(session, spoiled(place, (lot, 10)), keeper)
    assert balance_of(session, place, lot) == (9, 7)


def test_a_write_off_that_is_malformed_is_refused(session: Session) -> None:
    place = a_place(session)
    keeper, lot = keeper_of(session, place), receive(session, place, 9)
    good, key = spoiled(place, (lot, 4)), uuid.uuid4()
    for wrong in (
        replace(good, reason="NONE"),
        replace(good, note=" "),
        replace(good, note="x" * 301),
        replace(good, lines=()),
        replace(good, lines=(WriteOffWish(lot.id, 0),)),
        replace(good, lines=(WriteOffWish(lot.id, 1), WriteOffWish(lot.id, 1))),
        replace(good, lines=tuple(WriteOffWish(n, 1) for n in range(501))),
    ):
        with pytest.raises(WriteOffMalformed):
            drafted(session, wrong, keeper)
    first = draft_write_off(session, good, key=key, actor=keeper, at=now())
    assert draft_write_off(session, good, key=key, actor=keeper, at=now()).id == first.id
    with pytest.raises(WriteOffKeyReused):
        draft_write_off(session, spoiled(place, (lot, 5)), key=key, actor=keeper, at=now())


def test_a_late_write_off_is_held_against_every_later_balance_and_closed_books(session: Session) -> None:
    place = a_place(session)
    keeper, other, minister = (
        keeper_of(session, place),
        keeper_of(session, place),
        an_actor(session, role=Role.MINISTRY),
    )
    lot = receive(session, place, 9, moved_at=now() - timedelta(days=2))
    early = drafted(session, spoiled(place, (lot, 4), days=3), keeper)
    with pytest.raises(LateMovementRefused), session.begin_nested():
        approve_write_off(session, early.id, actor=other, at=now())
    fine = drafted(session, spoiled(place, (lot, 4), days=1), keeper)
    close_period(session, today(now()) - timedelta(days=1), reason="quarter", actor=minister, at=now())
    with pytest.raises(PeriodClosed), session.begin_nested():
        approve_write_off(session, fine.id, actor=other, at=now())
    district = some_districts(session)[0]
    region = an_actor(session, role=Role.REGION, scope_kind=ScopeKind.REGION, scope_id=district.region_id)
    approve_write_off(session, fine.id, actor=region, at=now(), late_reason="the act came late")
    assert balance_of(session, place, lot) == (5, 0)


def test_sec_25_a_write_off_is_taken_back_as_a_whole_by_who_did_not_decide_it(
    session: Session, sign_in: SignIn
) -> None:
    place = a_place(session)
    keeper, other, third = (keeper_of(session, place) for _ in range(3))
    lots = [receive(session, place, 9), receive(session, place, 8)]
    act = drafted(session, spoiled(place, (lots[0], 4), (lots[1], 5)), keeper)
    approve_write_off(session, act.id, actor=other, at=now())
    one = session.scalars(select(StockMovement.id).where(StockMovement.document_id == str(act.id))).first()
    assert one is not None
    undo = partial(reverse_movement, session, one, key=uuid.uuid4(), at=now(), book=OWN_REVERSALS)
    for decider in (keeper, other):
        with pytest.raises(SecondPersonNeeded, match="Somebody who did neither"):
            undo(reason="found", actor=decider)
    assert [balance_of(session, place, lot) for lot in lots] == [(5, 0), (3, 0)]
    for _ in range(2):
        undo(reason="found behind the shelf", actor=third)
    assert [balance_of(session, place, lot) for lot in lots] == [(9, 0), (8, 0)]
    session.commit()
    client = sign_in(Role.STOREKEEPER, ScopeKind.PLACE, place.id)
    page = client.get(f"/warehouses/write-offs/{act.id}").text
    assert "found behind the shelf" in page
    assert f"/warehouses/movements/{list_taken_back(session, WRITE_OFF, [act.id])[act.id].movement_id}" in page
    assert "taken back" in client.get("/warehouses/write-offs").text
    assert third.name in client.get("/warehouses/write-offs?format=csv&header=keys&delimiter=comma").text
    assert client.get(f"/warehouses/write-offs/{act.id}/act.pdf").data[:4] == b"%PDF"


def test_sec_21_write_offs_of_others_are_not_there(session: Session, sign_in: SignIn) -> None:
    home, away = some_districts(session)
    place, foreign = a_place(session, district_id=home.id), a_place(session, district_id=away.id)
    keeper, lot = keeper_of(session, foreign), receive(session, foreign, 9)
    act = drafted(session, spoiled(foreign, (lot, 4)), keeper)
    stranger = keeper_of(session, place)
    session.commit()
    with pytest.raises(PlaceUnknown):
        drafted(session, spoiled(foreign, (lot, 4)), stranger)
    for decide in (approve_write_off, refuse_write_off):
        with pytest.raises(WriteOffUnknown):
            decide(session, act.id, actor=stranger, at=now())
    client = sign_in(Role.STOREKEEPER, ScopeKind.PLACE, place.id)
    assert client.get(f"/warehouses/write-offs/{act.id}").status_code == 404
    assert client.get(f"/warehouses/write-offs/{act.id}/act.pdf").status_code == 404  # BAD-09
    assert client.get(f"/warehouses/write-offs/draft?place={foreign.id}").status_code == 404
    for end in ("approve", "refuse"):
        assert client.post_with_token(f"/warehouses/write-offs/{act.id}/{end}").status_code == 404
    assert act.number not in client.get("/warehouses/write-offs").text


def test_an_act_is_drafted_approved_and_printed_on_its_pages(session: Session, sign_in: SignIn) -> None:
    place = a_place(session)
    lot, other = receive(session, place, 9), receive(session, a_place(session), 5)
    session.commit()
    keeper = sign_in(Role.STOREKEEPER, ScopeKind.PLACE, place.id)
    address = f"/warehouses/write-offs/draft?place={place.id}"
    fields = {"reason": "THEFT", "note": "broken lock", "happened_at": "", "lines-0-lot_id": str(lot.id)}
    assert "at least one lot" in keeper.send_form(address, **fields, **{"lines-0-packs": ""}).text
    foreign = keeper.send_form(address, **fields | {"lines-0-lot_id": str(other.id)}, **{"lines-0-packs": "2"})
    assert "One of the lots is not at this place" in foreign.text  # BAD-31: and nothing is told of it
    assert other.code not in foreign.text
    answer = keeper.send_form(address, **fields, **{"lines-0-packs": "2"})
    assert answer.status_code == 303
    page = str(answer.location)
    shown = keeper.get(page).text
    assert "Stolen" in shown
    assert "Approve: the packs leave the books" not in shown
    assert keeper.send_button(f"{page}/approve", page=page).status_code == 200
    assert balance_of(session, place, lot) == (9, 0)
    second = sign_in(Role.STOREKEEPER, ScopeKind.PLACE, place.id, language="kk")
    paper = second.get(f"{page}/act.pdf")
    assert (paper.mimetype, paper.data[:4]) == ("application/pdf", b"%PDF")
    assert second.send_button(f"{page}/approve", page=page, late_reason="").status_code == 303
    assert balance_of(session, place, lot) == (7, 0)
    listed = keeper.get("/warehouses/write-offs?status=approved").text
    assert "WO-" in listed
    table = keeper.get("/warehouses/write-offs?format=csv&header=keys&delimiter=comma").text
    assert "THEFT" in table
    assert table.count("\r\n") == 2
    again = keeper.send_button(f"{page}/refuse", page=address)
    assert (again.status_code, "approved already" in again.text) == (409, True)


def test_of_two_who_approve_at_once_one_does(fresh_database: Database) -> None:
    with fresh_database.writing() as session:
        place = a_place(session)
        people = [keeper_of(session, place) for _ in range(5)]
        lot = receive(session, place, 9)
        act = drafted(session, spoiled(place, (lot, 4)), people[0])
        act_id = act.id

    acts = [
        writing(fresh_database, partial(approve_write_off, write_off_id=act_id, actor=actor, at=now()))
        for actor in people[1:]
    ]
    answers = at_once(acts)
    assert sum(isinstance(answer, WriteOff) for answer in answers) == 1
    assert sum(isinstance(answer, WriteOffDecided) for answer in answers) == 3
    with fresh_database.reading() as session:
        packs = session.scalars(select(StockMovement.quantity).where(StockMovement.document_id == str(act_id))).all()
        assert packs == [4]
        assert session.get_one(WriteOff, act_id).status == WriteOffStatus.APPROVED
        assert balance_of(session, place, lot) == (5, 0)
