"""Nothing is taken that is not meant: fields, types, sizes, doubles (SEC-23, SEC-34, SEC-35, BAD-12, BAD-43)."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.values import Role, TokenScope
from app.api import PREFIX, VERSION
from app.roles import RIGHTS
from catalog.models import Item
from core.web.api.document import openapi_document
from core.web.api.operations import operation_of
from core.web.guards import guard_of
from tests.conftest import on_one_engine
from tests.support.client import InspectingClient
from tests.support.people import an_actor
from tests.support.programs import a_program

ITEMS = f"{PREFIX}/items"
MILK = {"name_kk": "Сүт", "name_ru": "Молоко", "name_en": "Milk", "pack_net": 900, "pack_unit": "ml"}
NEW = {"code": "MILK-OF-A-PROGRAM", **MILK}
ADDRESSES = {
    "code": "MILK25",
    "kit": "F13",
    "number": "1",
    "key": "8e03978e-40d5-43e8-bc93-6894a57f9324",
    "lot_id": "1",
    "position": "1",
    "quarter": "2026-Q4",
    "hand_over_id": "8e03978e-40d5-43e8-bc93-6894a57f9324",
    "device_code": "4F2K",
}


@pytest.fixture
def program(app: Flask, session: Session) -> InspectingClient:
    return a_program(app, session, an_actor(session, role=Role.MINISTRY), scope=TokenScope.WRITE)


class Programs:
    """A program of somebody of each role; each operation is asked by one who may."""

    def __init__(self, app: Flask, session: Session) -> None:
        self.app, self.session = app, session
        self._of: dict[Role, InspectingClient] = {}

    def operations(self) -> Iterator[tuple[InspectingClient, str, str]]:
        """Yield every operation of the API that takes JSON or nothing: who asks, the method, the address."""
        for rule in self.app.url_map.iter_rules():
            view = self.app.view_functions[rule.endpoint]
            told = operation_of(view)
            if told is not None and not told.takes_file:
                path = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: ADDRESSES[found[1]], rule.rule)
                for method in (rule.methods or set()) & {"GET", "POST", "PUT", "PATCH", "DELETE"}:
                    yield self._who_may(guard_of(view) or ""), method, path

    def _who_may(self, guard: str) -> InspectingClient:
        wanted = set(guard.split())
        roles = (Role.MINISTRY, *Role)
        role = next((one for one in roles if wanted & {str(right) for right in RIGHTS[one]}), Role.MINISTRY)
        if role not in self._of:
            actor = an_actor(self.session, role=role)
            self._of[role] = a_program(self.app, self.session, actor, scope=TokenScope.WRITE)
        return self._of[role]


@pytest.fixture
def programs(app: Flask, session: Session) -> Programs:
    return Programs(app, session)


def count_items(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Item)) or 0


@on_one_engine
def test_sec_35_no_operation_takes_an_unknown_or_doubled_argument(programs: Programs) -> None:
    wrong = []
    for program, method, path in programs.operations():
        for query, status in (("surprise=1", 422), ("limit=1&limit=2", 400), ("q=%FF", 400), ("q=%00", 400)):
            answer = program.open(f"{path}?{query}", method=method, headers={"If-Match": '"1"'})
            if answer.status_code != status or answer.mimetype != "application/problem+json":
                wrong.append(f"{method} {path}?{query}: {answer.status_code}")
    assert not wrong, wrong


@on_one_engine
def test_sec_23_no_operation_takes_a_field_of_ours(session: Session, programs: Programs) -> None:
    wrong, before = [], count_items(session)
    for program, method, path in programs.operations():
        if method == "GET":
            continue
        for name in ("id", "status", "state", "revision", "created_by", "kind", "retired_at", "search_text", "sort_kk"):
            body = {**(NEW if path == ITEMS else MILK), "replaced_by": None, name: 1}
            if not path.endswith("/retire"):
                del body["replaced_by"]
            answer = program.open(path, method=method, json=body, headers={"If-Match": '"1"'})
            if answer.status_code not in {400, 422}:
                wrong.append(f"{method} {path} {name}: {answer.status_code}")
            if answer.status_code == 422 and name not in answer.text:
                wrong.append(f"{method} {path} {name}: does not name the field")
    assert not wrong, wrong
    session.expire_all()
    assert count_items(session) == before


@on_one_engine
@pytest.mark.parametrize(
    "raw",
    [
        b"", b"{", b"[]", b"null", b"1", b'"x"', b"NaN", b"\xff", b"\xef\xbb\xbf{}", b"{}{}", b"{'code': 1}",
        b'{"code": "A", "code": "B"}', b'{"pack_net": NaN}', b'{"pack_net": Infinity}', b'{"pack_net": 1e9}',
        b'{"pack_net": 1.0}', b'{"pack_net": -0}', b'{"pack_net": 01}', b"[" * 100_000, b'{"a":' * 50_000,
        b'{"a":' + b"[" * 21 + b"]" * 21 + b"}", b'{"pack_net": ' + b"9" * 5000 + b"}",
    ],
    ids=lambda raw: raw[:24].decode("latin-1"),
)  # fmt: skip
def test_sec_35_no_operation_takes_odd_json(session: Session, programs: Programs, raw: bytes) -> None:
    wrong, before = [], count_items(session)
    for program, method, path in programs.operations():
        if method == "GET" or path.endswith("/restore"):
            continue
        answer = program.open(
            path, method=method, data=raw, content_type="application/json", headers={"If-Match": '"1"'}
        )
        if answer.status_code not in {400, 422} or answer.mimetype != "application/problem+json":
            wrong.append(f"{method} {path}: {answer.status_code}")
    assert not wrong, wrong
    assert count_items(session) == before


@on_one_engine
@pytest.mark.parametrize("value", ["900", "1e9", True, [900], {"n": 900}, None, 0, -1, 2**31, 2**63, 10**30])
def test_sec_35_a_whole_number_is_nothing_else(program: InspectingClient, value: object) -> None:
    answer = program.post(ITEMS, json={**NEW, "pack_net": value})
    assert answer.status_code in {400, 422}
    assert answer.json is not None
    if answer.status_code == 422:
        assert answer.json["errors"][0]["field"] == "pack_net"
        assert answer.json["code"] == "fields_refused"


@on_one_engine
@pytest.mark.parametrize("value", [1, True, ["Milk"], None, {"ru": "x"}, "", "x" * 301, "\ud800", "a\0b"])
def test_sec_35_a_text_is_nothing_else(program: InspectingClient, value: object) -> None:
    answer = program.post(ITEMS, data=json.dumps({**NEW, "name_en": value}), content_type="application/json")
    assert answer.status_code == 422
    assert "name_en" in answer.text


@on_one_engine
@pytest.mark.parametrize("mimetype", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_sec_06_only_json_is_taken(program: InspectingClient, mimetype: str) -> None:
    answer = program.post(ITEMS, data=json.dumps(NEW), content_type=mimetype)
    assert answer.status_code == 415
    assert answer.json is not None
    assert answer.json["code"] == "json_only"


@on_one_engine
def test_sec_34_a_body_has_a_greatest_size(program: InspectingClient) -> None:
    answer = program.post(ITEMS, data=b" " * (1024 * 1024 + 1), content_type="application/json")
    assert answer.status_code == 413


def bounds(schema: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], int, int]]:  # noqa: ANN401 - JSON
    """Yield every whole number of a schema, with its least and greatest value."""
    for choice in schema.get("anyOf", [schema]):
        if choice.get("type") == "integer":
            yield path, choice["minimum"], choice["maximum"]
        if isinstance(choice.get("additionalProperties"), dict):
            yield from bounds(choice["additionalProperties"], (*path, "kcal"))
        for name, inner in choice.get("properties", {}).items():
            yield from bounds(inner, (*path, name))


def placed(path: tuple[str, ...], value: int) -> dict[str, object]:
    """Return a whole item with one number in its place."""
    body: dict[str, Any] = {**NEW, "nutrient_source": "Label", "storage_min_c": 0, "storage_max_c": 0}
    inner = body
    for name in path[:-1]:
        inner = inner.setdefault(name, {})
    inner[path[-1]] = value
    return body


@on_one_engine
def test_sec_34_every_number_of_a_body_is_refused_beyond_its_bounds(app: Flask, program: InspectingClient) -> None:
    document: Any = openapi_document(app, version=VERSION, prefix=PREFIX)
    found = list(bounds(document["components"]["schemas"]["NewItem"]))
    assert len(found) == 7
    for path, least, most in found:
        for value in (least - 1, most + 1):
            answer = program.post(ITEMS, json=placed(path, value))
            assert answer.status_code == 422, (path, value)
            assert path[0] in answer.text, (path, value, answer.text)


@pytest.mark.parametrize("limit", ["0", "501", "-1", "1e2", "01", "+1", "1.0", "", "true", "9" * 30, "٣", " 1"])
def test_sec_34_a_page_has_500_lines_at_most(program: InspectingClient, limit: str) -> None:
    assert program.get(ITEMS, query_string={"limit": limit}).status_code == 422
    assert program.get(f"{ITEMS}?limit=500").status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        {"q": "x" * 101},
        {"kind": "everything"},
        {"kind": "' OR 1=1--"},
        {"state": "deleted"},
        {"kit": 'F13");--'},
        {"after": "name;select"},
        {"after": "a"},
    ],
)
def test_bad_12_arguments_are_words_of_a_list_or_bounded(program: InspectingClient, query: dict[str, str]) -> None:
    answer = program.get(ITEMS, query_string=query)
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["errors"][0]["field"] == next(iter(query))


@on_one_engine
@pytest.mark.parametrize("quarter", ["2026-Q5", "2026-q4", "2026", "0000-Q0", "2026-Q4 ", "20261-Q1", "'", "2026-Q4\n"])
def test_sec_35_a_quarter_is_written_one_way(program: InspectingClient, quarter: str) -> None:
    answer = program.get(f"{PREFIX}/standards/F13/in-force", query_string={"quarter": quarter})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "code", ["%00", "..%2f..", "'%20OR%201=1", "%F0%9F%92%A9", "x" * 300, "MILK25%00", "%ED%A0%80"]
)
@pytest.mark.parametrize("path", ["/items/{}", "/standards/{}", "/standards/{}/in-force", "/standards/{}/versions/1"])
def test_bad_43_an_odd_code_is_only_unknown(program: InspectingClient, path: str, code: str) -> None:
    assert program.get(PREFIX + path.format(code)).status_code in {400, 404}


@pytest.mark.parametrize("number", ["0", "2147483648", "-1", "1.0", "1e1", "9" * 40])
def test_sec_34_a_version_number_is_one_that_a_column_holds(program: InspectingClient, number: str) -> None:
    assert program.get(f"{PREFIX}/standards/F13/versions/{number}").status_code == 404


@pytest.mark.parametrize(
    "name", ["=1+1", "<script>alert(1)</script>", "{{ 7*7 }}", "a\u202eb", "İı", "a" + "\u0301" * 99]
)
def test_bad_43_sec_29_odd_names_are_kept_as_texts(program: InspectingClient, name: str) -> None:
    answer = program.post(ITEMS, json={**NEW, "name_en": name})
    assert answer.status_code == 201
    assert answer.mimetype == "application/json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
