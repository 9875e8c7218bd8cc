"""Several people at one step of a request or a transfer, on both databases: it is done once; and killed half-way."""

import os
import signal
import threading
import uuid
from collections.abc import Callable
from datetime import timedelta
from multiprocessing import get_context

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from core.clock import now
from core.database import Database
from core.errors import Problem
from logistics.models import Transfer, TransferDifference, TransferPick, TransferRequest
from logistics.queries.transfers import find_transfer
from logistics.services import dispatch_transfer, receive_transfer
from logistics.services.arrivals import turn_back
from logistics.services.differences import agree_to_explanation, propose_explanation
from logistics.services.picks import pick_lots, unpick_lots
from logistics.services.requests import approve_request, cancel_request, refuse_request
from logistics.services.sendings import dispatch_request
from logistics.values import TransferWish
from logistics.values.transfers import Counted, End, Explanation, PickWish
from tests.support.goods import balance_of, receive
from tests.support.moments import at_once, writing
from tests.support.requests import Ends, a_request, an_approved_request, faults_of_transfers, two_ends
from warehouses.errors import LotHeld
from warehouses.models import Lot
from warehouses.queries import get_outside_place, list_wrong_balances
from warehouses.values import LotStatus, PlaceKind

pytestmark = pytest.mark.storm


def found(session: Session, request: TransferRequest) -> TransferRequest:
    """Return the request in a session of its own."""
    return session.get_one(TransferRequest, request.id)


def codes(answers: list[object]) -> list[str]:
    """Return the codes of the refusals among answers, and "done" for the others."""
    return sorted(one.code if isinstance(one, Problem) else "done" for one in answers)


def picked(database: Database, packs: int = 10) -> tuple[Ends, Lot, TransferRequest]:
    with database.writing() as session:
        ends = two_ends(session)
        lot = receive(session, ends.source, packs)
        request = an_approved_request(session, ends, packs)
        pick_lots(session, request, [PickWish(lot.id, packs)], actor=ends.keeper, at=now())
        return ends, lot, request


def sent(database: Database) -> tuple[Ends, Lot, Transfer]:
    with database.writing() as session:
        ends = two_ends(session)
        lot = receive(session, ends.source, 10)
        lines = [TransferWish(lot.id, 10)]
        ids = {"from_place_id": ends.source.id, "to_place_id": ends.target.id}
        return ends, lot, dispatch_transfer(session, **ids, lines=lines, actor=ends.keeper, at=now(), key=uuid.uuid4())


def proved(database: Database) -> bool:
    with database.reading() as session:
        return list_wrong_balances(session) == [] and faults_of_transfers(session) == []


def test_of_two_requests_for_all_of_a_lot_one_holds_it(fresh_database: Database) -> None:
    for _ in range(20):
        with fresh_database.writing() as session:
            ends = two_ends(session)
            lot = receive(session, ends.source, 10)
            both = [an_approved_request(session, ends, 10) for _ in range(2)]

        def pick(one: TransferRequest, ends: Ends = ends, lot: Lot = lot) -> Callable[[Session], object]:
            wishes = [PickWish(lot.id, 10)]
            return lambda session: pick_lots(session, found(session, one), wishes, actor=ends.keeper, at=now())

        answers = at_once([writing(fresh_database, pick(one)) for one in both])
        assert codes(answers) == ["done", "picks_short"]
        with fresh_database.reading() as session:
            assert balance_of(session, ends.source, lot) == (10, 10)
    assert proved(fresh_database)


def test_two_who_approve_and_refuse_at_once_decide_once(fresh_database: Database) -> None:
    for _ in range(5):
        with fresh_database.writing() as session:
            ends = two_ends(session)
            request = a_request(session, ends, 10)

        def approve(session: Session, ends: Ends = ends, request: TransferRequest = request) -> object:
            return approve_request(session, found(session, request), actor=ends.district, at=now())

        def refuse(session: Session, ends: Ends = ends, request: TransferRequest = request) -> object:
            return refuse_request(session, found(session, request), reason="no", actor=ends.second, at=now())

        answers = at_once([writing(fresh_database, approve), writing(fresh_database, refuse)])
        assert codes(answers) == ["done", "request_not_open"]


