"""Transfer plans: those of a quarter, one with its map and table, requests and orders by one click."""

import uuid
from collections.abc import Iterable, Iterator, Sequence

from flask.typing import ResponseReturnValue
from sqlalchemy import Row
from sqlalchemy.orm import Session

from catalog.models import Item
from core.actors import Actor, Reach
from core.clock import now
from core.i18n import gettext as _, name_of, text, text_plural
from core.tabular import Cell
from core.web.exports import asked_format, export_response
from core.web.forms import ActForm
from core.web.guards import current_actor, guarded
from core.web.lists import in_language, ordered, read_list_query, slice_of
from core.web.pages import page, redirect_to, told
from core.web.session import reading, transaction
from distribution.models import TransferPlan, TransferPlanLine
from distribution.permissions import DistributionRight
from distribution.queries.quarters import find_district, list_rosters
from distribution.queries.transfer_plans import (
    MOVE_SORTS,
    Proposal,
    get_plan,
    list_lacks,
    list_plans,
    list_proposals,
    list_waiting,
    moves_statement,
)
from distribution.services.transfer_plans import approve_moves, ask_for_plan, draft_missing, request_moves
from distribution.values.transfer_plans import LackReason, PlanStatus
from distribution.views.blueprint import blueprint
from distribution.views.plan_map import PlanMap, map_of
from distribution.views.quarters import READ
from distribution.views.steps import quarter_of
from logistics.permissions import LogisticsRight
from logistics.queries.people import names_of_users
from territory.queries import list_districts
from warehouses.models import Place

STATUS_NAMES = {
    PlanStatus.PROPOSED: ("info", text("proposed")),
    PlanStatus.REQUESTED: ("ok", text("asked for")),
    PlanStatus.DROPPED: ("muted", text("replaced by a later one")),
}
REASONS = {
    LackReason.STOCK: ("refused", text("no stock is left: to be bought")),
    LackReason.ON_ROAD: ("info", text("on the road to a warehouse: plan anew when it arrives")),
    LackReason.ROOM: ("attention", text("no room left in the district's places")),
    LackReason.PLACE: ("attention", text("no open warehouse or point in the district")),
}
_COLUMNS = ("source", "item", "packs", "kilometres", "reserved", "request")


@blueprint.get("/quarters/<quarter>/transfer-plans")
@guarded(READ)
def list_transfer_plans(quarter: str) -> ResponseReturnValue:
    """List the plans of a quarter, the latest first."""
    asked, actor = quarter_of(quarter), current_actor()
    with reading() as session:
        plans = list_plans(session, asked, actor.reach(READ))
        is_approved = any(roster.approved_at is not None for roster in list_rosters(session, asked))
    may_plan = is_approved and actor.may(DistributionRight.PLAN_TRANSFERS)
    return page(
        quarter=asked, plans=plans, is_approved=is_approved, may_plan=may_plan, act=ActForm(), names=STATUS_NAMES
    )


@blueprint.post("/quarters/<quarter>/plan-transfers")
@guarded(DistributionRight.PLAN_TRANSFERS)
def plan_transfers(quarter: str) -> ResponseReturnValue:
    """Ask for the plan of a quarter as long work."""
    asked, actor = quarter_of(quarter), current_actor()
    with transaction() as session:
        job_id = ask_for_plan(session, quarter=asked, actor=actor, at=now())
    return redirect_to("app.show_job", job_id=job_id)


@blueprint.get("/transfer-plans/<uuid:plan_id>")
@guarded(READ)
def show_transfer_plan(plan_id: uuid.UUID) -> ResponseReturnValue:
    """Show a plan: its map and the same as a table, what is missing, what would be ordered."""
    sorts, actor = in_language(MOVE_SORTS), current_actor()
    query = read_list_query(sorts=sorts, default="target", filters={"item", "district"}, columns=_COLUMNS)
    reach, form = actor.reach(READ), asked_format()
    with reading() as session:
        plan = get_plan(session, plan_id, reach)
        district = find_district(session, query.filters.get("district"), reach)
        found = moves_statement(plan, reach, item=query.filters.get("item"), town=district.id if district else None)
        whole = ordered(found, query, sorts, TransferPlanLine.number)
        if form is not None:
            rows = _rows(session.execute(whole))
            return export_response(
                form, _header(), rows, name="transfers", scope="", period=str(plan.quarter), at=now()
            )
        return page(
            plan=plan,
            query=query,
            moves=slice_of(session, whole, query),
            district=district,
            **_everything(session, plan, reach),
            **_acts(plan, list_proposals(session, plan, reach), actor),
            to_approve=_count_waiting(session, plan, actor),
        )


