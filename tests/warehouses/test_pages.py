"""Pages of warehouses: stock, lots, places."""

import csv
import io
import re
from datetime import timedelta

import pytest
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from core.clock import now, today
from tests.conftest import SignIn
from tests.support.client import InspectingClient
from tests.support.goods import a_lot, a_place, move, receive, some_districts
from warehouses.queries import get_outside_place
from warehouses.services import reverse_movements
from warehouses.values import PlaceKind


def html(client: InspectingClient, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, (path, response.status_code)
    return response.get_data(as_text=True)


def file_of(client: InspectingClient, path: str) -> bytes:
    response = client.get(path)
    assert "attachment" in response.headers["Content-Disposition"]
    data = response.get_data()
    response.close()
    return data


def csv_of(client: InspectingClient, path: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(file_of(client, path).decode("utf-8-sig"))))


def test_ux_102_an_empty_stock_list_says_what_it_is_and_why(sign_in: SignIn) -> None:
    assert "Stock appears here when a delivery is received" in html(sign_in(Role.MINISTRY), "/warehouses/stock")


def test_ux_42_the_list_shows_50_of_all_and_the_export_gives_all(session: Session, sign_in: SignIn) -> None:
    place = a_place(session, name="Almas warehouse")
    for _ in range(53):
        receive(session, place, 3)
    session.commit()
    client = sign_in(Role.MINISTRY)
    assert "50 of 53" in html(client, "/warehouses/stock?q=almas")
    assert "3 of 53" in html(client, "/warehouses/stock?q=almas&page=2")
    rows = csv_of(client, "/warehouses/stock?q=almas&format=csv")
    assert len(rows) == 1 + 53
    book = load_workbook(io.BytesIO(file_of(client, "/warehouses/stock?q=almas&format=xlsx")), read_only=True)
    assert len(list(book.worksheets[0].iter_rows())) == 1 + 53


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_ux_44_figures_stand_right_with_their_unit_in_the_header(
    session: Session, sign_in: SignIn, language: str
) -> None:
    receive(session, a_place(session), 12345)
    session.commit()
    page = html(sign_in(Role.MINISTRY, language=language), "/warehouses/stock")
    figure = {"kk": "12\xa0345", "ru": "12\xa0345", "en": "12,345"}[language]
    assert re.search(rf'<td class="number"[^>]*><a [^>]*>\s*<span class="number">{figure}</span>', page)


def test_ux_40_search_filter_and_order_live_in_the_address(session: Session, sign_in: SignIn) -> None:
    place = a_place(session, name="Қызылорда қоймасы")
    soon = receive(session, place, 5, lot=a_lot(session, expires_on=today(now()) + timedelta(days=20)))
    later = receive(session, place, 5, lot=a_lot(session, expires_on=today(now()) + timedelta(days=400)))
    session.commit()
    client = sign_in(Role.MINISTRY)
    page = html(client, "/warehouses/stock?q=кызылорда&freshness=soon&sort=-expires")
    assert soon.code in page
    assert later.code not in page
    assert "expires soon" in page
    for wrong in ("sort=price", "page=0", "kind=moon", "freshness=stale", "place=x", "as_of=31.10.2026", "format=pdf"):
        html(client, f"/warehouses/stock?{wrong}", 400)


def test_stock_is_shown_as_it_was_at_the_end_of_a_past_day(session: Session, sign_in: SignIn) -> None:
    place, at = a_place(session, name="Old times"), now()
    lot = receive(session, place, 70, at=at, moved_at=at - timedelta(days=9))
    move(session, lot, 20, source=place, target=get_outside_place(session, PlaceKind.LOSS), at=at)
    session.commit()
    client = sign_in(Role.MINISTRY)
    day = today(at) - timedelta(days=2)
    assert ">70<" in html(client, f"/warehouses/stock?q=old+times&as_of={day}")
    assert ">50<" in html(client, "/warehouses/stock?q=old+times")
    assert "Nothing is found" in html(client, f"/warehouses/stock?q=old+times&as_of={today(at) - timedelta(days=20)}")
    html(client, f"/warehouses/stock?as_of={today(at) + timedelta(days=1)}", 400)


