"""A phone without a network, in a real browser: enrolled, its list loaded, cut off, opened cold, handing over, killed."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from config import Settings
from core.crypto import FieldKeys
from core.database import Database
from tests.support.field import PIN, Field, events_of, in_the_field

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True, scope="session"),
]


@pytest.fixture
def field(
    fresh_database: Database, settings: Settings, keys: FieldKeys, tmp_path: Path, browser: Browser
) -> Iterator[Field]:
    with in_the_field(fresh_database, settings, keys, tmp_path, browser) as found:
        yield found
    for context in browser.contexts:
        context.close()


def type_code(page: Page, code: str) -> None:
    if page.locator("#typed-code").is_hidden():
        page.get_by_role("button", name="Next voucher").click()
    page.fill("#typed-code", code)
    page.press("#typed-code", "Enter")


def words(page: Page, told: str) -> str:
    """Wait for a verdict with these words and return all of it."""
    expect(page.locator(".verdict-words:visible")).to_have_text(told)
    return page.locator("[data-verdict]").inner_text()


def test_cold_start_without_a_network_hands_over_and_keeps_it_sealed(field: Field) -> None:
    phone = field.started()
    field.network.cut()
    page = field.open(phone, pin=PIN)
    first, second = field.codes()
    type_code(page, first.lower().replace("-", " "))
    assert re.search(r"F13.*× 1.*F36.*× 1.*HYG.*× 2", words(page, "Hand over"), re.DOTALL)
    page.get_by_role("button", name="I hand over").click()
    words(page, "Given")
    event = events_of(page)[0]
    assert (event["seq"], event["state"], event["kind"]) == (1, "unsent", "hand_over")
    assert event["sealed"] > 300
    type_code(page, first)
    words(page, "Just given")
