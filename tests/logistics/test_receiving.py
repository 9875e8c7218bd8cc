"""The pages on which goods are received: scanned, chosen, linked, pasted, typed; the list, the act, the scanner."""

import csv
import io
import re
import time
import uuid
from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from catalog.models import Item, ItemGtin
from core.clock import now
from logistics.models import Delivery, DeliveryLine
from logistics.rules.pasted_deliveries import read_pasted, words_of_items
from logistics.rules.receiving import chosen_by_lines, with_scanned
from logistics.values.receiving import DraftLine, ScannedGoods
from tests.conftest import SignIn
from tests.logistics.test_pages import an_order, html
from tests.support.client import InspectingClient, hidden_fields
from tests.support.goods import a_lot, a_place, a_supplier, an_item, some_districts
from tests.support.people import a_user
from warehouses.models import Carton, Place
from warehouses.values import PlaceKind

ACCEPT = "/logistics/deliveries/accept"
GTIN = "04870001234560"
GOOD = date(2031, 3, 31)


def a_warehouse(session: Session) -> Place:
    place = a_place(session, kind=PlaceKind.DISTRICT)
    session.commit()
    return place


def a_keeper(session: Session, sign_in: SignIn) -> InspectingClient:
    return sign_in(Role.STOREKEEPER, ScopeKind.PLACE, a_warehouse(session).id)


def know(session: Session, gtin: str = "4870001234560") -> Item:
    item = an_item(session)
    session.add(ItemGtin(gtin=gtin, item_id=item.id))
    session.commit()
    return item


