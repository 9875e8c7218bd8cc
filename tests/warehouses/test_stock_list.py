"""The stock list and the stock card: four figures that sum, every figure with its movements, any past moment."""

import io
import re
import uuid
from datetime import timedelta

import pypdf
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from core.actors import EVERYWHERE
from core.clock import ALMATY, now, today
from core.quarters import Quarter
from logistics.models import Transfer
from logistics.queries.in_transit import goods_in_transit
from logistics.services import dispatch_transfer
from logistics.values import TransferWish
from tests.conftest import SignIn
from tests.support.goods import a_lot, a_place, balance_of, move, receive, some_districts
from tests.support.people import an_actor
from tests.warehouses.test_pages import csv_of, html
from warehouses.models import Lot, Place, StockPolicy
from warehouses.queries import expiry_watch, get_outside_place
from warehouses.queries.stock_cards import card_lines, get_card_head, list_set_aside
from warehouses.queries.stock_list import StockAsked, StockTotals, group_stock, nothing_coming, sum_stock
from warehouses.services import hold_packs, reserve
from warehouses.values import DocumentRef, LotStatus, PlaceKind, StockFilter, Wish
from warehouses.values.stock_cards import CardFilter


def send(session: Session, lot: Lot, packs: int, *, source: Place, target: Place) -> Transfer:
    """Send packs on their way."""
    return dispatch_transfer(
        session,
        from_place_id=source.id,
        to_place_id=target.id,
        lines=[TransferWish(lot.id, packs, None)],
        actor=an_actor(session, role=Role.STOREKEEPER, scope_kind=ScopeKind.PLACE, scope_id=source.id),
        at=now(),
        key=uuid.uuid4(),
    )


def totals_at(session: Session, place: Place) -> StockTotals:
    asked = StockAsked(EVERYWHERE, today(now()), goods_in_transit(), wanted=StockFilter(place_id=place.id))
    found = sum_stock(session, asked)
    assert group_stock(session, asked, expiry_watch(session, today(now()))).totals() == found
    return found


def test_ux_48_on_hand_is_reserved_available_and_withheld_and_transit_stands_apart(session: Session) -> None:
    here, there = a_place(session, kind=PlaceKind.DISTRICT), a_place(session)
    good = receive(session, here, 100)
    held = receive(session, here, 30)
    past = receive(session, here, 7, lot=a_lot(session, expires_on=today(now()) - timedelta(days=1)))
    reserve(
        session,
        [Wish(here.id, good.id, 20, some_districts(session)[0].id)],
        quarter=Quarter.of(today(now())),
        actor_id=None,
        at=now(),
    )
    send(session, good, 15, source=here, target=there)
    held.status = LotStatus.QUARANTINED
    session.flush()
    found = totals_at(session, here)
    assert (found.on_hand, found.reserved, found.available, found.withheld) == (122, 20, 65, 37)
    assert found.on_hand == found.reserved + found.available + found.withheld
    assert (found.coming, totals_at(session, there).coming) == (0, 15)
    assert past.id


def test_ux_48_what_is_in_transit_to_somewhere_is_all_that_is_in_transit(session: Session) -> None:
    here, there = a_place(session, kind=PlaceKind.DISTRICT), a_place(session)
    lot = receive(session, here, 50)
    before = balance_of(session, get_outside_place(session, PlaceKind.IN_TRANSIT), lot)[0]
    send(session, lot, 15, source=here, target=there)
    send(session, lot, 5, source=here, target=there)
    coming = goods_in_transit().subquery("coming")
    packs = session.scalar(select(func.sum(coming.c[2])).where(coming.c.lot_id == lot.id))
    assert (before, packs) == (0, 20)
    assert balance_of(session, get_outside_place(session, PlaceKind.IN_TRANSIT), lot)[0] == 20


def test_ux_48_the_page_says_all_figures_and_as_at_when(session: Session, sign_in: SignIn) -> None:
    here, there = a_place(session, kind=PlaceKind.DISTRICT, name="Asar"), a_place(session, name="Umit")
    lot = receive(session, here, 100)
    send(session, lot, 40, source=here, target=there)
    session.commit()
    page = html(sign_in(Role.MINISTRY), "/warehouses/stock")
    assert re.search(r"As at \d{4}-\d\d-\d\d \d\d:\d\d", page)
    for words in ("On hand, packs", "Reserved, packs", "Available, packs", "In transit here, packs"):
        assert words in page
    rows = csv_of(sign_in(Role.MINISTRY), f"/warehouses/stock?lot={lot.id}&format=csv&header=keys&delimiter=comma")
    figures = [[row[1], *row[8:]] for row in rows[1:]]
    assert sorted(figures) == [["Asar", "60", "0", "60", "0", "0"], ["Umit", "0", "0", "0", "0", "40"]]


