"""Transfer plans: least cost against a search of everything, stock and room respected, requests and orders."""

import uuid
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from core.actors import EVERYWHERE, Actor
from core.audit import AuditEntry
from core.crypto import FieldKeys
from distribution.errors import CycleUnknown, NotYourStep, StepTooEarly
from distribution.errors.transfer_plans import NothingToOrder, PlanSettled, PlanUnknown
from distribution.models import Roster, TransferPlan, TransferPlanLack, TransferPlanLine
from distribution.queries.transfer_plans import list_proposals
from distribution.services.reservations import reserve_roster
from distribution.services.rosters import freeze_roster
from distribution.services.transfer_plans import draft_missing, make_plan, request_moves
from distribution.values.transfer_plans import LackReason, PlanStatus
from logistics.models import TransferRequest
from logistics.queries.requests import list_candidates
from logistics.services import approve_order, draft_order, receive_transfer
from logistics.services.picks import pick_lots
from logistics.services.requests import approve_request
from logistics.services.sendings import dispatch_request
from logistics.values import OrderWish
from logistics.values.transfers import PickWish
from tests.conftest import SignIn
from tests.support.client import hidden_fields
from tests.support.families import (
    AKKOL,
    ARSHALY,
    AT,
    QUARTER,
    a_family,
    a_ministry,
    a_place,
    a_point,
    an_approved_roster,
    packed_kits,
)
from tests.support.goods import a_supplier, an_item, balance_of
from tests.support.jobs import do_the_jobs
from tests.support.people import an_actor
from tests.support.requests import faults_of_transfers
from warehouses.models import Lot, Place
from warehouses.queries.proof import list_wrong_balances
from warehouses.values import PlaceKind

TODDLER = date(2024, 5, 6)
AKMOLA = 110000000


# ── plans in the database ───────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Scene:
    """Two districts of a region with children; all stock lies in the central warehouse, but what one point has."""

    point: Place
    far_point: Place
    central: Place
    region: Actor


def scene(session: Session, keys: FieldKeys, *, here: int = 1) -> Scene:
    """Let three toddlers be granted: two in Akkol, of whose sets `here` are there, one in Arshaly."""
    point, far_point = a_point(session), a_point(session, district_id=ARSHALY)
    central = a_place(session, kind=PlaceKind.CENTRAL)
    a_family(session, births=[TODDLER, TODDLER])
    a_family(session, births=[TODDLER], district_id=ARSHALY)
    for kit in ("F13", "HYG"):
        if here:
            packed_kits(session, point, kit, here)
        packed_kits(session, central, kit, 3 - here)
    an_approved_roster(session, keys)
    region = an_actor(session, role=Role.REGION, scope_kind=ScopeKind.REGION, scope_id=AKMOLA)
    return Scene(point, far_point, central, region)


def lines_of(session: Session, plan: TransferPlan) -> set[tuple[int, int, int, bool]]:
    rows = session.scalars(select(TransferPlanLine).where(TransferPlanLine.plan_id == plan.id))
    return {(line.from_place_id, line.to_place_id, line.packs, line.is_reserved) for line in rows}


def lacks_of(session: Session, plan: TransferPlan) -> dict[tuple[int, int], tuple[int, str]]:
    rows = session.scalars(select(TransferPlanLack).where(TransferPlanLack.plan_id == plan.id))
    return {(lack.district_id, lack.item_id): (lack.packs, lack.why) for lack in rows}


def test_a_plan_brings_what_is_missing_to_each_district(session: Session, keys: FieldKeys) -> None:
    at = scene(session, keys)
    plan = make_plan(session, quarter=QUARTER, actor=a_ministry(session), at=AT)
    central = at.central.id
    assert lines_of(session, plan) == {(central, at.point.id, 1, False), (central, at.far_point.id, 1, False)}
    assert lacks_of(session, plan) == {}
    kilometres_of = {
        line.to_place_id: line.kilometres
        for line in session.scalars(select(TransferPlanLine).where(TransferPlanLine.plan_id == plan.id))
    }
    assert plan.pack_kilometres == 2 * sum(kilometres_of.values()), "a set of food and one of hygiene to each"
    assert 90 <= kilometres_of[at.point.id] <= 110, "Akkol lies a hundred kilometres north of Astana"
    assert session.scalars(select(AuditEntry.action).where(AuditEntry.action == "plan_transfers")).all()