def test_two_who_send_the_same_picks_at_once_send_once(fresh_database: Database) -> None:
    for _ in range(5):
        ends, lot, request = picked(fresh_database)

        def send(session: Session, ends: Ends = ends, request: TransferRequest = request) -> object:
            return dispatch_request(session, found(session, request), actor=ends.keeper, at=now(), key=uuid.uuid4())

        answers = at_once([writing(fresh_database, send) for _ in range(3)])
        assert codes(answers) == ["done", "request_not_open", "request_not_open"]
        with fresh_database.reading() as session:
            assert balance_of(session, ends.source, lot) == (0, 0)
            assert session.scalar(select(func.count()).where(Transfer.request_id == request.id)) == 1
    assert proved(fresh_database)


def test_the_same_key_sent_at_once_makes_one_transfer(fresh_database: Database) -> None:
    ends, _, request = picked(fresh_database)
    key = uuid.uuid4()

    def send(session: Session) -> uuid.UUID:
        return dispatch_request(session, found(session, request), actor=ends.keeper, at=now(), key=key).id

    assert at_once([writing(fresh_database, send) for _ in range(4)]) == [key] * 4
    with fresh_database.writing() as session:
        lot = receive(session, ends.source, 5)

    def direct(session: Session) -> uuid.UUID:
        ids = {"from_place_id": ends.source.id, "to_place_id": ends.target.id}
        lines = [TransferWish(lot.id, 5)]
        return dispatch_transfer(session, **ids, lines=lines, actor=ends.keeper, at=moment, key=other).id

    other, moment = uuid.uuid4(), now()
    assert at_once([writing(fresh_database, direct) for _ in range(4)]) == [other] * 4
    with fresh_database.reading() as session:
        assert balance_of(session, ends.source, lot) == (0, 0)
    assert proved(fresh_database)


def test_sending_cancelling_and_freeing_at_once_leave_nothing_held(fresh_database: Database) -> None:
    for _ in range(8):
        ends, lot, request = picked(fresh_database)

        def send(session: Session, ends: Ends = ends, request: TransferRequest = request) -> object:
            return dispatch_request(session, found(session, request), actor=ends.keeper, at=now(), key=uuid.uuid4())

        def cancel(session: Session, ends: Ends = ends, request: TransferRequest = request) -> object:
            return cancel_request(session, found(session, request), reason="no", actor=ends.operator, at=now())

        def free(session: Session, ends: Ends = ends, request: TransferRequest = request) -> object:
            unpick_lots(session, found(session, request), actor=ends.keeper, at=now())
            return None

        answers = at_once([writing(fresh_database, act) for act in (send, cancel, free)])
        assert all(one in {"done", "request_not_open", "nothing_picked"} for one in codes(answers)), answers
        with fresh_database.reading() as session:
            on_hand, held = balance_of(session, ends.source, lot)
            assert (on_hand, held) in {(0, 0), (10, 0)}
            assert session.scalar(select(func.count()).where(TransferPick.request_id == request.id)) == 0
    assert proved(fresh_database)


