"""Pages of logistics: orders, deliveries, transfers, suppliers."""

import re
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from core.clock import now, today
from core.quarters import Quarter
from logistics.models import Delivery, PurchaseOrder, Supplier, Transfer
from logistics.services import approve_order, draft_order
from logistics.values import OrderWish
from tests.conftest import SignIn
from tests.support.client import InspectingClient
from tests.support.goods import a_place, a_supplier, an_item, balance_of, receive, some_districts
from tests.support.people import an_actor
from warehouses.models import Lot, Place
from warehouses.values import PlaceKind


def html(client: InspectingClient, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, (path, response.status_code)
    return response.get_data(as_text=True)


def a_draft(session: Session, place: Place, supplier: Supplier | None = None) -> PurchaseOrder:
    at = now()
    order = draft_order(
        session,
        supplier_id=(supplier or a_supplier(session)).id,
        place_id=place.id,
        quarter=Quarter.of(today(at)),
        due_on=today(at),
        lines=[OrderWish(an_item(session).id, 40), OrderWish(an_item(session, "HYG").id, 30)],
        actor=an_actor(session, role=Role.MINISTRY),
        at=at,
    )
    session.commit()
    return order


def an_order(session: Session, place: Place, supplier: Supplier | None = None) -> PurchaseOrder:
    order = a_draft(session, place, supplier)
    approve_order(session, order, actor=an_actor(session, role=Role.MINISTRY), at=now())
    session.commit()
    return order


def test_ux_102_empty_lists_say_what_they_are_and_offer_the_first_act(sign_in: SignIn) -> None:
    client = sign_in(Role.MINISTRY)
    assert "No orders yet" in html(client, "/logistics/orders")
    assert "No transfers yet" in html(client, "/logistics/transfers")
    assert "No suppliers yet" in html(client, "/logistics/suppliers")


def test_an_order_is_drafted_approved_by_another_received_and_closed(session: Session, sign_in: SignIn) -> None:
    place, supplier = a_place(session, kind=PlaceKind.DISTRICT), a_supplier(session)
    session.commit()
    drafter = sign_in(Role.MINISTRY)
    sent = drafter.send_form(
        "/logistics/orders/draft",
        **{
            "supplier_id": supplier.id,
            "place_id": place.id,
            "quarter": str(Quarter.of(today(now()))),
            "due_on": today(now()).isoformat(),
            "lines-0-item_id": an_item(session).id,
            "lines-0-packs": "1 200",
        },
    )
    assert sent.status_code == 303, sent.text
    path = sent.headers["Location"]
    shown = html(drafter, path)
    assert "Another person must approve it" in shown
    assert "/approve" not in shown
    assert drafter.post_with_token(f"{path}/approve").status_code == 403
    assert sign_in(Role.MINISTRY).post_with_token(f"{path}/approve").status_code == 303
    keeper = sign_in(Role.STOREKEEPER, ScopeKind.PLACE, place.id)
    form = f"/logistics/deliveries/accept?order={path.rsplit('/', 1)[1]}"
    due = keeper.send_form(form, **{"act": "due", "lines-0-item_id": an_item(session).id})
    assert 'value="1200"' in due.text
    line = {"lines-0-item_id": an_item(session).id, "lines-0-lot_code": "L-77", "lines-0-expires_on": "2031-01-31"}
    fields = {"supplier_id": supplier.id, "place_id": place.id, **line}
    over = keeper.send_form(form, **fields, **{"lines-0-packs": "1201"})
    assert "1200 packs are still due and 1201 came" in over.text
    done = keeper.send_form(form, **fields, **{"lines-0-packs": "1200"})
    assert done.status_code == 303, done.text
    assert "L-77" in html(keeper, done.headers["Location"])
    assert "received" in html(keeper, path)


def test_the_same_receipt_sent_twice_is_taken_in_once(session: Session, sign_in: SignIn) -> None:
    place, supplier = a_place(session, kind=PlaceKind.DISTRICT), a_supplier(session)
    session.commit()
    keeper = sign_in(Role.STOREKEEPER, ScopeKind.PLACE, place.id)
    page = html(keeper, "/logistics/deliveries/accept")
    hidden = dict(re.findall(r'name="(csrf_token|form_key)"[^>]*value="([^"]*)"', page))
    fields = {
        "supplier_id": supplier.id,
        "place_id": place.id,
        "lines-0-item_id": an_item(session).id,
        "lines-0-lot_code": "TWICE",
        "lines-0-packs": "5",
    }
    first, second = (keeper.post("/logistics/deliveries/accept", data={**hidden, **fields}) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    lot = session.scalars(select(Lot).where(Lot.code == "TWICE")).one()
    assert balance_of(session, place, lot) == (5, 0)


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("lines-0-packs", "-5", "whole number of packs"),
        ("lines-0-packs", "1.5", "whole number of packs"),
        ("lines-0-packs", "９", "whole number of packs"),
        ("lines-0-packs", "9999999999", "whole number of packs"),
        ("lines-0-packs", "", "Enter at least one line"),
        ("lines-0-expires_on", "31.12.2030", "Write the day as"),
        ("lines-0-expires_on", "2020-01-01", "is not taken in"),
        ("lines-0-lot_code", "L" * 41, "Shorten this to 40"),
        ("supplier_id", "abc", "Choose the supplier"),
    ],
)
def test_bad_07_what_cannot_be_received_is_told_and_nothing_is_taken_in(
    session: Session, sign_in: SignIn, field: str, value: str, told: str
) -> None:
    place, supplier = a_place(session, kind=PlaceKind.DISTRICT), a_supplier(session)
    session.commit()
    fields = {
        "supplier_id": supplier.id,
        "place_id": place.id,
        "lines-0-item_id": an_item(session).id,
        "lines-0-lot_code": "X",
        "lines-0-packs": "5",
    }
    keeper = sign_in(Role.STOREKEEPER, ScopeKind.PLACE, place.id)
    answer = keeper.send_form("/logistics/deliveries/accept", **(fields | {field: value}))
    assert answer.status_code == 200
    assert told in answer.text
    assert session.scalars(select(Delivery).where(Delivery.place_id == place.id)).all() == []


