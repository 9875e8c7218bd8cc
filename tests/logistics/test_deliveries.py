"""What came is received: taken in, sent back, short, over, late, by two people at once, or not at all."""

import uuid
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from catalog.errors import GtinTaken, GtinUnfit, LinkNotAllowed
from catalog.models import Item, KitVersion
from catalog.queries.gtins import find_item_by_gtin
from catalog.services.gtins import link_gtin
from core.actors import EVERYWHERE
from core.audit import AuditEntry
from core.clock import now, today
from core.database import Database
from core.quarters import Quarter
from logistics import errors
from logistics.models import Delivery, DeliveryLine, PurchaseOrder, PurchaseOrderLine
from logistics.queries import get_order
from logistics.queries.deliveries import list_delivery_lines
from logistics.rules.deliveries import allowed_packs, differences_by_item, is_short_lived
from logistics.services import accept_delivery
from logistics.values import ArrivedLot, ComponentLot, OrderStatus, RejectReason, Slip
from tests.logistics.test_supply import a_storekeeper, a_warehouse, accept, an_order
from tests.support.goods import a_supplier, an_item, balance_of
from tests.support.moments import at_once, writing
from tests.support.people import an_actor
from warehouses.errors import LotDiffers, MovementInFuture, PeriodClosed
from warehouses.errors.corrections import LateReasonMissing
from warehouses.models import Lot, LotComponent, PeriodClose, StockMovement, StockPolicy
from warehouses.queries import get_place, list_wrong_balances

GOOD = date(2031, 6, 30)


def lot_of(session: Session, code: str) -> Lot:
    return session.scalars(select(Lot).where(Lot.code == code)).one()


def set_policy(session: Session, *, over: int = 0, margin: int = 30) -> None:
    actor = an_actor(session, role=Role.MINISTRY)
    session.add(
        StockPolicy(
            near_expiry_days=122,
            receipt_margin_days=margin,
            over_percent=over,
            reason="test",
            at=now(),
            actor_id=actor.id,
        )
    )
    session.flush()


def test_what_is_rejected_goes_back_with_its_reason_and_stays_due(session: Session) -> None:
    order = an_order(session, a_warehouse(session))
    item = an_item(session).id
    delivery = accept(
        session, order, [ArrivedLot(item, "A", GOOD, 60, rejected=40, reject_reason=RejectReason.DAMAGED, note="wet")]
    )
    line = list_delivery_lines(session, delivery.id)[0]
    assert (line.accepted, line.rejected, line.reject_reason, line.due) == (60, 40, "damaged", 100)
    assert balance_of(session, order.place, lot_of(session, "A")) == (60, 0)
    again = get_order(session, order.id, EVERYWHERE)
    assert (again.lines[0].received, again.status) == (60, OrderStatus.APPROVED)
    assert list_wrong_balances(session) == []


def test_what_is_rejected_altogether_enters_no_ledger(session: Session) -> None:
    order = an_order(session, a_warehouse(session))
    item = an_item(session).id
    old = today(now()) - timedelta(days=3)
    delivery = accept(session, order, [ArrivedLot(item, "OLD", old, 0, rejected=5, reject_reason=RejectReason.EXPIRED)])
    assert session.scalar(select(func.count()).select_from(StockMovement)) == 0
    assert session.scalars(select(Lot).where(Lot.code == "OLD")).all() == []
    assert list_delivery_lines(session, delivery.id)[0].lot_id is None


@pytest.mark.parametrize(
    "line",
    [
        {"packs": 0},
        {"packs": -1},
        {"packs": 1, "rejected": -1, "reject_reason": "damaged"},
        {"packs": 1, "rejected": 1},
        {"packs": 1, "rejected": 1, "reject_reason": "because"},
        {"packs": 1, "reject_reason": "damaged"},
        {"packs": 0, "rejected": 1, "reject_reason": "other"},
        {"packs": 10**9},
    ],
)
def test_bad_07_a_line_that_cannot_be_meant_is_refused(session: Session, line: dict[str, int | str]) -> None:
    order = an_order(session, a_warehouse(session))
    arrived = ArrivedLot(an_item(session).id, "A", GOOD, **line)  # type: ignore[arg-type]
    with pytest.raises(errors.DeliveryMalformed):
        accept(session, order, [arrived])


def test_an_item_that_is_not_in_the_catalogue_is_refused(session: Session) -> None:
    order = an_order(session, a_warehouse(session))
    with pytest.raises(errors.DeliveryMalformed):
        accept(session, order, [ArrivedLot(2_000_000, "A", GOOD, 1)])