def test_a_plan_respects_the_room_of_places(session: Session, keys: FieldKeys) -> None:
    at = scene(session, keys)
    at.far_point.capacity_packs = 1
    warehouse = a_place(session, kind=PlaceKind.DISTRICT, district_id=AKKOL)
    session.flush()
    plan = make_plan(session, quarter=QUARTER, actor=a_ministry(session), at=AT)
    arriving = {target: packs for _, target, packs, _ in lines_of(session, plan)}
    assert arriving == {warehouse.id: 1, at.far_point.id: 1}, "the warehouse takes in before the point"
    assert [(packs, why) for packs, why in lacks_of(session, plan).values()] == [(1, LackReason.ROOM)]


def test_a_later_plan_takes_the_place_of_one_that_nobody_acted_on(session: Session, keys: FieldKeys) -> None:
    scene(session, keys)
    ministry = a_ministry(session)
    first = make_plan(session, quarter=QUARTER, actor=ministry, at=AT, key=uuid.uuid4())
    assert make_plan(session, quarter=QUARTER, actor=ministry, at=AT, key=first.id) is first
    second = make_plan(session, quarter=QUARTER, actor=ministry, at=AT)
    session.refresh(first)
    assert (first.status, second.status) == (PlanStatus.DROPPED, PlanStatus.PROPOSED)
    with pytest.raises(PlanSettled):
        request_moves(session, first, actor=ministry, at=AT)


def test_a_plan_becomes_requests_once_and_the_next_plan_counts_them(session: Session, keys: FieldKeys) -> None:
    at = scene(session, keys)
    ministry = a_ministry(session)
    plan = make_plan(session, quarter=QUARTER, actor=ministry, at=AT)
    requests = request_moves(session, plan, actor=ministry, at=AT)
    assert {(one.from_place_id, one.to_place_id) for one in requests} == {
        (at.central.id, at.point.id),
        (at.central.id, at.far_point.id),
    }
    assert all(one.needed_on == QUARTER.first_day and one.status == "requested" for one in requests)
    assert all(line.request_id for line in session.scalars(select(TransferPlanLine)))
    with pytest.raises(PlanSettled):
        request_moves(session, plan, actor=ministry, at=AT)
    again = make_plan(session, quarter=QUARTER, actor=ministry, at=AT)
    assert lines_of(session, again) == set()
    assert lacks_of(session, again) == {}


def test_packs_that_are_reserved_travel_reserved(session: Session, keys: FieldKeys) -> None:
    at = scene(session, keys, here=0)
    roster = session.scalars(select(Roster)).one()
    reserve_roster(session, roster=roster, actor=a_ministry(session), at=AT)
    ministry, second = a_ministry(session), a_ministry(session)
    plan = make_plan(session, quarter=QUARTER, actor=ministry, at=AT)
    assert lines_of(session, plan) == {(at.central.id, at.point.id, 2, True), (at.central.id, at.far_point.id, 1, True)}
    keeper = an_actor(session, role=Role.STOREKEEPER, scope_kind=ScopeKind.PLACE, scope_id=at.central.id)
    operator = an_actor(session, role=Role.OPERATOR, scope_kind=ScopeKind.PLACE, scope_id=at.point.id)
    requests = request_moves(session, plan, actor=ministry, at=AT)
    for one in requests:
        approve_request(session, one, actor=second, at=AT)
    here, there = sorted(requests, key=lambda one: one.to_place_id != at.point.id)
    lots = list_candidates(session, here, AT.date())
    assert sorted(one.within_reach for one in lots) == [3, 3], "all that the quarter reserved"
    pick_lots(session, here, [PickWish(one.lot_id, 2) for one in lots], actor=keeper, at=AT)
    assert sorted(one.within_reach for one in list_candidates(session, there, AT.date())) == [1, 1]
    assert faults_of_transfers(session) == []
    sent = dispatch_request(session, here, actor=keeper, at=AT, key=uuid.uuid4())
    assert {line.reserved_quarter for line in sent.lines} == {QUARTER}
    receive_transfer(session, sent, actor=operator, at=AT)
    for candidate in lots:
        lot = session.get_one(Lot, candidate.lot_id)
        assert balance_of(session, at.point, lot) == (2, 2)
        assert balance_of(session, at.central, lot) == (1, 1)
    assert list_wrong_balances(session) == []
    assert faults_of_transfers(session) == []