def test_ux_50_every_figure_leads_to_its_movements(session: Session, sign_in: SignIn) -> None:
    here = a_place(session, name="Asar")
    lot = receive(session, here, 12)
    session.commit()
    client = sign_in(Role.MINISTRY)
    page = html(client, f"/warehouses/stock?lot={lot.id}")
    cells = re.findall(r'<td class="number"[^>]*>(.*?)</td>', page, re.DOTALL)
    assert cells
    assert all("<a href=" in cell for cell in cells)
    card = html(client, f"/warehouses/places/{here.id}/card?lot={lot.id}")
    assert card.count('<tr id="m-') == 1


def test_stock_is_shown_as_it_was_at_any_past_moment(session: Session, sign_in: SignIn) -> None:
    place, at = a_place(session, name="Old times"), now()
    noon = (at - timedelta(days=3)).astimezone(ALMATY).replace(hour=12, minute=0, second=0, microsecond=0)
    lot = receive(session, place, 70, at=at, moved_at=noon - timedelta(hours=2))
    move(session, lot, 20, source=place, target=get_outside_place(session, PlaceKind.LOSS), at=at, moved_at=noon)
    session.commit()
    client, day = sign_in(Role.MINISTRY), noon.date()
    assert ">70<" in html(client, f"/warehouses/stock?q=old+times&as_of={day}&time=11:59")
    assert ">50<" in html(client, f"/warehouses/stock?q=old+times&as_of={day}&time=12:00")
    assert "Nothing is found" in html(client, f"/warehouses/stock?q=old+times&as_of={day}&time=08:00")
    for wrong in ("time=25:00", "time=noon"):
        html(client, f"/warehouses/stock?as_of={day}&{wrong}", 400)
    html(client, f"/warehouses/stock?as_of={today(at) + timedelta(days=1)}&time=00:00", 400)


def test_ux_49_the_threshold_of_the_policy_says_what_expires_soon(session: Session, sign_in: SignIn) -> None:
    place = a_place(session, name="Asar")
    lot = receive(session, place, 5, lot=a_lot(session, expires_on=today(now()) + timedelta(days=130)))
    session.commit()
    client = sign_in(Role.MINISTRY)
    assert "Nothing is found" in html(client, f"/warehouses/stock?lot={lot.id}&freshness=soon")
    assert "expire soon" not in html(client, "/")
    session.add(
        StockPolicy(
            near_expiry_days=140,
            receipt_margin_days=30,
            over_percent=0,
            reason="winter",
            at=now(),
            actor_id=an_actor(session, role=Role.MINISTRY).id,
        )
    )
    session.commit()
    page = html(client, f"/warehouses/stock?lot={lot.id}&freshness=soon")
    assert 'class="status status-attention"' in page
    assert "expires soon" in page
    assert lot.code in html(client, "/warehouses/lots?freshness=soon")
    assert "expires soon" in html(client, f"/warehouses/lots/{lot.id}")
    assert "Lots that expire soon" in html(client, "/")


def asked(place: Place, lot: Lot, *, days: int = 30) -> CardFilter:
    on = today(now())
    return CardFilter(place.id, on - timedelta(days=days), on, lot_id=lot.id)


def test_a_card_opens_with_what_was_there_and_closes_with_what_is(session: Session) -> None:
    here, at = a_place(session), now()
    lot = receive(session, here, 70, at=at, moved_at=at - timedelta(days=40))
    loss = get_outside_place(session, PlaceKind.LOSS)
    move(session, lot, 20, source=here, target=loss, at=at, moved_at=at - timedelta(days=35))
    move(session, lot, 5, source=here, target=loss, at=at, moved_at=at - timedelta(days=3))
    receive(session, here, 11, lot=lot, at=at, moved_at=at - timedelta(days=2))
    head = get_card_head(session, asked(here, lot), EVERYWHERE)
    assert (head.opening, head.came, head.went, head.closing) == (50, 11, 5, 56)
    lines = session.execute(card_lines(asked(here, lot), head, EVERYWHERE)).all()
    assert [(int(row[7]), int(row[8])) for row in sorted(lines, key=lambda row: row[0].moved_at)] == [
        (-5, 45),
        (11, 56),
    ]
    assert head.closing == balance_of(session, here, lot)[0]