def test_one_more_line_is_offered_without_losing_what_was_typed(session: Session, sign_in: SignIn) -> None:
    place = a_place(session, kind=PlaceKind.DISTRICT)
    session.commit()
    keeper = sign_in(Role.STOREKEEPER, ScopeKind.PLACE, place.id)
    item = an_item(session)
    first = {"lines-0-item_id": item.id, "lines-0-lot_code": "KEPT"}
    answer = keeper.send_form("/logistics/deliveries/accept", act="add", added_item=item.code, **first)
    assert 'value="KEPT"' in answer.text
    assert 'name="lines-1-lot_code"' in answer.text
    ministry = sign_in(Role.MINISTRY)
    assert 'name="lines-3-packs"' in ministry.send_form("/logistics/orders/draft", more="1").text


def test_goods_are_sent_and_taken_in(session: Session, sign_in: SignIn) -> None:
    here, there = a_place(session, kind=PlaceKind.DISTRICT), a_place(session)
    lot = receive(session, here, 50)
    session.commit()
    keeper = sign_in(Role.STOREKEEPER, ScopeKind.PLACE, here.id)
    fields = {"to_place_id": there.id, "lines-0-lot_id": lot.id}
    short = keeper.send_form("/logistics/transfers/dispatch", **fields, **{"lines-0-packs": "51"})
    assert "has 50 packs of lot" in short.text
    sent = keeper.send_form("/logistics/transfers/dispatch", **fields, **{"lines-0-packs": "20"})
    assert sent.status_code == 303, sent.text
    path = sent.headers["Location"]
    assert "on the road" in html(keeper, path)
    assert "/receive" not in html(keeper, path)
    operator = sign_in(Role.OPERATOR, ScopeKind.PLACE, there.id)
    assert "/receive" in html(operator, path)
    assert operator.post_with_token(f"{path}/receive").status_code == 303
    assert operator.post_with_token(f"{path}/receive").status_code == 409
    assert balance_of(session, there, lot) == (20, 0)
    assert "1 of 1" in html(operator, "/logistics/transfers?status=received")
    html(operator, "/logistics/transfers?status=lost", 400)