def test_what_is_missing_is_ordered_once_by_who_delivered_it_last(session: Session, keys: FieldKeys) -> None:
    at = scene(session, keys)
    ministry, second = a_ministry(session), a_ministry(session)
    warehouse = a_place(session, kind=PlaceKind.REGIONAL, region_id=AKMOLA)
    supplier, wish = a_supplier(session), [OrderWish(an_item(session, "F13").id, 5)]
    order = draft_order(
        session,
        supplier_id=supplier.id,
        place_id=at.central.id,
        quarter=QUARTER,
        due_on=QUARTER.last_day,
        lines=wish,
        actor=ministry,
        at=AT - timedelta(days=100),
    )
    approve_order(session, order, actor=second, at=AT - timedelta(days=99))
    for lot in session.scalars(select(Lot)):
        lot.status = "quarantined"
    session.flush()
    plan = make_plan(session, quarter=QUARTER, actor=ministry, at=AT)
    assert {packs for packs, _ in lacks_of(session, plan).values()} == {1, 2}
    proposals = {one.item.code: one for one in list_proposals(session, plan, EVERYWHERE)}
    assert {code: (one.packs, one.can_be_ordered) for code, one in proposals.items()} == {
        "F13": (3, True),
        "HYG": (3, False),
    }
    drafted = draft_missing(session, plan, actor=ministry, at=AT)
    assert [(one.supplier_id, one.place_id, one.status) for one in drafted] == [(supplier.id, warehouse.id, "draft")]
    assert [(line.item.code, line.ordered) for line in drafted[0].lines] == [("F13", 3)]
    with pytest.raises(NothingToOrder):
        draft_missing(session, plan, actor=ministry, at=AT)


def test_a_region_plans_within_itself(session: Session, keys: FieldKeys) -> None:
    at = scene(session, keys)
    store = a_place(session, kind=PlaceKind.REGIONAL, region_id=AKMOLA)
    packed_kits(session, store, "F13", 1)
    plan = make_plan(session, quarter=QUARTER, actor=at.region, at=AT)
    assert plan.region_id == AKMOLA
    assert [(source, packs) for source, _, packs, _ in lines_of(session, plan)] == [(store.id, 1)]
    assert {why for _, why in lacks_of(session, plan).values()} == {LackReason.STOCK}
    other = an_actor(session, role=Role.REGION, scope_kind=ScopeKind.REGION, scope_id=610000000)
    for act in (request_moves, draft_missing):
        with pytest.raises(PlanUnknown):
            act(session, plan, actor=other, at=AT)
    country = make_plan(session, quarter=QUARTER, actor=a_ministry(session), at=AT)
    with pytest.raises(PlanUnknown):
        request_moves(session, country, actor=at.region, at=AT)
    session.refresh(plan)
    assert plan.status == PlanStatus.PROPOSED, "each plans for itself"


def test_a_plan_needs_an_approved_quarter_and_somebody_who_plans(session: Session, keys: FieldKeys) -> None:
    with pytest.raises(CycleUnknown):
        make_plan(session, quarter=QUARTER, actor=a_ministry(session), at=AT)
    a_point(session)
    a_family(session, births=[TODDLER])
    freeze_roster(session, quarter=QUARTER, actor=a_ministry(session), at=AT, keys=keys)
    with pytest.raises(StepTooEarly):
        make_plan(session, quarter=QUARTER, actor=a_ministry(session), at=AT)
    district = an_actor(session, role=Role.DISTRICT, scope_kind=ScopeKind.DISTRICT, scope_id=AKKOL)
    with pytest.raises(NotYourStep):
        make_plan(session, quarter=QUARTER, actor=district, at=AT)


