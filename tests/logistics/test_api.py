"""Requests and transfers for programs: the whole road by their keys; the same key again gets the first answer."""

import uuid
from collections.abc import Mapping
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import Headers

from accounts.values import Role, ScopeKind, TokenScope
from core.clock import now, today
from core.web.api.once import KEPT
from logistics.models import Transfer
from tests.support.client import InspectingClient
from tests.support.goods import a_place, a_supplier, balance_of, receive, some_districts
from tests.support.people import an_actor
from tests.support.programs import a_program
from warehouses.models import Place
from warehouses.values import PlaceKind

V1 = "/api/v1"


class Road:
    """A regional warehouse with 30 packs of a lot, a district that wants them, and a program of each."""

    def __init__(self, app: Flask, session: Session) -> None:
        self.session = session
        district = some_districts(session)[0]
        self.source = a_place(session, kind=PlaceKind.REGIONAL, region_id=district.region_id)
        self.target = a_place(session, kind=PlaceKind.DISTRICT, district_id=district.id)
        self.lot = receive(session, self.source, 30)
        self.sender = self._program(app, self.source)
        self.taker = self._program(app, self.target)
        manager = an_actor(session, role=Role.REGION, scope_kind=ScopeKind.REGION, scope_id=district.region_id)
        self.manager = a_program(app, session, manager, scope=TokenScope.WRITE)

    def _program(self, app: Flask, place: Place) -> InspectingClient:
        keeper = an_actor(self.session, role=Role.STOREKEEPER, scope_kind=ScopeKind.PLACE, scope_id=place.id)
        return a_program(app, self.session, keeper, scope=TokenScope.WRITE)

    def sent(self, packs: int = 10) -> dict[str, object]:
        lines = [{"lot": self.lot.id, "packs": packs}]
        return {"source": self.source.code, "target": self.target.code, "lines": lines}


@pytest.fixture
def road(app: Flask, session: Session) -> Road:
    return Road(app, session)


def post(
    program: InspectingClient, address: str, body: Mapping[str, object], *, key: str | None = None
) -> tuple[int, dict[str, object], Headers]:
    answer = program.post(f"{V1}/{address}", json=body, headers={"Idempotency-Key": key or str(uuid.uuid4())})
    told = answer.get_json()
    assert isinstance(told, dict), answer.text
    return answer.status_code, told, answer.headers


def test_the_whole_road_from_the_wish_to_the_settled_difference(session: Session, road: Road) -> None:
    wish = {"source": road.source.code, "target": road.target.code, "lines": [{"item": "F13", "packs": 12}]}
    status, asked, headers = post(road.taker, "transfer-requests", wish)
    assert (status, asked["status"], headers["Location"]) == (201, "requested", f"{V1}/transfer-requests/{asked['id']}")
    address = f"transfer-requests/{asked['id']}"
    cut = {"cuts": [{"item": "F13", "packs": 10, "why": "The lorry is small"}]}
    assert post(road.manager, f"{address}/approve", cut)[1]["status"] == "approved"
    _, picked, _ = post(road.sender, f"{address}/pick", {"picks": None})
    picks = picked["picks"]
    assert isinstance(picks, list)
    assert [(one["lot"], one["packs"]) for one in picks] == [(road.lot.id, 10)]
    assert balance_of(session, road.source, road.lot) == (30, 10)
    status, sent, _ = post(road.sender, f"{address}/dispatch", {"carrier": "Jol"})
    assert (status, sent["state"], sent["request"]) == (201, "dispatched", asked["id"])
    arrived = {"counted": [{"position": 1, "packs": 9, "note": "One torn"}]}
    assert post(road.taker, f"transfers/{sent['id']}/receive", arrived)[1]["state"] == "to_settle"
    difference = f"transfers/{sent['id']}/differences/1"
    post(road.taker, f"{difference}/propose", {"explanation": "not_sent", "end": "target"})
    _, done, _ = post(road.sender, f"{difference}/agree", {"explanation": "not_sent"})
    assert done["state"] == "received"
    session.expire_all()
    assert balance_of(session, road.source, road.lot) == (21, 0)
    assert balance_of(session, road.target, road.lot) == (9, 0)


