"""Transfers that arrive: as sent, short, over, turned back; and what both ends settle."""

import uuid
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from core.actors import EVERYWHERE
from core.clock import now
from core.quarters import Quarter
from logistics import errors
from logistics.errors import transfers as refusals
from logistics.models import Transfer, TransferDifference
from logistics.queries import transfers_statement
from logistics.queries.transfers import list_differences
from logistics.services import dispatch_transfer, dispatch_transfers, receive_transfer
from logistics.services.arrivals import turn_back
from logistics.services.differences import agree_to_explanation, list_own_ends, propose_explanation
from logistics.services.returns import request_return
from logistics.values import NewTransfer, TransferWish
from logistics.values.transfers import Counted, End, Explanation, Purpose
from tests.support.goods import a_lot, a_place, balance_of, receive, some_districts
from tests.support.people import an_actor
from tests.support.requests import Ends, faults_of_transfers, two_ends
from warehouses.errors import LotExpired, LotHeld, PlaceUnknown, StockShort
from warehouses.models import Lot, Place
from warehouses.queries import get_outside_place, list_wrong_balances
from warehouses.services import reserve
from warehouses.values import PlaceKind, Wish


def a_transfer(session: Session, ends: Ends, packs: int, *, stock: int | None = None) -> tuple[Transfer, Lot]:
    lot = receive(session, ends.source, stock or packs)
    transfer = dispatch_transfer(
        session,
        from_place_id=ends.source.id,
        to_place_id=ends.target.id,
        lines=[TransferWish(lot.id, packs)],
        actor=ends.keeper,
        at=now(),
        key=uuid.uuid4(),
    )
    return transfer, lot


def where(session: Session, ends: Ends, lot: Lot) -> tuple[int, int, int]:
    transit = get_outside_place(session, PlaceKind.IN_TRANSIT)
    places = (ends.source, transit, ends.target)
    return tuple(balance_of(session, place, lot)[0] for place in places)  # type: ignore[return-value]


def state_of(session: Session, transfer: Transfer) -> str:
    rows = session.execute(transfers_statement(EVERYWHERE)).all()
    return next(row[4] for row in rows if row[0].id == transfer.id)


def a_short_one(session: Session, ends: Ends) -> tuple[Transfer, Lot]:
    transfer, lot = a_transfer(session, ends, 10, stock=14)
    receive_transfer(session, transfer, actor=ends.operator, at=now(), counted={1: Counted(7, "a torn carton")})
    return transfer, lot


def settle(session: Session, ends: Ends, transfer: Transfer, said: Explanation) -> None:
    propose_explanation(session, transfer, 1, explanation=said, end=End.TARGET, actor=ends.operator, at=now())
    agree_to_explanation(session, transfer, 1, explanation=said, actor=ends.keeper, at=now())


def test_as_sent_is_counted_as_sent(session: Session) -> None:
    ends = two_ends(session)
    transfer, lot = a_transfer(session, ends, 10)
    assert state_of(session, transfer) == "dispatched"
    receive_transfer(session, transfer, actor=ends.operator, at=now())
    assert [line.received for line in transfer.lines] == [10]
    assert (where(session, ends, lot), state_of(session, transfer)) == ((0, 0, 10), "received")
    assert list_differences(session, transfer.id) == []


@pytest.mark.parametrize(
    ("said", "left"),
    [(Explanation.LOST, (4, 0, 7)), (Explanation.NOT_SENT, (7, 0, 7)), (Explanation.FOUND, (4, 0, 10))],
)
def test_what_is_short_stays_in_transit_until_both_ends_agree(
    session: Session, said: Explanation, left: tuple[int, int, int]
) -> None:
    ends = two_ends(session)
    transfer, lot = a_short_one(session, ends)
    assert (where(session, ends, lot), state_of(session, transfer)) == ((4, 3, 7), "to_settle")
    settle(session, ends, transfer, said)
    assert (where(session, ends, lot), state_of(session, transfer)) == (left, "received")
    assert faults_of_transfers(session) == []
    assert list_wrong_balances(session) == []
    assert faults_of_transfers(session) == []
    with pytest.raises(refusals.DifferenceSettled):
        agree_to_explanation(session, transfer, 1, explanation=said, actor=ends.keeper, at=now())
    with pytest.raises((DBAPIError, IntegrityError)), session.begin_nested():
        session.execute(update(TransferDifference).where(TransferDifference.transfer_id == transfer.id).values(packs=1))


