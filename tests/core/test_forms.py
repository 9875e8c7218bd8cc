"""What all forms share: sent twice they do their act once, and lead to the same result (UX-67)."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.values import Role
from catalog.models import Item
from core.web.models import SavedView
from logistics.models import Supplier
from tests.conftest import SignIn
from tests.support.client import hidden_fields

Table = type[SavedView] | type[Supplier] | type[Item]
FORMS: dict[str, tuple[str, str, dict[str, str], Callable[[], Table]]] = {
    "supplier": (
        "/logistics/suppliers/create",
        "/logistics/suppliers/create",
        {"bin_number": "190140990012", "name_kk": "Дән", "name_ru": "Зерно", "name_en": "Grain"},
        lambda: Supplier,
    ),
    "view": (
        "/saved-views",
        "/warehouses/stock",
        {"name": "Mine", "of": "warehouses.list_stock", "arguments": "kind=point", "back": "/warehouses/stock"},
        lambda: SavedView,
    ),
}


@pytest.mark.parametrize("name", FORMS)
def test_ux_67_a_form_that_is_sent_again_says_already_done(session: Session, sign_in: SignIn, name: str) -> None:
    address, shown_on, fields, table = FORMS[name]
    client = sign_in(Role.MINISTRY)
    sent = {**hidden_fields(client.get(shown_on).text), **fields}
    before = session.scalar(select(func.count()).select_from(table())) or 0
    first, second = client.post(address, data=sent), client.post(address, data=sent)
    assert (first.status_code, second.status_code) == (303, 303), first.text[:500]
    assert first.headers["Location"] == second.headers["Location"]
    assert "This was already done. Nothing was done twice." in client.get(second.headers["Location"]).text
    assert session.scalar(select(func.count()).select_from(table())) == before + 1