# ── pages and command ───────────────────────────────────────────────────────────────────────────────────────────


def test_ux_89_the_plan_is_made_as_a_job_and_shown_as_a_map_and_a_table(
    app: Flask, session: Session, keys: FieldKeys, sign_in: SignIn
) -> None:
    at = scene(session, keys)
    client = sign_in(Role.MINISTRY)
    where = f"/distribution/quarters/{QUARTER}/transfer-plans"
    assert "No plan yet" in client.get(where).text
    asked = client.send_button(f"/distribution/quarters/{QUARTER}/plan-transfers", page=where)
    assert asked.location.startswith("/jobs/")
    do_the_jobs(app)
    plan = session.scalars(select(TransferPlan)).one()
    shown = client.get(f"/distribution/transfer-plans/{plan.id}")
    assert shown.text.count('class="plan-way"') == 2, "two towns get goods"
    assert shown.text.count("<title>") >= 2
    assert 'aria-label="Map: what goes where"' in shown.text
    assert "The same as a table" in shown.text
    rows = client.get(f"/distribution/transfer-plans/{plan.id}?format=csv&header=keys&delimiter=comma").text
    assert rows.splitlines()[0].lstrip("\ufeff") == "to_place,from_place,item,packs,kilometres,reserved,request"
    assert len(rows.splitlines()) == 5, "two kits to two points"
    answer = client.send_button(
        f"/distribution/transfer-plans/{plan.id}/request", page=f"/distribution/transfer-plans/{plan.id}"
    )
    assert answer.status_code == 303
    assert session.scalar(select(func.count()).select_from(TransferRequest)) == 2
    after = client.get(f"/distribution/transfer-plans/{plan.id}").text
    assert "2 requests were made" in after
    assert "Ask for these goods" not in after
    own = sign_in(Role.DISTRICT, ScopeKind.DISTRICT, ARSHALY).get(f"/distribution/transfer-plans/{plan.id}").text
    assert at.far_point.name_en in own
    assert at.point.name_en not in own


def test_ux_68_a_plan_sent_twice_or_from_two_tabs_asks_once_and_another_person_approves_all(
    session: Session, keys: FieldKeys, sign_in: SignIn
) -> None:
    scene(session, keys)
    plan = make_plan(session, quarter=QUARTER, actor=a_ministry(session), at=AT)
    client, page = sign_in(Role.MINISTRY), f"/distribution/transfer-plans/{plan.id}"
    first, second = (hidden_fields(client.get(page).text) for _ in range(2))
    assert client.post(f"{page}/request", data=first).status_code == 303
    assert client.post(f"{page}/request", data=first).status_code in {303, 409}
    assert client.post(f"{page}/request", data=second).status_code == 409
    assert session.scalar(select(func.count()).select_from(TransferRequest)) == 2
    assert client.send_button(f"{page}/approve", page=page).status_code == 409, "who asked does not approve"
    other = sign_in(Role.MINISTRY)
    assert "Approve 2 requests" in other.get(page).text
    assert other.send_button(f"{page}/approve", page=page).status_code == 303
    session.expire_all()
    assert {one.status for one in session.scalars(select(TransferRequest))} == {"approved"}
    assert other.send_button(f"{page}/approve", page=page).status_code == 409


def test_the_command_plans_and_prints_the_moves(app: Flask, session: Session, keys: FieldKeys) -> None:
    at = scene(session, keys)
    login = a_ministry(session).login
    done = app.test_cli_runner().invoke(args=["distribution", "plan-transfers", str(QUARTER), "--actor", login])
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[0] == "from,to,item,packs,kilometres"
    assert {tuple(line.split(",")[:4]) for line in done.stdout.splitlines()[1:]} == {
        (at.central.code, place.code, kit, "1") for place in (at.point, at.far_point) for kit in ("F13", "HYG")
    }
    again = app.test_cli_runner().invoke(
        args=["distribution", "plan-transfers", str(QUARTER), "--request", "--actor", login]
    )
    assert again.exit_code == 0, again.output
    assert session.scalar(select(func.count()).select_from(TransferRequest)) == 2
