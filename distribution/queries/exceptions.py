"""Reads of what a watch looks for: each exception in the whole country, by few statements."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from core.actors import EVERYWHERE
from core.clock import today
from distribution.models import Device, Family, Lead, Lease, ScanEntry
from distribution.queries.board import board
from distribution.queries.cases import CaseFilter, cases_statement
from distribution.queries.quarters import current_quarter
from distribution.rules.alerts import LATE_ON_THE_ROAD, LEADS_WAIT, MOST_REPEATED_SCANS, REPEATED_WITHIN, SILENT_AFTER
from distribution.values import ScanAnswer
from distribution.values.alerts import AlertKind, Exceptional
from distribution.values.leads import LeadStatus
from logistics.models import PurchaseOrder, Transfer
from logistics.values import OrderStatus, TransferStatus
from warehouses.models import Place
from warehouses.queries import expiry_watch, stock_statement
from warehouses.values import Freshness, FreshnessAsked, StockFilter


def list_exceptions(session: Session, at: datetime) -> list[Exceptional]:
    """Return everything that needs somebody now."""
    looks = (
        _short_sets,
        _expiring,
        _late_orders,
        _late_transfers,
        _repeated_scans,
        _late_commissions,
        _waiting_leads,
        _silent_devices,
    )
    return [found for look in looks for found in look(session, at)]


def _short_sets(session: Session, at: datetime) -> Iterator[Exceptional]:
    quarter = current_quarter(session, today(at))
    if quarter is None:
        return
    for row in board(session, quarter, reach=EVERYWHERE, on=today(at)):
        if row.short:
            values = {"sets": row.short, "quarter": str(quarter), "kato": row.district.kato}
            yield Exceptional(AlertKind.SHORT_SETS, f"{quarter}:{row.district.kato}", row.district.id, values)


def _expiring(session: Session, at: datetime) -> Iterator[Exceptional]:
    watch = expiry_watch(session, today(at))
    for freshness, kind in (
        (Freshness.EXPIRED, AlertKind.EXPIRED_PACKS),
        (Freshness.SOON, AlertKind.EXPIRING_PACKS),
    ):
        stock = stock_statement(EVERYWHERE, wanted=StockFilter(freshness=FreshnessAsked(freshness, watch)))
        packs = func.sum(stock.selected_columns["on_hand"])
        by_place = stock.with_only_columns(Place.id, Place.district_id, func.count(), packs)
        grouped = by_place.group_by(Place.id, Place.district_id).order_by(Place.id)
        for place_id, district_id, lots, on_hand in session.execute(grouped):
            values = {"place": place_id, "lots": lots, "packs": int(on_hand)}
            yield Exceptional(kind, f"place:{place_id}", district_id, values)


def _late_orders(session: Session, at: datetime) -> Iterator[Exceptional]:
    late = (
        select(PurchaseOrder.id, PurchaseOrder.number, PurchaseOrder.due_on, Place.district_id)
        .join(Place, Place.id == PurchaseOrder.place_id)
        .where(PurchaseOrder.status == OrderStatus.APPROVED, PurchaseOrder.due_on < today(at))
        .order_by(PurchaseOrder.id)
    )
    for order_id, number, due_on, district_id in session.execute(late):
        values = {"order": order_id, "number": number, "days": (today(at) - due_on).days}
        yield Exceptional(AlertKind.LATE_ORDER, f"order:{order_id}", district_id, values)


def _late_transfers(session: Session, at: datetime) -> Iterator[Exceptional]:
    late = (
        select(Transfer.id, Transfer.number, Transfer.dispatched_at, Place.district_id)
        .join(Place, Place.id == Transfer.to_place_id)
        .where(Transfer.status == TransferStatus.DISPATCHED, Transfer.dispatched_at < at - LATE_ON_THE_ROAD)
        .order_by(Transfer.number)
    )
    for transfer_id, number, dispatched_at, district_id in session.execute(late):
        values = {"transfer": str(transfer_id), "number": number, "days": (at - dispatched_at).days}
        yield Exceptional(AlertKind.LATE_TRANSFER, f"transfer:{transfer_id}", district_id, values)


def _repeated_scans(session: Session, at: datetime) -> Iterator[Exceptional]:
    again = func.count(ScanEntry.voucher_id.distinct())
    by_point = (
        select(Place.id, Place.district_id, again)
        .select_from(ScanEntry)
        .join(Place, Place.id == ScanEntry.point_id)
        .where(ScanEntry.verdict == ScanAnswer.ALREADY_HANDED_OVER, ScanEntry.at > at - REPEATED_WITHIN)
        .group_by(Place.id, Place.district_id)
        .having(again > MOST_REPEATED_SCANS)
        .order_by(Place.id)
    )
    for place_id, district_id, vouchers in session.execute(by_point):
        values = {"place": place_id, "vouchers": vouchers}
        yield Exceptional(AlertKind.REPEATED_SCANS, f"place:{place_id}", district_id, values)


def _late_commissions(session: Session, at: datetime) -> Iterator[Exceptional]:
    wanted = CaseFilter(late=True)
    late = cases_statement(EVERYWHERE, wanted, today(at)).with_only_columns(Family.district_id, func.count())
    for district_id, families in session.execute(late.group_by(Family.district_id).order_by(Family.district_id)):
        yield Exceptional(AlertKind.LATE_COMMISSION, f"district:{district_id}", district_id, {"families": families})


def _waiting_leads(session: Session, at: datetime) -> Iterator[Exceptional]:
    waiting = (
        select(Lead.district_id, func.count())
        .where(Lead.status == LeadStatus.OPEN, Lead.found_at < at - LEADS_WAIT)
        .group_by(Lead.district_id)
        .order_by(Lead.district_id)
    )
    for district_id, leads in session.execute(waiting):
        yield Exceptional(AlertKind.WAITING_LEADS, f"district:{district_id}", district_id, {"leads": leads})


def _silent_devices(session: Session, at: datetime) -> Iterator[Exceptional]:
    """Yield devices that hold something of ours, a lease or unsent events, and have long sent nothing."""
    lease = (Lease.device_id == Device.id) & Lease.closed_at.is_(None)
    heard = func.coalesce(Device.last_sync_at, Lease.opened_at, Device.enrolled_at)
    silent = (
        select(Device.code, Place.id, Place.district_id, heard)
        .join(Place, Place.id == Device.point_id)
        .outerjoin(Lease, lease)
        .where(heard < at - SILENT_AFTER, or_(Lease.id.is_not(None), Device.unsent > 0))
        .order_by(Device.code)
    )
    for code, place_id, district_id, heard_at in session.execute(silent):
        values = {"place": place_id, "device": code, "days": (at - heard_at).days}
        yield Exceptional(AlertKind.SILENT_DEVICE, f"device:{code}", district_id, values)
