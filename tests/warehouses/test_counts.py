"""Counts: what is entered, what becomes of differences, who may close."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from core.clock import now
from core.quarters import Quarter
from tests.conftest import SignIn
from tests.support.counts import a_count, a_counted_count, a_keeper, set_packs
from tests.support.goods import (
    a_lot,
    a_place,
    balance_of,
    move,
    receive,
    some_districts,
)
from warehouses.errors import LateMovementRefused, PlaceUnknown
from warehouses.errors.corrections import SecondPersonNeeded
from warehouses.errors.counts import (
    CountAgainstReservation,
    CountKeyReused,
    CountLineSettled,
    CountMalformed,
    CountNotOpen,
    CountNotSubmitted,
    CountOvertaken,
    CountsOverlap,
    CountUnknown,
    DifferenceUnexplained,
    LinesNotCounted,
    SamePerson,
)
from warehouses.models import (
    Lot,
    Place,
    StockCount,
    StockCountLine,
    StockCountTally,
    StockMovement,
)
from warehouses.queries import get_outside_place, list_wrong_balances
from warehouses.queries.count_lines import lines_statement, progress_of, reckoned
from warehouses.services import hold_packs, reserve
from warehouses.services.corrections import OWN_REVERSALS, reverse_movement
from warehouses.services.count_closing import close_count
from warehouses.services.counts import (
    ask_recount,
    cancel_count,
    explain_differences,
    open_count,
    submit_count,
)
from warehouses.services.tallies import add_found_lot, take_back, tally
from warehouses.values import DocumentRef, PlaceKind, Wish
from warehouses.values.counts import (
    CountStatus,
    DifferenceReason,
    Explanation,
    FoundLot,
    NewCount,
    NewTally,
    TallyKind,
)


@pytest.fixture
def place(session: Session) -> Place:
    return a_place(session)


def explain(session: Session, count: StockCount, reasons: dict[Lot, DifferenceReason], place: Place) -> None:
    said = [Explanation(lot.id, reason) for lot, reason in reasons.items()]
    explain_differences(session, count, said, actor=a_keeper(session, place), at=now())


def add(count: StockCount, lot: Lot, packs: int = 1) -> NewTally:
    return NewTally(uuid.uuid4(), lot.id, TallyKind.ADD, packs)


def line_of(session: Session, count: StockCount, lot: Lot) -> StockCountLine:
    return session.get_one(StockCountLine, (count.id, lot.id), populate_existing=True)


def test_a_count_begins_with_the_lots_that_are_there(session: Session, place: Place) -> None:
    here, gone, elsewhere = (
        receive(session, place, 5),
        receive(session, place, 3),
        receive(session, a_place(session), 9),
    )
    move(session, gone, 3, source=place, target=get_outside_place(session, PlaceKind.LOSS))
    count = a_count(session, place, a_keeper(session, place))
    lots = set(session.scalars(select(StockCountLine.lot_id).where(StockCountLine.count_id == count.id)))
    assert here.id in lots
    assert not {gone.id, elsewhere.id} & lots
    assert count.number.startswith("CN-")


def test_chosen_items_only(session: Session, place: Place) -> None:
    one = receive(session, place, 5)
    other = receive(session, place, 5, lot=a_lot(session, item="F36"))
    count = a_count(session, place, a_keeper(session, place), items=(other.item_id,))
    assert line_of(session, count, other).counted is None
    assert session.get(StockCountLine, (count.id, one.id)) is None
    found = FoundLot(one.item_id, "ELSE-1", None)
    with pytest.raises(CountMalformed):
        add_found_lot(session, count, found, actor=a_keeper(session, place), at=now())


def test_the_same_key_opens_once_and_counts_of_the_same_goods_do_not_overlap(session: Session, place: Place) -> None:
    lot, actor = receive(session, place, 5), a_keeper(session, place)
    other = receive(session, place, 5, lot=a_lot(session, item="F36"))
    wish = NewCount(uuid.uuid4(), place.id, (lot.item_id,))
    count = open_count(session, wish, actor=actor, at=now())
    assert open_count(session, wish, actor=actor, at=now()) is count
    with pytest.raises(CountKeyReused):
        open_count(session, NewCount(wish.key, place.id), actor=actor, at=now())
    for items in ((), (lot.item_id, other.item_id)):
        with pytest.raises(CountsOverlap, match=count.number):
            open_count(session, NewCount(uuid.uuid4(), place.id, items), actor=actor, at=now())
    open_count(session, NewCount(uuid.uuid4(), place.id, (other.item_id,)), actor=actor, at=now())
    cancel_count(session, count, reason="wrong day", actor=actor, at=now())
    open_count(session, NewCount(uuid.uuid4(), place.id, (lot.item_id,)), actor=actor, at=now())


def test_bad_20_nobody_acts_on_a_count_of_another_place(session: Session, place: Place) -> None:
    lot, actor, stranger = receive(session, place, 5), a_keeper(session, place), a_keeper(session, a_place(session))
    count, at = a_count(session, place, actor), now()
    acts: list[Callable[[], object]] = [
        lambda: tally(session, count, [add(count, lot)], actor=stranger, at=at),
        lambda: take_back(session, count, uuid.uuid4(), actor=stranger, at=at),
        lambda: add_found_lot(session, count, FoundLot(lot.item_id, "X", None), actor=stranger, at=at),
        lambda: submit_count(session, count, actor=stranger, at=at),
        lambda: ask_recount(session, count, lot_ids=[lot.id], actor=stranger, at=at),
        lambda: explain_differences(session, count, [], actor=stranger, at=at),
        lambda: cancel_count(session, count, reason="x", actor=stranger, at=at),
        lambda: close_count(session, count, actor=stranger, at=at),
    ]
    for act in acts:
        with pytest.raises(CountUnknown):
            act()
    with pytest.raises(PlaceUnknown):
        open_count(session, NewCount(uuid.uuid4(), place.id), actor=stranger, at=at)


def test_ux_51_differences_become_movements_once_they_are_explained(session: Session, place: Place) -> None:
    same, short, over = receive(session, place, 5), receive(session, place, 50), receive(session, place, 7)
    count = a_counted_count(session, place, a_keeper(session, place), {same: 5, short: 45, over: 8})
    closer = a_keeper(session, place)
    with pytest.raises(DifferenceUnexplained, match=short.code):
        close_count(session, count, actor=closer, at=now())
    explain(session, count, {short: DifferenceReason.THEFT, over: DifferenceReason.FOUND}, place)
    closed = close_count(session, count, actor=closer, at=now())
    assert closed.status == CountStatus.CLOSED
    assert [balance_of(session, place, lot)[0] for lot in (same, short, over)] == [5, 45, 8]
    assert [line_of(session, count, lot).expected for lot in (same, short, over)] == [5, 50, 7]
    movements = session.scalars(
        select(StockMovement).where(StockMovement.document_kind == "count", StockMovement.document_id == str(count.id))
    ).all()
    outside = get_outside_place(session, PlaceKind.COUNT_DIFFERENCE).id
    assert {(one.lot_id, one.from_place_id, one.to_place_id, one.quantity) for one in movements} == {
        (short.id, place.id, outside, 5),
        (over.id, outside, place.id, 1),
    }
    assert {one.moved_at for one in movements} == {line_of(session, count, lot).counted_at for lot in (short, over)}
    assert list_wrong_balances(session) == []
    assert close_count(session, count, actor=closer, at=now()).closed_at == closed.closed_at


def test_goods_may_move_while_people_count(session: Session, place: Place) -> None:
    """A hand-over between counting and closing is no difference; one before the counting was expected."""
    lot, actor = receive(session, place, 50), a_keeper(session, place)
    families = get_outside_place(session, PlaceKind.FAMILIES)
    count = a_count(session, place, actor)
    move(session, lot, 4, source=place, target=families)
    set_packs(session, count, {lot: 46}, actor=actor)
    move(session, lot, 6, source=place, target=families, at=now() + timedelta(seconds=1))
    receive(session, place, 100, lot=lot, at=now() + timedelta(seconds=2))
    at = now() + timedelta(seconds=3)
    submit_count(session, count, actor=actor, at=at)
    line = reckoned(session.execute(lines_statement(count)).one())
    assert (line.expected, line.difference, line.on_hand) == (46, 0, 140)
    close_count(session, count, actor=a_keeper(session, place), at=at)
    assert balance_of(session, place, lot) == (140, 0)


def test_sec_25_who_counted_or_handed_in_does_not_close(session: Session, place: Place) -> None:
    lot, counter, submitter = receive(session, place, 5), a_keeper(session, place), a_keeper(session, place)
    count = a_count(session, place, counter)
    set_packs(session, count, {lot: 5}, actor=counter)
    submit_count(session, count, actor=submitter, at=now())
    for who in (counter, submitter):
        with pytest.raises(SamePerson):
            close_count(session, count, actor=who, at=now())
    for who in (counter, submitter):
        with pytest.raises(DatabaseError, match=r"second_person|who counted does not close"), session.begin_nested():
            session.execute(
                update(StockCount)
                .where(StockCount.id == count.id)
                .values(status="closed", closed_at=now(), closed_by_id=who.id)
            )
    close_count(session, count, actor=a_keeper(session, place), at=now())


def test_sec_25_a_closed_count_is_taken_back_by_who_did_not_count_nor_close(
    session: Session, place: Place, sign_in: SignIn
) -> None:
    keeper, second, closer, third = (a_keeper(session, place) for _ in range(4))
    lot = receive(session, place, 9)
    count = a_count(session, place, keeper)
    set_packs(session, count, {lot: 7}, actor=second)
    submit_count(session, count, actor=keeper, at=now())
    explain(session, count, {lot: DifferenceReason.THEFT}, place)
    close_count(session, count, actor=closer, at=now())
    one = session.scalars(select(StockMovement.id).where(StockMovement.document_id == str(count.id))).one()
    key = uuid.uuid4()
    for decider in (keeper, second, closer):
        with pytest.raises(SecondPersonNeeded, match="Somebody who did none of it"):
            reverse_movement(session, one, key=key, reason="x", actor=decider, at=now(), book=OWN_REVERSALS)
    assert balance_of(session, place, lot) == (7, 0)
    reverse_movement(session, one, key=key, reason="a box was found", actor=third, at=now(), book=OWN_REVERSALS)
    assert balance_of(session, place, lot) == (9, 0)
    session.commit()
    page = sign_in(Role.STOREKEEPER, ScopeKind.PLACE, place.id).get(f"/warehouses/counts/{count.id}").text
    assert all(words in page for words in ("a box was found", third.name, f"/warehouses/movements/{key}"))


def test_a_closed_count_never_changes(session: Session, place: Place) -> None:
    lot, actor = receive(session, place, 5), a_keeper(session, place)
    count = a_counted_count(session, place, actor, {lot: 5})
    close_count(session, count, actor=a_keeper(session, place), at=now())
    at = now()
    for act in (
        lambda: set_packs(session, count, {lot: 4}, actor=actor),
        lambda: submit_count(session, count, actor=actor, at=at),
        lambda: cancel_count(session, count, reason="x", actor=actor, at=at),
        lambda: explain(session, count, {lot: DifferenceReason.OTHER}, place),
    ):
        with pytest.raises(CountNotOpen):
            act()
    row = {"count_id": count.id, "lot_id": lot.id, "round": 1, "kind": "set", "packs": 1, "at": at, "counted_at": at}
    for statement in (
        update(StockCount).where(StockCount.id == count.id).values(note="x"),
        update(StockCountLine).where(StockCountLine.count_id == count.id).values(counted=1),
        StockCountTally.__table__.insert().values(id=uuid.uuid4(), actor_id=actor.id, **row),  # type: ignore[attr-defined]
        update(StockCountTally).where(StockCountTally.count_id == count.id).values(packs=1),
    ):
        with pytest.raises(DatabaseError), session.begin_nested():
            session.execute(statement)


def test_every_line_is_counted_or_said_not_to_be_there(session: Session, place: Place) -> None:
    lot, gone, actor = receive(session, place, 5), receive(session, place, 3), a_keeper(session, place)
    count = a_count(session, place, actor)
    set_packs(session, count, {lot: 5}, actor=actor)
    with pytest.raises(LinesNotCounted, match="1 line is not counted"):
        submit_count(session, count, actor=actor, at=now())
    with pytest.raises(CountNotSubmitted):
        close_count(session, count, actor=a_keeper(session, place), at=now())
    submit_count(session, count, rest_is_zero=True, actor=actor, at=now())
    assert line_of(session, count, gone).counted == 0
    assert progress_of(session, count, beside_book=True).lacking == 3


def test_reasons_fit_what_they_explain(session: Session, place: Place) -> None:
    short, over, same = receive(session, place, 5), receive(session, place, 5), receive(session, place, 5)
    count = a_counted_count(session, place, a_keeper(session, place), {short: 4, over: 6, same: 5})
    for lot, reason in (
        (short, DifferenceReason.FOUND),
        (over, DifferenceReason.THEFT),
        (same, DifferenceReason.MISCOUNTED),
        (short, DifferenceReason.OTHER),
    ):
        with pytest.raises(CountMalformed):
            explain(session, count, {lot: reason}, place)
    said = [Explanation(short.id, DifferenceReason.OTHER, "torn bags")]
    explain_differences(session, count, said, actor=a_keeper(session, place), at=now())
    assert line_of(session, count, short).note == "torn bags"


def test_a_recount_begins_its_lines_empty_and_leaves_the_others(session: Session, place: Place) -> None:
    right, wrong, actor = receive(session, place, 5), receive(session, place, 9), a_keeper(session, place)
    count = a_counted_count(session, place, actor, {right: 5, wrong: 1})
    explain(session, count, {wrong: DifferenceReason.THEFT}, place)
    ask_recount(session, count, lot_ids=[wrong.id], actor=a_keeper(session, place), at=now())
    assert (count.status, count.round) == (CountStatus.OPEN, 2)
    line = line_of(session, count, wrong)
    assert (line.counted, line.reason, line.round) == (None, "", 2)
    with pytest.raises(CountLineSettled):
        set_packs(session, count, {right: 4}, actor=actor)
    set_packs(session, count, {wrong: 9}, actor=actor)
    submit_count(session, count, actor=actor, at=now())
    close_count(session, count, actor=a_keeper(session, place), at=now())
    assert balance_of(session, place, wrong) == (9, 0)
    entered = select(func.count()).select_from(StockCountTally).where(StockCountTally.lot_id == wrong.id)
    assert session.scalar(entered) == 2


def test_a_correction_below_what_is_reserved_says_which_reservation(session: Session, place: Place) -> None:
    lot, district = receive(session, place, 10), some_districts(session)[0]
    reserve(session, [Wish(place.id, lot.id, 4, district.id)], quarter=Quarter(2026, 4), actor_id=None, at=now())
    picked = DocumentRef("transfer_request", str(uuid.uuid4()))
    hold_packs(session, [Wish(place.id, lot.id, 3, None)], document=picked, actor_id=None, at=now())
    count = a_counted_count(session, place, a_keeper(session, place), {lot: 5})
    explain(session, count, {lot: DifferenceReason.THEFT}, place)
    with pytest.raises(CountAgainstReservation, match=r"4 for .*2026.*; 3 picked for a transfer"):
        close_count(session, count, actor=a_keeper(session, place), at=now())
    assert balance_of(session, place, lot) == (10, 7)


def test_what_left_meanwhile_and_was_not_there_is_counted_again(session: Session, place: Place) -> None:
    lot, actor = receive(session, place, 10), a_keeper(session, place)
    count = a_count(session, place, actor)
    set_packs(session, count, {lot: 2}, actor=actor)
    move(session, lot, 5, source=place, target=get_outside_place(session, PlaceKind.FAMILIES))
    submit_count(session, count, actor=actor, at=now())
    explain(session, count, {lot: DifferenceReason.THEFT}, place)
    with pytest.raises(CountOvertaken, match=lot.code):
        close_count(session, count, actor=a_keeper(session, place), at=now())
    receive(session, place, 50, lot=lot)
    with pytest.raises(LateMovementRefused):
        close_count(session, count, actor=a_keeper(session, place), at=now())


def test_a_large_count_closes_with_few_statements(session: Session, place: Place) -> None:
    lots = [receive(session, place, 5) for _ in range(60)]
    count = a_counted_count(session, place, a_keeper(session, place), dict.fromkeys(lots, 4))
    explain(session, count, dict.fromkeys(lots, DifferenceReason.MISCOUNTED), place)
    closer, sent = a_keeper(session, place), []
    session.flush()
    event.listen(session.connection(), "before_cursor_execute", lambda *args: sent.append(args[2]))
    close_count(session, count, actor=closer, at=now())
    assert len(sent) <= 25, sent