@pytest.mark.parametrize(("percent", "came", "back"), [(0, 101, 1), (5, 106, 1), (5, 105, 0), (100, 201, 1)])
def test_bad_09_more_than_is_tolerated_is_refused_and_says_how_many_to_give_back(
    session: Session, percent: int, came: int, back: int
) -> None:
    set_policy(session, over=percent)
    order = an_order(session, a_warehouse(session))
    lines = [ArrivedLot(an_item(session).id, "A", GOOD, came)]
    if back:
        with pytest.raises(errors.OverDelivered, match=f"give back {back}"):
            accept(session, order, lines)
        return
    delivery = accept(session, order, lines)
    kept = list_delivery_lines(session, delivery.id)
    assert [one.over for one in differences_by_item((one.item_id, one.due, one.accepted) for one in kept)] == [
        came - 100
    ]


def test_short_and_over_are_counted_over_all_lots_of_an_item() -> None:
    found = differences_by_item([(1, 100, 60), (1, 100, 30), (2, 10, 11), (3, None, 5)])
    assert [(one.item_id, one.short, one.over) for one in found] == [(1, 10, 0), (2, 0, 1)]


def test_shelf_life_must_reach_the_end_of_the_orders_quarter_and_the_margin(session: Session) -> None:
    set_policy(session, margin=10)
    order = an_order(session, a_warehouse(session))
    item, last = an_item(session).id, Quarter(2026, 4).last_day
    with pytest.raises(errors.ShortLived, match="short shelf life"):
        accept(session, order, [ArrivedLot(item, "A", last + timedelta(days=9), 1)])
    accept(session, order, [ArrivedLot(item, "B", last + timedelta(days=10), 1)])
    accept(session, order, [ArrivedLot(item, "NONE", None, 1)])


def test_without_an_order_the_current_quarter_counts(session: Session) -> None:
    place, at = a_warehouse(session), now()
    day = Quarter.of(today(at)).last_day + timedelta(days=29)
    supplier = a_supplier(session)
    with pytest.raises(errors.ShortLived):
        accept_delivery(
            session, order=None, supplier_id=supplier.id, place_id=place.id,
            lines=[ArrivedLot(an_item(session).id, "A", day, 1)], actor=a_storekeeper(session, place), at=at,
            key=uuid.uuid4(),
        )  # fmt: skip


def test_the_rules_of_shelf_life_and_tolerance_at_their_edges() -> None:
    quarter = Quarter(2026, 4)
    assert not is_short_lived(None, quarter, 30)
    assert is_short_lived(date(2027, 1, 29), quarter, 30)
    assert not is_short_lived(date(2027, 1, 30), quarter, 30)
    assert [allowed_packs(10, 10, 0), allowed_packs(10, 12, 0), allowed_packs(19, 0, 5), allowed_packs(20, 0, 5)] == [
        0,
        0,
        19,
        21,
    ]


def test_a_delivery_of_last_week_is_entered_late(session: Session) -> None:
    order, at = an_order(session, a_warehouse(session)), now()
    came = at - timedelta(days=7)
    delivery = accept_delivery(
        session, order=order, supplier_id=order.supplier_id, place_id=order.place_id,
        lines=[ArrivedLot(an_item(session).id, "A", GOOD, 5)], actor=a_storekeeper(session, order.place), at=at,
        key=uuid.uuid4(), slip=Slip(came, "  З-2 № 17 ", "late"),
    )  # fmt: skip
    assert (delivery.received_at, delivery.recorded_at) == (came, at)
    assert (delivery.paper_number, delivery.note) == ("З-2 № 17", "late")
    movement = session.scalars(select(StockMovement)).one()
    assert (movement.moved_at, movement.recorded_at) == (came, at)


def test_a_delivery_that_has_not_come_yet_is_refused(session: Session) -> None:
    order, at = an_order(session, a_warehouse(session)), now()
    with pytest.raises(MovementInFuture):
        accept_delivery(
            session, order=order, supplier_id=order.supplier_id, place_id=order.place_id,
            lines=[ArrivedLot(an_item(session).id, "A", GOOD, 5)], actor=a_storekeeper(session, order.place), at=at,
            key=uuid.uuid4(), slip=Slip(at + timedelta(hours=1)),
        )  # fmt: skip


def test_a_closed_period_takes_no_delivery_of_a_day_before(session: Session) -> None:
    order, at = an_order(session, a_warehouse(session)), now()
    ministry = an_actor(session, role=Role.MINISTRY)
    session.add(PeriodClose(through=today(at) - timedelta(days=2), reason="quarter", at=at, actor_id=ministry.id))
    session.flush()
    with pytest.raises(PeriodClosed):
        accept_delivery(
            session, order=order, supplier_id=order.supplier_id, place_id=order.place_id,
            lines=[ArrivedLot(an_item(session).id, "A", GOOD, 5)], actor=a_storekeeper(session, order.place), at=at,
            key=uuid.uuid4(), slip=Slip(at - timedelta(days=5)),
        )  # fmt: skip


