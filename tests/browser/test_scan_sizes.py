"""Sets in sizes on the scan page: each child has its own line, the operator chooses, and the choice stays."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from config import Settings
from core.crypto import FieldKeys
from core.database import Database
from tests.support.point import ServedPoint, served_point
from tests.support.school import a_school_scene_of_today
from tests.support.vouchers import code_of

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True, scope="session"),
]


@pytest.fixture
def point(fresh_database: Database, settings: Settings, keys: FieldKeys, tmp_path: Path) -> Iterator[ServedPoint]:
    with served_point(fresh_database, settings, keys, tmp_path, scene_of=a_school_scene_of_today) as found:
        yield found


def check(page: Page, point: ServedPoint) -> None:
    if page.locator("#typed-code").is_hidden():
        page.get_by_role("button", name="Next voucher").click()
    page.fill("#typed-code", code_of(point.scene.voucher))
    page.press("#typed-code", "Enter")
    expect(page.locator('[data-verdict="ok"]')).to_be_visible(timeout=10_000)


def test_the_operator_chooses_a_size_for_each_child(point: ServedPoint, chromium: Browser) -> None:
    page = point.open(chromium)
    check(page, point)
    lines = page.locator(".verdict-due li")
    expect(lines).to_have_count(2)
    expect(lines.nth(0)).to_contain_text("7 years")
    expect(lines.nth(1)).to_contain_text("12 years")
    sizes = page.get_by_label("Size")
    expect(sizes.nth(0).locator("option:checked")).to_have_text("122 – in stock: 1")
    expect(sizes.nth(1).locator("option:checked")).to_have_text("134 – in stock: 2")
    sizes.nth(0).select_option(label="134 – in stock: 2")
    page.get_by_role("button", name="I hand over").click()
    expect(page.locator(".verdict-words")).to_have_text("Given")
    expect(page.locator(".verdict-why")).to_contain_text("UNI 134, UNI 134")


def test_a_choice_stays_when_the_same_voucher_is_shown_again(point: ServedPoint, chromium: Browser) -> None:
    page = point.open(chromium)
    check(page, point)
    page.get_by_label("Size").nth(1).select_option(label="122 – in stock: 1")
    page.get_by_role("button", name="I hand over").click()
    expect(page.locator(".verdict-words")).to_have_text("Not in stock")
    expect(page.locator(".verdict-why")).to_contain_text("size 122")
    check(page, point)
    expect(page.get_by_label("Size").nth(1).locator("option:checked")).to_have_text("122 – in stock: 1")
