"""Reads of transfer plans: the plans of a quarter, the moves of one, what is missing, what would be ordered."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from accounts.models import User
from catalog.models import Item
from core.actors import Reach
from core.i18n import text
from core.quarters import Quarter
from distribution.errors.transfer_plans import PlanUnknown
from distribution.models import TransferPlan, TransferPlanLack, TransferPlanLine
from distribution.values.transfer_plans import LackReason
from logistics.models import PurchaseOrder, PurchaseOrderLine, Supplier, TransferRequest
from logistics.values import OrderStatus
from logistics.values.transfers import RequestStatus
from territory.models import District, Region
from territory.queries import district_condition
from warehouses.models import Place
from warehouses.queries import at_place_condition
from warehouses.values import PlaceKind

Source = aliased(Place, name="source")
Target = aliased(Place, name="target")

MoveSelect = Select[TransferPlanLine, Item, Place, Place, str]
"""Line, item, source, target, number of its request or nothing."""

MOVE_SORTS: Mapping[str, Mapping[str, SQLColumnExpression[Any]]] = {
    "source": {"kk": Source.sort_kk, "ru": Source.sort_ru, "en": Source.sort_en},
    "target": {"kk": Target.sort_kk, "ru": Target.sort_ru, "en": Target.sort_en},
    "packs": dict.fromkeys(("kk", "ru", "en"), TransferPlanLine.packs),
    "kilometres": dict.fromkeys(("kk", "ru", "en"), TransferPlanLine.kilometres),
}
"""Orders of the moves, by language."""

_LIVE_ORDERS = (OrderStatus.DRAFT, OrderStatus.APPROVED)


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A plan in the list of a quarter: whose, for which region, and what it moves and lacks within the reach."""

    plan: TransferPlan
    maker: str
    region: Region | None
    packs: int
    lacking: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """Packs of an item to be ordered for a place, because no stock is left; `supplier` delivered it last, or None."""

    item: Item
    place: Place | None
    region: Region
    lacking: int
    on_order: int
    supplier: Supplier | None

    @property
    def packs(self) -> int:
        """The packs that are not on order yet."""
        return max(0, self.lacking - self.on_order)

    @property
    def can_be_ordered(self) -> bool:
        """Say whether a draft order can be written."""
        return self.packs > 0 and self.supplier is not None and self.place is not None


def plan_condition(reach: Reach) -> ColumnElement[bool]:
    """Return the condition that a plan is the country's, or one of a region that the reach touches."""
    if reach.everywhere:
        return true()
    of_districts = select(District.region_id).where(District.id.in_(reach.ids("district")))
    region = TransferPlan.region_id
    return or_(region.is_(None), region.in_(reach.ids("region")), region.in_(of_districts))


def get_plan(session: Session, plan_id: uuid.UUID, reach: Reach) -> TransferPlan:
    """Return a plan, read anew.

    Raises:
        PlanUnknown: it does not exist within the reach.
    """
    statement = select(TransferPlan).where(TransferPlan.id == plan_id, plan_condition(reach))
    found = session.scalar(statement.execution_options(populate_existing=True))
    if found is None:
        raise PlanUnknown(text("There is no such plan here."))
    return found


def list_plans(session: Session, quarter: Quarter, reach: Reach) -> list[PlanRow]:
    """Return the plans of a quarter, the latest first; three statements."""
    moved = _per_plan(
        session,
        select(TransferPlanLine.plan_id, func.sum(TransferPlanLine.packs)).where(move_condition(reach)),
        quarter,
    )
    lacking = _per_plan(
        session,
        select(TransferPlanLack.plan_id, func.sum(TransferPlanLack.packs)).where(
            district_condition(reach, TransferPlanLack.district_id)
        ),
        quarter,
    )
    rows = session.execute(
        select(TransferPlan, User.name, Region)
        .join(User, User.id == TransferPlan.made_by_id)
        .outerjoin(Region, Region.id == TransferPlan.region_id)
        .where(TransferPlan.quarter == quarter, plan_condition(reach))
        .order_by(TransferPlan.made_at.desc(), TransferPlan.id)
    )
    return [PlanRow(row[0], row[1], row[2], moved.get(row[0].id, 0), lacking.get(row[0].id, 0)) for row in rows]


def _per_plan(session: Session, sums: Select[uuid.UUID, int], quarter: Quarter) -> dict[uuid.UUID, int]:
    plan_id = sums.selected_columns[0]
    of_quarter = select(TransferPlan.id).where(TransferPlan.quarter == quarter)
    rows = session.execute(sums.where(plan_id.in_(of_quarter)).group_by(plan_id))
    return {row[0]: int(row[1]) for row in rows}


def move_condition(reach: Reach) -> ColumnElement[bool]:
    """Return the condition that a move begins or ends within the reach."""
    if reach.everywhere:
        return true()
    ends = (TransferPlanLine.from_place_id, TransferPlanLine.to_place_id)
    return or_(*(at_place_condition(reach, end) for end in ends))


