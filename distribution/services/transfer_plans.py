"""Transfer plans: made from the stock of a moment, turned into requests and orders, replaced by later ones."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import exists, insert, select, update
from sqlalchemy.orm import Session

from core.actors import Actor
from core.audit import record
from core.clock import today
from core.i18n import text
from core.jobs.queue import ask_job
from core.quarters import Quarter
from distribution.errors import CycleUnknown, NotYourStep, StepTooEarly
from distribution.errors.transfer_plans import NothingToApprove, NothingToOrder, PlanSettled, PlanUnknown
from distribution.models import Roster, TransferPlan, TransferPlanLack, TransferPlanLine
from distribution.permissions import DistributionRight
from distribution.queries.planning import (
    list_asked,
    list_coordinates,
    list_needs,
    list_on_road,
    list_shelves,
    list_sites,
)
from distribution.queries.quarters import find_cycle
from distribution.queries.transfer_plans import Proposal, list_proposals, list_waiting
from distribution.rules.moves import Land, Moves, plan_moves
from distribution.services.quarters import lock_cycle
from distribution.values.transfer_plans import PlanStatus, Shelf
from logistics.models import PurchaseOrder, TransferRequest
from logistics.permissions import LogisticsRight
from logistics.services import draft_order
from logistics.services.requests import approve_request, request_transfer
from logistics.values import OrderWish
from logistics.values.transfers import NewRequest, RequestWish

PLAN_TRANSFERS = "plan_transfers"
"""The kind of the job; its subject is the quarter and the region, its arguments `quarter` and the plan's key."""

_DAYS_TO_DELIVER = timedelta(days=14)
"""How long a supplier gets at least."""


def make_plan(
    session: Session, *, quarter: Quarter, actor: Actor, at: datetime, key: uuid.UUID | None = None
) -> TransferPlan:
    """Make the plan that brings each district what approved rosters grant it, at the fewest pack-kilometres.

    For the whole country or, by somebody of one region, within the region. A plan that nobody acted on yet is dropped.
    The same `key` again returns the first plan.

    Raises:
        NotYourStep: the actor plans neither for the country nor for one region.
        CycleUnknown, CycleClosed, StepTooEarly: nothing is frozen, all is closed, nothing is approved.
    """
    region_id = planning_region(actor)
    if find_cycle(session, quarter) is None:
        raise CycleUnknown(text("No roster of %(quarter)s has been frozen. Freeze it first.", quarter=quarter))
    lock_cycle(session, quarter=quarter)
    known = None if key is None else session.get(TransferPlan, key)
    if known is not None:
        return known
    if not session.scalar(select(exists().where(Roster.quarter == quarter, Roster.approved_at.is_not(None)))):
        raise StepTooEarly(
            text("No allotment of %(quarter)s is approved yet, so nothing is to go anywhere.", quarter=quarter)
        )
    moves = plan_moves(_land(session, quarter, actor))
    _drop_proposed(session, quarter, region_id)
    plan = TransferPlan(
        id=key or uuid.uuid4(),
        quarter=quarter,
        region_id=region_id,
        status=PlanStatus.PROPOSED,
        pack_kilometres=moves.pack_kilometres,
        made_at=at,
        made_by_id=actor.id,
    )
    session.add(plan)
    session.flush()
    _write(session, plan, moves)
    detail: dict[str, object] = {
        "quarter": str(quarter),
        "packs": sum(move.packs for move in moves.moves),
        "lacking": sum(one.packs for one in moves.missing),
    }
    _record(session, plan, "plan_transfers", actor=actor, at=at, detail=detail)
    return plan


def ask_for_plan(session: Session, *, quarter: Quarter, actor: Actor, at: datetime) -> uuid.UUID:
    """Ask for the plan of a quarter as long work; return the job's id.

    Raises:
        NotYourStep: the actor plans neither for the country nor for one region. JobAlreadyAsked: it is being made.
    """
    region_id = planning_region(actor)
    return ask_job(
        session,
        kind=PLAN_TRANSFERS,
        subject=f"{quarter} {region_id or 'country'}",
        arguments={"quarter": str(quarter), "plan": str(uuid.uuid4())},
        actor_id=actor.id,
        at=at,
    )


