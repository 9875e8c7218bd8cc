"""What all forms share: sent twice they do their act once, and lead to the same result (UX-67)."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.values import Role
from catalog.models import Item
from core.i18n import use_language
from core.web.forms import FieldSentences
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


@pytest.mark.parametrize(
    "said",
    [
        "Not a valid choice.",
        "Not a valid date value.",
        "Not a valid integer value.",
        "Invalid Choice: could not coerce.",
    ],
)
def test_what_fields_say_by_themselves_is_said_in_the_language_of_the_page(said: str) -> None:
    told = set()
    for language in ("kk", "ru", "en"):
        with use_language(language):
            told.add(FieldSentences().gettext(said))
    assert len(told) == 3
    assert said not in told


@pytest.mark.parametrize(
    ("language", "said"), [("kk", "Ұсынылған мәндердің"), ("ru", "Выберите одно"), ("en", "Choose one")]
)
def test_a_choice_that_no_form_offers_is_refused_in_words(sign_in: SignIn, language: str, said: str) -> None:
    client = sign_in(Role.MINISTRY, language=language)
    answered = client.post_with_token("/catalog/kits/F13/versions/new", source="99").text
    assert said in answered
    assert "Not a valid" not in answered
