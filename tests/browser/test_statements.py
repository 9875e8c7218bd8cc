"""Lists ask the database a bounded number of times, however many rows they show."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, event, select

from accounts.models import User
from core.browser_sessions import WebSession
from core.clock import now
from core.crypto import secret_hash
from tests.support.country import Country

MOST = 18
"""The session, the person, saved views and, on SQLite, each BEGIN are counted, too."""
LISTS = (
    "/distribution/board",
    "/distribution/families",
    "/distribution/hand-overs?day=all",
    "/distribution/quarters",
    "/distribution/registry",
    "/distribution/vouchers",
    "/warehouses/stock",
    "/warehouses/places",
    "/logistics/orders",
    "/logistics/transfers",
    "/catalog/kits",
    "/catalog/items",
)


@contextmanager
def counted(country: Country) -> Iterator[list[str]]:
    """Collect the statements that the application sends while the block runs."""
    sent: list[str] = []

    def note(connection: Connection, cursor: object, statement: str, *_: object) -> None:
        del connection, cursor
        sent.append(statement)

    engines = (country.database.readers, country.database.writers)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("address", LISTS)
def test_ux_109_a_list_asks_no_more_often_for_many_rows_than_for_none(country: Country, address: str) -> None:
    with country.database.writing() as session:
        ministry = session.scalars(select(User.id).where(User.login == "ministry")).one()
        at = now()
        content = f'{{"_user_id": "{ministry}", "_fresh": true}}'
        session.merge(
            WebSession(id_hash=secret_hash("counting"), user_id=ministry, content=content, created_at=at, seen_at=at)
        )
    client = country.app.test_client()
    client.set_cookie("toptama-sid", "counting")
    joint = "&" if "?" in address else "?"
    with counted(country) as many:
        assert client.get(address).status_code == 200
    with counted(country) as none:
        assert client.get(f"{address}{joint}q=жоқ-мұндай").status_code == 200
    assert len(many) <= MOST
    assert len(many) <= len(none) + 3, [one[:200] for one in many]
