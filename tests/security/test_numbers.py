"""Numbers in addresses that no column holds, and values of rows that no log tells."""

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from accounts.values import Role
from core.database import Database
from tests.conftest import SignIn
from tests.support.people import a_user

TOO_LONG = "9" * 20


def test_sec_34_a_number_that_no_column_holds_is_no_address(app: Flask, sign_in: SignIn) -> None:
    client = sign_in(Role.MINISTRY)
    tried = 0
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or set()) or "<int:" not in rule.rule or rule.rule.count("<") > 1:
            continue
        before, _, rest = rule.rule.partition("<int:")
        for number in (TOO_LONG, str(2**31)):
            assert client.get(f"{before}{number}{rest.partition('>')[2]}").status_code == 404, rule.rule
        tried += 1
    assert tried > 5


@pytest.mark.parametrize("argument", ["place", "item", "district", "point", "lot"])
def test_sec_34_a_number_that_no_column_holds_filters_nothing(sign_in: SignIn, argument: str) -> None:
    client = sign_in(Role.MINISTRY)
    for address in (
        "/warehouses/stock",
        "/distribution/vouchers",
        "/distribution/families",
        "/distribution/hand-overs",
    ):
        assert client.get(f"{address}?{argument}={TOO_LONG}").status_code < 500, address


def test_sec_50_an_error_of_the_database_tells_no_values(fresh_database: Database) -> None:
    def twice(session: Session) -> None:
        a_user(session, login="aigerim", name="Айгерім Сәрсенова")
        a_user(session, login="aigerim", name="Айгерім Сәрсенова")

    with pytest.raises(IntegrityError) as refused, fresh_database.writing() as session:
        twice(session)
    assert "Айгерім" not in str(refused.value)


@pytest.mark.parametrize(
    "address", ["/catalog/items/%00", "/catalog/items?q=%00&kit=%00", "/warehouses/stock?item=%00"]
)
def test_bad_43_a_nul_in_an_address_is_refused_on_every_page(sign_in: SignIn, address: str) -> None:
    assert sign_in(Role.MINISTRY).get(address).status_code == 400
