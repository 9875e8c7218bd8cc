"""Requests for goods: asked for, approved by another person, picked, sent, cancelled."""

import uuid
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from core.clock import now, today
from logistics import errors
from logistics.errors import transfers as refusals
from logistics.models import TransferPick, TransferRequest
from logistics.queries.requests import get_request, list_picks, list_shelf_picks
from logistics.services.arrivals import turn_back
from logistics.services.picks import pick_lots, unpick_lots
from logistics.services.requests import approve_request, cancel_request, refuse_request, request_transfer
from logistics.services.sendings import dispatch_request
from logistics.values.transfers import Cut, NewRequest, PickWish, Purpose, RequestStatus, RequestWish
from tests.support.goods import a_lot, a_place, an_item, balance_of, receive
from tests.support.people import an_actor
from tests.support.requests import a_request, an_approved_request, two_ends
from warehouses.errors import LotExpired, LotHeld, PlaceUnknown
from warehouses.models import Bin, BinContent, Lot
from warehouses.queries import get_outside_place, list_wrong_balances
from warehouses.values import PlaceKind


def test_a_request_is_asked_approved_picked_and_sent(session: Session) -> None:
    ends = two_ends(session)
    lot = receive(session, ends.source, 50)
    request = an_approved_request(session, ends, 30)
    pick_lots(session, request, [PickWish(lot.id, 30)], actor=ends.keeper, at=now())
    assert balance_of(session, ends.source, lot) == (50, 30)
    transfer = dispatch_request(session, request, actor=ends.keeper, at=now(), key=uuid.uuid4())
    transit = get_outside_place(session, PlaceKind.IN_TRANSIT)
    assert (balance_of(session, ends.source, lot), balance_of(session, transit, lot)) == ((20, 0), (30, 0))
    assert (transfer.request_id, request.status, request.lines[0].sent) == (request.id, RequestStatus.CLOSED, 30)
    assert list_picks(session, request.id) == []
    assert list_wrong_balances(session) == []


def test_the_same_request_asked_twice_is_one(session: Session) -> None:
    ends, key = two_ends(session), uuid.uuid4()
    first, second = (a_request(session, ends, 5, key=key) for _ in range(2))
    assert first.id == second.id == key
    with pytest.raises(refusals.RequestKeyReused):
        a_request(session, ends, 6, key=key)


def test_sec_25_whoever_asked_does_not_approve_in_service_and_database(session: Session) -> None:
    ends = two_ends(session)
    item = an_item(session).id
    wish = NewRequest(uuid.uuid4(), ends.source.id, ends.target.id, (RequestWish(item, 3),))
    own = request_transfer(session, wish, actor=ends.district, at=now())
    with pytest.raises(refusals.OwnRequest):
        approve_request(session, own, actor=ends.district, at=now())
    assert approve_request(session, own, actor=ends.second, at=now()).approved_by_id == ends.second.id
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(
            update(TransferRequest).where(TransferRequest.id == own.id).values(approved_by_id=own.requested_by_id)
        )


def test_approving_cuts_a_line_with_words_only(session: Session) -> None:
    ends = two_ends(session)
    request = a_request(session, ends, 30)
    for cuts in ({1: Cut(10)}, {1: Cut(31, "more")}, {1: Cut(0, "none is left")}, {7: Cut(1, "no such line")}):
        with pytest.raises(refusals.RequestMalformed):
            approve_request(session, request, actor=ends.district, at=now(), cuts=cuts)
    approve_request(session, request, actor=ends.district, at=now(), cuts={1: Cut(10, "the rest in December")})
    assert (request.lines[0].approved, request.lines[0].why) == (10, "the rest in December")
    with pytest.raises(refusals.RequestNotOpen):
        approve_request(session, request, actor=ends.second, at=now())