def values(page: str) -> dict[str, str]:
    """Return the fields of the lines that stand on a page."""
    page = page.split("<template", maxsplit=1)[0]
    found = re.findall(r'<input[^>]*name="(lines-\d+-\w+)"[^>]*?(?:value="([^"]*)")?[^>]*>', page)
    said = dict(found)
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = re.search(r'name="(lines-\d+-\w+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name:
            said[name[1]] = value[1] if value else ""
    return {name: value for name, value in said.items() if not name.endswith(("inside", "note"))}


def test_ux_22_a_scan_adds_a_line_and_the_same_lot_raises_it(session: Session, sign_in: SignIn) -> None:
    item, keeper = know(session), a_keeper(session, sign_in)
    code = f"]C101{GTIN}1731033110LOT7A"
    first = keeper.send_form(ACCEPT, act="scan", code=code)
    said = values(first.text)
    assert (said["lines-0-lot_code"], said["lines-0-expires_on"], said["lines-0-packs"]) == ("LOT7A", "2031-03-31", "1")
    assert said["lines-0-item_id"] == str(item.id)
    second = keeper.send_form(ACCEPT, act="scan", code=f"01{GTIN}1731033137110|10LOT7A", **said)
    assert values(second.text)["lines-0-packs"] == "111"
    assert "lines-1-packs" not in values(second.text)


def test_ux_22_an_unknown_trade_number_is_linked_once(session: Session, sign_in: SignIn) -> None:
    item, keeper = an_item(session), a_keeper(session, sign_in)
    asked = keeper.send_form(ACCEPT, act="scan", code="4870001234560")
    assert f"The trade number {GTIN} is not known yet" in asked.text
    linked = keeper.send_form(ACCEPT, act="link", code="4870001234560", linked_item="F13")
    assert values(linked.text)["lines-0-item_id"] == str(item.id)
    again = keeper.send_form(ACCEPT, act="scan", code="4870001234560", **values(linked.text))
    assert values(again.text)["lines-0-packs"] == "2"
    assert session.scalars(select(ItemGtin.gtin).where(ItemGtin.item_id == item.id)).all() == ["4870001234560"]


def test_an_item_that_nobody_knows_is_told_and_the_code_stays(session: Session, sign_in: SignIn) -> None:
    keeper = a_keeper(session, sign_in)
    answer = keeper.send_form(ACCEPT, act="link", code="4870001234560", linked_item="nothing like it")
    assert "No item has this code, trade number or name" in answer.text
    assert 'value="4870001234560"' in answer.text


def test_bad_44_the_person_chooses_between_two_readings_once(session: Session, sign_in: SignIn) -> None:
    know(session)
    keeper, code = a_keeper(session, sign_in), f"01{GTIN}10LOT7A17310331"
    asked = keeper.send_form(ACCEPT, act="scan", code=code)
    assert "What does the pack say?" in asked.text
    assert "LOT7A17310331" in asked.text
    assert values(asked.text) == {}
    chosen = keeper.send_form(ACCEPT, act="choose-1", code=code)
    said = values(chosen.text)
    assert (said["lines-0-lot_code"], said["lines-0-expires_on"]) == ("LOT7A", "2031-03-31")
    again = keeper.send_form(ACCEPT, act="scan", code=code, **said)
    assert values(again.text)["lines-0-packs"] == "2"


def test_ux_22_a_carton_that_is_known_brings_lot_day_and_packs_and_counts_once(
    session: Session, sign_in: SignIn
) -> None:
    lot = a_lot(session, code="C-1", expires_on=GOOD)
    maker = a_user(session)
    session.add(Carton(sscc="348700012345678901", lot_id=lot.id, packs=48, made_at=now(), made_by_id=maker.id))
    session.commit()
    keeper = a_keeper(session, sign_in)
    first = keeper.send_form(ACCEPT, act="scan", code="(00)348700012345678901")
    said = values(first.text)
    assert (said["lines-0-lot_code"], said["lines-0-packs"], said["lines-0-sscc"]) == (
        "C-1",
        "48",
        "348700012345678901",
    )
    again = keeper.send_form(ACCEPT, act="scan", code="(00)348700012345678901", **said)
    assert values(again.text)["lines-0-packs"] == "48"
    assert "stands in the list already" in again.text
    strange = keeper.send_form(ACCEPT, act="scan", code="00348700012345678918")
    assert "not numbered here" in strange.text


def test_a_wrong_check_digit_is_told_with_the_right_one(session: Session, sign_in: SignIn) -> None:
    answer = a_keeper(session, sign_in).send_form(ACCEPT, act="scan", code="4870001234561")
    assert "the last one is 0, not 1" in answer.text


def test_scans_fill_the_line_that_waits_for_its_lot() -> None:
    lines = [DraftLine(7), DraftLine(8)]
    goods = ScannedGoods(8, GTIN, "A", GOOD, 12)
    lines, at, changed = with_scanned(lines, goods)
    assert (at, changed, lines[1]) == (1, True, DraftLine(8, "A", GOOD, "12"))
    lines, at, _ = with_scanned(lines, ScannedGoods(8, GTIN, "B", GOOD))
    assert (at, len(lines)) == (2, 3)
    assert with_scanned(lines, ScannedGoods(8, GTIN))[1] == 2
    assert chosen_by_lines(lines, [goods, ScannedGoods(8, GTIN, "A17310331")]) == goods


def test_programs_of_the_page_read_a_scan_as_the_page_does(session: Session, sign_in: SignIn) -> None:
    item, keeper = know(session), a_keeper(session, sign_in)
    token = hidden_fields(keeper.get(ACCEPT).text)["csrf_token"]

    def read(text: str) -> dict[str, object]:
        answer = keeper.post("/logistics/deliveries/read-scan", json={"text": text}, headers={"X-CSRFToken": token})
        assert answer.status_code == 200
        found: dict[str, object] = answer.get_json()
        return found

    goods = read(f"01{GTIN}10LOT7A|17310331")["goods"]
    assert isinstance(goods, list)
    assert (goods[0]["item"], goods[0]["lot"], goods[0]["expires_on"]) == (item.id, "LOT7A", "2031-03-31")
    assert "the last one is 0" in str(read("4870001234561")["fault"])
    assert len(read(f"01{GTIN}10LOT7A17310331")["goods"]) == 2  # type: ignore[arg-type]


def test_ux_47_five_hundred_rows_of_a_spreadsheet_are_pasted_within_two_seconds(
    session: Session, sign_in: SignIn
) -> None:
    keeper = a_keeper(session, sign_in)
    rows = ["Партия\tКоличество\tГоден до\tАртикул\tЛишнее"]
    rows += [f"P-{number}\t1 {number:03}\t31.03.2031\tF13\tx" for number in range(500)]
    rows[250] = "P-250\tмного\t32.13.2031\tNOTHING\t"
    begun = time.process_time()
    answer = keeper.send_form(ACCEPT, act="paste", pasted="\n".join(rows))
    assert time.process_time() - begun < 2
    said = values(answer.text)
    assert len([name for name in said if name.endswith("-lot_code")]) == 499
    assert (said["lines-0-lot_code"], said["lines-0-packs"], said["lines-0-expires_on"]) == (
        "P-0",
        "1000",
        "2031-03-31",
    )
    for wrong in ("No item has this code", "whole number of packs", "Write the day as"):
        assert wrong in answer.text
    assert "P-250\tмного\t32.13.2031\tNOTHING" in answer.text
    batch = re.search(r'value="undo-(\w+)"', answer.text)
    assert batch is not None
    undone = keeper.send_form(ACCEPT, act=f"undo-{batch[1]}", **said, pasted=rows[250])
    assert values(undone.text) == {}
    assert "P-250" in undone.text


def test_rows_without_a_heading_have_the_usual_columns() -> None:
    words = words_of_items([(1, ["F13", "Жиынтық"]), (2, ["F36", "Жиынтық"])])
    table = read_pasted("f13;A;2031-03-31;5\nЖИЫНТЫҚ;B;;6\nF36;C;1.2.31;0", words)
    assert [(line.item_id, line.lot_code, line.expires_on, line.packs) for line in table.lines] == [(1, "A", GOOD, "5")]
    assert [(fault.row, str(fault.written)) for fault in table.faults] == [(2, "ЖИЫНТЫҚ"), (3, "0")]
    assert table.rest == "ЖИЫНТЫҚ;B;;6\nF36;C;1.2.31;0"


def test_four_hundred_lines_are_received_at_once(session: Session, sign_in: SignIn) -> None:
    keeper, supplier, item = a_keeper(session, sign_in), a_supplier(session), an_item(session).id
    session.commit()
    place = session.scalars(select(Place).order_by(Place.id.desc())).first()
    assert place is not None
    lines: dict[str, object] = {}
    for number in range(400):
        lines |= {
            f"lines-{number}-item_id": item,
            f"lines-{number}-lot_code": f"L{number}",
            f"lines-{number}-packs": "3",
        }
    begun = time.process_time()
    done = keeper.send_form(ACCEPT, act="take", supplier_id=supplier.id, place_id=place.id, **lines)
    assert done.status_code == 303, done.text[:2000]
    assert time.process_time() - begun < 4
    assert session.scalar(select(func.count()).select_from(DeliveryLine)) == 400


def test_what_was_received_is_shown_listed_exported_and_written_on_an_act(session: Session, sign_in: SignIn) -> None:
    place, supplier = a_place(session, kind=PlaceKind.DISTRICT), a_supplier(session)
    order = an_order(session, place, supplier)
    keeper = sign_in(Role.STOREKEEPER, ScopeKind.PLACE, place.id)
    line = {"lines-0-item_id": an_item(session).id, "lines-0-lot_code": "L-9", "lines-0-expires_on": "2031-03-31"}
    counts = {"lines-0-packs": "30", "lines-0-rejected": "4", "lines-0-reject_reason": "damaged"}
    done = keeper.send_form(
        f"{ACCEPT}?order={order.id}", supplier_id=supplier.id, place_id=place.id, paper_number="WB-5", **line, **counts
    )
    assert done.status_code == 303, done.text
    path = done.headers["Location"]
    shown = html(keeper, path)
    for words in ("partly taken in", "damaged", "WB-5", "short", "Held against the order"):
        assert words in shown, words
    act = keeper.get(f"{path}/act.pdf")
    assert (act.mimetype, act.data[:5]) == ("application/pdf", b"%PDF-")
    number = session.scalars(select(Delivery.number)).one()
    for asked in ("wb-5", "l-9", number, order.number, supplier.bin):
        assert "1 of 1" in html(keeper, f"/logistics/deliveries?q={asked}"), asked
    assert "1 of 1" in html(keeper, "/logistics/deliveries?status=rejected")
    assert "Nothing is found" in html(keeper, "/logistics/deliveries?status=without_order")
    html(keeper, "/logistics/deliveries?status=lost", 400)
    file = keeper.get("/logistics/deliveries?format=csv&header=keys&delimiter=comma").text.lstrip("\ufeff")
    rows = list(csv.DictReader(io.StringIO(file)))
    assert [(row["number"], row["packs"], row["rejected"]) for row in rows] == [(number, "30", "4")]


def test_sec_21_deliveries_of_others_do_not_exist_in_any_form(session: Session, sign_in: SignIn) -> None:
    home, away = some_districts(session)
    place, supplier = a_place(session, kind=PlaceKind.DISTRICT, district_id=away.id), a_supplier(session)
    session.commit()
    keeper = sign_in(Role.STOREKEEPER, ScopeKind.PLACE, place.id)
    line = {"lines-0-item_id": an_item(session).id, "lines-0-lot_code": "SECRET", "lines-0-packs": "3"}
    path = keeper.send_form(ACCEPT, supplier_id=supplier.id, place_id=place.id, **line).headers["Location"]
    own = a_place(session, kind=PlaceKind.DISTRICT, district_id=home.id)
    session.commit()
    stranger = sign_in(Role.STOREKEEPER, ScopeKind.PLACE, own.id)
    html(stranger, path, 404)
    assert stranger.get(f"{path}/act.pdf").status_code == 404
    assert stranger.get(f"/logistics/deliveries/{uuid.uuid4()}/act.pdf").status_code == 404
    assert "Nothing is found" in html(stranger, "/logistics/deliveries?q=SECRET")


def test_bad_32_a_place_in_the_form_that_is_not_ones_own_is_404(session: Session, sign_in: SignIn) -> None:
    _, away = some_districts(session)
    foreign, supplier = a_place(session, kind=PlaceKind.DISTRICT, district_id=away.id), a_supplier(session)
    session.commit()
    keeper = a_keeper(session, sign_in)
    line = {"lines-0-item_id": an_item(session).id, "lines-0-lot_code": "X", "lines-0-packs": "3"}
    assert keeper.send_form(ACCEPT, supplier_id=supplier.id, place_id=foreign.id, **line).status_code == 404
    assert session.scalar(select(func.count()).select_from(Delivery)) == 0


def test_bad_20_an_order_of_another_place_is_404_in_every_act(session: Session, sign_in: SignIn) -> None:
    _, away = some_districts(session)
    order = an_order(session, a_place(session, kind=PlaceKind.DISTRICT, district_id=away.id))
    keeper = a_keeper(session, sign_in)
    html(keeper, f"{ACCEPT}?order={order.id}", 404)
    for act in ("scan", "paste", "due", "take"):
        assert keeper.post_with_token(f"{ACCEPT}?order={order.id}", act=act).status_code == 404


def test_sec_23_a_field_that_the_page_does_not_have_is_refused(session: Session, sign_in: SignIn) -> None:
    answer = a_keeper(session, sign_in).send_form(ACCEPT, act="scan", code="4870001234560", received_by_id="1")
    assert answer.status_code == 400


def test_ux_23_the_scanners_test_tells_what_came_and_how_it_was_read(session: Session, sign_in: SignIn) -> None:
    keeper = a_keeper(session, sign_in)
    shown = keeper.send_form("/logistics/scanner", code="ъв2010487000123456010ДЩЕ7БПЫЮ17310331").text
    for words in ("Russian", "]d2", "LOT7", "were put right", GTIN):
        assert words in shown, words
    assert "the last one is 0" in keeper.send_form("/logistics/scanner", code="4870001234561").text
    assert "Keyboard of the computer" not in html(keeper, "/logistics/scanner")


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.SUPPLIER])
def test_sec_20_who_does_not_receive_reads_no_scans(session: Session, sign_in: SignIn, role: Role) -> None:
    kind, scope = (ScopeKind.SUPPLIER, a_supplier(session).id) if role == Role.SUPPLIER else (ScopeKind.COUNTRY, 0)
    session.commit()
    client = sign_in(role, kind, scope)
    html(client, "/logistics/scanner", 404)
    html(client, ACCEPT, 404)