def test_a_packed_lot_is_of_the_version_in_force_unless_the_pack_says_another(session: Session) -> None:
    order = an_order(session, a_warehouse(session))
    accept(session, order, [ArrivedLot(an_item(session).id, "A", GOOD, 5)])
    version = session.get_one(KitVersion, lot_of(session, "A").kit_version_id)
    assert version.effective_from <= order.quarter
    accept(session, order, [ArrivedLot(an_item(session).id, "A", GOOD, 5)])
    assert lot_of(session, "A").kit_version_id == version.id


def test_lots_that_a_supplier_declares_inside_are_kept_without_packs(session: Session) -> None:
    order = an_order(session, a_warehouse(session))
    part = an_item(session, _component(session))
    inside = (ComponentLot(part.id, "PART-1", GOOD),)
    accept(session, order, [ArrivedLot(an_item(session).id, "A", GOOD, 5, components=inside)])
    row = session.scalars(select(LotComponent)).one()
    assert (row.kit_lot_id, row.component_lot_id, row.packs) == (
        lot_of(session, "A").id,
        lot_of(session, "PART-1").id,
        None,
    )


def test_a_packed_lot_does_not_outlive_what_is_inside(session: Session) -> None:
    order = an_order(session, a_warehouse(session))
    inside = (ComponentLot(an_item(session, _component(session)).id, "PART-1", GOOD - timedelta(days=1)),)
    with pytest.raises(errors.DeliveryMalformed, match="cannot last longer"):
        accept(session, order, [ArrivedLot(an_item(session).id, "A", GOOD, 5, components=inside)])


def test_a_declared_composition_that_is_not_the_standards_is_refused(session: Session) -> None:
    order = an_order(session, a_warehouse(session))
    inside = (ComponentLot(an_item(session, _component(session)).id, "PART-1", GOOD, packs=99),)
    with pytest.raises(errors.CompositionWrong):
        accept(session, order, [ArrivedLot(an_item(session).id, "A", GOOD, 5, components=inside)])


def _component(session: Session) -> str:
    return session.scalars(select(Item.code).where(Item.kind == "component").order_by(Item.code)).first() or ""


def test_a_lot_with_another_expiry_day_is_refused(session: Session) -> None:
    order = an_order(session, a_warehouse(session))
    accept(session, order, [ArrivedLot(an_item(session).id, "A", GOOD, 5)])
    with pytest.raises(LotDiffers):
        accept(session, order, [ArrivedLot(an_item(session).id, "A", GOOD + timedelta(days=1), 5)])


def _order_of_a_moment(database: Database) -> tuple[int, int, int, int, int]:
    with database.writing() as session:
        order = an_order(session, a_warehouse(session))
        keepers = [an_actor(session, role=Role.STOREKEEPER, scope_kind=ScopeKind.PLACE, scope_id=order.place_id).id]
        return order.id, order.supplier_id, order.place_id, an_item(session).id, keepers[0]


def _receive(session: Session, ids: tuple[int, int, int, int, int], packs: int, key: uuid.UUID) -> uuid.UUID:
    order_id, supplier, place, item, _ = ids
    actor = a_storekeeper(session, get_place(session, place, EVERYWHERE))
    order = get_order(session, order_id, EVERYWHERE)
    lines = [ArrivedLot(item, "A", GOOD, packs)]
    delivery = accept_delivery(
        session, order=order, supplier_id=supplier, place_id=place, lines=lines, actor=actor, at=now(), key=key
    )
    return delivery.id


def test_rel_08_two_people_who_receive_the_same_order_at_once_count_it_once(fresh_database: Database) -> None:
    ids = _order_of_a_moment(fresh_database)
    answers = at_once(
        [writing(fresh_database, lambda session: _receive(session, ids, 100, uuid.uuid4())) for _ in range(2)]
    )
    assert sorted(type(one).__name__ for one in answers) == ["OverDelivered", "UUID"]
    with fresh_database.reading() as session:
        line = session.scalars(select(PurchaseOrderLine).where(PurchaseOrderLine.order_id == ids[0])).first()
        assert line is not None
        assert line.received == 100
        assert session.scalar(select(func.sum(StockMovement.quantity))) == 100


def test_rel_08_the_same_delivery_sent_by_two_threads_is_received_once(fresh_database: Database) -> None:
    ids, key = _order_of_a_moment(fresh_database), uuid.uuid4()
    answers = at_once([writing(fresh_database, lambda session: _receive(session, ids, 60, key)) for _ in range(4)])
    assert answers == [key] * 4
    with fresh_database.reading() as session:
        assert session.scalar(select(func.sum(StockMovement.quantity))) == 60
        assert session.scalar(select(func.count()).select_from(Delivery)) == 1