def test_sec_21_requests_of_others_do_not_exist(session: Session) -> None:
    ends = two_ends(session)
    request = a_request(session, ends, 5)
    stranger = an_actor(
        session, role=Role.STOREKEEPER, scope_kind=ScopeKind.PLACE, scope_id=a_place(session, kind=PlaceKind.CENTRAL).id
    )
    with pytest.raises(refusals.RequestUnknown):
        get_request(session, request.id, stranger.reach("logistics.read_transfers"))
    acts = (
        lambda: approve_request(session, request, actor=ends.keeper, at=now()),
        lambda: refuse_request(session, request, reason="no", actor=ends.operator, at=now()),
        lambda: cancel_request(session, request, reason="no", actor=stranger, at=now()),
        lambda: pick_lots(session, request, [], actor=stranger, at=now()),
        lambda: dispatch_request(session, request, actor=stranger, at=now(), key=uuid.uuid4()),
    )
    for act in acts:
        with pytest.raises(PlaceUnknown):
            act()
    wish = NewRequest(uuid.uuid4(), ends.source.id, ends.target.id, (RequestWish(an_item(session).id, 1),))
    with pytest.raises(PlaceUnknown):
        request_transfer(session, wish, actor=stranger, at=now())


def test_what_cannot_be_asked_for_is_refused(session: Session) -> None:
    ends, item = two_ends(session), an_item(session).id
    outside = get_outside_place(session, PlaceKind.SUPPLIER)
    wrong: tuple[tuple[int, list[RequestWish], date | None], ...] = (
        (ends.source.id, [], None),
        (ends.source.id, [RequestWish(item, 0)], None),
        (ends.source.id, [RequestWish(item, 1), RequestWish(item, 2)], None),
        (ends.source.id, [RequestWish(2**31 - 1, 1)], None),
        (ends.source.id, [RequestWish(item, 1)], today(now()) - timedelta(days=1)),
        (ends.target.id, [RequestWish(item, 1)], None),
        (outside.id, [RequestWish(item, 1)], None),
    )
    for source, lines, needed_on in wrong:
        wish = NewRequest(uuid.uuid4(), source, ends.target.id, tuple(lines), needed_on=needed_on)
        with pytest.raises(refusals.RequestMalformed):
            request_transfer(session, wish, actor=ends.operator, at=now())


def test_a_lot_out_of_turn_needs_a_why_that_travels_to_the_transfer(session: Session) -> None:
    ends, at = two_ends(session), now()
    late = receive(session, ends.source, 20, lot=a_lot(session, expires_on=today(at) + timedelta(days=300)))
    soon = receive(session, ends.source, 20, lot=a_lot(session, expires_on=today(at) + timedelta(days=100)))
    request = an_approved_request(session, ends, 20)
    with pytest.raises(refusals.PickUnexplained):
        pick_lots(session, request, [PickWish(late.id, 20)], actor=ends.keeper, at=now())
    with pytest.raises(refusals.PickUnexplained):
        pick_lots(session, request, [PickWish(soon.id, 19), PickWish(late.id, 1)], actor=ends.keeper, at=now())
    pick_lots(session, request, [PickWish(late.id, 20, "the pallet of soon is blocked")], actor=ends.keeper, at=now())
    pick_lots(
        session, request, [PickWish(late.id, 5, "opened carton"), PickWish(soon.id, 15)], actor=ends.keeper, at=now()
    )
    assert (balance_of(session, ends.source, late), balance_of(session, ends.source, soon)) == ((20, 5), (20, 15))
    transfer = dispatch_request(session, request, actor=ends.keeper, at=now(), key=uuid.uuid4())
    assert {line.lot_id: line.why for line in transfer.lines} == {late.id: "opened carton", soon.id: ""}


