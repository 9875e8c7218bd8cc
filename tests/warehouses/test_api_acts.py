"""Counts and holds for programs: entered, handed in and closed by their keys; what is blind stays blind."""

import uuid
from collections.abc import Mapping

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind, TokenScope
from core.clock import now
from tests.support.assemblies import QUARTER, a_packer, a_packing_place, a_set_of, components
from tests.support.client import InspectingClient
from tests.support.goods import a_place, balance_of, receive, some_districts
from tests.support.people import an_actor
from tests.support.programs import a_program
from warehouses.models import Place
from warehouses.services.bins import open_bin
from warehouses.values import PlaceKind

V1 = "/api/v1"

Told = dict[str, object]


class Warehouse:
    """A district warehouse with two lots, and programs of two storekeepers and of another district's."""

    def __init__(self, app: Flask, session: Session) -> None:
        first, second = some_districts(session)
        self.place = a_place(session, kind=PlaceKind.DISTRICT, district_id=first.id)
        self.lots = [receive(session, self.place, 20), receive(session, self.place, 5)]
        self.counter, self.closer = (self._program(app, session, self.place) for _ in range(2))
        other = a_place(session, kind=PlaceKind.DISTRICT, district_id=second.id)
        self.stranger = self._program(app, session, other)

    def _program(self, app: Flask, session: Session, place: Place) -> InspectingClient:
        keeper = an_actor(session, role=Role.STOREKEEPER, scope_kind=ScopeKind.PLACE, scope_id=place.id)
        return a_program(app, session, keeper, scope=TokenScope.WRITE)


@pytest.fixture
def warehouse(app: Flask, session: Session) -> Warehouse:
    return Warehouse(app, session)


def post(program: InspectingClient, address: str, body: Mapping[str, object] | None) -> tuple[int, Told]:
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    sent = program.post(f"{V1}/{address}", json=body, headers=headers) if body is not None else None
    answer = sent if sent is not None else program.post(f"{V1}/{address}", headers=headers)
    told: Told = answer.get_json()
    return answer.status_code, told


def line_of(count: Told, lot: int) -> Told:
    lines = count["lines"]
    assert isinstance(lines, list)
    found: Told = next(one for one in lines if one["lot"] == lot)
    return found


def test_a_blind_count_is_told_without_the_book_until_it_is_handed_in(session: Session, warehouse: Warehouse) -> None:
    first, second = (lot.id for lot in warehouse.lots)
    status, count = post(warehouse.counter, "counts", {"place": warehouse.place.code})
    assert (status, count["status"], count["is_blind"]) == (201, "open", True)
    address = f"counts/{count['id']}"
    assert line_of(count, first)["expected"] is None
    tallies = [
        {"key": str(uuid.uuid4()), "lot": first, "kind": "set", "packs": 18},
        {"key": str(uuid.uuid4()), "lot": second, "kind": "add", "packs": 5},
    ]
    _, entered = post(warehouse.counter, f"{address}/tallies", {"tallies": tallies})
    assert (line_of(entered, first)["counted"], line_of(entered, first)["expected"]) == (18, None)
    _, submitted = post(warehouse.counter, f"{address}/submit", {})
    assert line_of(submitted, first)["expected"] == 20
    explained = {"explanations": [{"lot": first, "reason": "damaged", "note": ""}]}
    post(warehouse.counter, f"{address}/explanations", explained)
    status, refused = post(warehouse.counter, f"{address}/close", {})
    assert (status, refused["code"]) == (409, "same_person")
    status, closed = post(warehouse.closer, f"{address}/close", {})
    assert (status, closed["status"]) == (200, "closed")
    session.expire_all()
    assert [balance_of(session, warehouse.place, lot)[0] for lot in warehouse.lots] == [18, 5]