def test_rel_09_a_process_that_dies_in_the_middle_leaves_nothing(fresh_database: Database) -> None:
    ids = _order_of_a_moment(fresh_database)

    class Died(BaseException):
        """The process is no more."""

    def receive_and_die(session: Session) -> None:
        _receive(session, ids, 60, uuid.uuid4())
        raise Died

    with pytest.raises(Died):
        writing(fresh_database, receive_and_die)()
    with fresh_database.reading() as session:
        for table in (Delivery, DeliveryLine, StockMovement, Lot):
            assert session.scalar(select(func.count()).select_from(table)) == 0, table
        received = select(func.sum(PurchaseOrderLine.received)).where(PurchaseOrderLine.order_id == ids[0])
        assert session.scalar(received) == 0


def test_sec_24_a_key_of_somebody_elses_delivery_never_overwrites_it(session: Session) -> None:
    order, key = an_order(session, a_warehouse(session)), uuid.uuid4()
    accept(session, order, [ArrivedLot(an_item(session).id, "A", GOOD, 5)], key)
    other = an_order(session, a_warehouse(session))
    with pytest.raises(errors.DeliveryKeyReused):
        accept(session, other, [ArrivedLot(an_item(session).id, "A", GOOD, 5)], key)


def test_bad_32_an_order_of_another_place_is_not_received_here(session: Session) -> None:
    order, here = an_order(session, a_warehouse(session)), a_warehouse(session)
    with pytest.raises(errors.NotOrdered):
        accept_delivery(
            session, order=order, supplier_id=order.supplier_id, place_id=here.id,
            lines=[ArrivedLot(an_item(session).id, "A", GOOD, 5)], actor=a_storekeeper(session, here), at=now(),
            key=uuid.uuid4(),
        )  # fmt: skip
    session.execute(update(PurchaseOrder).where(PurchaseOrder.id == order.id).values(status=OrderStatus.CANCELLED))
    with pytest.raises(errors.OrderNotOpen):
        accept(session, order, [ArrivedLot(an_item(session).id, "A", GOOD, 5)])


def test_ux_22_a_trade_number_is_linked_once_and_another_item_is_named(session: Session) -> None:
    keeper = a_storekeeper(session, a_warehouse(session))
    item, other = an_item(session), an_item(session, "HYG")
    revision = item.revision
    for gtin in ("04870001234560", "4870001234560"):
        link_gtin(session, gtin=gtin, item_id=item.id, actor=keeper, at=now())
    found = find_item_by_gtin(session, "04870001234560")
    assert found is not None
    assert (found.id, found.revision) == (item.id, revision + 1)
    with pytest.raises(GtinTaken, match="F13"):
        link_gtin(session, gtin="4870001234560", item_id=other.id, actor=keeper, at=now())
    acts = session.scalars(select(AuditEntry).where(AuditEntry.action == "catalog.link_gtin")).all()
    assert [(one.subject_id, one.actor_id) for one in acts] == [("F13", keeper.id)]


@pytest.mark.parametrize("gtin", ["4870001234561", "123", "2000000000008", ""])
def test_a_number_that_no_manufacturer_gives_is_not_linked(session: Session, gtin: str) -> None:
    keeper = a_storekeeper(session, a_warehouse(session))
    with pytest.raises(GtinUnfit):
        link_gtin(session, gtin=gtin, item_id=an_item(session).id, actor=keeper, at=now())


def test_sec_20_only_who_has_the_right_links_a_trade_number(session: Session) -> None:
    auditor = an_actor(session, role=Role.AUDITOR)
    with pytest.raises(LinkNotAllowed):
        link_gtin(session, gtin="4870001234560", item_id=an_item(session).id, actor=auditor, at=now())


def test_who_may_enter_after_the_close_says_why_in_the_note(session: Session) -> None:
    order, at = an_order(session, a_warehouse(session)), now()
    ministry = an_actor(session, role=Role.MINISTRY)
    session.add(PeriodClose(through=today(at) - timedelta(days=2), reason="quarter", at=at, actor_id=ministry.id))
    session.flush()
    keeper = a_storekeeper(session, order.place)
    both = replace(keeper, grants=(*keeper.grants, *ministry.grants))
    given = {"order": order, "supplier_id": order.supplier_id, "place_id": order.place_id, "actor": both, "at": at}
    lines = [ArrivedLot(an_item(session).id, "A", GOOD, 5)]
    came = at - timedelta(days=5)
    with pytest.raises(LateReasonMissing):
        accept_delivery(session, lines=lines, key=uuid.uuid4(), slip=Slip(came), **given)
    delivery = accept_delivery(session, lines=lines, key=uuid.uuid4(), slip=Slip(came, note="flooded road"), **given)
    assert delivery.received_at == came
