"""The pages of files of items, as people of each role and language meet them."""

import io
import re

import pytest
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import TestResponse, encode_multipart

from accounts.values import Role
from catalog.models import Item, ItemBatch
from catalog.queries.items import get_item
from core.tabular import write_xlsx
from tests.conftest import SignIn
from tests.support.client import InspectingClient, hidden_fields
from tests.support.item_files import KEYS, an_item_row, items_csv

NEW = "/catalog/item-batches/new"
LOCKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")
SENTENCES = {
    "none": {"en": "Choose a file first.", "ru": "Сначала выберите файл.", "kk": "Алдымен файлды таңдаңыз."},
    "type": {"en": "This file is not a table", "ru": "Этот файл не таблица", "kk": "бұл файл кесте емес"},
    "empty": {"en": "The file is empty.", "ru": "Файл пуст.", "kk": "Файл бос."},
    "locked": {"en": "protected by a password", "ru": "защищён паролем", "kk": "құпиясөзбен қорғалған"},
    "template": {"en": "another table", "ru": "шаблон другой таблицы", "kk": "басқа кестенің үлгісі"},
    "older": {"en": "another version", "ru": "по другой версии", "kk": "басқа нұсқасынан"},
    "damaged": {"en": "damaged", "ru": "повреждён", "kk": "бүлінген"},
    "two": {"en": "one file at a time", "ru": "по одному файлу", "kk": "бір-бірлеп таңдаңыз"},
    "big": {"en": "bigger than 10 MB", "ru": "больше 10 МБ", "kk": "10 МБ-тан үлкен"},
}
CONTENTS: dict[str, list[tuple[bytes, str]]] = {
    "none": [(b"", "")],
    "type": [(b"%PDF-1.7 something", "items.csv")],
    "empty": [(b"", "items.csv")],
    "locked": [(LOCKED, "items.xlsx")],
    "template": [(b"code;toptama-registry-1\nA;\n", "items.csv")],
    "older": [(b"code;toptama-items-999\nA;\n", "items.csv")],
    "damaged": [(b"PK\x03\x04 and nothing", "items.xlsx")],
    "two": [(b"a", "one.csv"), (b"b", "two.csv")],
    "big": [(b"code;note\n" + b"A;x\n" * 2_700_000, "items.csv")],
}


def send(client: InspectingClient, path: str, fields: dict[str, object]) -> TestResponse:
    """Send a form as a browser does, encoded in memory: the client's own way leaves temporary files open."""
    boundary, body = encode_multipart(MultiDict(fields))
    return client.post(path, data=body, content_type=f"multipart/form-data; boundary={boundary}")


def upload(client: InspectingClient, *files: tuple[bytes, str]) -> TestResponse:
    hidden = hidden_fields(client.get(NEW).get_data(as_text=True))
    return send(client, NEW, {**hidden, "file": [FileStorage(io.BytesIO(content), name) for content, name in files]})


def taken(client: InspectingClient, *rows: dict[str, str]) -> str:
    """Bring a file in and confirm it; return its address."""
    location = upload(client, (items_csv(rows), "items.csv")).location
    assert client.send_button(f"{location}/confirm", page=location).status_code == 303
    return location


def upload_and_show(client: InspectingClient, *rows: dict[str, str]) -> str:
    """Bring a file in and return the page that says what it would do."""
    return client.get(upload(client, (items_csv(rows), "items.csv")).location).get_data(as_text=True)


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("case", SENTENCES)
def test_ux_55_each_wrong_file_has_its_own_sentence(sign_in: SignIn, case: str, language: str) -> None:
    answer = upload(sign_in(Role.MINISTRY, language=language), *CONTENTS[case])
    assert answer.status_code == 422
    assert SENTENCES[case][language] in answer.get_data(as_text=True)