def test_a_lot_shows_everything_that_happened_to_it(session: Session, sign_in: SignIn) -> None:
    here, there = a_place(session, name="Here"), a_place(session, name="There")
    lot = receive(session, here, 10)
    key = move(session, lot, 4, source=here, target=there)
    undo = {key: type(key)(int=key.int ^ 1)}
    reverse_movements(session, [key], keys=undo, reason="wrong place", actor_id=None, at=now())
    session.commit()
    page = html(sign_in(Role.MINISTRY), f"/warehouses/lots/{lot.id}")
    assert page.count('<tr id="m-') == 3
    assert "reversed" in page
    assert "wrong place" in page


def test_the_stock_card_runs_to_the_balance_of_now(session: Session, sign_in: SignIn) -> None:
    here, there = a_place(session, name="Here"), a_place(session, name="There")
    lot = receive(session, here, 10)
    other = receive(session, here, 7)
    for packs in (3, 2):
        move(session, lot, packs, source=here, target=there)
    session.commit()
    client = sign_in(Role.MINISTRY)
    rows = csv_of(client, f"/warehouses/places/{here.id}?sort=moved&format=csv")
    card = [(row[5], int(row[8]), int(row[9])) for row in rows[1:]]
    assert card == [(lot.code, 10, 10), (other.code, 7, 7), (lot.code, -3, 7), (lot.code, -2, 5)]
    assert "3 of 3" in html(client, f"/warehouses/places/{here.id}?lot={lot.id}")


def test_the_page_of_a_place_shows_what_expires_first_and_leads_to_all_of_it(session: Session, sign_in: SignIn) -> None:
    here, on = a_place(session, name="Here"), today(now())
    lots = [
        receive(session, here, 10, lot=a_lot(session, code=f"MANY-{day:03}", expires_on=on + timedelta(days=40 + day)))
        for day in range(30)
    ]
    session.commit()
    page = html(sign_in(Role.STOREKEEPER, ScopeKind.PLACE, here.id), f"/warehouses/places/{here.id}?lot={lots[29].id}")
    shown = page[page.index("What is there") : page.index('id="card"')]
    assert [lot.code in shown for lot in lots] == [True] * 20 + [False] * 10
    assert "Here are the 20 lots that expire first" in shown
    assert f"/warehouses/stock?place={here.id}" in shown
    assert "300" in shown


@pytest.mark.parametrize(
    ("role", "kind"),
    [
        (Role.STOREKEEPER, ScopeKind.PLACE),
        (Role.OPERATOR, ScopeKind.PLACE),
        (Role.DISTRICT, ScopeKind.DISTRICT),
        (Role.REGION, ScopeKind.REGION),
        (Role.AUDITOR, ScopeKind.DISTRICT),
    ],
)
def test_sec_20_everybody_sees_the_stock_of_their_own_scope(
    session: Session, sign_in: SignIn, role: Role, kind: ScopeKind
) -> None:
    home, away = some_districts(session)
    own, foreign = (
        a_place(session, district_id=home.id, name="Own"),
        a_place(session, district_id=away.id, name="Foreign"),
    )
    lots = receive(session, own, 5), receive(session, foreign, 6)
    session.commit()
    scope = {ScopeKind.PLACE: own.id, ScopeKind.DISTRICT: home.id, ScopeKind.REGION: home.region_id}[kind]
    client = sign_in(role, kind, scope)
    page = html(client, "/warehouses/stock")
    assert lots[0].code in page
    assert lots[1].code not in page
    assert {row[4] for row in csv_of(client, "/warehouses/stock?format=csv")[1:]} == {lots[0].code}
    assert "Foreign" not in html(client, "/warehouses/places")
    html(client, f"/warehouses/places/{own.id}")
    html(client, f"/warehouses/places/{foreign.id}", 404)
    html(client, f"/warehouses/lots/{lots[0].id}")
    html(client, f"/warehouses/lots/{lots[1].id}", 404)


