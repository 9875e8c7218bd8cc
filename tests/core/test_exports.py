"""Tables to take home: whose and of when they are, for whom they are written, and that nothing in them runs."""

import io
import re
from datetime import date
from urllib.parse import unquote

import pytest
from openpyxl import load_workbook
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from accounts.values import Role, ScopeKind
from core.clock import now, today
from core.quarters import Quarter
from core.web.export_scope import ExportScope
from logistics.services import draft_order
from logistics.values import OrderWish
from tests.conftest import SignIn
from tests.support.client import InspectingClient
from tests.support.families import a_family
from tests.support.goods import a_lot, a_place, a_supplier, an_item, receive
from tests.support.lists import csv_rows
from tests.support.people import an_actor
from warehouses.models import Place

WOULD_RUN = (
    "=10+20+cmd|' /C calc'!A0",
    "+1",
    "-2+3",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "＝1+1",
    '=HYPERLINK("http://x?"&A1)',
)
FIRST = set("=+-@\t\r\n\0＝＋－＠")


@pytest.fixture
def store(session: Session) -> Place:
    """Open a warehouse in which there is something."""
    place = a_place(session, name="Abay & sons: store/1")
    receive(session, place, 40)
    session.commit()
    return place


def file_name_of(answer: TestResponse) -> str:
    said = answer.headers["Content-Disposition"]
    found = re.search(r"filename\*=UTF-8''([^;]+)", said) or re.search(r'filename="?([^";]+)', said)
    assert found
    return unquote(found[1])


def test_ux_43_a_file_says_what_whose_of_when_and_for_whom(sign_in: SignIn, store: Place) -> None:
    client = sign_in(Role.MINISTRY)
    answer = client.get(f"/warehouses/stock?place={store.id}&as_of={today(now())}&format=xlsx")
    name = file_name_of(answer)
    assert name.startswith(f"stock_{store.code}-Abay"), name
    assert f"_{today(now())}_" in name, name
    assert name.endswith(".xlsx")
    book = load_workbook(io.BytesIO(answer.data))
    assert book.sheetnames[0].startswith(f"stock {store.code}")
    printed = book.worksheets[0].oddHeader
    assert printed is not None
    assert store.code in (printed.left.text or "")
    facts = {str(row[0]): row[1] for row in book.worksheets[1].iter_rows(min_row=2, values_only=True)}
    assert facts["Of whom"] == f"{store.code} Abay & sons: store/1"
    assert facts["Period"] == f"{today(now())} 23.59"
    assert facts["Rows"] == 1
    assert "as_of" in str(facts["What was chosen"])
    assert facts["Column “on_hand_packs”"] == "On hand, packs"
    made_by = str(facts["Made by"])
    assert made_by.partition("(")[2].rstrip(")") in name


def test_ux_43_without_a_place_a_file_is_of_what_its_readers_roles_cover(session: Session, sign_in: SignIn) -> None:
    place = a_place(session, name="Mine")
    session.commit()
    assert "_Kazakhstan_" in file_name_of(sign_in(Role.MINISTRY).get("/warehouses/stock?format=csv"))
    keeper = sign_in(Role.STOREKEEPER, ScopeKind.PLACE, place.id)
    assert f"_{place.code}-Mine_" in file_name_of(keeper.get("/warehouses/stock?format=csv"))


def test_ux_43_numbers_that_may_be_of_persons_do_not_stand_in_files(sign_in: SignIn) -> None:
    answer = sign_in(Role.MINISTRY).get("/distribution/families?q=900101300123&format=xlsx")
    facts = [str(row[1]) for row in load_workbook(io.BytesIO(answer.data)).worksheets[1].iter_rows(values_only=True)]
    assert any("•••" in fact for fact in facts)
    assert not any("900101300123" in fact for fact in facts)


