"""What waits for whoever is signed in: at most six figures, and what needs attention, by the rights they hold."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.models import RoleGrant, User
from accounts.permissions import AccountRight
from app.waiting import (
    Need,
    count_rows,
    counts_to_close,
    differences_to_settle,
    endings_to_confirm,
    exceptions_that_fire,
    incidents_to_resolve,
    late_examinations,
    leads_to_decide,
    many_people_read,
    requests_to_approve,
    requests_to_send,
    write_offs_to_approve,
)
from core.actors import Actor
from core.clock import start_of_day, today
from core.i18n import Text, format_quarter, text, text_plural
from core.quarters import Quarter
from distribution.models import HandOver, HandOverLine, RegistryBatch
from distribution.permissions import DistributionRight
from distribution.queries.hand_overs import hand_over_condition
from distribution.queries.quarters import current_quarter, list_rosters
from distribution.queries.registry import batch_condition
from distribution.values import BatchStatus
from logistics.models import PurchaseOrder, Transfer
from logistics.permissions import LogisticsRight
from logistics.queries import order_condition, transfer_condition
from logistics.values import OrderStatus, TransferStatus
from warehouses.permissions import WarehouseRight
from warehouses.queries import expiry_watch, stock_statement
from warehouses.queries.recalls import count_recalled_here
from warehouses.values import Freshness, FreshnessAsked, StockFilter

_MOST_TILES = 6
_DUE_SOON = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure that opens its rows."""

    label: Text
    value: int | str
    href: str
    tone: str | None = None


@dataclass(frozen=True, slots=True)
class Home:
    """The home page of one person."""

    primary: tuple[Text, str] | None
    tiles: tuple[Tile, ...]
    needs: tuple[Need, ...]


Found = Iterator[Tile | Need]


def home_of(session: Session, actor: Actor, at: datetime) -> Home:
    """Return what the home page of this person shows."""
    found: list[Tile | Need] = []
    for right, look in _LOOKS:
        if actor.may(right):
            found += look(session, actor, at)
    primary = None
    if actor.may(DistributionRight.HAND_OVER):
        primary = (text("Scan a voucher"), url_for("distribution.scan"))
    tiles = tuple(one for one in found if isinstance(one, Tile))[:_MOST_TILES]
    return Home(primary, tiles, tuple(one for one in found if isinstance(one, Need)))


def _quarter(session: Session, actor: Actor, at: datetime) -> Found:
    quarter = current_quarter(session, today(at))
    if quarter is None:
        if actor.may(DistributionRight.FREEZE_ROSTER):
            yield Need(text("No quarter was opened yet."), url_for("distribution.list_quarters"))
        return
    address = url_for("distribution.show_quarter", quarter=str(quarter))
    yield Tile(text("Quarter"), format_quarter(quarter), address)
    yield from _waiting_rosters(session, actor, quarter, address)


def _waiting_rosters(session: Session, actor: Actor, quarter: Quarter, address: str) -> Found:
    for roster in list_rosters(session, quarter):
        if roster.allotted_at is None and actor.may(DistributionRight.ALLOT):
            yield Need(text("A frozen roster waits for its allotment."), address)
        elif not roster.is_approved and roster.allotted_at and actor.may(DistributionRight.APPROVE_ALLOTMENT):
            yield Need(text("An allotment waits for the approval of a second person."), address)
        elif roster.reserved_at is None and roster.is_approved and actor.may(DistributionRight.RESERVE_STOCK):
            yield Need(text("An approved allotment waits for its stock to be reserved."), address)


def _hand_overs(session: Session, actor: Actor, at: datetime) -> Found:
    given = (
        select(HandOverLine.movement_id)
        .join(HandOver, HandOver.id == HandOverLine.hand_over_id)
        .where(
            hand_over_condition(actor.reach(DistributionRight.READ_HAND_OVERS)),
            HandOver.received_at >= start_of_day(today(at)),
            HandOverLine.reversed_at.is_(None),
        )
    )
    yield Tile(text("Sets handed over today"), count_rows(session, given), url_for("distribution.list_hand_overs"))


def _registry(session: Session, actor: Actor, at: datetime) -> Found:
    del at
    reach = actor.reach(DistributionRight.READ_REGISTRY)
    waiting = select(RegistryBatch.id).where(
        RegistryBatch.status == BatchStatus.STAGED,
        RegistryBatch.staged_by_id != actor.id,
        batch_condition(reach, actor.id),
    )
    count = count_rows(session, waiting)
    if count and actor.may(DistributionRight.CONFIRM_REGISTRY):
        yield Need(
            text_plural("%(n)s import waits for confirmation.", "%(n)s imports wait for confirmation.", count),
            url_for("distribution.list_batches"),
        )


def _stock(session: Session, actor: Actor, at: datetime) -> Found:
    reach = actor.reach(WarehouseRight.READ_STOCK)
    watch = expiry_watch(session, today(at))
    rows = stock_statement(reach).subquery()
    on_hand = session.scalar(select(func.coalesce(func.sum(rows.c.on_hand), 0))) or 0
    yield Tile(text("Packs on hand"), int(on_hand), url_for("warehouses.list_stock"))
    for freshness, label, tone in (
        (Freshness.EXPIRED, text("Lots expired"), "refused"),
        (Freshness.SOON, text("Lots that expire soon"), "attention"),
    ):
        count = count_rows(
            session, stock_statement(reach, wanted=StockFilter(freshness=FreshnessAsked(freshness, watch)))
        )
        if count:
            yield Tile(label, count, url_for("warehouses.list_stock", freshness=freshness), tone)


