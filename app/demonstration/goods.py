"""Goods of the demonstration: an order, its delivery in lots, and the road from the central warehouse to the points."""

import random
import uuid
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.demonstration.places import Network
from catalog.models import KitKind
from catalog.queries.versions import version_in_force
from core.actors import Actor
from core.clock import today
from core.quarters import Quarter
from distribution.models import Roster, RosterSupply
from logistics.services import (
    accept_delivery,
    approve_order,
    create_supplier,
    dispatch_transfers,
    draft_order,
    receive_transfers,
)
from logistics.values import ArrivedLot, NewTransfer, OrderWish, TransferWish
from warehouses.models import StockReservation

_MARGIN = 1.04
_SHORTAGE = 0.95
"""The share of what is needed of the food set most children get that the supplier could make: it is rationed."""

_FIRST_LOT_SHARE = 0.6
_STAY_IN_DISTRICT = 9
_STAY_ON_THE_ROAD = 5
_SEED = 20_200_201

Load = Mapping[tuple[int, int], int]
"""Packs by district and lot."""


def enter_supplier(session: Session, *, actor: Actor, at: datetime) -> int:
    """Take the supplier of packed sets into the list and return its id."""
    return create_supplier(
        session,
        bin_number="190140990012",
        name_kk="«Дән Астық» ЖШС",
        name_ru="ТОО «Дән Астық»",
        name_en="Dan Astyq LLP",
        actor=actor,
        at=at,
    ).id


def order_and_receive(
    session: Session, *, actors: Mapping[str, Actor], network: Network, supplier_id: int, roster_id: int, at: datetime
) -> None:
    """Order what a roster needs and a little more, approve it by a second person, receive it in two lots a kit."""
    quarter = session.get_one(Roster, roster_id).quarter
    needed = (
        select(KitKind, RosterSupply.need)
        .join(RosterSupply, RosterSupply.kit_kind_id == KitKind.id)
        .where(RosterSupply.roster_id == roster_id)
        .order_by(KitKind.code)
    )
    needs = [
        (kit.code, kit.item_id, need, version_in_force(session, kit, quarter).id)
        for kit, need in session.execute(needed)
    ]
    day = today(at)
    scarce = sorted(needs, key=lambda one: one[2])[-2][1]  # the last one is what every child gets
    wanted = {item: int(need * (_SHORTAGE if item == scarce else _MARGIN)) + 1 for _, item, need, _ in needs}
    order = draft_order(
        session,
        supplier_id=supplier_id,
        place_id=network.central.id,
        quarter=quarter,
        due_on=day + timedelta(days=3),
        lines=[OrderWish(item, packs) for item, packs in wanted.items()],
        actor=actors["ministry"],
        at=at,
    )
    approve_order(session, order, actor=actors["ministry2"], at=at)
    lines: list[ArrivedLot] = []
    for code, item, _, version in needs:
        first = int(wanted[item] * _FIRST_LOT_SHARE)
        soon, late = quarter.last_day + timedelta(days=75), quarter.last_day + timedelta(days=260)
        lines.append(ArrivedLot(item, f"{code}-2610-A", soon, first, version))
        lines.append(ArrivedLot(item, f"{code}-2611-B", late, wanted[item] - first, version))
    accept_delivery(
        session,
        order=order,
        supplier_id=supplier_id,
        place_id=network.central.id,
        lines=lines,
        actor=actors["store"],
        at=at,
        key=uuid.uuid4(),
    )
    _order_more(session, actors=actors, network=network, supplier_id=supplier_id, quarter=quarter.next(), at=at)


def _order_more(
    session: Session, *, actors: Mapping[str, Actor], network: Network, supplier_id: int, quarter: Quarter, at: datetime
) -> None:
    """Leave an order of the next quarter open and one waiting for approval, as on any ordinary day."""
    item = session.scalars(select(KitKind.item_id).order_by(KitKind.code)).first()
    if item is None:
        return
    for days, packs, approved in ((5, 4000, True), (30, 6000, False)):
        order = draft_order(
            session,
            supplier_id=supplier_id,
            place_id=network.central.id,
            quarter=quarter,
            due_on=today(at) + timedelta(days=days),
            lines=[OrderWish(item, packs)],
            actor=actors["ministry"],
            at=at,
        )
        if approved:
            approve_order(session, order, actor=actors["ministry2"], at=at)


def carry(session: Session, *, actors: Mapping[str, Actor], network: Network, quarter: Quarter, at: datetime) -> None:
    """Send what is reserved at the central warehouse to the regions, the districts and the points.

    Some districts have their goods still in their own warehouse, and some on the road, as on any ordinary day.
    """
    load = _reserved_at(session, network.central.id, quarter)
    region_of = {one.id: one.region_id for one in network.districts}
    chosen = random.Random(_SEED).sample(network.districts, _STAY_IN_DISTRICT + _STAY_ON_THE_ROAD)  # noqa: S311 - no secret
    staying = {one.id for one in chosen}
    on_the_road = {one.id for one in chosen[_STAY_IN_DISTRICT:]}
    transport = actors["transport"]

    by_region: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for (district_id, lot), packs in load.items():
        by_region[region_of[district_id]][lot] += packs
    first = [_transfer(network.central.id, network.regional[one].id, lots, quarter) for one, lots in by_region.items()]
    receive_transfers(session, dispatch_transfers(session, first, actor=actors["store"], at=at), actor=transport, at=at)

    by_district = _by_district(load)
    second = {
        one: _transfer(network.regional[region_of[one]].id, network.district[one].id, lots, quarter)
        for one, lots in by_district.items()
    }
    sent = dict(zip(second, dispatch_transfers(session, list(second.values()), actor=transport, at=at), strict=True))
    arrived = [transfer for one, transfer in sent.items() if one not in on_the_road]
    receive_transfers(session, arrived, actor=transport, at=at)

    third = [
        _transfer(network.district[one].id, network.points[one].id, lots, quarter)
        for one, lots in by_district.items()
        if one not in staying
    ]
    receive_transfers(session, dispatch_transfers(session, third, actor=transport, at=at), actor=transport, at=at)


def _reserved_at(session: Session, place_id: int, quarter: Quarter) -> Load:
    rows = session.execute(
        select(StockReservation.district_id, StockReservation.lot_id, func.sum(StockReservation.quantity))
        .where(StockReservation.place_id == place_id, StockReservation.quarter == quarter)
        .group_by(StockReservation.district_id, StockReservation.lot_id)
    ).all()
    return {(district_id, lot): int(packs) for district_id, lot, packs in rows if district_id is not None}


def _by_district(load: Load) -> Mapping[int, Mapping[int, int]]:
    found: dict[int, dict[int, int]] = defaultdict(dict)
    for (district_id, lot), packs in load.items():
        found[district_id][lot] = packs
    return found


def _transfer(source: int, target: int, lots: Mapping[int, int], quarter: Quarter) -> NewTransfer:
    lines = tuple(TransferWish(lot, packs, quarter) for lot, packs in sorted(lots.items()))
    return NewTransfer(uuid.uuid4(), source, target, lines)
