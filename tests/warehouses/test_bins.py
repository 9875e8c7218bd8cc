"""Bins: opened, renamed, closed, filled and emptied; never more in them than the ledger says, at any pace."""

import random
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from core.actors import Actor
from core.clock import now
from core.database import Database
from core.errors import Problem
from tests.conftest import SignIn
from tests.support.goods import a_lot, a_place, balance_of, move, receive, some_districts
from tests.support.moments import at_once, writing
from tests.support.people import an_actor
from tests.warehouses.test_lots import send_form
from tests.warehouses.test_pages import csv_of, html
from warehouses import errors
from warehouses.errors.bins import BinClosed, BinCodeTaken, BinMalformed, BinNotEmpty, BinShort, BinUnknown
from warehouses.models import Bin, BinContent, Lot, Place
from warehouses.queries import get_outside_place
from warehouses.queries.bins import bins_of, find_bin, suggest_bins, waiting_statement
from warehouses.services import reverse_movements
from warehouses.services.bins import change_bin, close_bin, open_bin, put_away, reopen_bin, take_out
from warehouses.values import PlaceKind


def a_keeper(session: Session, place: Place) -> Actor:
    return an_actor(session, role=Role.STOREKEEPER, scope_kind=ScopeKind.PLACE, scope_id=place.id)


def some_bins(session: Session, place: Place, actor: Actor, *codes: str) -> list[Bin]:
    return [open_bin(session, place.id, code=code, actor=actor, at=now()) for code in codes]


def inside(session: Session, place: Place, lot: Lot) -> dict[str, int]:
    """Return what lies in the bins of a place, by code."""
    return {one.code: one.packs for one in bins_of(session, [place.id], [lot.id]).get((place.id, lot.id), [])}


def test_packs_are_put_away_moved_and_taken_out(session: Session) -> None:
    here = a_place(session)
    keeper, lot = a_keeper(session, here), receive(session, here, 10)
    a, b = some_bins(session, here, keeper, "a-1", "A-2")
    assert (a.code, here.uses_bins) == ("A-1", True)
    put_away(session, here.id, lot.id, bin_id=a.id, packs=6, actor=keeper, at=now())
    put_away(session, here.id, lot.id, bin_id=b.id, packs=2, from_bin_id=a.id, actor=keeper, at=now())
    assert inside(session, here, lot) == {"A-1": 4, "A-2": 2}
    assert [row[3] for row in session.execute(waiting_statement(here.id))] == [4]
    take_out(session, here.id, lot.id, bin_id=b.id, packs=2, actor=keeper, at=now())
    assert inside(session, here, lot) == {"A-1": 4}
    assert balance_of(session, here, lot) == (10, 0)


def test_no_more_is_put_away_than_waits_and_no_more_taken_than_lies_there(session: Session) -> None:
    here = a_place(session)
    keeper, lot = a_keeper(session, here), receive(session, here, 10)
    a, b = some_bins(session, here, keeper, "A", "B")
    put_away(session, here.id, lot.id, bin_id=a.id, packs=8, actor=keeper, at=now())
    stowing: dict[str, Any] = {"actor": keeper, "at": now()}
    wrongs: tuple[Callable[[], object], ...] = (
        lambda: put_away(session, here.id, lot.id, bin_id=b.id, packs=3, **stowing),
        lambda: put_away(session, here.id, lot.id, bin_id=b.id, packs=9, from_bin_id=a.id, **stowing),
        lambda: take_out(session, here.id, lot.id, bin_id=b.id, packs=1, **stowing),
    )
    for wrong in wrongs:
        with pytest.raises(BinShort), session.begin_nested():
            wrong()
    for packs in (0, -5):
        with pytest.raises(BinMalformed):
            put_away(session, here.id, lot.id, bin_id=a.id, packs=packs, **stowing)
    assert inside(session, here, lot) == {"A": 8}