def test_two_who_take_in_count_and_turn_back_at_once_do_it_once(fresh_database: Database) -> None:
    for _ in range(5):
        ends, lot, transfer = sent(fresh_database)

        def again(session: Session, transfer: Transfer = transfer) -> Transfer:
            return find_transfer(session, transfer.id) or transfer

        def take_in(session: Session, ends: Ends = ends, again: Callable[[Session], Transfer] = again) -> object:
            return receive_transfer(session, again(session), actor=ends.operator, at=now())

        def count(session: Session, ends: Ends = ends, again: Callable[[Session], Transfer] = again) -> object:
            counted = {1: Counted(8)}
            return receive_transfer(session, again(session), actor=ends.operator, at=now(), counted=counted)

        def back(session: Session, ends: Ends = ends, again: Callable[[Session], Transfer] = again) -> object:
            return turn_back(session, again(session), reason="snow", actor=ends.keeper, at=now())

        answers = at_once([writing(fresh_database, act) for act in (take_in, count, back)])
        assert codes(answers) == ["done", "transfer_not_on_the_road", "transfer_not_on_the_road"]
        with fresh_database.reading() as session:
            transit = get_outside_place(session, PlaceKind.IN_TRANSIT)
            places = (ends.source, transit, ends.target)
            packs = tuple(balance_of(session, place, lot)[0] for place in places)
            assert packs in {(10, 0, 0), (0, 0, 10), (0, 2, 8)}
    assert proved(fresh_database)


def test_a_difference_agreed_to_at_once_is_settled_once(fresh_database: Database) -> None:
    for _ in range(5):
        ends, lot, transfer = sent(fresh_database)
        with fresh_database.writing() as session:
            one = find_transfer(session, transfer.id)
            assert one is not None
            receive_transfer(session, one, actor=ends.operator, at=now(), counted={1: Counted(8)})
            said = Explanation.NOT_SENT
            propose_explanation(session, one, 1, explanation=said, end=End.TARGET, actor=ends.operator, at=now())

        def agree(session: Session, ends: Ends = ends, transfer: Transfer = transfer) -> object:
            there = find_transfer(session, transfer.id) or transfer
            what = Explanation.NOT_SENT
            return agree_to_explanation(session, there, 1, explanation=what, actor=ends.keeper, at=now())

        def say_otherwise(session: Session, ends: Ends = ends, transfer: Transfer = transfer) -> object:
            there = find_transfer(session, transfer.id) or transfer
            said, end = Explanation.LOST, End.TARGET
            return propose_explanation(session, there, 1, explanation=said, end=end, actor=ends.operator, at=now())

        answers = at_once([writing(fresh_database, act) for act in (agree, agree, say_otherwise)])
        assert "difference_settled" in codes(answers)
        with fresh_database.reading() as session:
            difference = session.get_one(TransferDifference, (transfer.id, 1))
            came_back = balance_of(session, ends.source, lot)[0]
            assert came_back == (2 if difference.settled_at else 0)
    assert proved(fresh_database)


def test_a_lot_that_is_being_held_does_not_leave_meanwhile(fresh_database: Database) -> None:
    """Whoever sends waits for whoever holds the lot, and then sees it; a check before the movement would not."""
    ends, lot, request = picked(fresh_database)
    locked, ended = threading.Event(), list[object]()

    def send() -> None:
        locked.wait(timeout=30)
        try:
            with fresh_database.writing() as session:
                dispatch_request(session, found(session, request), actor=ends.keeper, at=now(), key=uuid.uuid4())
            ended.append("sent")
        except LotHeld as refusal:
            ended.append(refusal.code)

    sender = threading.Thread(target=send)
    sender.start()
    with fresh_database.writing() as session:
        session.execute(select(Lot.id).where(Lot.id == lot.id).with_for_update())
        locked.set()
        sender.join(timeout=0.7)  # the sender comes as far as the lock
        assert ended == []
        session.execute(update(Lot).where(Lot.id == lot.id).values(status=LotStatus.QUARANTINED))
    sender.join(timeout=60)
    assert ended == ["lot_held"]
    with fresh_database.reading() as session:
        assert balance_of(session, ends.source, lot) == (10, 10)