@pytest.mark.parametrize(("said", "left"), [(Explanation.SENT_MORE, (1, 0, 13)), (Explanation.MISCOUNTED, (4, 0, 10))])
def test_what_is_over_waits_until_both_ends_agree(
    session: Session, said: Explanation, left: tuple[int, int, int]
) -> None:
    ends = two_ends(session)
    transfer, lot = a_transfer(session, ends, 10, stock=14)
    receive_transfer(session, transfer, actor=ends.operator, at=now(), counted={1: Counted(13)})
    assert (where(session, ends, lot), state_of(session, transfer)) == ((4, 0, 10), "to_settle")
    settle(session, ends, transfer, said)
    assert (where(session, ends, lot), state_of(session, transfer)) == (left, "received")
    assert faults_of_transfers(session) == []


def test_more_than_the_source_has_cannot_have_been_sent(session: Session) -> None:
    ends = two_ends(session)
    transfer, _ = a_transfer(session, ends, 10)
    receive_transfer(session, transfer, actor=ends.operator, at=now(), counted={1: Counted(13)})
    with pytest.raises(StockShort), session.begin_nested():
        settle(session, ends, transfer, Explanation.SENT_MORE)
    assert state_of(session, transfer) == "to_settle"


def test_nothing_at_all_may_arrive(session: Session) -> None:
    ends = two_ends(session)
    transfer, lot = a_transfer(session, ends, 10)
    receive_transfer(session, transfer, actor=ends.operator, at=now(), counted={1: Counted(0, "stolen")})
    assert where(session, ends, lot) == (0, 10, 0)
    settle(session, ends, transfer, Explanation.LOST)
    assert where(session, ends, lot) == (0, 0, 0)
    loss = get_outside_place(session, PlaceKind.LOSS)
    assert loss.is_inside is False


def test_sec_25_the_other_end_and_another_person_agree(session: Session) -> None:
    ends = two_ends(session)
    transfer, _ = a_short_one(session, ends)

    def agree(actor: object) -> None:
        agree_to_explanation(session, transfer, 1, explanation=Explanation.LOST, actor=actor, at=now())  # type: ignore[arg-type]

    with pytest.raises(refusals.ExplanationUnfit):
        agree(ends.keeper)
    assert list_own_ends(session, transfer, ends.district) == [End.SOURCE, End.TARGET]
    propose_explanation(
        session, transfer, 1, explanation=Explanation.LOST, end=End.TARGET, actor=ends.district, at=now()
    )
    with pytest.raises(refusals.OtherEndNeeded):
        agree(ends.district)
    with pytest.raises(PlaceUnknown):
        agree(ends.operator)
    with pytest.raises(PlaceUnknown):
        propose_explanation(
            session, transfer, 1, explanation=Explanation.LOST, end=End.SOURCE, actor=ends.operator, at=now()
        )
    with pytest.raises(refusals.ExplanationUnfit):
        propose_explanation(
            session, transfer, 1, explanation=Explanation.MISCOUNTED, end=End.TARGET, actor=ends.operator, at=now()
        )
    propose_explanation(
        session, transfer, 1, explanation=Explanation.FOUND, end=End.TARGET, actor=ends.operator, at=now()
    )
    with pytest.raises(refusals.DifferenceSettled):
        agree(ends.keeper)  # to what was said before
    with pytest.raises(refusals.DifferenceUnknown):
        agree_to_explanation(session, transfer, 2, explanation=Explanation.LOST, actor=ends.keeper, at=now())
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(
            update(TransferDifference)
            .where(TransferDifference.transfer_id == transfer.id)
            .values(settled_by_id=ends.operator.id, settled_at=now())
        )


def test_reserved_packs_stay_reserved_wherever_they_go(session: Session) -> None:
    ends, quarter = two_ends(session), Quarter(2026, 4)
    lot = receive(session, ends.source, 20)
    district = ends.source.district_id or 0
    reserve(session, [Wish(ends.source.id, lot.id, 10, district)], quarter=quarter, actor_id=None, at=now())
    wish = NewTransfer(uuid.uuid4(), ends.source.id, ends.target.id, (TransferWish(lot.id, 10, quarter),))
    transfer = dispatch_transfers(session, [wish], actor=ends.keeper, at=now())[0]
    receive_transfer(session, transfer, actor=ends.operator, at=now(), counted={1: Counted(6)})
    transit = get_outside_place(session, PlaceKind.IN_TRANSIT)
    assert (balance_of(session, ends.target, lot), balance_of(session, transit, lot)) == ((6, 6), (4, 4))
    settle(session, ends, transfer, Explanation.NOT_SENT)
    assert balance_of(session, ends.source, lot) == (14, 4)
    assert list_wrong_balances(session) == []
    assert faults_of_transfers(session) == []