def test_all_lacks_are_told_together(session: Session) -> None:
    ends = two_ends(session)
    food = receive(session, ends.source, 3)
    hygiene = receive(session, ends.source, 2, lot=a_lot(session, item="HYG"))
    lines = [RequestWish(an_item(session).id, 10), RequestWish(an_item(session, "HYG").id, 10)]
    request = approve_request(session, a_request(session, ends, 0, lines=lines), actor=ends.district, at=now())
    with pytest.raises(refusals.PicksShort) as refused:
        pick_lots(session, request, [PickWish(food.id, 4), PickWish(hygiene.id, 5)], actor=ends.keeper, at=now())
    told = str(refused.value.message)
    assert f"lot {food.code} has 3, 4 are asked for" in told
    assert f"lot {hygiene.code} has 2, 5 are asked for" in told


def test_picks_beyond_the_approved_or_of_other_goods_are_refused(session: Session) -> None:
    ends = two_ends(session)
    lot, other = receive(session, ends.source, 50), receive(session, ends.source, 5, lot=a_lot(session, item="HYG"))
    request = an_approved_request(session, ends, 10)
    elsewhere = receive(session, a_place(session), 5)
    wishes = (
        [PickWish(lot.id, 11)],
        [PickWish(lot.id, 0)],
        [PickWish(lot.id, 1), PickWish(lot.id, 1)],
        [PickWish(other.id, 1)],
        [PickWish(elsewhere.id, 1)],
        [PickWish(2**31 - 1, 1)],
        [PickWish(lot.id, 1, "w" * 201)],
    )
    for wish in wishes:
        with pytest.raises(refusals.PickMalformed):
            pick_lots(session, request, wish, actor=ends.keeper, at=now())
    assert session.scalar(select(func.count()).select_from(TransferPick)) == 0


def test_held_and_expired_lots_are_picked_for_a_return_only(session: Session) -> None:
    ends, at = two_ends(session), now()
    held = receive(session, ends.source, 5)
    gone = receive(session, ends.source, 5, lot=a_lot(session, expires_on=today(at) - timedelta(days=1)))
    session.execute(update(Lot).where(Lot.id == held.id).values(status="quarantined"))
    request = an_approved_request(session, ends, 5)
    with pytest.raises(LotHeld):
        pick_lots(session, request, [PickWish(held.id, 5)], actor=ends.keeper, at=now())
    with pytest.raises(LotExpired):
        pick_lots(session, request, [PickWish(gone.id, 5)], actor=ends.keeper, at=now())
    bad = receive(session, ends.target, 4)
    session.execute(update(Lot).where(Lot.id == bad.id).values(status="recalled"))
    back = a_request(session, ends, 4, purpose=Purpose.RETURN)
    approve_request(session, back, actor=ends.district, at=now())
    pick_lots(session, back, [PickWish(bad.id, 4)], actor=ends.district, at=now())
    dispatch_request(session, back, actor=ends.district, at=now(), key=uuid.uuid4())
    assert balance_of(session, ends.target, bad) == (0, 0)


def test_a_lot_held_after_it_was_picked_is_not_sent(session: Session) -> None:
    ends = two_ends(session)
    lot = receive(session, ends.source, 5)
    request = an_approved_request(session, ends, 5)
    pick_lots(session, request, [PickWish(lot.id, 5)], actor=ends.keeper, at=now())
    session.execute(update(Lot).where(Lot.id == lot.id).values(status="quarantined"))
    with pytest.raises(LotHeld), session.begin_nested():
        dispatch_request(session, request, actor=ends.keeper, at=now(), key=uuid.uuid4())
    assert balance_of(session, ends.source, lot) == (5, 5)