def test_ux_43_names_of_sheets_are_what_workbooks_take() -> None:
    at = now()
    about = ExportScope("stock", "[T-1]: 'a/b*?\\" + "x" * 60, "2026-Q4", at, "Somebody", "login")
    assert len(about.sheet) <= 31
    assert not set("[]:*?/\\'") & set(about.sheet)
    assert len(about.page_header) <= 255


@pytest.mark.parametrize(("language", "sign"), [("kk", ";"), ("ru", ";"), ("en", ",")])
def test_eco_11_a_csv_file_is_written_as_excel_of_the_language_reads_it(
    sign_in: SignIn, store: Place, language: str, sign: str
) -> None:
    client = sign_in(Role.MINISTRY, language=language)
    answer = client.get(f"/warehouses/stock?place={store.id}&format=csv")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in answer.data
    header, row = csv_rows(answer.data, sign)
    assert len(header) == len(row) == 13
    keyed = client.get(f"/warehouses/stock?place={store.id}&format=csv&header=keys&delimiter=comma")
    assert not keyed.data.startswith(b"\xef\xbb\xbf")
    assert csv_rows(keyed.data)[0][:3] == ["place_code", "place", "item_code"]
    both = csv_rows(client.get(f"/warehouses/stock?place={store.id}&format=csv&header=both").data, sign)
    assert both[0] == csv_rows(keyed.data)[0]
    assert both[1] == header


@pytest.mark.parametrize("asked", ["header=odd", "delimiter=pipe", "format=pdf", "header=", "delimiter=%3B"])
def test_sec_35_a_form_of_file_that_there_is_not_is_refused(sign_in: SignIn, asked: str) -> None:
    client = sign_in(Role.MINISTRY)
    more = "" if asked.startswith("format") else "&format=csv"
    assert client.get(f"/warehouses/stock?{asked}{more}").status_code == 400


@pytest.fixture
def house_of_formulas(session: Session) -> list[str]:
    """Put what would run wherever people write words, and give the addresses of the tables that show them."""
    at, card = now(), ""
    for bad in WOULD_RUN:
        place, supplier = a_place(session), a_supplier(session)
        place.name_kk = place.name_ru = place.name_en = place.address_ru = place.hours = bad
        supplier.name_kk = supplier.name_ru = supplier.name_en = bad
        receive(session, place, 3, lot=a_lot(session, code=bad.strip()[:30]))
        draft_order(
            session,
            supplier_id=supplier.id,
            place_id=place.id,
            quarter=Quarter.of(today(at)),
            due_on=today(at),
            lines=[OrderWish(an_item(session).id, 4)],
            actor=an_actor(session, role=Role.MINISTRY),
            at=at,
        )
        a_family(session, births=[date(2024, 1, 1)], guardian=bad, settlement=bad)
        card = f"/warehouses/places/{place.id}"
    session.commit()
    return ["/warehouses/places", "/warehouses/stock", card, "/logistics/orders", "/distribution/families"]


def test_bad_08_no_cell_of_any_file_runs(sign_in: SignIn, house_of_formulas: list[str]) -> None:
    client = sign_in(Role.MINISTRY)
    marked = 0
    for address in house_of_formulas:
        marked += _marked_cells_of_csv(client, address)
        book = load_workbook(io.BytesIO(client.get(f"{address}?format=xlsx").data))
        for sheet in book.worksheets:
            kinds = {cell.data_type for row in sheet.iter_rows() for cell in row}
            assert "f" not in kinds, address
    assert marked > len(WOULD_RUN)


def _marked_cells_of_csv(client: InspectingClient, address: str) -> int:
    """Return how many cells carry the mark; one that would run without it fails."""
    marked = 0
    for row in csv_rows(client.get(f"{address}?format=csv").data):
        for cell in row:
            number = re.fullmatch(r"[+-]?\d+([.,]\d+)?", cell)
            assert not (cell[:1] in FIRST and cell and not number), (address, cell)
            marked += cell.startswith("'")
    return marked
