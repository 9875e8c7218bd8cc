"""What is entered into counts: scans, sheets, found lots, and what is taken back."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from core.clock import now
from tests.support.counts import a_count, a_keeper, set_packs
from tests.support.goods import (
    a_lot,
    a_place,
    an_item,
    balance_of,
    move,
    receive,
)
from warehouses.errors import LotDiffers
from warehouses.errors.counts import (
    CountLineUnknown,
    CountMalformed,
    TallyKeyReused,
    TallyOvertaken,
)
from warehouses.models import (
    Lot,
    Place,
    StockCount,
    StockCountLine,
)
from warehouses.queries import get_outside_place, list_wrong_balances
from warehouses.queries.counts import list_moved_meanwhile
from warehouses.services.count_closing import close_count
from warehouses.services.counts import (
    explain_differences,
    submit_count,
)
from warehouses.services.tallies import add_found_lot, key_of, take_back, tally
from warehouses.values import PlaceKind
from warehouses.values.counts import (
    DifferenceReason,
    Explanation,
    FoundLot,
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


def test_scans_add_up_and_a_sheet_says_how_many(session: Session, place: Place) -> None:
    lot, actor = receive(session, place, 50), a_keeper(session, place)
    count = a_count(session, place, actor)
    first = add(count, lot)
    for entry in (first, first, add(count, lot, 11)):
        tally(session, count, [entry], actor=actor, at=now())
    assert line_of(session, count, lot).counted == 12
    tally(session, count, [add(count, lot, -1)], actor=actor, at=now())
    assert line_of(session, count, lot).counted == 11
    set_packs(session, count, {lot: 40}, actor=actor)
    assert line_of(session, count, lot).counted == 40
    tally(session, count, [NewTally(uuid.uuid4(), lot.id, TallyKind.CLEAR)], actor=actor, at=now())
    assert line_of(session, count, lot).counted is None
    with pytest.raises(CountMalformed):
        tally(session, count, [add(count, lot, -1)], actor=actor, at=now())


def test_sec_24_a_key_of_another_person_or_count_is_a_conflict_and_overwrites_nothing(
    session: Session, place: Place
) -> None:
    lot, actor, other = receive(session, place, 50), a_keeper(session, place), a_keeper(session, place)
    count = a_count(session, place, actor)
    entry = NewTally(uuid.uuid4(), lot.id, TallyKind.SET, 7)
    tally(session, count, [entry], actor=actor, at=now())
    for wrong, who in (
        (entry, other),
        (NewTally(entry.key, lot.id, TallyKind.SET, 8), actor),
        (NewTally(entry.key, lot.id, TallyKind.ADD, 7), actor),
    ):
        with pytest.raises(TallyKeyReused):
            tally(session, count, [wrong], actor=who, at=now())
    there = a_place(session)
    receive(session, there, 5, lot=lot)
    keeper = a_keeper(session, there)
    elsewhere = a_count(session, there, keeper)
    with pytest.raises(TallyKeyReused):
        tally(session, elsewhere, [entry], actor=keeper, at=now())
    assert line_of(session, count, lot).counted == 7


def test_bad_32_a_lot_that_is_no_line_of_the_count_is_not_entered(session: Session, place: Place) -> None:
    receive(session, place, 5)
    other, actor = receive(session, a_place(session), 5), a_keeper(session, place)
    count = a_count(session, place, actor)
    with pytest.raises(CountLineUnknown):
        tally(session, count, [add(count, other)], actor=actor, at=now())


def test_a_sheet_does_not_overwrite_unseen_what_somebody_else_entered(session: Session, place: Place) -> None:
    lot, actor, other = receive(session, place, 50), a_keeper(session, place), a_keeper(session, place)
    count = a_count(session, place, actor)
    set_packs(session, count, {lot: 12}, actor=other)
    mine = [NewTally(uuid.uuid4(), lot.id, TallyKind.SET, 9)]
    with pytest.raises(TallyOvertaken, match="12"):
        tally(session, count, mine, actor=actor, at=now(), seen={lot.id: None})
    tally(session, count, mine, actor=actor, at=now(), seen={lot.id: 12})
    assert line_of(session, count, lot).counted == 9


def test_a_sheet_of_paper_is_entered_later_with_the_time_of_counting(session: Session, place: Place) -> None:
    lot, actor, at = receive(session, place, 50, at=now() - timedelta(hours=3)), a_keeper(session, place), now()
    count = a_count(session, place, actor, at=at - timedelta(hours=2))
    families = get_outside_place(session, PlaceKind.FAMILIES)
    move(session, lot, 10, source=place, target=families, at=at - timedelta(minutes=30))
    set_packs(session, count, {lot: 50}, actor=actor, at=at, counted_at=at - timedelta(hours=1))
    submit_count(session, count, actor=actor, at=at)
    close_count(session, count, actor=a_keeper(session, place), at=at)
    assert balance_of(session, place, lot) == (40, 0)
    again = a_count(session, place, actor, at=at)
    for wrong in (at - timedelta(minutes=1), at + timedelta(minutes=6)):
        with pytest.raises(CountMalformed):
            set_packs(session, again, {lot: 40}, actor=actor, at=at, counted_at=wrong)


def test_a_lot_that_nobody_expected_is_added_as_found(session: Session, place: Place) -> None:
    lot, actor = receive(session, place, 5), a_keeper(session, place)
    count = a_count(session, place, actor)
    item, known = an_item(session, "F36"), a_lot(session, item="F36", code="K-1")
    line = add_found_lot(session, count, FoundLot(item.id, "NEW-1", None), actor=actor, at=now())
    again = add_found_lot(session, count, FoundLot(item.id, "NEW-1", None), actor=actor, at=now())
    assert line.lot_id == again.lot_id
    with pytest.raises(LotDiffers):
        add_found_lot(session, count, FoundLot(item.id, known.code, None), actor=actor, at=now())
    found = session.get_one(Lot, line.lot_id)
    set_packs(session, count, {lot: 5, found: 3}, actor=actor)
    submit_count(session, count, actor=actor, at=now())
    explain(session, count, {found: DifferenceReason.RECEIPT_NOT_ENTERED}, place)
    close_count(session, count, actor=a_keeper(session, place), at=now())
    assert balance_of(session, place, found) == (3, 0)
    assert list_wrong_balances(session) == []


def test_scans_with_a_movement_between_them_are_pointed_at(session: Session, place: Place) -> None:
    lot, calm, actor = receive(session, place, 10), receive(session, place, 10), a_keeper(session, place)
    count = a_count(session, place, actor)
    for one in (lot, calm):
        tally(session, count, [add(count, one, 4)], actor=actor, at=now())
    move(session, lot, 1, source=place, target=get_outside_place(session, PlaceKind.FAMILIES))
    for one in (lot, calm):
        tally(session, count, [add(count, one, 5)], actor=actor, at=now() + timedelta(seconds=1))
    assert list_moved_meanwhile(session, count) == {lot.id}


def test_ux_47_one_undo_takes_a_whole_batch_back(session: Session, place: Place) -> None:
    lots, actor = [receive(session, place, 5) for _ in range(4)], a_keeper(session, place)
    count, batch = a_count(session, place, actor), uuid.uuid4()
    set_packs(session, count, {lots[0]: 2}, actor=actor)
    entered = [NewTally(key_of(batch, lot.id), lot.id, TallyKind.SET, 5) for lot in lots[:3]]
    tally(session, count, entered, actor=actor, at=now())
    set_packs(session, count, {lots[2]: 4}, actor=actor)
    assert take_back(session, count, batch, actor=a_keeper(session, place), at=now()) == (0, 0)
    assert take_back(session, count, batch, actor=actor, at=now()) == (2, 1)
    assert [line_of(session, count, lot).counted for lot in lots] == [2, None, 4, None]
    assert take_back(session, count, batch, actor=actor, at=now())[0] == 0