def test_ux_55_sec_34_a_file_beyond_the_bound_is_refused_in_words_before_it_is_read(sign_in: SignIn) -> None:
    client = sign_in(Role.MINISTRY)
    size = {"CONTENT_LENGTH": str(500 * 1024 * 1024)}
    answer = client.post(NEW, content_type="multipart/form-data", environ_overrides=size)
    assert answer.status_code == 422
    assert "bigger than 10 MB" in answer.get_data(as_text=True)


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_ux_52_the_template_is_taken_home_and_brought_in_unchanged(
    sign_in: SignIn, session: Session, language: str, kind: str
) -> None:
    client = sign_in(Role.MINISTRY)
    template = client.get(f"/catalog/item-batches/template?language={language}&format={kind}")
    assert re.search(rf'filename="?items-template_{language}_.*\.{kind}', template.headers["Content-Disposition"])
    answer = upload(client, (template.data, f"t.{kind}"))
    assert answer.status_code == 303
    page = client.get(answer.location).get_data(as_text=True)
    assert "The file holds the header and examples only" in page
    assert "/confirm" not in page
    batch = session.scalars(select(ItemBatch)).one()
    assert (batch.count_new, batch.count_refused) == (0, 0)


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_eco_11_the_list_of_items_comes_home_in_the_form_in_which_it_goes_back_unchanged(
    sign_in: SignIn, session: Session, language: str, kind: str
) -> None:
    client = sign_in(Role.MINISTRY, language=language)
    file = client.get(f"/catalog/items?format={kind}&words=yes")
    answer = upload(client, (file.data, f"items.{kind}"))
    assert answer.status_code == 303
    assert "/columns" not in answer.location
    batch = session.scalars(select(ItemBatch)).one()
    items = session.scalar(select(func.count()).select_from(Item))
    assert (batch.count_new, batch.count_changed, batch.count_refused, batch.count_same) == (0, 0, 0, items)


def test_eco_11_cells_are_parted_as_excel_has_it_in_the_language_or_as_asked(sign_in: SignIn) -> None:
    for language, sign in (("kk", ";"), ("ru", ";"), ("en", ",")):
        text = sign_in(Role.AUDITOR, language=language).get("/catalog/items?format=csv").data
        assert text.startswith(b"\xef\xbb\xbf")
        assert text.decode("utf-8-sig").splitlines()[0] == sign.join(KEYS)
    client = sign_in(Role.AUDITOR)
    assert b"code\tkind" in client.get("/catalog/items?format=csv&delimiter=tab").data
    assert client.get("/catalog/items?format=csv&delimiter=bar").status_code == 400


def test_eco_12_the_template_has_lists_texts_a_frozen_header_a_dictionary_and_a_hidden_mark(sign_in: SignIn) -> None:
    file = sign_in(Role.MINISTRY).get("/catalog/item-batches/template?language=ru&format=xlsx").data
    book = load_workbook(io.BytesIO(file))
    sheet, columns = book.worksheets
    assert sheet.freeze_panes == "A3"
    titles = [cell.value for cell in sheet[1]]
    assert titles == [*KEYS, "toptama-items-1"]
    assert sheet.column_dimensions[get_column_letter(len(titles))].hidden
    assert sheet["C2"].value == "Название на казахском"
    lists = {str(one.sqref).split(":")[0]: one.formula1 for one in sheet.data_validations.dataValidation}
    assert lists == {"B3": '"component,packed_kit"', "G3": '"g,ml,pcs"', "T3": '"yes,no"'}
    for key in ("code", "gtins", "hs_code"):
        letter = get_column_letter(KEYS.index(key) + 1)
        assert sheet.column_dimensions[letter].style or sheet[f"{letter}3"].number_format == "@"
    assert {row[0].value for row in columns.iter_rows(min_row=2)} == {*KEYS, "#"}