def test_bins_have_codes_of_their_own_and_are_closed_only_empty(session: Session) -> None:
    here = a_place(session)
    keeper, lot = a_keeper(session, here), receive(session, here, 10)
    a, b = some_bins(session, here, keeper, "A", "B")
    for code in ("a", " A "):
        with pytest.raises(BinCodeTaken):
            open_bin(session, here.id, code=code, actor=keeper, at=now())
    with pytest.raises(BinCodeTaken):
        change_bin(session, here.id, b.id, code="a", note="", actor=keeper, at=now())
    for code in ("", "   ", "X" * 21):
        with pytest.raises(BinMalformed):
            open_bin(session, here.id, code=code, actor=keeper, at=now())
    assert change_bin(session, here.id, b.id, code="c-9", note="cold", actor=keeper, at=now()).code == "C-9"
    put_away(session, here.id, lot.id, bin_id=a.id, packs=1, actor=keeper, at=now())
    with pytest.raises(BinNotEmpty):
        close_bin(session, here.id, a.id, actor=keeper, at=now())
    assert not close_bin(session, here.id, b.id, actor=keeper, at=now()).is_open
    with pytest.raises(BinClosed):
        put_away(session, here.id, lot.id, bin_id=b.id, packs=1, actor=keeper, at=now())
    assert reopen_bin(session, here.id, b.id, actor=keeper, at=now()).is_open


def test_bad_20_a_bin_is_reached_only_through_its_own_place(session: Session) -> None:
    home, away = some_districts(session)
    own, foreign = a_place(session, district_id=home.id), a_place(session, district_id=away.id)
    keeper, other = a_keeper(session, own), a_keeper(session, foreign)
    lot = receive(session, own, 10)
    [theirs] = some_bins(session, foreign, other, "A")
    stowing: dict[str, Any] = {"actor": keeper, "at": now()}
    acts: list[Callable[[], object]] = [
        lambda: close_bin(session, own.id, theirs.id, **stowing),
        lambda: change_bin(session, own.id, theirs.id, code="Z", note="", **stowing),
        lambda: put_away(session, own.id, lot.id, bin_id=theirs.id, packs=1, **stowing),
        lambda: take_out(session, own.id, lot.id, bin_id=theirs.id, packs=1, **stowing),
    ]
    for act in acts:
        with pytest.raises(BinUnknown), session.begin_nested():
            act()
    for act in (
        lambda: open_bin(session, foreign.id, code="N", **stowing),
        lambda: close_bin(session, foreign.id, theirs.id, **stowing),
        lambda: put_away(session, foreign.id, lot.id, bin_id=theirs.id, packs=1, **stowing),
    ):
        with pytest.raises(errors.PlaceUnknown), session.begin_nested():
            act()


def test_what_leaves_is_taken_from_what_was_not_put_away_and_then_bin_by_bin(session: Session) -> None:
    here, away = a_place(session), a_place(session)
    keeper, lot = a_keeper(session, here), receive(session, here, 20)
    a, b, c = some_bins(session, here, keeper, "A", "B", "C")
    for one, packs in ((a, 5), (b, 5), (c, 5)):
        put_away(session, here.id, lot.id, bin_id=one.id, packs=packs, actor=keeper, at=now())
    other = receive(session, here, 3)
    put_away(session, here.id, other.id, bin_id=a.id, packs=3, actor=keeper, at=now())
    move(session, lot, 5, source=here, target=away)
    assert inside(session, here, lot) == {"A": 5, "B": 5, "C": 5}
    move(session, lot, 7, source=here, target=away)
    assert inside(session, here, lot) == {"B": 3, "C": 5}
    sent = move(session, lot, 8, source=here, target=away)
    assert inside(session, here, lot) == {}
    reverse_movements(session, [sent], keys={sent: uuid.uuid4()}, reason="back", actor_id=None, at=now())
    assert inside(session, here, lot) == {}
    assert [row[3] for row in session.execute(waiting_statement(here.id))] == [8]
    assert inside(session, here, other) == {"A": 3}


def test_a_bin_is_suggested_beside_the_same_lot_then_the_same_item_then_empty(session: Session) -> None:
    here = a_place(session)
    keeper = a_keeper(session, here)
    bins = some_bins(session, here, keeper, "A", "B", "C", "D")
    lot, sister = receive(session, here, 10), receive(session, here, 10)
    strange = receive(session, here, 10, lot=a_lot(session, item="F36"))
    for one, kept in zip(bins, (strange, sister, lot), strict=False):
        put_away(session, here.id, kept.id, bin_id=one.id, packs=1, actor=keeper, at=now())
    assert [one.code for one in suggest_bins(session, here.id, [lot.id])[lot.id]] == ["C", "B", "D"]