def _recalled(session: Session, actor: Actor, at: datetime) -> Found:
    del at
    lots, _packs = count_recalled_here(session, actor.reach(WarehouseRight.READ_STOCK))
    if lots:
        yield Need(
            text_plural(
                "%(n)s lot at your places is recalled: set its packs aside.",
                "%(n)s lots at your places are recalled: set their packs aside.",
                lots,
            ),
            url_for("warehouses.list_recalls"),
        )


def _transfers(session: Session, actor: Actor, at: datetime) -> Found:
    del at
    on_the_way = select(Transfer.id).where(
        Transfer.status == TransferStatus.DISPATCHED, transfer_condition(actor.reach(LogisticsRight.READ_TRANSFERS))
    )
    count = count_rows(session, on_the_way)
    address = url_for("logistics.list_transfers", status=TransferStatus.DISPATCHED)
    yield Tile(text("Transfers on the way"), count, address)
    if count and actor.may(LogisticsRight.RECEIVE_TRANSFERS):
        yield Need(
            text_plural(
                "%(n)s transfer is on the way: receive it when it comes.",
                "%(n)s transfers are on the way: receive them when they come.",
                count,
            ),
            address,
        )


def _orders(session: Session, actor: Actor, at: datetime) -> Found:
    within = order_condition(actor.reach(LogisticsRight.READ_ORDERS))
    open_orders = select(PurchaseOrder.id).where(PurchaseOrder.status == OrderStatus.APPROVED, within)
    address = url_for("logistics.list_orders", status=OrderStatus.APPROVED)
    yield Tile(text("Open orders"), count_rows(session, open_orders), address)
    due = count_rows(session, open_orders.where(PurchaseOrder.due_on <= today(at) + _DUE_SOON))
    if due:
        yield Need(
            text_plural("%(n)s open order is due within a week.", "%(n)s open orders are due within a week.", due),
            address,
        )
    if actor.may(LogisticsRight.APPROVE_ORDERS):
        drafts = select(PurchaseOrder.id).where(
            PurchaseOrder.status == OrderStatus.DRAFT, within, PurchaseOrder.drafted_by_id != actor.id
        )
        count = count_rows(session, drafts)
        if count:
            yield Need(
                text_plural("%(n)s order waits for your approval.", "%(n)s orders wait for your approval.", count),
                url_for("logistics.list_orders", status=OrderStatus.DRAFT),
            )


def _users(session: Session, actor: Actor, at: datetime) -> Found:
    del at
    users = select(User.id).where(User.is_active)
    yield Tile(text("Active users"), count_rows(session, users), url_for("accounts.list_users"))
    waiting = select(RoleGrant.id).where(
        RoleGrant.approved_at.is_(None), RoleGrant.withdrawn_at.is_(None), RoleGrant.granted_by_id != actor.id
    )
    count = count_rows(session, waiting)
    if count:
        yield Need(
            text_plural("%(n)s role waits for your approval.", "%(n)s roles wait for your approval.", count),
            url_for("accounts.list_users"),
        )


def _at_any_time(look: Callable[[Session, Actor], Iterator[Need]]) -> Callable[[Session, Actor, datetime], Found]:
    def found(session: Session, actor: Actor, at: datetime) -> Found:
        del at
        yield from look(session, actor)

    return found


_LOOKS: tuple[tuple[str, Callable[[Session, Actor, datetime], Found]], ...] = (
    (DistributionRight.ACKNOWLEDGE_ALERTS, _at_any_time(exceptions_that_fire)),
    (WarehouseRight.READ_STOCK, _recalled),
    (DistributionRight.READ_QUARTERS, _quarter),
    (DistributionRight.READ_HAND_OVERS, _hand_overs),
    (DistributionRight.READ_REGISTRY, _registry),
    (DistributionRight.RESOLVE_INCIDENTS, _at_any_time(incidents_to_resolve)),
    (DistributionRight.DECIDE_LEADS, _at_any_time(leads_to_decide)),
    (DistributionRight.DECIDE_CASES, _at_any_time(endings_to_confirm)),
    (DistributionRight.EDIT_CASES, late_examinations),
    (AccountRight.READ_AUDIT, many_people_read),
    (WarehouseRight.READ_STOCK, _stock),
    (LogisticsRight.READ_TRANSFERS, _transfers),
    (LogisticsRight.READ_ORDERS, _orders),
    (WarehouseRight.CLOSE_COUNTS, _at_any_time(counts_to_close)),
    (WarehouseRight.APPROVE_WRITE_OFFS, _at_any_time(write_offs_to_approve)),
    (LogisticsRight.APPROVE_TRANSFERS, _at_any_time(requests_to_approve)),
    (LogisticsRight.DISPATCH_TRANSFERS, _at_any_time(requests_to_send)),
    (LogisticsRight.READ_TRANSFERS, _at_any_time(differences_to_settle)),
    (AccountRight.READ_USERS, _users),
)