def test_direct_sending_waits_for_whoever_holds_the_lot_too(fresh_database: Database) -> None:
    with fresh_database.writing() as session:
        ends = two_ends(session)
        lot = receive(session, ends.source, 10)
    locked, ended = threading.Event(), list[object]()

    def send() -> None:
        locked.wait(timeout=30)
        ids = {"from_place_id": ends.source.id, "to_place_id": ends.target.id}
        try:
            with fresh_database.writing() as session:
                lines = [TransferWish(lot.id, 10)]
                dispatch_transfer(session, **ids, lines=lines, actor=ends.keeper, at=now(), key=uuid.uuid4())
            ended.append("sent")
        except LotHeld as refusal:
            ended.append(refusal.code)

    sender = threading.Thread(target=send)
    sender.start()
    with fresh_database.writing() as session:
        session.execute(select(Lot.id).where(Lot.id == lot.id).with_for_update())
        locked.set()
        sender.join(timeout=0.7)
        session.execute(update(Lot).where(Lot.id == lot.id).values(status=LotStatus.RECALLED))
    sender.join(timeout=60)
    assert ended == ["lot_held"]


def test_sending_and_taking_in_of_the_same_lots_never_wait_in_a_circle(fresh_database: Database) -> None:
    """What is sent from a place locks its balance and that of transit; what arrives there, the same two."""
    with fresh_database.writing() as session:
        ends, other = two_ends(session), two_ends(session)
        lots = [receive(session, ends.source, 40) for _ in range(2)]
        for lot in lots:
            receive(session, other.source, 40, lot=lot)
        coming = [
            dispatch_transfer(
                session,
                from_place_id=other.source.id,
                to_place_id=ends.source.id,
                lines=[TransferWish(lot.id, 5) for lot in reversed(lots)],
                actor=other.keeper,
                at=now(),
                key=uuid.uuid4(),
            )
            for _ in range(6)
        ]
        requests = [an_approved_request(session, ends, 6) for _ in range(6)]
        for request in requests:
            wishes = [PickWish(lot.id, 3, "any") for lot in lots]
            pick_lots(session, request, wishes, actor=ends.keeper, at=now())

    def send(request: TransferRequest) -> Callable[[Session], object]:
        return lambda session: dispatch_request(
            session, found(session, request), actor=ends.keeper, at=now(), key=uuid.uuid4()
        )

    def take_in(transfer: Transfer) -> Callable[[Session], object]:
        return lambda session: receive_transfer(
            session,
            find_transfer(session, transfer.id) or transfer,
            actor=ends.district,
            at=now() + timedelta(seconds=1),
        )

    acts = [*map(send, requests), *map(take_in, coming)]
    assert codes(at_once([writing(fresh_database, act) for act in acts])) == ["done"] * len(acts)
    assert proved(fresh_database)


def _send_and_die(url: str, request_id: uuid.UUID, keeper_id: int) -> None:
    from accounts.queries import find_actor  # noqa: PLC0415 - in a process of its own
    from app.roles import RIGHTS  # noqa: PLC0415

    with Database(url).writing() as session:
        keeper = find_actor(session, rights=RIGHTS, user_id=keeper_id)
        assert keeper is not None
        request = session.get_one(TransferRequest, request_id)
        dispatch_request(session, request, actor=keeper, at=now(), key=uuid.uuid4())
        session.flush()
        os.kill(os.getpid(), signal.SIGKILL)


def test_who_is_killed_half_way_leaves_nothing_half(fresh_database: Database) -> None:
    ends, lot, request = picked(fresh_database)
    url = fresh_database.url.render_as_string(hide_password=False)
    dying = get_context("spawn").Process(target=_send_and_die, args=(url, request.id, ends.keeper.id))
    dying.start()
    dying.join(timeout=60)
    assert dying.exitcode == -signal.SIGKILL
    with fresh_database.reading() as session:
        assert balance_of(session, ends.source, lot) == (10, 10)
        assert session.scalar(select(func.count()).where(Transfer.request_id == request.id)) == 0
    with fresh_database.writing() as session:
        dispatch_request(session, found(session, request), actor=ends.keeper, at=now(), key=uuid.uuid4())
    assert proved(fresh_database)