def test_bins_are_worked_with_on_their_pages(session: Session, sign_in: SignIn) -> None:
    here = a_place(session, name="Asar")
    lot = receive(session, here, 10, lot=a_lot(session, code="LOT7A"))
    session.commit()
    client, path = sign_in(Role.STOREKEEPER, ScopeKind.PLACE, here.id), f"/warehouses/places/{here.id}"
    assert "No bins yet" in html(client, f"{path}/bins")
    for code in ("a-01", "a-02"):
        assert "is open." in send_form(client, f"{path}/bins/open", code=code, note="by the door")
    assert "has a bin A-01 already" in send_form(client, f"{path}/bins/open", code="A-01", note="")
    page = html(client, f"{path}/put-away")
    assert "LOT7A" in page
    assert "A-01, A-02" in page
    page = send_form(client, f"{path}/put-away", lot="lot7a", packs="6", from_bin="", to_bin="a-01")
    assert "The packs are put away." in page
    page = send_form(client, f"{path}/put-away", lot="]C110LOT7A", packs="1", from_bin="", to_bin="A-02")
    assert "The packs are put away." in page
    for wrong, words in (
        ({"lot": "NONE", "packs": "1", "to_bin": "A-01"}, "There are no packs of lot NONE here."),
        ({"lot": "LOT7A", "packs": "1", "to_bin": "Z"}, "There is no bin Z here."),
        ({"lot": "LOT7A", "packs": "99", "to_bin": "A-01"}, "wait to be put away, and 99 were entered."),
        ({"lot": "LOT7A", "packs": "", "to_bin": "A-01"}, "Enter how many packs."),
    ):
        assert words in send_form(client, f"{path}/put-away", from_bin="", **wrong)
    assert inside(session, here, lot) == {"A-01": 6, "A-02": 1}
    found = find_bin(session, here.id, "A-01")
    assert found is not None
    one = f"{path}/bins/{found.id}"
    assert "LOT7A" in html(client, one)
    assert "A-01" in html(client, f"/warehouses/lots/{lot.id}")
    page = send_form(client, f"{path}/put-away?lot={lot.id}&from={found.id}", packs="2", to_bin="A-02")
    assert inside(session, here, lot) == {"A-01": 4, "A-02": 3}
    assert "wait to be put away" in send_form(client, f"{one}/take-out/{lot.id}", packs="4")
    assert inside(session, here, lot) == {"A-02": 3}
    rows = csv_of(client, f"{path}/bins?format=csv&header=keys&delimiter=comma")
    assert [row[0] for row in rows[1:]] == ["A-01", "A-02"]


def test_sec_20_only_who_works_at_the_place_may_touch_its_bins(session: Session, sign_in: SignIn) -> None:
    home, away = some_districts(session)
    own, foreign = a_place(session, district_id=home.id), a_place(session, district_id=away.id)
    session.commit()
    keeper = sign_in(Role.STOREKEEPER, ScopeKind.PLACE, own.id)
    auditor = sign_in(Role.AUDITOR)
    for path in ("bins/open", "put-away"):
        html(keeper, f"/warehouses/places/{own.id}/{path}")
        html(keeper, f"/warehouses/places/{foreign.id}/{path}", 404)
        html(auditor, f"/warehouses/places/{own.id}/{path}", 404)
    assert "Open a bin" not in html(auditor, f"/warehouses/places/{own.id}/bins")


def sum_inside(session: Session, place: Place, lot: Lot) -> int:
    packs = select(func.coalesce(func.sum(BinContent.packs), 0)).where(
        BinContent.place_id == place.id, BinContent.lot_id == lot.id
    )
    return int(session.execute(packs).scalar_one())