def test_sec_21_orders_deliveries_and_transfers_of_others_do_not_exist(session: Session, sign_in: SignIn) -> None:
    home, away = some_districts(session)
    place = a_place(session, kind=PlaceKind.DISTRICT, district_id=away.id)
    point = a_place(session, district_id=away.id)
    order = an_order(session, place)
    lot = receive(session, place, 9)
    session.commit()
    keeper = sign_in(Role.STOREKEEPER, ScopeKind.PLACE, place.id)
    fields = {"to_place_id": point.id, "lines-0-lot_id": lot.id, "lines-0-packs": "2"}
    keeper.send_form("/logistics/transfers/dispatch", **fields)
    transfer = session.scalars(select(Transfer).where(Transfer.from_place_id == place.id)).one()
    stranger = sign_in(Role.DISTRICT, ScopeKind.DISTRICT, home.id)
    for path in (f"orders/{order.id}", f"transfers/{transfer.id}", f"transfers/dispatch?place={place.id}"):
        html(stranger, f"/logistics/{path}", 404)
    for path in (f"orders/{order.id}/cancel", f"orders/{order.id}/approve", f"transfers/{transfer.id}/receive"):
        assert stranger.post_with_token(f"/logistics/{path}").status_code == 404
    assert "Nothing is found" in html(stranger, f"/logistics/orders?q={order.number}")
    foreign = sign_in(Role.STOREKEEPER, ScopeKind.PLACE, a_place(session, district_id=home.id).id)
    html(foreign, f"/logistics/deliveries/accept?order={order.id}", 404)
    html(foreign, f"/logistics/deliveries/{uuid.uuid4()}", 404)


def test_bad_10_a_supplier_finds_its_own_orders_and_no_other_page(session: Session, sign_in: SignIn) -> None:
    place, own, other = a_place(session, kind=PlaceKind.DISTRICT), a_supplier(session), a_supplier(session)
    mine, theirs, draft = an_order(session, place, own), an_order(session, place, other), a_draft(session, place, own)
    client = sign_in(Role.SUPPLIER, ScopeKind.SUPPLIER, own.id)
    page = html(client, "/logistics/orders")
    assert mine.number in page
    assert theirs.number not in page
    assert "1 of 1" in page
    shown = html(client, f"/logistics/orders/{mine.id}")
    assert '<form method="post" action="/logistics' not in shown
    for hidden in (theirs, draft):
        html(client, f"/logistics/orders/{hidden.id}", 404)
    for path in (
        "orders/draft",
        "transfers",
        "transfers/dispatch",
        "deliveries/accept",
        "suppliers",
        "suppliers/create",
    ):
        html(client, f"/logistics/{path}", 404)
    for path in (f"orders/{mine.id}/approve", f"orders/{mine.id}/cancel"):
        assert client.post_with_token(f"/logistics/{path}").status_code == 404


def test_a_supplier_is_added_with_its_bin(session: Session, sign_in: SignIn) -> None:
    client = sign_in(Role.MINISTRY)
    names = {"name_kk": "«Береке» ЖШС", "name_ru": "ТОО «Береке»", "name_en": "Bereke LLP"}
    wrong = client.send_form("/logistics/suppliers/create", bin_number="190140990015", **names)
    assert "This is not a BIN" in wrong.text
    right = client.send_form("/logistics/suppliers/create", bin_number="190140990012", **names)
    assert right.status_code == 303
    assert "Bereke LLP" in html(client, "/logistics/suppliers?q=береке")
    again = client.send_form("/logistics/suppliers/create", bin_number="190140990012", **names)
    assert "in the list already" in again.text
    html(sign_in(Role.DISTRICT, ScopeKind.DISTRICT, some_districts(session)[0].id), "/logistics/suppliers/create", 404)


def test_a_late_order_says_so(session: Session, sign_in: SignIn) -> None:
    order = an_order(session, a_place(session, kind=PlaceKind.DISTRICT))
    order.due_on = today(now()) - timedelta(days=1)
    session.commit()
    assert "late" in html(sign_in(Role.MINISTRY), "/logistics/orders?status=approved")