def test_a_part_is_sent_and_the_rest_stays_approved_and_picked(session: Session) -> None:
    ends = two_ends(session)
    lot, key = receive(session, ends.source, 50), uuid.uuid4()
    request = an_approved_request(session, ends, 30)
    with pytest.raises(refusals.NothingPicked):
        dispatch_request(session, request, actor=ends.keeper, at=now(), key=key)
    pick_lots(session, request, [PickWish(lot.id, 30)], actor=ends.keeper, at=now())
    for packs in ({lot.id: 31}, {lot.id + 1: 1}, {lot.id: -1}, {lot.id: 0}):
        with pytest.raises(refusals.NothingPicked):
            dispatch_request(session, request, actor=ends.keeper, at=now(), key=key, packs=packs)
    first = dispatch_request(session, request, actor=ends.keeper, at=now(), key=key, packs={lot.id: 12})
    again = dispatch_request(session, request, actor=ends.keeper, at=now(), key=key, packs={lot.id: 12})
    assert first.id == again.id
    assert (request.status, request.lines[0].sent, balance_of(session, ends.source, lot)) == ("approved", 12, (38, 18))
    turn_back(session, first, reason="the road is closed", actor=ends.keeper, at=now())
    assert (request.lines[0].sent, balance_of(session, ends.source, lot)) == (0, (50, 18))
    dispatch_request(session, request, actor=ends.keeper, at=now(), key=uuid.uuid4())
    pick_lots(session, request, [PickWish(lot.id, 12)], actor=ends.keeper, at=now())
    last = dispatch_request(session, request, actor=ends.keeper, at=now(), key=uuid.uuid4())
    assert request.status == RequestStatus.CLOSED
    turn_back(session, last, reason="nobody was there", actor=ends.keeper, at=now())
    assert (request.status, request.lines[0].sent, request.ended_at) == (RequestStatus.APPROVED, 18, None)
    with pytest.raises(errors.TransferKeyReused):
        dispatch_request(session, an_approved_request(session, ends, 5), actor=ends.keeper, at=now(), key=key)


def test_cancelling_frees_what_was_picked(session: Session) -> None:
    ends = two_ends(session)
    lot = receive(session, ends.source, 50)
    request = an_approved_request(session, ends, 30)
    pick_lots(session, request, [PickWish(lot.id, 30)], actor=ends.keeper, at=now())
    unpick_lots(session, request, actor=ends.keeper, at=now())
    assert balance_of(session, ends.source, lot) == (50, 0)
    pick_lots(session, request, [PickWish(lot.id, 30)], actor=ends.keeper, at=now())
    with pytest.raises(refusals.RequestMalformed):
        cancel_request(session, request, reason=" ", actor=ends.operator, at=now())
    cancel_request(session, request, reason="we found some", actor=ends.operator, at=now())
    assert (request.status, request.end_reason, balance_of(session, ends.source, lot)) == (
        RequestStatus.CANCELLED,
        "we found some",
        (50, 0),
    )
    with pytest.raises(refusals.RequestNotOpen):
        cancel_request(session, request, reason="again", actor=ends.district, at=now())
    with pytest.raises(refusals.RequestNotOpen):
        pick_lots(session, request, [PickWish(lot.id, 1)], actor=ends.keeper, at=now())
    assert list_wrong_balances(session) == []


def test_a_refused_request_says_why(session: Session) -> None:
    ends = two_ends(session)
    request = a_request(session, ends, 30)
    refuse_request(session, request, reason="nothing is left", actor=ends.district, at=now())
    assert (request.status, request.end_reason) == (RequestStatus.REFUSED, "nothing is left")
    with pytest.raises(refusals.RequestNotOpen):
        refuse_request(session, request, reason="again", actor=ends.district, at=now())


def test_the_pick_list_leads_from_bin_to_bin(session: Session) -> None:
    ends = two_ends(session)
    lot = receive(session, ends.source, 50)
    shelves = [Bin(place_id=ends.source.id, code=code) for code in ("B-2", "A-1")]
    session.add_all(shelves)
    session.flush()
    session.add_all(BinContent(bin_id=one.id, lot_id=lot.id, place_id=ends.source.id, packs=20) for one in shelves)
    session.flush()
    request = an_approved_request(session, ends, 40)
    pick_lots(session, request, [PickWish(lot.id, 40)], actor=ends.keeper, at=now())
    assert [(shelf.bin, shelf.packs) for shelf, _ in list_shelf_picks(session, request)] == [
        ("", 10),
        ("A-1", 20),
        ("B-2", 10),
    ]