@blueprint.post("/transfer-plans/<uuid:plan_id>/request")
@guarded(DistributionRight.PLAN_TRANSFERS)
def request_transfers(plan_id: uuid.UUID) -> ResponseReturnValue:
    """Turn a plan into requests for goods."""
    with transaction() as session:
        plan = get_plan(session, plan_id, current_actor().reach(READ))
        requests = request_moves(session, plan, actor=current_actor(), at=now())
    told(
        text_plural(
            "%(n)s request was made. Another person approves it.",
            "%(n)s requests were made. Other people approve them.",
            len(requests),
        )
    )
    return redirect_to("distribution.show_transfer_plan", plan_id=plan_id)


@blueprint.post("/transfer-plans/<uuid:plan_id>/approve")
@guarded(LogisticsRight.APPROVE_TRANSFERS)
def approve_transfers(plan_id: uuid.UUID) -> ResponseReturnValue:
    """Approve the requests of a plan as the second person."""
    with transaction() as session:
        plan = get_plan(session, plan_id, current_actor().reach(READ))
        approved = approve_moves(session, plan, actor=current_actor(), at=now())
    told(text_plural("%(n)s request is approved.", "%(n)s requests are approved.", len(approved)))
    return redirect_to("distribution.show_transfer_plan", plan_id=plan_id)


@blueprint.post("/transfer-plans/<uuid:plan_id>/order")
@guarded(DistributionRight.PLAN_TRANSFERS)
def order_missing(plan_id: uuid.UUID) -> ResponseReturnValue:
    """Draft orders for what no stock is left of."""
    with transaction() as session:
        plan = get_plan(session, plan_id, current_actor().reach(READ))
        orders = draft_missing(session, plan, actor=current_actor(), at=now())
    told(
        text_plural(
            "%(n)s order was drafted. Another person approves it.",
            "%(n)s orders were drafted. Other people approve them.",
            len(orders),
        )
    )
    return redirect_to("distribution.show_transfer_plan", plan_id=plan_id)


def _everything(session: Session, plan: TransferPlan, reach: Reach) -> dict[str, object]:
    """Return what the page tells of the whole plan, whatever its table is narrowed to."""
    rows = session.execute(moves_statement(plan, reach)).all()
    by_item: dict[str, int] = {}
    for line, item, *_ends in rows:
        by_item[item.code] = by_item.get(item.code, 0) + line.packs
    requests = {line.request_id for line, *_others in rows} - {None}
    lacks = list_lacks(session, plan, reach)
    people = names_of_users(session, (plan.made_by_id, plan.requested_by_id))
    return {
        "packs": sum(by_item.values()),
        "pack_kilometres": sum(line.packs * line.kilometres for line, *_others in rows),
        "requests": len(requests),
        "by_item": by_item,
        "lacks": lacks,
        "lacking": sum(lack.packs for lack, _home, _item in lacks),
        "reasons": REASONS,
        "names": STATUS_NAMES,
        "people": people,
        "map": _map(session, plan, rows, reach),
    }


def _map(
    session: Session,
    plan: TransferPlan,
    rows: Sequence[Row[TransferPlanLine, Item, Place, Place, str]],
    reach: Reach,
) -> PlanMap:
    districts = {district.id: district for district in list_districts(session, reach)}
    return map_of(session, plan, [(line, source, target) for line, _item, source, target, _number in rows], districts)


def _acts(plan: TransferPlan, proposals: Sequence[Proposal], actor: Actor) -> dict[str, object]:
    """Return what would be ordered, and what this person may do with the plan as it stands."""
    reach = actor.reach(DistributionRight.PLAN_TRANSFERS)
    own = actor.may(DistributionRight.PLAN_TRANSFERS) and (reach.everywhere or plan.region_id in reach.ids("region"))
    return {
        "proposals": proposals,
        "act": ActForm(),
        "may_request": own and plan.status == PlanStatus.PROPOSED and actor.may(LogisticsRight.REQUEST_TRANSFERS),
        "may_order": own
        and plan.status != PlanStatus.DROPPED
        and actor.may(LogisticsRight.DRAFT_ORDERS)
        and any(one.can_be_ordered for one in proposals),
    }


def _count_waiting(session: Session, plan: TransferPlan, actor: Actor) -> int:
    right = LogisticsRight.APPROVE_TRANSFERS
    return len(list_waiting(session, plan, reach=actor.reach(right), actor_id=actor.id)) if actor.may(right) else 0


def _header() -> dict[str, str]:
    return {
        "to_place": _("Sent to"),
        "from_place": _("Sent from"),
        "item": _("Item"),
        "packs": _("Packs"),
        "kilometres": _("Kilometres"),
        "reserved": _("Reserved for the quarter"),
        "request": _("Request"),
    }


def _rows(
    rows: Iterable[Row[TransferPlanLine, Item, Place, Place, str]],
) -> Iterator[Sequence[Cell]]:
    for line, item, source, target, number in rows:
        reserved = _("yes") if line.is_reserved else _("no")
        yield name_of(target), name_of(source), item.code, line.packs, line.kilometres, reserved, number