def test_a_card_of_an_item_runs_over_all_its_lots(session: Session) -> None:
    here = a_place(session)
    lots = [receive(session, here, packs) for packs in (10, 7)]
    move(session, lots[0], 4, source=here, target=get_outside_place(session, PlaceKind.LOSS))
    on = today(now())
    card = CardFilter(here.id, on, on, item_id=lots[0].item_id)
    head = get_card_head(session, card, EVERYWHERE)
    lines = session.execute(card_lines(card, head, EVERYWHERE)).all()
    assert [int(row[8]) for row in sorted(lines, key=lambda row: (row[0].moved_at, row[0].recorded_at))] == [10, 17, 13]


def test_ux_50_what_is_reserved_says_for_what_and_sums(session: Session) -> None:
    here, quarter = a_place(session), Quarter.of(today(now()))
    lot = receive(session, here, 40)
    reserve(
        session, [Wish(here.id, lot.id, 9, some_districts(session)[0].id)], quarter=quarter, actor_id=None, at=now()
    )
    hold_packs(
        session, [Wish(here.id, lot.id, 4, None)], document=DocumentRef("transfer", "x"), actor_id=None, at=now()
    )
    move(session, lot, 2, source=here, target=a_place(session), reserved_quarter=quarter)
    found = list_set_aside(session, asked(here, lot))
    assert {(one.quarter, one.document_kind, one.packs) for one in found} == {(quarter, "", 7), (None, "transfer", 4)}
    assert sum(one.packs for one in found) == balance_of(session, here, lot)[1]


def test_a_card_is_printed_in_both_languages_with_its_opening_and_closing(session: Session, sign_in: SignIn) -> None:
    here, at = a_place(session, name="<b>Asar</b>"), now()
    lot = receive(session, here, 1234, at=at, moved_at=at - timedelta(days=2))
    session.commit()
    response = sign_in(Role.MINISTRY).get(f"/warehouses/places/{here.id}/card.pdf?lot={lot.id}")
    assert response.mimetype == "application/pdf"
    pages = pypdf.PdfReader(io.BytesIO(response.get_data())).pages
    said = "".join("".join(page.extract_text().split()) for page in pages)
    for words in (
        "<b>Asar</b>",
        lot.code,
        "1234",
        "Бастапқықалдық",
        "Начальныйостаток",
        "Соңғықалдық",
        f"{here.id}/card",
    ):
        assert words in said


@pytest.mark.parametrize("path", ["card?lot={lot}", "card.pdf?lot={lot}", "card?item={item}", "bins"])
def test_bad_09_the_card_and_the_bins_of_a_foreign_place_do_not_exist(
    session: Session, sign_in: SignIn, path: str
) -> None:
    home, away = some_districts(session)
    own, foreign = a_place(session, district_id=home.id), a_place(session, district_id=away.id)
    lot = receive(session, own, 5)
    receive(session, foreign, 5, lot=lot)
    session.commit()
    client = sign_in(Role.STOREKEEPER, ScopeKind.PLACE, own.id)
    asks = path.format(lot=lot.id, item=lot.item_id)
    assert client.get(f"/warehouses/places/{own.id}/{asks}").status_code == 200
    assert client.get(f"/warehouses/places/{foreign.id}/{asks}").status_code == 404


def test_sec_34_a_card_is_of_one_thing_and_two_years_at_most(session: Session, sign_in: SignIn) -> None:
    here = a_place(session)
    lot, on = receive(session, here, 5), today(now())
    session.commit()
    client, path = sign_in(Role.MINISTRY), f"/warehouses/places/{here.id}/card"
    for nothing in ("", f"lot={lot.id}&item={lot.item_id}"):
        html(client, f"{path}?{nothing}", 404)
    for wrong in (f"lot={lot.id}&first=2020-01-01", f"lot={lot.id}&first=x"):
        html(client, f"{path}?{wrong}", 400)
    html(client, f"{path}?lot={lot.id}&first={on}&last={on - timedelta(days=1)}", 400)
    html(client, f"{path}?lot=999999999", 404)


def test_a_list_without_goods_in_transit_shows_the_balances(session: Session) -> None:
    here = a_place(session)
    receive(session, here, 3)
    asked = StockAsked(EVERYWHERE, today(now()), nothing_coming(), wanted=StockFilter(place_id=here.id))
    assert sum_stock(session, asked).on_hand == 3
