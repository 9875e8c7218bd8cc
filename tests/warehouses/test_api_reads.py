"""Places, lots, stock and movements for programs: within reach only, page by page, nothing left out, nothing twice."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from core.actors import Actor
from core.clock import now, today
from tests.support.client import InspectingClient
from tests.support.goods import a_lot, a_place, move, receive, some_districts
from tests.support.people import an_actor
from tests.support.programs import a_program
from warehouses.models import Lot, Place
from warehouses.queries import get_outside_place
from warehouses.values import PlaceKind

V1 = "/api/v1"


@pytest.fixture
def place(session: Session) -> Place:
    return a_place(session, kind=PlaceKind.DISTRICT)


@pytest.fixture
def keeper(session: Session, place: Place) -> Actor:
    return an_actor(session, role=Role.STOREKEEPER, scope_kind=ScopeKind.PLACE, scope_id=place.id)


@pytest.fixture
def program(app: Flask, session: Session, keeper: Actor) -> InspectingClient:
    return a_program(app, session, keeper)


def ids_of_all_pages(program: InspectingClient, address: str, name: str, key: str) -> list[object]:
    found: list[object] = []
    following: object = None
    while True:
        more = f"&after={following}" if following is not None else ""
        page = program.get(f"{address}{'&' if '?' in address else '?'}limit=2{more}").get_json()
        found += [one[key] for one in page[name]]
        following = page["next"]
        if following is None:
            return found


def test_stock_is_told_with_free_packs_and_as_it_was(session: Session, program: InspectingClient, place: Place) -> None:
    at = now()
    lot = receive(session, place, 30, at=at, moved_at=at - timedelta(days=3))
    families = get_outside_place(session, PlaceKind.FAMILIES)
    move(session, lot, 12, source=place, target=families, at=at, moved_at=at - timedelta(days=1))
    session.commit()
    told = program.get(f"{V1}/stock?place={place.code}&lot={lot.id}").get_json()["balances"]
    assert [(one["on_hand"], one["reserved"], one["free"]) for one in told] == [(18, 0, 18)]
    earlier = (at - timedelta(days=2)).isoformat().replace("+00:00", "Z")
    past = program.get(f"{V1}/stock?place={place.code}&lot={lot.id}&at={earlier}").get_json()
    assert [one["on_hand"] for one in past["balances"]] == [30]
    assert past["at"] == earlier
    for days, packs in ((2, 30), (0, 18)):
        day = today(at - timedelta(days=days))
        told = program.get(f"{V1}/stock?place={place.code}&lot={lot.id}&at={day}").get_json()
        assert [one["on_hand"] for one in told["balances"]] == [packs]


def test_pages_hold_every_row_once(session: Session, program: InspectingClient, place: Place) -> None:
    lots = [receive(session, place, 5) for _ in range(5)]
    session.commit()
    wanted = sorted(lot.id for lot in lots)
    assert ids_of_all_pages(program, f"{V1}/stock?place={place.code}", "balances", "lot") == wanted
    assert ids_of_all_pages(program, f"{V1}/lots", "lots", "id") == wanted
    assert sorted(ids_of_all_pages(program, f"{V1}/movements?place={place.code}", "movements", "lot"), key=str) == (
        sorted(wanted, key=str)
    )
    assert ids_of_all_pages(program, f"{V1}/places", "places", "code") == [place.code]


def test_sec_21_what_is_out_of_reach_is_not_there(session: Session, program: InspectingClient) -> None:
    other = a_place(session, kind=PlaceKind.DISTRICT, district_id=some_districts(session)[1].id)
    lot = receive(session, other, 5)
    session.commit()
    assert program.get(f"{V1}/stock?place={other.code}").status_code == 404
    assert program.get(f"{V1}/lots/{lot.id}").status_code == 404
    assert program.get(f"{V1}/movements?place={other.code}").status_code == 404
    assert program.get(f"{V1}/stock?lot={lot.id}").get_json()["balances"] == []
    assert program.get(f"{V1}/movements?lot={lot.id}").get_json()["movements"] == []


def test_a_lot_says_whether_it_may_be_given_out(session: Session, program: InspectingClient, place: Place) -> None:
    lot: Lot = receive(session, place, 5, lot=a_lot(session, expires_on=now().date() - timedelta(days=2)))
    session.commit()
    told = program.get(f"{V1}/lots/{lot.id}").get_json()
    assert (told["code"], told["status"], told["is_usable"]) == (lot.code, "released", False)


@pytest.mark.parametrize(
    "address",
    ["stock?at=yesterday", "stock?at=2026-11-01T10:00", "stock?after=1", "stock?limit=501", "movements?after=x",
     "lots?status=gone", "movements?lot=-1", "places?kind=supplier"],
)  # fmt: skip
def test_bad_07_arguments_out_of_bounds_are_named(program: InspectingClient, address: str) -> None:
    refused = program.get(f"{V1}/{address}")
    assert (refused.status_code, refused.get_json()["code"]) == (422, "fields_refused")