def test_ux_53_columns_that_are_not_known_are_asked_about(sign_in: SignIn, session: Session) -> None:
    client = sign_in(Role.MINISTRY)
    header = b"code;Altaun;name_ru;name_en;pack_net;pack_unit;<script>alert(1)</script>\n"
    answer = upload(client, (header + 'A;Тауар;Товар;Item;500;g;"><img src=x>\n'.encode(), "<b>f</b>.csv"))
    assert answer.location.endswith("/columns")
    page = client.get(answer.location).get_data(as_text=True)
    assert "«Name in Kazakh» is missing" in page
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "<b>f</b>" not in page
    review = answer.location.removesuffix("/columns")
    assert client.get(review).location == answer.location
    chosen = ["code", "", "name_ru", "name_en", "pack_net", "pack_unit", ""]
    fields = {f"columns-{place}": key for place, key in enumerate(chosen)}
    again = client.send_form(answer.location, **fields)
    assert again.status_code == 422
    assert "«Name in Kazakh» is missing" in again.get_data(as_text=True)
    done = client.send_form(answer.location, **fields | {"columns-1": "name_kk"})
    assert done.location == review
    shown = client.get(review).get_data(as_text=True)
    assert "Item" in shown
    assert "<script>alert" not in shown
    bogus = client.send_form(answer.location, **fields | {"columns-1": "drop table"})
    assert bogus.status_code == 422


def test_ux_54_the_first_50_are_shown_and_all_come_home_with_an_error_column(sign_in: SignIn) -> None:
    client = sign_in(Role.MINISTRY)
    rows = [an_item_row(f"A{number}", pack_net="0", name_kk="") for number in range(60)]
    location = upload(client, (items_csv([*rows, an_item_row("OK")]), "items.csv")).location
    page = client.get(location).get_data(as_text=True)
    assert page.count('<th scope="row" class="number">') == 50
    assert "Enter the name in Kazakh." in page
    refused = client.get(f"{location}?state=new").get_data(as_text=True)
    assert refused.count('<th scope="row" class="number">') == 1
    report = client.get(f"{location}?format=csv").get_data(as_text=True).splitlines()
    assert len(report) == 62
    assert report[0].endswith(",Error")
    assert "Enter the name in Kazakh." in report[1]
    assert report[-1].endswith(",")
    sheet = load_workbook(io.BytesIO(client.get(f"{location}?format=xlsx&state=refused").data)).worksheets[0]
    assert sheet.max_row == 61
    corrected = "\n".join(report).replace(",0,g,", ",5,g,").replace("500,,", ",,")
    again = upload(client, (corrected.encode(), "items.csv"))
    assert again.status_code == 303
    assert "/columns" not in again.location


def test_ux_56_a_file_waits_is_confirmed_and_says_what_was_left_out(sign_in: SignIn, session: Session) -> None:
    client = sign_in(Role.MINISTRY)
    location = upload(client, (items_csv([an_item_row("A"), an_item_row("B", pack_net="0")]), "тауар.csv")).location
    assert "тауар.csv" in client.get("/catalog/item-batches").get_data(as_text=True)
    page = client.get(location).get_data(as_text=True)
    assert "Nothing has changed yet" in page
    assert "Upload again" in page
    answer = client.send_button(f"{location}/confirm", page=location)
    assert answer.status_code == 303
    shown = client.get(location).get_data(as_text=True)
    assert "New items: 1, changed: 0, refused rows left out: 1." in shown
    assert get_item(session, "A").code == "A"
    again = client.send_button(f"{location}/confirm", page=NEW)
    assert again.status_code == 409
    assert "already confirmed" in again.get_data(as_text=True)


def test_ux_58_the_same_file_leads_to_where_it_is(sign_in: SignIn) -> None:
    client = sign_in(Role.MINISTRY)
    location = upload(client, (items_csv([an_item_row("A")]), "a.csv")).location
    again = upload(client, (items_csv([an_item_row("A")]), "b.csv"))
    assert again.status_code == 422
    page = again.get_data(as_text=True)
    assert "already loaded" in page
    assert f'href="{location}"' in page
    assert client.send_button(f"{location}/discard", page=location).status_code == 303
    assert upload(client, (items_csv([an_item_row("A")]), "b.csv")).status_code == 303


def test_ux_60_a_changed_row_shows_what_was_and_what_is(sign_in: SignIn) -> None:
    client = sign_in(Role.MINISTRY)
    taken(client, an_item_row("A", note="old words"))
    location = upload(client, (items_csv([an_item_row("A", note="new words")]), "a.csv")).location
    page = client.get(location).get_data(as_text=True)
    assert "<del>old words</del>" in page
    assert "<ins>new words</ins>" in page


