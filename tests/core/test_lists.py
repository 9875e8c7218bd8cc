"""What every list of the house can do, over all of them: columns, views, counts, and words it does not know."""

import ast
from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import quote

import pytest
from flask import Flask, Request
from flask.testing import FlaskClient
from werkzeug.datastructures import ImmutableMultiDict

from accounts.values import Role
from app.lists import LISTS
from tests.conftest import SignIn
from tests.house.sources import PACKAGES, complain, files, name_of, text_of, tree_of
from tests.support.country import Country
from tests.support.lists import (
    HouseList,
    columns_offered,
    csv_rows,
    entered,
    heads_of,
    lists_of,
    rows_told,
)

NO_LIST: Mapping[str, str] = {
    "distribution.list_hand_over_days": "fourteen days of figures; each leads to its list, which has a table file",
    "catalog.show_coverage": "figures of one set",
    "warehouses.show_count": "the lines of one count; it has a table file of its own",
    "warehouses.fill_count_sheet": "a sheet to fill in",
    "warehouses.explain_count": "the differences of one count, to be explained",
    "warehouses.show_recall": "the places of one recall; it has a table file of its own",
    "warehouses.list_recall_holders": "who has packs of one recall; it has a table file of its own",
    "catalog.show_norm": "figures of one norm",
    "distribution.list_changes": "who joined and left one district, by pseudonym; its counts have a table file",
    "distribution.list_batch_gone": "whom one import misses; each is decided about on the page of the family",
    "distribution.list_batch_rows": "the rows of one import, with what they would change; its file has a copy",
    "distribution.show_transfer_plan": "the moves of one plan; it has a table file of its own",
    "catalog.show_item_batch": "the rows of one file, with what they would change",
}
"""Endpoint that reads a list's arguments → why it is no list to choose columns of or to keep views of."""

EMPTY_THERE = {"catalog.list_item_batches"}
"""Lists of which the demonstration has no row."""

INJECTIONS = (
    "' OR 1=1--",
    '");--',
    "name;select",
    "1) UNION SELECT password FROM user--",
    "%",
    "_",
    "\\",
    "\u202egnp.exe",
    "e" + "\u0301" * 200,
    "İıIi",
    "\udcff".encode("utf-8", "surrogateescape").decode("latin-1"),
)


@pytest.fixture(scope="module")
def lists(country: Country) -> list[HouseList]:
    """Give every list, as the demonstration has it."""
    return list(lists_of(country))


@pytest.fixture(scope="module")
def clients(country: Country) -> Mapping[str, FlaskClient]:
    """Sign those in who read the lists."""
    return {login: entered(country, login) for login in ("admin", "ministry")}


def test_ux_41_every_list_is_known_by_name() -> None:
    found = []
    for path in files(*(f"{package}/views" for package in PACKAGES)):
        for node in ast.walk(tree_of(path)):
            reads = isinstance(node, ast.FunctionDef) and any(
                isinstance(call, ast.Call) and getattr(call.func, "id", "") == "read_list_query"
                for call in ast.walk(node)
            )
            if reads and isinstance(node, ast.FunctionDef):
                endpoint = f"{name_of(path).split('/')[0]}.{node.name}"
                if endpoint not in LISTS and endpoint not in NO_LIST:
                    found.append(endpoint)
    complain(found, "Name the list in app/lists.py, so that it can be found and views of it can be kept.")


def test_ux_41_every_list_has_columns_to_choose_views_to_keep_and_a_way_through_its_pages() -> None:
    found = []
    for path in files("templates", endings=(".html",)):
        endpoint = name_of(path).removeprefix("templates/").removesuffix(".html").replace("/", ".")
        said = text_of(path)
        if endpoint in LISTS:
            drawn = said + (
                text_of(path.parent.parent / "components" / "movements.html") if "movements" in said else ""
            )
            macros = ("column_choice", "saved_views", "pager" if endpoint != "distribution.board" else "sort_header")
            found += [f"{endpoint} has no {macro}" for macro in macros if f"{macro}(" not in drawn]
    complain(found, "Draw every list with the macros of components/lists.html.")


def test_ux_41_each_column_can_be_hidden_and_the_choice_stays(
    clients: Mapping[str, FlaskClient], lists: list[HouseList]
) -> None:
    for one in lists:
        client = clients[one.login]
        whole = client.get(one.address).text
        if one.endpoint in EMPTY_THERE:
            continue
        offered, heads = columns_offered(whole), heads_of(whole)
        assert offered, one.endpoint
        for column in offered:
            page = client.get(one.asking(columns=column))
            assert page.status_code == 200, one.endpoint
            assert len(heads_of(page.text)) == 2 + ("Actions" in heads), (one.endpoint, column)
            assert heads_of(page.text)[0] == heads[0], "the lead column stays"
            assert f"columns={column}" in page.text, "links keep the choice"
        none = client.get(one.asking(columns="")).text
        assert heads_of(none)[0] == heads[0]


def test_ux_41_the_form_of_columns_works_without_scripts(clients: Mapping[str, FlaskClient]) -> None:
    client = clients["ministry"]
    page = client.get("/warehouses/stock?columns=&columns=lot&columns=available&kind=point").text
    assert heads_of(page) == ["Item", "Lot", "Available, packs"]
    assert "columns=lot,available" in page
    assert "kind=point" in page


