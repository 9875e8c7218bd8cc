"""An ordinary week of the central warehouse: components received and packed, a count, a hold, a recall, differences."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.demonstration.places import Network
from catalog.queries.items import list_item_ids
from catalog.queries.kits import get_kit
from core.actors import EVERYWHERE, Actor
from core.quarters import Quarter
from logistics.services import accept_delivery, dispatch_transfer, receive_transfer
from logistics.services.requests import approve_request, request_transfer
from logistics.values import ArrivedLot, TransferWish
from logistics.values.deliveries import Slip
from logistics.values.transfers import Counted, NewRequest, RequestWish
from warehouses.models import Lot, Place
from warehouses.queries import list_balances
from warehouses.queries.assemblies import get_set_content
from warehouses.services.assemblies import assemble_kits
from warehouses.services.bins import open_bin, put_away
from warehouses.services.counts import explain_differences, open_count, submit_count
from warehouses.services.lot_states import hold_lot
from warehouses.services.policies import set_thresholds
from warehouses.services.recalls import open_recall
from warehouses.services.tallies import tally
from warehouses.services.write_offs import draft_write_off
from warehouses.values import StockFilter
from warehouses.values.assemblies import NewAssembly
from warehouses.values.counts import DifferenceReason, Explanation, NewCount, NewTally, TallyKind
from warehouses.values.lot_acts import LotReason, WrittenReason
from warehouses.values.policies import Thresholds
from warehouses.values.write_offs import NewWriteOff, WriteOffWish

_KIT, _OTHER_KIT, _SETS, _PACKED = "HYG", "F13", 60, 40
_BINS = ("A-01", "A-02", "B-01", "C-01")
_DAYS_LEFT = (45, 140, 220, 300, 380, 460)
_COMPANY_PREFIX = "487000123"


@dataclass(frozen=True, slots=True)
class _Week:
    """Where the week passes, and who acts."""

    session: Session
    place: Place
    actors: Mapping[str, Actor]
    quarter: Quarter
    at: datetime

    @property
    def keeper(self) -> Actor:
        return self.actors["store"]


def live_a_week(
    session: Session, *, actors: Mapping[str, Actor], network: Network, supplier_id: int, quarter: Quarter, at: datetime
) -> None:
    """Let the central warehouse work for a week, so that every list of it has something to show."""
    week = _Week(session, network.central, actors, quarter, at)
    reason = "GS1 префиксі берілді"
    set_thresholds(session, Thresholds(122, 30, 2, _COMPANY_PREFIX), reason=reason, actor=actors["ministry"], at=at)
    lots, others = _receive(week, supplier_id)
    _put_away(week, [*lots, *others])
    wish = NewAssembly(place_id=week.place.id, kit_code=_KIT, quarter=quarter, sets=_PACKED)
    assemble_kits(session, wish, actor=week.keeper, at=at, key=uuid.uuid4())
    _send_and_differ(week, lots[0], network)
    _ask(week, network)
    _count(week, lots)
    note = "Су құбыры жарылып, қораптар суланды"
    wishes = (WriteOffWish(lots[1].id, 2),)
    damaged = NewWriteOff(week.place.id, "DAMAGE", note, at - timedelta(hours=2), wishes)
    draft_write_off(session, damaged, key=uuid.uuid4(), actor=week.keeper, at=at)
    held = WrittenReason(LotReason.PACKAGING, "Бір жағы ылғал")
    hold_lot(session, lots[2].id, held, key=uuid.uuid4(), actor=week.keeper, at=at)
    why = "Зертхана нормадан ауытқу тапты"
    open_recall(session, [lots[-1].id], reason=why, actor=actors["ministry"], at=at, key=uuid.uuid4())


def _receive(week: _Week, supplier_id: int) -> tuple[Sequence[Lot], Sequence[Lot]]:
    """Take in the components of two kinds of sets, two packs rejected; return their lots in the order of each set."""
    kits = [get_kit(week.session, code) for code in (_KIT, _OTHER_KIT)]
    contents = [get_set_content(week.session, kit, week.quarter).lines for kit in kits]
    ids = list_item_ids(week.session, [line.item.code for lines in contents for line in lines])
    lines = [
        ArrivedLot(
            ids[line.item.code],
            f"{line.item.code[:8]}-{week.at:%y%m}",
            week.quarter.last_day + timedelta(days=_DAYS_LEFT[place % len(_DAYS_LEFT)]),
            line.packs * _SETS,
            rejected=2 if of_kit is contents[0] and place == 0 else 0,
            reject_reason="damaged" if of_kit is contents[0] and place == 0 else "",
        )
        for of_kit in contents
        for place, line in enumerate(of_kit)
    ]
    accept_delivery(
        week.session,
        order=None,
        supplier_id=supplier_id,
        place_id=week.place.id,
        lines=lines,
        actor=week.keeper,
        at=week.at,
        key=uuid.uuid4(),
        slip=Slip(week.at - timedelta(days=3), "214", ""),
    )
    codes = {line.lot_code: place for place, line in enumerate(lines)}
    lots = sorted((lot for lot in _there(week) if lot.code in codes), key=lambda lot: codes[lot.code])
    return lots[: len(contents[0])], lots[len(contents[0]) :]


def _there(week: _Week, item_id: int | None = None) -> Mapping[Lot, int]:
    """Return what lies at the place, by lot."""
    wanted = StockFilter(place_id=week.place.id, item_id=item_id)
    rows = list_balances(week.session, EVERYWHERE, wanted=wanted)
    return {row[1]: int(row[3]) for row in rows}


def _put_away(week: _Week, lots: Sequence[Lot]) -> None:
    """Open bins and put the components there; the packed sets of the quarter stay on the floor."""
    bins = [open_bin(week.session, week.place.id, code=code, actor=week.keeper, at=week.at) for code in _BINS]
    there = _there(week)
    for number, lot in enumerate(lots):
        put_away(
            week.session,
            week.place.id,
            lot.id,
            bin_id=bins[number % len(bins)].id,
            packs=there[lot],
            actor=week.keeper,
            at=week.at,
        )


def _send_and_differ(week: _Week, lot: Lot, network: Network) -> None:
    """Send ten packs of which nine arrive: both ends are to say what happened."""
    target = next(iter(network.regional.values()))
    sent = dispatch_transfer(
        week.session,
        from_place_id=week.place.id,
        to_place_id=target.id,
        lines=[TransferWish(lot.id, 10)],
        actor=week.keeper,
        at=week.at,
        key=uuid.uuid4(),
    )
    counted = {1: Counted(9, "Бір қаптама жетіспейді")}
    receive_transfer(week.session, sent, counted=counted, actor=week.actors["transport"], at=week.at)


def _ask(week: _Week, network: Network) -> None:
    """Let a region ask for goods: one request waits for approval, one for picking."""
    target = next(iter(network.regional.values()))
    item = get_kit(week.session, _KIT).item_id
    for packs, approver in ((12, "ministry"), (20, None)):
        wish = NewRequest(
            uuid.uuid4(), week.place.id, target.id, (RequestWish(item, packs),), needed_on=week.quarter.last_day
        )
        request = request_transfer(week.session, wish, actor=week.actors["transport"], at=week.at)
        if approver is not None:
            approve_request(week.session, request, actor=week.actors[approver], at=week.at)


def _count(week: _Week, lots: Sequence[Lot]) -> None:
    """Count one item with a difference; it waits for the second storekeeper."""
    lot = lots[3]
    wish = NewCount(uuid.uuid4(), week.place.id, (lot.item_id,), is_blind=True, note="Апталық түгендеу")
    count = open_count(week.session, wish, actor=week.keeper, at=week.at)
    tallies = [
        NewTally(uuid.uuid4(), one.id, TallyKind.SET, packs - (1 if one is lot else 0))
        for one, packs in _there(week, lot.item_id).items()
    ]
    tally(week.session, count, tallies, actor=week.keeper, at=week.at)
    submit_count(week.session, count, actor=week.keeper, at=week.at)
    why = Explanation(lot.id, DifferenceReason.DAMAGED, "Қорабы жыртылған")
    explain_differences(week.session, count, [why], actor=week.keeper, at=week.at)