def test_bad_10_a_supplier_finds_no_page_of_warehouses(session: Session, sign_in: SignIn) -> None:
    client = sign_in(Role.SUPPLIER, ScopeKind.SUPPLIER, 1)
    for path in ("stock", "places", "lots/1", "places/1", "places/open", "places/1/change"):
        html(client, f"/warehouses/{path}", 404)


def test_a_point_is_opened_with_its_settlements_and_changed(session: Session, sign_in: SignIn) -> None:
    district = some_districts(session)[0]
    client = sign_in(Role.DISTRICT, ScopeKind.DISTRICT, district.id)
    names = {"name_kk": "Ақжар пункті", "name_ru": "Пункт Акжар", "name_en": "Akzhar point"}
    where = {"kind": "point", "territory": f"district {district.id}", "is_open": "y"}
    sent = client.send_form("/warehouses/places/open", **names, **where, settlements="Ақжар\nТассай\n", hours="9–18")
    assert sent.status_code == 303
    page = html(client, sent.headers["Location"])
    assert "Akzhar point" in page
    assert "Serves 2 settlements" in page
    path = sent.headers["Location"] + "/change"
    changed = client.send_form(path, **(names | {"name_en": "New name"}), settlements="Ақжар", hand_out_days="1, 3")
    assert changed.status_code == 303
    assert "Serves 1 settlement" in html(client, changed.headers["Location"])
    again = client.send_form("/warehouses/places/open", **names, **where, settlements="АКЖАР")
    assert "Another point of the district serves" in again.text


def test_the_room_of_a_place_is_said_shown_and_left_open_again(session: Session, sign_in: SignIn) -> None:
    place = a_place(session)
    client, path = sign_in(Role.MINISTRY), f"/warehouses/places/{place.id}/change"
    names = {"name_kk": place.name_kk, "name_ru": place.name_ru, "name_en": place.name_en, "is_open": "y"}
    for typed, kept in (("1 500", 1500), ("0", 0), ("", None)):
        changed = client.send_form(path, **names, capacity_packs=typed)
        assert changed.status_code == 303
        session.refresh(place)
        assert place.capacity_packs == kept
    refused = client.send_form(path, **names, capacity_packs="-5")
    assert "Enter a whole number" in refused.text
    place.capacity_packs = 1500
    session.flush()
    assert "1,500" in html(client, f"/warehouses/places/{place.id}")


def test_sec_21_a_place_is_opened_and_changed_within_reach_only(session: Session, sign_in: SignIn) -> None:
    home, away = some_districts(session)
    foreign = a_place(session, district_id=away.id)
    session.commit()
    client = sign_in(Role.DISTRICT, ScopeKind.DISTRICT, home.id)
    html(client, f"/warehouses/places/{foreign.id}/change", 404)
    names = {"name_kk": "A", "name_ru": "A", "name_en": "A"}
    sent = client.send_form("/warehouses/places/open", **names, kind="point", territory=f"district {away.id}")
    assert sent.status_code == 200
    assert "There is a problem" in sent.text
    html(sign_in(Role.OPERATOR, ScopeKind.PLACE, foreign.id), "/warehouses/places/open", 404)


def test_sec_21_a_filter_names_no_place_and_no_lot_of_others(session: Session, sign_in: SignIn) -> None:
    mine, other = a_place(session, name="Mine"), a_place(session, name="Foreign store")
    foreign = receive(session, other, 5, lot=a_lot(session, code="FOREIGN-1"))
    session.commit()
    keeper = sign_in(Role.STOREKEEPER, ScopeKind.PLACE, mine.id)
    assert "Foreign store" not in keeper.get(f"/warehouses/stock?place={other.id}").text
    assert "FOREIGN-1" not in keeper.get(f"/warehouses/places/{mine.id}?lot={foreign.id}").text
    assert keeper.get(f"/warehouses/stock?place={other.id}&format=csv").status_code == 404