def test_eco_07_the_same_key_again_gets_the_first_answer(session: Session, road: Road) -> None:
    key = str(uuid.uuid4())
    first = post(road.sender, "transfers", road.sent(), key=key)
    again = post(road.sender, "transfers", road.sent(), key=key)
    assert (first[0], again[0], again[1]) == (201, 201, first[1])
    assert "Idempotency-Replayed" not in first[2]
    assert (again[2]["Idempotency-Replayed"], again[2]["Location"]) == ("true", first[2]["Location"])
    assert balance_of(session, road.source, road.lot) == (20, 0)
    assert timedelta(days=90) <= KEPT


def test_eco_07_the_same_key_with_another_body_is_refused(session: Session, road: Road) -> None:
    key = str(uuid.uuid4())
    post(road.sender, "transfers", road.sent(), key=key)
    status, told, _ = post(road.sender, "transfers", road.sent(packs=11), key=key)
    assert (status, told["code"]) == (422, "key_of_another")
    assert balance_of(session, road.source, road.lot) == (20, 0)


def test_sec_24_a_key_of_another_caller_is_a_key_of_its_own(session: Session, road: Road) -> None:
    key = str(uuid.uuid4())
    first = post(road.sender, "transfers", road.sent(packs=3), key=key)
    other = post(road.manager, "transfers", road.sent(packs=4), key=key)
    assert (first[0], other[0]) == (201, 201)
    assert first[1]["id"] != other[1]["id"]
    assert balance_of(session, road.source, road.lot) == (23, 0)


def test_eco_07_a_refusal_is_not_kept(session: Session, road: Road) -> None:
    key = str(uuid.uuid4())
    assert post(road.sender, "transfers", road.sent(packs=31), key=key)[1]["code"] == "stock_short"
    receive(session, road.source, 1, lot=road.lot)
    session.commit()
    assert post(road.sender, "transfers", road.sent(packs=31), key=key)[0] == 201


def test_eco_07_an_act_without_a_key_is_refused(road: Road) -> None:
    answer = road.sender.post(f"{V1}/transfers", json=road.sent())
    assert (answer.status_code, answer.get_json()["code"]) == (400, "key_not_named")


def test_sec_21_goods_of_another_place_are_not_sent(session: Session, road: Road) -> None:
    status, told, _ = post(road.taker, "transfers", road.sent())
    assert (status, told["code"]) == (404, "place_unknown")
    assert session.scalar(select(func.count()).select_from(Transfer)) == 0


def test_a_delivery_takes_in_what_is_good_and_names_what_is_not(session: Session, road: Road) -> None:
    supplier = a_supplier(session)
    session.commit()
    line = {
        "item": "F13",
        "lot": "API1",
        "expires_on": str(today(now()) + timedelta(days=300)),
        "packs": 18,
        "rejected": 2,
        "reject_reason": "damaged",
    }
    wish = {"supplier": supplier.bin, "place": road.target.code, "paper_number": "17", "lines": [line]}
    key = str(uuid.uuid4())
    status, told, _ = post(road.taker, "deliveries", wish, key=key)
    assert (status, told["order"], told["paper_number"]) == (201, None, "17")
    lines = told["lines"]
    assert isinstance(lines, list)
    assert [(one["accepted"], one["rejected"], one["reject_reason"]) for one in lines] == [(18, 2, "damaged")]
    assert post(road.taker, "deliveries", wish, key=key)[1] == told
    assert road.taker.get(f"{V1}/deliveries").get_json()["deliveries"][0]["id"] == told["id"]
    assert post(road.sender, "deliveries", wish)[1]["code"] == "place_unknown"
    short = {**line, "lot": "API2", "expires_on": str(today(now()) + timedelta(days=10))}
    assert post(road.taker, "deliveries", {**wish, "lines": [short]})[1]["code"] == "short_lived"
