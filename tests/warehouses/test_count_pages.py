"""Pages of counts: opened, counted on a sheet, by pasting and by scanning, handed in, explained, closed."""

import csv
import io
import re
import uuid

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from accounts.values import Role, ScopeKind
from core.clock import now
from tests.conftest import SignIn, signed_in_client
from tests.support.client import InspectingClient, hidden_fields
from tests.support.counts import a_count, a_counted_count, a_keeper, set_packs
from tests.support.goods import a_lot, a_place, balance_of, receive, some_districts
from warehouses.models import Lot, Place, StockCount, StockCountLine
from warehouses.services.counts import submit_count

JSON = {"Accept": "application/json"}


@pytest.fixture
def place(session: Session) -> Place:
    return a_place(session, name="Almas warehouse")


def html(client: InspectingClient, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, (path, response.status_code)
    return response.get_data(as_text=True)


def counted(session: Session, count: StockCount, lot: Lot) -> int | None:
    return session.get_one(StockCountLine, (count.id, lot.id), populate_existing=True).counted


def at(count: StockCount, tail: str = "") -> str:
    return f"/warehouses/counts/{count.id}{tail}"


def send_sheet(client: InspectingClient, path: str, packs: dict[Lot, str]) -> str:
    """Fill fields of a sheet in as a browser without scripts does, and return the answer."""
    shown = client.get(path).text
    fields = dict(re.findall(r'<input[^>]*name="(rows-\d+-(?:lot_id|seen|packs))"[^>]*?value="([^"]*)"', shown))
    typed = {str(lot.id): value for lot, value in packs.items()}
    for name, lot in list(fields.items()):
        if name.endswith("lot_id") and lot in typed:
            fields[name.replace("lot_id", "packs")] = typed[lot]
    return client.post(path, data={**hidden_fields(shown), **fields}, follow_redirects=True).text


def entry(lot: Lot, packs: str, *, seen: str = "", batch: str | None = None, **more: str) -> dict[str, object]:
    return {"batch": batch or str(uuid.uuid4()), "lot_id": lot.id, "packs": packs, "seen": seen, **more}


def enter(client: InspectingClient, count: StockCount, body: dict[str, object]) -> TestResponse:
    token = hidden_fields(client.get("/").text)["csrf_token"]
    return client.post(at(count, "/tallies"), json=body, headers={**JSON, "X-CSRFToken": token})


def test_a_count_goes_from_opening_to_closing_on_its_pages(app: Flask, session: Session, place: Place) -> None:
    lots = [receive(session, place, 10) for _ in range(3)]
    counter, closer = (signed_in_client(app, session, a_keeper(session, place)) for _ in range(2))
    opened = counter.send_form(f"/warehouses/counts/open?place={place.id}", what="whole", is_blind="y")
    assert opened.status_code == 303, opened.text
    path = opened.headers["Location"]
    send_sheet(counter, f"{path}/sheet", {lots[0]: "10", lots[1]: "8", lots[2]: "11"})
    assert counter.send_form(f"{path}/hand-in").status_code == 303
    page = html(closer, f"{path}/differences")
    assert "Too few, packs" in page
    shown = hidden_fields(page)
    ids = dict(re.findall(r'name="(rows-\d+)-lot_id"[^>]*value="(\d+)"', page))
    reasons = {str(lots[1].id): "theft", str(lots[2].id): "found"}
    fields = {f"{row}-lot_id": lot for row, lot in ids.items()} | {
        f"{row}-reason": reasons[lot] for row, lot in ids.items()
    }
    assert closer.post(f"{path}/differences", data={**shown, **fields, "act": "save"}).status_code == 303
    closed = closer.send_button(f"{path}/close", page=f"{path}/differences")
    assert closed.status_code == 303
    page = html(closer, path)
    assert "The stock is as it was counted." in page
    assert [balance_of(session, place, lot)[0] for lot in lots] == [10, 8, 11]
    assert "closed" in html(closer, "/warehouses/counts?status=closed")


def test_who_counted_is_told_that_another_person_closes(app: Flask, session: Session, place: Place) -> None:
    lot, keeper = receive(session, place, 5), a_keeper(session, place)
    count = a_counted_count(session, place, keeper, {lot: 5})
    session.commit()
    client = signed_in_client(app, session, keeper)
    page = html(client, at(count, "/differences"))
    assert "Another person closes it." in page
    assert at(count, "/close") not in page
    sent = client.send_button(at(count, "/close"), page=at(count, "/differences"))
    assert "You counted here yourself" in client.get(sent.headers["Location"]).text


def test_a_count_of_chosen_items_names_them(app: Flask, session: Session, place: Place) -> None:
    lot, keeper = receive(session, place, 5), a_keeper(session, place)
    count = a_count(session, place, keeper, items=(lot.item_id,))
    assert lot.item.name_en in html(signed_in_client(app, session, keeper), at(count))


def test_ux_51_a_blind_count_shows_nowhere_what_the_book_says(app: Flask, session: Session, place: Place) -> None:
    lot, keeper = receive(session, place, 7531), a_keeper(session, place)
    count = a_count(session, place, keeper)
    set_packs(session, count, {lot: 7}, actor=keeper)
    session.commit()
    client = signed_in_client(app, session, keeper)
    pages = ("", "?which=differs", "?which=lacking", "/sheet", "/scan", "/paste", "/hand-in", f"/lots/{lot.id}")
    for page in (*(at(count, tail) for tail in pages), "/warehouses/counts"):
        assert not re.search(r"7\D{0,6}531|too few|Expected", html(client, page), re.IGNORECASE), page
    for table in (at(count, "?format=csv"), "/warehouses/counts?format=csv"):
        data = client.get(table).get_data(as_text=True)
        assert "7531" not in data
        assert "xpected" not in data
    assert client.get(at(count, "/act.pdf")).status_code == 404
    assert client.get(at(count, "/differences")).status_code == 303
    assert "7531" not in str(enter(client, count, entry(lot, "8", seen="7")).get_data(as_text=True))
    submit_count(session, count, actor=keeper, at=now())
    session.commit()
    assert "7,531" in html(client, at(count))


def test_ux_46_the_sheet_saves_line_by_line_and_resumes(app: Flask, session: Session, place: Place) -> None:
    lots = [receive(session, place, 10) for _ in range(3)]
    keeper = a_keeper(session, place)
    count = a_count(session, place, keeper)
    session.commit()
    client = signed_in_client(app, session, keeper)
    body = entry(lots[0], "9")
    for _ in range(2):
        answer = enter(client, count, body)
        assert answer.get_json() == {"counted": 9, "waiting": 2}
    again = signed_in_client(app, session, keeper)
    assert 'value="9"' in html(again, at(count, "/sheet"))
    assert lots[0].code not in html(again, at(count, "/sheet?which=waiting"))
    assert enter(client, count, entry(lots[0], "", seen="9")).get_json()["counted"] is None
    for wrong in ("-1", "1.5", "x", "123456789"):
        assert enter(client, count, entry(lots[1], wrong)).status_code == 422


def test_a_sheet_tells_what_somebody_else_entered_meanwhile(app: Flask, session: Session, place: Place) -> None:
    lot, keeper, other = receive(session, place, 10), a_keeper(session, place), a_keeper(session, place)
    count = a_count(session, place, keeper)
    session.commit()
    client = signed_in_client(app, session, keeper)
    shown = client.get(at(count, "/sheet")).text
    set_packs(session, count, {lot: 4}, actor=other)
    session.commit()
    answer = enter(client, count, entry(lot, "9"))
    assert answer.status_code == 409
    fields = {"rows-0-lot_id": str(lot.id), "rows-0-seen": "", "rows-0-packs": "9"}
    page = client.post(at(count, "/sheet"), data={**hidden_fields(shown), **fields}).text
    assert "Somebody entered 4 here meanwhile." in page
    assert 'value="9"' in page
    fields["rows-0-seen"] = "4"
    assert client.post(at(count, "/sheet"), data={**hidden_fields(page), **fields}).status_code == 303
    assert counted(session, count, lot) == 9


def test_ux_47_rows_are_pasted_with_faults_by_cell_and_taken_back_at_once(
    app: Flask, session: Session, place: Place
) -> None:
    lots, keeper = [receive(session, place, 10) for _ in range(4)], a_keeper(session, place)
    count = a_count(session, place, keeper)
    session.commit()
    client = signed_in_client(app, session, keeper)
    rows = "\n".join(f"{lot.code}\t{number}\tF13" for number, lot in enumerate(lots))
    pasted = f"Партия\tКоличество\tТовар\n{rows}\nNOPE\t5\tF13\n{lots[0].code}\tmany\tF13\n"
    read = client.send_form(at(count, "/paste"), pasted=pasted, act="read").text
    assert "4 rows were understood" in read
    assert "2 rows were not" in read
    taken = client.post(at(count, "/paste"), data={**hidden_fields(read), "pasted": pasted, "act": "take"}).text
    assert "4 rows are entered." in taken
    assert "NOPE\t5\tF13" in taken
    assert f"{lots[1].code}\t1" not in taken
    assert [counted(session, count, lot) for lot in lots] == [0, 1, 2, 3]
    back = re.findall(r'action="([^"]*/take-back)"', taken)[0]
    assert client.post(back, data=hidden_fields(taken)).status_code == 303
    assert [counted(session, count, lot) for lot in lots] == [None] * 4


def test_a_pack_is_scanned_added_and_taken_back(app: Flask, session: Session, place: Place) -> None:
    lot, keeper = receive(session, place, 10), a_keeper(session, place)
    same = receive(session, place, 10, lot=a_lot(session, item="F36", code=lot.code))
    count = a_count(session, place, keeper)
    session.commit()
    client = signed_in_client(app, session, keeper)
    which = client.send_form(at(count, "/scan"), code=lot.code.lower(), packs="3").text
    assert "Which lot is it?" in which
    fields = {"code": lot.code, "packs": "3", "lot_id": str(same.id)}
    sent = client.post(at(count, "/scan"), data={**hidden_fields(which), **fields})
    page = html(client, sent.headers["Location"])
    assert counted(session, count, same) == 3
    back = re.findall(r'action="([^"]*/take-back[^"]*)"', page)[0]
    first = re.findall(r'name="form_key"[^>]*value="([^"]*)"', page)[0]
    assert client.post(back, data={**hidden_fields(page), "form_key": first}).status_code == 303
    assert counted(session, count, same) is None
    unknown = client.send_form(at(count, "/scan"), code="NEW-77", packs="2").text
    assert "Not among the lines" in unknown
    found = re.findall(r'href="([^"]*/found\?[^"]*)"', unknown)[0].replace("&amp;", "&")
    added = client.send_form(found, item_id=str(lot.item_id), code="NEW-77", packs="2")
    assert added.status_code == 303
    assert "NEW-77" in html(client, added.headers["Location"])


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_the_papers_of_a_count_are_pdf(app: Flask, session: Session, place: Place, language: str) -> None:
    lot, keeper = receive(session, place, 10), a_keeper(session, place)
    count = a_counted_count(session, place, keeper, {lot: 9})
    session.commit()
    client = signed_in_client(app, session, keeper)
    client.set_cookie("language", language)
    for paper in ("/sheet.pdf", "/act.pdf"):
        answer = client.get(at(count, paper))
        assert answer.mimetype == "application/pdf"
        assert answer.get_data().startswith(b"%PDF")
        answer.close()


def test_sec_21_a_count_of_another_place_is_not_found(sign_in: SignIn, session: Session) -> None:
    home, away = some_districts(session)
    own, foreign = a_place(session, district_id=home.id), a_place(session, district_id=away.id, name="Foreign")
    lot, keeper = receive(session, foreign, 5), a_keeper(session, foreign)
    count = a_counted_count(session, foreign, keeper, {lot: 4})
    session.commit()
    client = sign_in(Role.STOREKEEPER, ScopeKind.PLACE, own.id)
    for tail in (
        "",
        "/sheet",
        "/scan",
        "/paste",
        "/found",
        "/hand-in",
        "/differences",
        "/cancel",
        "/sheet.pdf",
        "/act.pdf",
    ):
        html(client, at(count, tail), 404)
    html(client, at(count, f"/lots/{lot.id}"), 404)
    html(client, f"/warehouses/counts/open?place={foreign.id}", 404)
    assert enter(client, count, entry(lot, "1")).status_code == 404
    for tail in ("/close", f"/entries/{uuid.uuid4()}/take-back"):
        assert client.post_with_token(at(count, tail)).status_code == 404
    assert count.number not in html(client, "/warehouses/counts")
    assert "Foreign" not in html(client, f"/warehouses/counts?place={foreign.id}")


def test_bad_32_the_sheet_of_one_count_enters_nothing_into_another(app: Flask, session: Session, place: Place) -> None:
    receive(session, place, 5)
    there = a_place(session)
    lot, keeper = receive(session, there, 5), a_keeper(session, place)
    count, other = a_count(session, place, keeper), a_count(session, there, a_keeper(session, there))
    session.commit()
    client = signed_in_client(app, session, keeper)
    assert enter(client, count, entry(lot, "1")).status_code == 404
    shown = client.get(at(count, "/sheet")).text
    fields = {"rows-0-lot_id": str(lot.id), "rows-0-seen": "", "rows-0-packs": "9"}
    assert client.post(at(count, "/sheet"), data={**hidden_fields(shown), **fields}).status_code == 404
    assert counted(session, other, lot) is None


def test_ux_42_the_file_of_a_count_holds_every_line(app: Flask, session: Session, place: Place) -> None:
    lots, keeper = [receive(session, place, 5) for _ in range(53)], a_keeper(session, place)
    count = a_counted_count(session, place, keeper, dict.fromkeys(lots, 5))
    session.commit()
    client = signed_in_client(app, session, keeper)
    assert "50 of 53" in html(client, at(count))
    data = client.get(at(count, "?format=csv&header=keys&delimiter=comma")).get_data(as_text=True)
    rows = list(csv.DictReader(io.StringIO(data)))
    assert len(rows) == 53
    assert {row["difference_packs"] for row in rows} == {"0"}


def test_a_count_under_way_is_named_and_linked_where_another_is_opened(session: Session, sign_in: SignIn) -> None:
    place = a_place(session, name="Near point")
    lot = receive(session, place, 5)
    count = a_count(session, place, a_keeper(session, place), items=(lot.item_id,))
    session.commit()
    client, address = sign_in(Role.STOREKEEPER, ScopeKind.PLACE, place.id), f"/warehouses/counts/open?place={place.id}"
    assert f'href="/warehouses/counts/{count.id}"' in client.get(address).text
    refused = client.send_form(address, what="whole", note="").text
    assert f"Count {count.number} of some of these goods is under way here" in refused
    assert f'href="/warehouses/counts/{count.id}"' in refused