def planning_region(actor: Actor) -> int | None:
    """Return the region for which the actor plans, or None for the whole country.

    Raises:
        NotYourStep: they plan for neither.
    """
    reach = actor.reach(DistributionRight.PLAN_TRANSFERS)
    if reach.everywhere:
        return None
    regions = sorted(reach.ids("region"))
    if len(regions) != 1:
        raise NotYourStep(
            text("%(login)s plans transfers neither for the country nor for one region.", login=actor.login)
        )
    return regions[0]


def request_moves(session: Session, plan: TransferPlan, *, actor: Actor, at: datetime) -> Sequence[TransferRequest]:
    """Turn every move of a plan into requests for goods, one for each pair of places; other people approve them.

    Packs that the quarter has reserved already are asked for apart, and travel reserved.

    Raises:
        PlanUnknown, PlanSettled, and the refusals of `logistics.services.requests.request_transfer`.
    """
    plan = _locked(session, plan, actor)
    lines = session.scalars(
        select(TransferPlanLine).where(TransferPlanLine.plan_id == plan.id).order_by(TransferPlanLine.number)
    ).all()
    pairs: dict[tuple[int, int, bool], list[TransferPlanLine]] = {}
    for line in lines:
        pairs.setdefault((line.from_place_id, line.to_place_id, line.is_reserved), []).append(line)
    found = []
    for (source, target, is_reserved), together in sorted(pairs.items()):
        wish = NewRequest(
            uuid.uuid5(plan.id, f"{source} {target} {is_reserved}"),
            source,
            target,
            tuple(RequestWish(line.item_id, line.packs) for line in together),
            needed_on=plan.quarter.first_day if plan.quarter.first_day >= today(at) else None,
            note=str(text("Transfer plan of %(quarter)s", quarter=plan.quarter)),
            reserved_quarter=plan.quarter if is_reserved else None,
        )
        request = request_transfer(session, wish, actor=actor, at=at)
        for line in together:
            line.request_id = request.id
        found.append(request)
    plan.status, plan.requested_at, plan.requested_by_id = PlanStatus.REQUESTED, at, actor.id
    session.flush()
    _record(session, plan, "request_planned_transfers", actor=actor, at=at, detail={"requests": len(found)})
    return found


def approve_moves(session: Session, plan: TransferPlan, *, actor: Actor, at: datetime) -> Sequence[TransferRequest]:
    """Approve in full all requests of a plan that others made and whose source is within the actor's reach.

    Raises:
        NothingToApprove: none waits for this person.
    """
    reach = actor.reach(LogisticsRight.APPROVE_TRANSFERS)
    waiting = list_waiting(session, plan, reach=reach, actor_id=actor.id)
    if not waiting:
        raise NothingToApprove(text("No request of this plan waits for you: another person approves, or did already."))
    return [approve_request(session, one, actor=actor, at=at) for one in waiting]


def draft_missing(session: Session, plan: TransferPlan, *, actor: Actor, at: datetime) -> Sequence[PurchaseOrder]:
    """Draft orders for what no stock is left of, by whoever delivered it last; other people approve them.

    What is on order for the quarter is not ordered again, so that a second call finds nothing.

    Raises:
        PlanUnknown, NothingToOrder, and the refusals of `logistics.services.draft_order`.
    """
    _require_own(plan, actor)
    lock_cycle(session, quarter=plan.quarter)
    together: dict[tuple[int, int], list[Proposal]] = {}
    for one in list_proposals(session, plan, actor.reach(DistributionRight.PLAN_TRANSFERS)):
        if one.can_be_ordered and one.supplier is not None and one.place is not None:
            together.setdefault((one.supplier.id, one.place.id), []).append(one)
    if not together:
        raise NothingToOrder(text("Nothing is left to be ordered: it is on order, or nobody has delivered it before."))
    orders = [
        draft_order(
            session,
            supplier_id=supplier_id,
            place_id=place_id,
            quarter=plan.quarter,
            due_on=max(plan.quarter.first_day, today(at) + _DAYS_TO_DELIVER),
            lines=[OrderWish(one.item.id, one.packs) for one in proposals],
            actor=actor,
            at=at,
        )
        for (supplier_id, place_id), proposals in sorted(together.items())
    ]
    _record(session, plan, "order_missing_sets", actor=actor, at=at, detail={"orders": len(orders)})
    return orders