def test_sec_24_the_key_of_a_tally_is_not_taken_over(warehouse: Warehouse) -> None:
    lot = warehouse.lots[0].id
    _, count = post(warehouse.counter, "counts", {"place": warehouse.place.code})
    tally = {"key": str(uuid.uuid4()), "lot": lot, "kind": "set", "packs": 18}
    post(warehouse.counter, f"counts/{count['id']}/tallies", {"tallies": [tally]})
    status, refused = post(warehouse.closer, f"counts/{count['id']}/tallies", {"tallies": [{**tally, "packs": 1}]})
    assert (status, refused["code"]) == (409, "tally_key_reused")
    told = warehouse.closer.get(f"{V1}/counts/{count['id']}").get_json()
    assert line_of(told, lot)["counted"] == 18


def test_bad_20_nobody_acts_through_a_count_of_another_place(warehouse: Warehouse) -> None:
    _, count = post(warehouse.counter, "counts", {"place": warehouse.place.code})
    address = f"counts/{count['id']}"
    acts: dict[str, Mapping[str, object]] = {
        "tallies": {"tallies": [{"key": str(uuid.uuid4()), "lot": warehouse.lots[0].id, "kind": "set", "packs": 1}]},
        "submit": {"rest_is_zero": True},
        "cancel": {"reason": "Mine"},
        "recount": {"lots": [warehouse.lots[0].id]},
        "close": {},
    }
    for act, body in acts.items():
        status, told = post(warehouse.stranger, f"{address}/{act}", body)
        assert (status, told["code"]) == (404, "count_unknown"), act
    assert warehouse.stranger.get(f"{V1}/{address}").status_code == 404
    status, told = post(warehouse.stranger, "counts", {"place": warehouse.place.code})
    assert (status, told["code"]) == (404, "place_unknown")


def test_a_lot_is_held_everywhere_and_says_so(warehouse: Warehouse) -> None:
    lot = warehouse.lots[0].id
    status, held = post(warehouse.counter, f"lots/{lot}/hold", {"reason": "packaging", "note": "Wet"})
    assert (status, held["status"], held["is_usable"]) == (200, "quarantined", False)
    status, refused = post(warehouse.counter, f"lots/{lot}/hold", {"reason": "packaging"})
    assert (status, refused["code"]) == (409, "lot_state_unfit")
    assert post(warehouse.stranger, f"lots/{lot}/hold", {"reason": "packaging"})[0] == 404


def test_sets_are_packed_and_taken_apart_by_a_program(app: Flask, session: Session) -> None:
    place = a_packing_place(session)
    components(session, place, sets=4)
    program = a_program(app, session, a_packer(session, place), scope=TokenScope.WRITE)
    wish = {"place": place.code, "kit": "F13", "quarter": str(QUARTER), "sets": 3}
    status, packed = post(program, "assemblies", wish)
    assert (status, packed["kind"], packed["sets"]) == (201, "assemble", 3)
    inside = packed["components"]
    assert isinstance(inside, list)
    assert {one["item"]: one["packs"] for one in inside} == {
        code: 3 * packs for code, packs in a_set_of(session).items()
    }
    status, lacking = post(program, "assemblies", {**wish, "sets": 2})
    assert (status, lacking["code"]) == (409, "components_short")
    status, apart = post(program, "assemblies/take-apart", {"place": place.code, "lot": packed["lot"], "sets": 3})
    assert (status, apart["components"]) == (201, inside)


def test_sec_25_a_write_off_takes_two_people(session: Session, warehouse: Warehouse) -> None:
    lot = warehouse.lots[0]
    wish = {
        "place": warehouse.place.code,
        "reason": "DAMAGE",
        "note": "A pipe burst",
        "happened_at": now().isoformat(),
        "lines": [{"lot": lot.id, "packs": 2}],
    }
    status, draft = post(warehouse.counter, "write-offs", wish)
    assert (status, draft["status"]) == (201, "draft")
    address = f"write-offs/{draft['id']}/approve"
    assert post(warehouse.counter, address, {})[1]["code"] == "second_person_needed"
    assert post(warehouse.stranger, address, {})[1]["code"] == "write_off_unknown"
    status, approved = post(warehouse.closer, address, {})
    assert (status, approved["status"]) == (200, "approved")
    session.expire_all()
    assert balance_of(session, warehouse.place, lot) == (18, 0)


