"""Pages of the wizard: columns named by hand, what each row changes, the file given back, an undoing."""

import csv
import io
from pathlib import Path

from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.values import Role
from core.crypto import FieldKeys
from distribution.models import Child
from tests.conftest import SignIn
from tests.distribution.test_registry_pages import loaded, result_of, send_file, upload
from tests.support.client import hidden_fields
from tests.support.registry_files import a_row, registry_bytes


def test_ux_54_a_copy_of_the_file_tells_all_that_is_wrong_in_each_row(sign_in: SignIn) -> None:
    client = sign_in(Role.MINISTRY)
    rows: list[dict[str, str] | None] = [
        a_row(1, child_name="=1+1"),
        None,
        a_row(2, district_kato="1", award_status="ok"),
        a_row(3, birth_date=""),
    ]
    location = upload(client, (registry_bytes(rows, language="ru"), "a.csv")).location
    assert "Also:" in client.get(location).get_data(as_text=True)
    copy = client.get(f"{location}/copy?format=csv&delimiter=semicolon")
    assert "attachment" in copy.headers["Content-Disposition"]
    lines = list(csv.reader(io.StringIO(copy.get_data(as_text=True).removeprefix("\ufeff")), delimiter=";"))
    assert (lines[0][0], lines[0][-1], len(lines)) == ("Номер дела", "Error", 4)
    assert lines[1][12] == "'=1+1"
    assert [bool(line[-1]) for line in lines[1:]] == [False, True, True]
    assert "District unknown" in lines[2][-1]
    assert "Award status unknown" in lines[2][-1]
    sheet = load_workbook(io.BytesIO(client.get(f"{location}/copy?format=xlsx&rows=remarked").data)).worksheets[0]
    assert (sheet.max_row, sheet.max_column) == (3, 16)
    again = upload(client, (copy.data, "b.csv"))
    assert "The status of the award must be" in client.get(again.location).get_data(as_text=True)


def test_ux_53_a_column_is_named_by_hand_and_the_next_file_remembers_it(sign_in: SignIn) -> None:
    client = sign_in(Role.MINISTRY)
    header = [{"child_name": "Кішкентай", "sex": "<b>Кім"}.get(column, column) for column in a_row(1)]
    answer = send_file(client, (registry_bytes([a_row(1)], header=header), "a.csv"))
    page = client.get(answer.location).get_data(as_text=True)
    assert answer.location.endswith("/columns")
    assert "«Child&#39;s name» is missing" in page
    assert "&lt;b&gt;Кім" in page
    fields = {f"columns-{place}": column for place, column in enumerate(a_row(1))}
    unclear = client.post(answer.location, data={**hidden_fields(page), **fields, "columns-14": ""})
    assert unclear.status_code == 422
    named = client.post(
        answer.location, data={**hidden_fields(client.get(answer.location).get_data(as_text=True)), **fields}
    )
    assert "Every row was taken as it stands." in client.get(result_of(client, named)).get_data(as_text=True)
    second = upload(client, (registry_bytes([a_row(2)], header=header), "b.csv"))
    assert "Every row was taken as it stands." in client.get(second.location).get_data(as_text=True)


def test_ux_60_each_row_tells_what_it_changes(
    sign_in: SignIn, session: Session, keys: FieldKeys, tmp_path: Path
) -> None:
    loaded(session, keys, tmp_path, [a_row(1), a_row(2), a_row(3)])
    client = sign_in(Role.MINISTRY)
    rows: list[dict[str, str] | None] = [a_row(1, child_name="Жаңа Есім", award_to=""), a_row(2), a_row(4)]
    location = upload(client, (registry_bytes(rows), "a.csv")).location
    changed = client.get(f"{location}/rows?state=changed").get_data(as_text=True)
    assert "Жаңа Есім" in changed
    assert "<del>Серіков Нұрлан</del>" in changed
    assert "<del>2026-12-31</del>" in changed
    assert "Серікова" not in changed
    new = client.get(f"{location}/rows?state=new").get_data(as_text=True)
    assert a_row(4)["case_no"] in new
    assert a_row(2)["case_no"] not in new
    assert a_row(3)["case_no"] in client.get(f"{location}/gone").get_data(as_text=True)


def test_ux_59_an_import_is_undone_by_pages_and_by_another_person(sign_in: SignIn, session: Session) -> None:
    clerk, chief = sign_in(Role.MINISTRY), sign_in(Role.MINISTRY)
    location = upload(clerk, (registry_bytes([a_row(1)]), "a.csv")).location
    result_of(chief, chief.send_button(f"{location}/confirm", page=location))
    asked = clerk.send_button(f"{location}/undo", page=f"{location}/undo")
    assert asked.status_code == 303
    assert "Another person looks at this page" in clerk.get(asked.location).get_data(as_text=True)
    result_of(chief, chief.send_button(f"{asked.location}/confirm", page=asked.location))
    assert session.scalar(select(Child.ended_reason)) == "import_undone"
    assert "Undone" in clerk.get(location).get_data(as_text=True)