def _drop_proposed(session: Session, quarter: Quarter, region_id: int | None) -> None:
    session.execute(
        update(TransferPlan)
        .where(
            TransferPlan.quarter == quarter,
            TransferPlan.region_id.is_not_distinct_from(region_id),
            TransferPlan.status == PlanStatus.PROPOSED,
        )
        .values(status=PlanStatus.DROPPED)
    )


def _land(session: Session, quarter: Quarter, actor: Actor) -> Land:
    reach = actor.reach(DistributionRight.PLAN_TRANSFERS)
    needs = list_needs(session, quarter, reach)
    items = sorted({item_id for _, item_id in needs})
    asked, claimed_reserved, claimed_free = list_asked(session, quarter)
    coming = list_on_road(session, quarter)
    for spot, packs in asked.items():
        coming[spot] = coming.get(spot, 0) + packs
    shelves = [_unclaimed(one, claimed_reserved, claimed_free) for one in list_shelves(session, quarter, items, reach)]
    return Land(list_sites(session, reach), needs, shelves, coming, list_coordinates(session))


def _unclaimed(shelf: Shelf, reserved: Mapping[tuple[int, int], int], free: Mapping[tuple[int, int], int]) -> Shelf:
    """Return a shelf without what open requests claim of it."""
    spot = (shelf.place_id, shelf.item_id)
    return replace(
        shelf,
        reserved=max(0, shelf.reserved - reserved.get(spot, 0)),
        free=max(0, shelf.free - free.get(spot, 0)),
    )


def _write(session: Session, plan: TransferPlan, moves: Moves) -> None:
    lines = [
        {
            "plan_id": plan.id,
            "number": number,
            "item_id": move.item_id,
            "from_place_id": move.from_place_id,
            "to_place_id": move.to_place_id,
            "packs": move.packs,
            "kilometres": move.kilometres,
            "is_reserved": move.is_reserved,
        }
        for number, move in enumerate(moves.moves, start=1)
    ]
    lacks = [
        {
            "plan_id": plan.id,
            "district_id": one.district_id,
            "item_id": one.item_id,
            "packs": one.packs,
            "why": one.why,
        }
        for one in moves.missing
    ]
    if lines:
        session.execute(insert(TransferPlanLine), lines)
    if lacks:
        session.execute(insert(TransferPlanLack), lacks)


def _locked(session: Session, plan: TransferPlan, actor: Actor) -> TransferPlan:
    """Return a plan that nobody acted on yet, locked until the end of the act."""
    _require_own(plan, actor)
    statement = select(TransferPlan).where(TransferPlan.id == plan.id).with_for_update()
    found = session.scalars(statement.execution_options(populate_existing=True)).one()
    if found.status == PlanStatus.REQUESTED:
        raise PlanSettled(text("The transfers of this plan were asked for already. Look at its requests."))
    if found.status != PlanStatus.PROPOSED:
        raise PlanSettled(text("A later plan took the place of this one. Look at that."))
    return found


def _require_own(plan: TransferPlan, actor: Actor) -> None:
    reach = actor.reach(DistributionRight.PLAN_TRANSFERS)
    if not reach.everywhere and plan.region_id not in reach.ids("region"):
        raise PlanUnknown(text("There is no such plan here."))


def _record(
    session: Session, plan: TransferPlan, action: str, *, actor: Actor, at: datetime, detail: Mapping[str, object]
) -> None:
    record(
        session,
        actor_id=actor.id,
        action=action,
        subject="transfer_plan",
        subject_id=str(plan.id),
        at=at,
        detail=detail,
    )