def moves_statement(
    plan: TransferPlan, reach: Reach, *, item: str | None = None, town: int | None = None
) -> MoveSelect:
    """Return the statement of the moves of a plan within the reach, of one item, or into one district."""
    statement = (
        select(TransferPlanLine, Item, Source, Target, func.coalesce(TransferRequest.number, ""))
        .join(Item, Item.id == TransferPlanLine.item_id)
        .join(Source, Source.id == TransferPlanLine.from_place_id)
        .join(Target, Target.id == TransferPlanLine.to_place_id)
        .outerjoin(TransferRequest, TransferRequest.id == TransferPlanLine.request_id)
        .where(TransferPlanLine.plan_id == plan.id, move_condition(reach))
    )
    if item is not None:
        statement = statement.where(Item.code == item)
    return statement if town is None else statement.where(Target.district_id == town)


def list_waiting(session: Session, plan: TransferPlan, *, reach: Reach, actor_id: int) -> Sequence[TransferRequest]:
    """Return the requests of a plan that wait for the approval of this person: others asked, the source is in reach."""
    of_plan = select(TransferPlanLine.request_id).where(TransferPlanLine.plan_id == plan.id)
    statement = select(TransferRequest).where(
        TransferRequest.id.in_(of_plan),
        TransferRequest.status == RequestStatus.REQUESTED,
        TransferRequest.requested_by_id != actor_id,
        at_place_condition(reach, TransferRequest.from_place_id),
    )
    return session.scalars(statement.order_by(TransferRequest.number)).all()


def list_lacks(session: Session, plan: TransferPlan, reach: Reach) -> Sequence[tuple[TransferPlanLack, District, Item]]:
    """Return what is missing within the reach, by district in Kazakh order and item."""
    rows = session.execute(
        select(TransferPlanLack, District, Item)
        .join(District, District.id == TransferPlanLack.district_id)
        .join(Item, Item.id == TransferPlanLack.item_id)
        .where(TransferPlanLack.plan_id == plan.id, district_condition(reach, TransferPlanLack.district_id))
        .order_by(District.sort_kk, District.id, Item.sort_kk)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def list_proposals(session: Session, plan: TransferPlan, reach: Reach) -> list[Proposal]:
    """Return what to order for each region and item of which no stock is left, at the region's warehouse.

    Orders of the quarter count: later ones in full, earlier ones as far as they did not come when the plan was made.
    """
    lacks = [row for row in list_lacks(session, plan, reach) if row[0].why == LackReason.STOCK]
    sums: dict[tuple[int, int], int] = {}
    regions, items = {row[1].region_id: row[1].region for row in lacks}, {row[2].id: row[2] for row in lacks}
    for lack, district, item in lacks:
        sums[district.region_id, item.id] = sums.get((district.region_id, item.id), 0) + lack.packs
    on_order, suppliers = _on_order(session, plan), _last_suppliers(session, items)
    places = _receiving_places(session, regions)
    return [
        Proposal(
            items[item_id],
            places.get(region_id),
            regions[region_id],
            packs,
            on_order.get((region_id, item_id), 0),
            suppliers.get(item_id),
        )
        for (region_id, item_id), packs in sorted(
            sums.items(), key=lambda one: (regions[one[0][0]].sort_kk, items[one[0][1]].sort_kk)
        )
    ]


def _on_order(session: Session, plan: TransferPlan) -> dict[tuple[int, int], int]:
    line = PurchaseOrderLine
    rows = session.execute(
        select(Place.region_id, line.item_id, line.ordered, line.received, PurchaseOrder.drafted_at)
        .join(PurchaseOrder, PurchaseOrder.id == line.order_id)
        .join(Place, Place.id == PurchaseOrder.place_id)
        .where(
            PurchaseOrder.quarter == plan.quarter,
            or_(PurchaseOrder.status.in_(_LIVE_ORDERS), PurchaseOrder.drafted_at >= plan.made_at),
            PurchaseOrder.status != OrderStatus.CANCELLED,
        )
    )
    found: dict[tuple[int, int], int] = {}
    for region_id, item_id, ordered, received, drafted_at in rows:
        if region_id is not None:
            packs = ordered if drafted_at >= plan.made_at else max(0, ordered - received)
            found[region_id, item_id] = found.get((region_id, item_id), 0) + packs
    return found


def _last_suppliers(session: Session, items: Mapping[int, Item]) -> dict[int, Supplier]:
    """Return by item who has its latest approved order: the supplier under contract for it, as far as is known."""
    rows = session.execute(
        select(PurchaseOrderLine.item_id, PurchaseOrder)
        .join(PurchaseOrder, PurchaseOrder.id == PurchaseOrderLine.order_id)
        .where(
            PurchaseOrderLine.item_id.in_(items),
            PurchaseOrder.approved_at.is_not(None),
            PurchaseOrder.status != OrderStatus.CANCELLED,
        )
        .order_by(PurchaseOrder.approved_at, PurchaseOrder.id)
    )
    return {item_id: order.supplier for item_id, order in rows}


def _receiving_places(session: Session, regions: Mapping[int, Region]) -> dict[int, Place]:
    """Return by region where an order is delivered: its first open warehouse, else the first of its districts'."""
    rank = {PlaceKind.REGIONAL: 0, PlaceKind.DISTRICT: 1, PlaceKind.POINT: 2}
    places = session.scalars(
        select(Place).where(Place.region_id.in_(regions), Place.kind.in_(rank), Place.is_open).order_by(Place.id)
    ).all()
    found: dict[int, Place] = {}
    for place in sorted(places, key=lambda one: (rank[PlaceKind(one.kind)], not one.is_main, one.id)):
        if place.region_id is not None:
            found.setdefault(place.region_id, place)
    return found