def test_counts_that_cannot_be_are_refused_and_nothing_is_taken_in(session: Session) -> None:
    ends = two_ends(session)
    transfer, lot = a_transfer(session, ends, 10)
    early = transfer.dispatched_at - timedelta(minutes=1)
    wrong: tuple[tuple[dict[int, Counted], datetime | None], ...] = (
        ({2: Counted(1)}, None),
        ({1: Counted(-1)}, None),
        ({1: Counted(10**8)}, None),
        ({1: Counted(9, "w" * 201)}, None),
        ({}, early),
    )
    for counted, received_at in wrong:
        with pytest.raises(refusals.CountMalformed), session.begin_nested():
            receive_transfer(session, transfer, actor=ends.operator, at=now(), counted=counted, received_at=received_at)
    assert where(session, ends, lot) == (0, 10, 0)


def test_what_is_entered_late_keeps_its_moments(session: Session) -> None:
    ends, at = two_ends(session), now()
    lot = receive(session, ends.source, 10, at=at - timedelta(days=3))
    sent_at, came_at = at - timedelta(days=2), at - timedelta(days=1)
    wish = NewTransfer(uuid.uuid4(), ends.source.id, ends.target.id, (TransferWish(lot.id, 4),), sent_at)
    transfer = dispatch_transfers(session, [wish], actor=ends.keeper, at=at)[0]
    receive_transfer(session, transfer, actor=ends.operator, at=at, received_at=came_at)
    assert (transfer.dispatched_at, transfer.received_at) == (sent_at, came_at)


def test_a_load_turns_back_and_does_not_arrive(session: Session) -> None:
    ends = two_ends(session)
    transfer, lot = a_transfer(session, ends, 10)
    with pytest.raises(PlaceUnknown):
        turn_back(session, transfer, reason="snow", actor=ends.operator, at=now())
    with pytest.raises(refusals.CountMalformed):
        turn_back(session, transfer, reason=" ", actor=ends.keeper, at=now())
    turn_back(session, transfer, reason="the pass is closed by snow", actor=ends.keeper, at=now())
    assert (where(session, ends, lot), state_of(session, transfer)) == ((10, 0, 0), "turned_back")
    with pytest.raises(errors.TransferNotOnTheRoad):
        turn_back(session, transfer, reason="again", actor=ends.keeper, at=now())
    with pytest.raises(errors.TransferNotOnTheRoad):
        receive_transfer(session, transfer, actor=ends.operator, at=now())
    assert list_wrong_balances(session) == []
    assert faults_of_transfers(session) == []


def test_what_arrived_is_asked_back_in_one_act(session: Session) -> None:
    ends = two_ends(session)
    transfer, lot = a_transfer(session, ends, 10)
    with pytest.raises(refusals.RequestNotOpen):
        request_return(session, transfer, note="", actor=ends.operator, at=now(), key=uuid.uuid4())
    receive_transfer(session, transfer, actor=ends.operator, at=now(), counted={1: Counted(8)})
    back = request_return(session, transfer, note="spoiled", actor=ends.operator, at=now(), key=uuid.uuid4())
    assert (back.from_place_id, back.to_place_id, back.purpose) == (ends.target.id, ends.source.id, Purpose.RETURN)
    assert [(line.item_id, line.asked) for line in back.lines] == [(lot.item_id, 8)]


def test_held_and_expired_lots_are_not_dispatched(session: Session) -> None:
    ends = two_ends(session)
    held = receive(session, ends.source, 5)
    gone = receive(session, ends.source, 5, lot=a_lot(session, expires_on=now().date() - timedelta(days=2)))
    session.execute(update(Lot).where(Lot.id == held.id).values(status="recalled"))
    for lot, refusal in ((held, LotHeld), (gone, LotExpired)):
        with pytest.raises(refusal), session.begin_nested():
            dispatch_transfer(
                session,
                from_place_id=ends.source.id,
                to_place_id=ends.target.id,
                lines=[TransferWish(lot.id, 1)],
                actor=ends.keeper,
                at=now(),
                key=uuid.uuid4(),
            )
    assert session.scalar(select(func.count()).where(Transfer.from_place_id == ends.source.id)) == 0
    a_transfer(session, ends, 3)


def test_sec_21_differences_of_others_are_settled_by_nobody_else(session: Session) -> None:
    ends = two_ends(session)
    transfer, _ = a_short_one(session, ends)
    away: Place = a_place(session, district_id=some_districts(session)[1].id)
    stranger = an_actor(session, role=Role.OPERATOR, scope_kind=ScopeKind.PLACE, scope_id=away.id)
    for end in End:
        with pytest.raises(PlaceUnknown):
            propose_explanation(session, transfer, 1, explanation=Explanation.LOST, end=end, actor=stranger, at=now())