def test_ux_42_a_file_has_all_rows_that_the_page_counts(
    clients: Mapping[str, FlaskClient], lists: list[HouseList]
) -> None:
    counted = 0
    for one in lists:
        if not one.has_file:
            continue
        client = clients[one.login]
        told = rows_told(client.get(one.address).text)
        answer = client.get(one.asking(format="csv", header="keys", delimiter="comma"))
        assert answer.status_code == 200, one.endpoint
        header, *rows = csv_rows(answer.data)
        assert all(key.isascii() and key == key.lower() and " " not in key for key in header), (one.endpoint, header)
        assert {len(row) for row in rows} <= {len(header)}, one.endpoint
        if told is not None:
            assert len(rows) == told, one.endpoint
            counted += 1
        assert bool(rows) != (one.endpoint in EMPTY_THERE), f"{one.endpoint}: is there a row in the demonstration?"
    assert counted >= 10


def test_ux_42_filters_hold_in_the_file_too(clients: Mapping[str, FlaskClient]) -> None:
    client = clients["ministry"]
    for address in ("/warehouses/stock?kind=point", "/distribution/families?status=awarded", "/warehouses/places?q=a"):
        told = rows_told(client.get(address).text)
        rows = csv_rows(client.get(f"{address}&format=csv&header=keys&delimiter=comma").data)
        assert told == len(rows) - 1, address


def test_ux_42_warehouses_that_lie_in_no_district_are_listed(clients: Mapping[str, FlaskClient]) -> None:
    client = clients["ministry"]
    for kind in ("central", "regional"):
        told = rows_told(client.get(f"/warehouses/places?kind={kind}").text)
        rows = csv_rows(client.get(f"/warehouses/places?kind={kind}&format=csv&header=keys&delimiter=comma").data)
        assert told == len(rows) - 1 > 0, kind


class Asked(ImmutableMultiDict[str, str]):
    """The arguments of an address; `names` keeps what was asked of any of them."""

    names: ClassVar[set[str]] = set()

    def get(self, key: str, *rest: Any, **how: Any) -> Any:  # noqa: ANN401 - Werkzeug's own
        self.names.add(key)
        return super().get(key, *rest, **how)

    def getlist(self, key: str, *rest: Any, **how: Any) -> Any:  # noqa: ANN401
        self.names.add(key)
        return super().getlist(key, *rest, **how)

    def __contains__(self, key: object) -> bool:
        self.names.add(str(key))
        return super().__contains__(key)


def asked_by(client: FlaskClient, address: str) -> set[str]:
    """Return the names of all arguments that a list asks for: with others, what they are changes nothing."""
    Asked.names.clear()
    assert client.get(address).status_code == 200, address
    return {"kind", "status"} | set(Asked.names)


def test_bad_12_no_list_runs_what_stands_in_its_address(
    app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, engine_kind: str
) -> None:
    """Every text is tried on SQLite; PostgreSQL gets one in three for each name, another one for the next name."""
    monkeypatch.setattr(app, "request_class", type("Asking", (Request,), {"parameter_storage_class": Asked}))
    clients = {role: sign_in(role) for role in (Role.MINISTRY, Role.ADMINISTRATOR)}
    read = 0
    for endpoint in LISTS:
        rule = next(iter(app.url_map.iter_rules(endpoint)))
        if rule.arguments - {"quarter"}:
            continue
        with app.test_request_context():
            address = app.url_for(endpoint, **dict.fromkeys(rule.arguments, "2026-Q4"))  # type: ignore[arg-type]
        of_administrators = endpoint.startswith("accounts.") or endpoint == "distribution.list_devices"
        client = clients[Role.ADMINISTRATOR if of_administrators else Role.MINISTRY]
        assert client.get(address, query_string={"q": "a\0b"}).status_code == 400
        for name in sorted(asked_by(client, address) - {"sort", "columns", "page", "format"}):
            read += 1
            for value in INJECTIONS if engine_kind == "sqlite" else INJECTIONS[read % 3 :: 3]:
                answer = client.get(address, query_string={name: value})
                due = {200} if name == "q" else {200, 400, 404, 409, 422}
                assert answer.status_code in due, (endpoint, name, value)
        ignored = {f"nothing{number}": value for number, value in enumerate(INJECTIONS)}
        assert client.get(address, query_string=ignored).status_code == 200, endpoint
    assert read > 80


def test_bad_12_no_list_knows_an_order_a_column_a_page_or_a_file_that_it_does_not_have(
    clients: Mapping[str, FlaskClient], lists: list[HouseList]
) -> None:
    """They are read before any database is asked, so one engine proves it."""
    for one in lists:
        for name in ("sort", "columns", "page", *(["format"] if one.has_file else [])):
            for value in INJECTIONS:
                answer = clients[one.login].get(one.asking(**{name: quote(value)}))
                assert answer.status_code == 400, (one.endpoint, name, value)


@pytest.mark.parametrize("page", ["0", "-1", "1000001", "9" * 40, "1.0", "1e3", "٣", "NaN", "true", " 1"])
def test_sec_34_a_page_that_cannot_be_is_refused_everywhere(
    clients: Mapping[str, FlaskClient], lists: list[HouseList], page: str
) -> None:
    for one in lists:
        assert clients[one.login].get(one.asking(page=page)).status_code == 400, one.endpoint
    assert clients["ministry"].get("/warehouses/stock?page=1000000").status_code == 200


@pytest.mark.parametrize("name", ["q", "sort", "page", "kind"])
def test_sec_35_an_argument_that_comes_twice_is_refused_everywhere(
    clients: Mapping[str, FlaskClient], lists: list[HouseList], name: str
) -> None:
    for one in lists:
        address = f"{one.asking(**{name: '1'})}&{name}=1"
        assert clients[one.login].get(address).status_code == 400, one.endpoint