@pytest.mark.storm
def test_never_more_lies_in_the_bins_than_the_ledger_says(fresh_database: Database) -> None:
    """Put away, move, take out and send at once: each act is whole, and the bins never hold more than there is."""
    with fresh_database.writing() as session:
        here, away = a_place(session), a_place(session)
        keeper, lot = a_keeper(session, here), receive(session, here, 60)
        loss = get_outside_place(session, PlaceKind.LOSS)
        bins = [one.id for one in some_bins(session, here, keeper, "A", "B", "C")]

    def act(number: int) -> Callable[[Session], object]:
        dice = random.Random(number)
        first, second = dice.sample(bins, 2)
        packs = dice.randint(1, 7)
        stowing: dict[str, Any] = {"packs": packs, "actor": keeper, "at": now()}
        return dice.choice(
            [
                lambda session: put_away(session, here.id, lot.id, bin_id=first, **stowing),
                lambda session: put_away(session, here.id, lot.id, bin_id=first, from_bin_id=second, **stowing),
                lambda session: take_out(session, here.id, lot.id, bin_id=first, **stowing),
                lambda session: move(session, lot, packs, source=here, target=dice.choice([away, loss])),
                lambda session: receive(session, here, packs, lot=lot),
            ]
        )

    for turn in range(12):
        ends = at_once([writing(fresh_database, act(turn * 100 + number)) for number in range(8)])
        assert {end.code for end in ends if isinstance(end, Problem)} <= {"bin_short", "stock_short"}
        with fresh_database.reading() as session:
            assert sum_inside(session, here, lot) <= balance_of(session, here, lot)[0]


@pytest.mark.storm
def test_two_who_put_the_last_packs_away_put_them_away_once(fresh_database: Database) -> None:
    with fresh_database.writing() as session:
        here = a_place(session)
        keeper, lot = a_keeper(session, here), receive(session, here, 5)
        bins = [one.id for one in some_bins(session, here, keeper, "A", "B")]

    def stow(bin_id: int) -> Callable[[Session], None]:
        return lambda session: put_away(session, here.id, lot.id, bin_id=bin_id, packs=5, actor=keeper, at=now())

    ends = at_once([writing(fresh_database, stow(bins[number % 2])) for number in range(10)])
    assert sum(isinstance(end, BinShort) for end in ends) == 9
    with fresh_database.reading() as session:
        assert sum_inside(session, here, lot) == 5


@pytest.mark.storm
def test_a_bin_that_is_closed_while_packs_go_into_it_is_one_or_the_other(fresh_database: Database) -> None:
    with fresh_database.writing() as session:
        here = a_place(session)
        keeper, lot = a_keeper(session, here), receive(session, here, 50)
        bins = [one.id for one in some_bins(session, here, keeper, *(f"B{number}" for number in range(15)))]
    for bin_id in bins:

        def stow(session: Session, bin_id: int = bin_id) -> None:
            put_away(session, here.id, lot.id, bin_id=bin_id, packs=1, actor=keeper, at=now())

        def close(session: Session, bin_id: int = bin_id) -> None:
            close_bin(session, here.id, bin_id, actor=keeper, at=now())

        ends = at_once([writing(fresh_database, stow), writing(fresh_database, close)])
        assert sum(isinstance(end, Problem) for end in ends) == 1
        with fresh_database.reading() as session:
            packs = session.scalar(select(func.sum(BinContent.packs)).where(BinContent.bin_id == bin_id))
            assert (packs is None) == (not session.get_one(Bin, bin_id).is_open)


@pytest.mark.storm
def test_the_first_bin_that_is_opened_while_packs_leave_is_emptied_too(fresh_database: Database) -> None:
    """Whoever began to send before the place had bins sees them when it takes the packs."""
    for _ in range(8):
        _open_the_first_bin_while_packs_leave(fresh_database)


def _open_the_first_bin_while_packs_leave(database: Database) -> None:
    with database.writing() as session:
        here, away = a_place(session), a_place(session)
        keeper, lot = a_keeper(session, here), receive(session, here, 10)

    def send(session: Session) -> None:
        for _ in range(9):
            move(session, lot, 1, source=here, target=away)

    def stow(session: Session) -> None:
        first = open_bin(session, here.id, code="A", actor=keeper, at=now())
        put_away(session, here.id, lot.id, bin_id=first.id, packs=10, actor=keeper, at=now())

    ends = at_once([writing(database, send), writing(database, stow)])
    assert all(end is None or isinstance(end, BinShort) for end in ends)
    with database.reading() as session:
        assert sum_inside(session, here, lot) <= balance_of(session, here, lot)[0] == 1