def test_ux_60_a_new_row_shows_all_that_it_would_enter(sign_in: SignIn) -> None:
    row = an_item_row("A", kcal="100", nutrient_source="label", reference_price="330.50")
    page = upload_and_show(sign_in(Role.MINISTRY), row)
    for value in (row["name_kk"], row["name_ru"], row["name_en"], "label", "100", "330.50"):
        assert f"<ins>{value}</ins>" in page
    assert page.count("<del>") == 0


@pytest.mark.parametrize("name", ["Жа?а тауар", "?ант", "Жа\ufffdа"])
def test_bad_43_letters_that_were_lost_are_remarked_on_and_told_in_the_copy(sign_in: SignIn, name: str) -> None:
    client = sign_in(Role.MINISTRY)
    location = upload(client, (items_csv([an_item_row("A", name_kk=name)]), "a.csv")).location
    page = client.get(location).get_data(as_text=True)
    assert "Letters seem to be lost" in page
    assert "Refused rows are left out: 0." in page
    assert "Letters seem to be lost" in client.get(f"{location}?format=csv").get_data(as_text=True)
    assert "Letters seem to be lost" not in upload_and_show(client, an_item_row("B", name_en="Is it rice?"))


def test_ux_54_one_caption_stands_over_the_copy_of_the_file(sign_in: SignIn) -> None:
    page = upload_and_show(sign_in(Role.MINISTRY), an_item_row("A"))
    assert "A copy of the file with an added column" in page
    assert "All that is filtered" not in page


def test_ux_59_a_file_is_undone_or_says_what_blocks(sign_in: SignIn, session: Session) -> None:
    client = sign_in(Role.MINISTRY)
    first = taken(client, an_item_row("A"))
    second = taken(client, an_item_row("A", note="later"))
    blocked = client.get(f"{first}/undo").get_data(as_text=True)
    assert "It was changed after this file." in blocked
    assert client.send_button(f"{first}/undo", page=NEW).status_code == 409
    assert client.send_form(f"{second}/undo").status_code == 303
    session.expire_all()
    assert get_item(session, "A").note == ""
    undoing = session.scalars(select(ItemBatch.id).where(ItemBatch.undoes_id.is_not(None))).one()
    page = client.get(f"/catalog/item-batches/{undoing}/undo").get_data(as_text=True)
    assert "not undone itself" in page
    assert client.send_button(f"/catalog/item-batches/{undoing}/undo", page=NEW).status_code == 409


def test_sec_01_only_who_edits_items_meets_files_of_items(sign_in: SignIn) -> None:
    location = upload(sign_in(Role.MINISTRY), (items_csv([an_item_row("A")]), "a.csv")).location
    for role in (Role.AUDITOR, Role.DISTRICT, Role.STOREKEEPER, Role.ADMINISTRATOR):
        client = sign_in(role)
        for path in ("/catalog/item-batches", NEW, location, f"{location}/columns", f"{location}/undo"):
            assert client.get(path).status_code == 404, (role, path)
        assert client.post_with_token(f"{location}/confirm").status_code == 404


def test_bad_41_names_of_sheets_and_columns_do_no_harm(sign_in: SignIn) -> None:
    client = sign_in(Role.MINISTRY)
    stream = io.BytesIO()
    header = ["code", "<svg onload=alert(1)>", "{{7*7}}", "=cmd|'/C calc'!A0"]
    write_xlsx(stream, header, [["A", "1", "2", "3"]], sheet="<img src=x onerror=a>")
    answer = upload(client, (stream.getvalue(), "x.xlsx"))
    page = client.get(answer.location).get_data(as_text=True)
    assert "<svg onload" not in page
    assert "&lt;svg onload" in page
    assert "{{7*7}}" in page
    copy = client.get(answer.location.removesuffix("/columns") + "?format=csv").get_data(as_text=True)
    assert "'=cmd|" in copy


def test_bad_08_a_file_name_that_would_run_stays_a_text(sign_in: SignIn) -> None:
    client = sign_in(Role.MINISTRY)
    location = upload(client, (items_csv([an_item_row("A")]), '=HYPERLINK("x").csv')).location
    copy = client.get(f"{location}?format=csv")
    assert "HYPERLINK" not in copy.headers["Content-Disposition"]