def test_a_movement_is_taken_back_once(session: Session, warehouse: Warehouse) -> None:
    lot = warehouse.lots[1]
    movements = warehouse.counter.get(f"{V1}/movements?lot={lot.id}").get_json()["movements"]
    address = f"movements/{movements[0]['id']}/reverse"
    assert post(warehouse.stranger, address, {"reason": "Not mine"})[0] == 404
    status, told = post(warehouse.counter, address, {"reason": "Entered twice"})
    assert (status, told["reversed"]) == (200, [movements[0]["id"]])
    status, refused = post(warehouse.closer, address, {"reason": "Entered twice"})
    assert (status, refused["code"]) == (409, "already_reversed")
    session.expire_all()
    assert balance_of(session, warehouse.place, lot) == (0, 0)


def test_eco_04_a_recall_freezes_everywhere_and_says_where(app: Flask, session: Session, warehouse: Warehouse) -> None:
    ministry = a_program(app, session, an_actor(session, role=Role.MINISTRY), scope=TokenScope.WRITE)
    lot = warehouse.lots[0].id
    status, recall = post(ministry, "recalls", {"lots": [lot], "reason": "Glass in a pack"})
    assert (status, recall["received"], recall["recovered_percent"]) == (201, 20, 0)
    assert recall["stock"] == [{"place": warehouse.place.code, "lot": lot, "on_hand": 20, "set_aside": 0}]
    assert warehouse.counter.get(f"{V1}/lots/{lot}").get_json()["status"] == "recalled"
    assert warehouse.counter.get(f"{V1}/recalls/{recall['id']}").get_json()["lots"][0]["lot"] == lot
    assert warehouse.stranger.get(f"{V1}/recalls/{recall['id']}").status_code == 404
    assert post(warehouse.counter, "recalls", {"lots": [lot], "reason": "Mine"})[0] == 404
    status, closed = post(ministry, f"recalls/{recall['id']}/close", None)
    assert status == 200
    assert closed["closed_at"] is not None


def test_packs_are_put_away_and_moved_between_bins(session: Session, warehouse: Warehouse) -> None:
    lot, code = warehouse.lots[0].id, warehouse.place.code
    keeper = an_actor(session, role=Role.STOREKEEPER, scope_kind=ScopeKind.PLACE, scope_id=warehouse.place.id)
    for name in ("A-01", "B-01"):
        open_bin(session, warehouse.place.id, code=name, actor=keeper, at=now())
    session.commit()
    address = f"places/{code}/bins/put-away"
    assert post(warehouse.counter, address, {"lot": lot, "packs": 20, "to_bin": "A-01"})[0] == 200
    assert post(warehouse.counter, address, {"lot": lot, "packs": 1, "to_bin": "A-01"})[1]["code"] == "bin_short"
    assert post(warehouse.counter, address, {"lot": lot, "packs": 5, "to_bin": "C-01"})[1]["code"] == "bin_unknown"
    post(warehouse.counter, address, {"lot": lot, "packs": 5, "to_bin": "B-01", "from_bin": "A-01"})
    told = warehouse.counter.get(f"{V1}/places/{code}/bins").get_json()["bins"]
    assert [(one["code"], [each["packs"] for each in one["lots"]]) for one in told] == [("A-01", [15]), ("B-01", [5])]
    assert warehouse.stranger.get(f"{V1}/places/{code}/bins").status_code == 404
    assert post(warehouse.stranger, address, {"lot": lot, "packs": 5, "to_bin": "A-01"})[1]["code"] == "place_unknown"
