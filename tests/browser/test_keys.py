"""Keys of the keyboard: the palette, the search, the help, the badges; nothing clashes with typing (UX-45)."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.country import DESKTOP, PHONE, Country, enter

STOCK = "/warehouses/stock"


@pytest.fixture
def desk(browser: Browser, country: Country) -> Iterator[Page]:
    """Sign a clerk of the ministry in at a desk."""
    page = enter(browser, country, "ministry", language="ru", viewport=DESKTOP)
    page.goto(f"{country.address}{STOCK}")
    page.wait_for_selector("html[data-ready]")
    yield page
    page.context.close()


def test_ux_45_the_palette_finds_and_opens_by_keys_alone(desk: Page) -> None:
    troubles: list[str] = []
    desk.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    desk.keyboard.press("Control+k")
    field = desk.get_by_role("combobox")
    expect(field).to_be_focused()
    expect(desk.get_by_role("option").first).to_be_visible()
    desk.keyboard.type("F13")
    found = desk.get_by_role("option").filter(has_text="F13")
    expect(found.first).to_be_visible()
    desk.keyboard.press("ArrowDown")
    chosen = field.get_attribute("aria-activedescendant")
    assert chosen
    expect(desk.locator(f"#{chosen}")).to_have_attribute("aria-selected", "true")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/catalog/**")
    assert not troubles, troubles


def test_ux_45_escape_closes_the_palette_and_gives_the_focus_back(desk: Page) -> None:
    link = desk.locator(".finder")
    link.focus()
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("combobox")).to_be_focused()
    desk.keyboard.type("zzzz")
    expect(desk.locator(".palette [role=status]")).not_to_be_empty()
    desk.keyboard.press("Escape")
    expect(desk.get_by_role("combobox")).to_be_hidden()
    expect(link).to_be_focused()


def test_ux_45_a_slash_goes_to_the_search_and_types_elsewhere(desk: Page) -> None:
    desk.keyboard.press("/")
    expect(desk.locator("#q")).to_be_focused()
    desk.keyboard.type("a/b?g1")
    expect(desk.locator("#q")).to_have_value("a/b?g1")
    expect(desk.locator(".keys-help")).to_be_hidden()
    assert desk.url.endswith(STOCK)


def test_ux_45_a_question_mark_shows_the_keys_and_they_can_be_turned_off(desk: Page) -> None:
    desk.keyboard.press("?")
    expect(desk.locator(".keys-help")).to_be_visible()
    desk.locator("#keys-on").uncheck()
    desk.keyboard.press("Escape")
    expect(desk.locator(".keys-help")).to_be_hidden()
    desk.keyboard.press("/")
    expect(desk.locator("#q")).not_to_be_focused()
    desk.reload()
    desk.wait_for_selector("html[data-ready]")
    desk.keyboard.press("?")
    expect(desk.locator(".keys-help")).to_be_hidden()
    desk.locator(".account summary").click()
    desk.locator("[data-keys-open]").click()
    expect(desk.locator("#keys-on")).not_to_be_checked()
    desk.locator("#keys-on").check()


def test_ux_45_holding_alt_shows_the_keys_of_the_menu_and_g_opens_them(desk: Page) -> None:
    badge = "getComputedStyle(document.querySelector('.rooms [data-key]'), '::after').content"
    assert desk.evaluate(badge) == "none"
    desk.keyboard.down("Alt")
    assert desk.evaluate(badge) == '"G 1"'
    desk.keyboard.up("Alt")
    assert desk.evaluate(badge) == "none"
    second = desk.locator('.rooms [data-key="2"]').first
    target = second.get_attribute("href")
    desk.keyboard.press("g")
    desk.keyboard.press("2")
    desk.wait_for_url(f"**{target}")


def test_ux_45_keys_with_other_keys_are_left_to_the_browser(desk: Page) -> None:
    for keys in ("Control+Shift+k", "Alt+k", "Control+/", "Control+g"):
        desk.keyboard.press(keys)
    expect(desk.locator("dialog[open]")).to_have_count(0)
    expect(desk.locator("#q")).not_to_be_focused()


def test_ux_45_a_phone_needs_none_of_it(browser: Browser, country: Country) -> None:
    page = enter(browser, country, "ministry", viewport=PHONE)
    expect(page.locator(".finder")).to_be_hidden()
    page.goto(f"{country.address}/find?q=F13")
    expect(page.locator("main a", has_text="1").first).to_be_visible()
    page.context.close()


def test_ux_41_the_heads_of_columns_stay_in_sight(desk: Page) -> None:
    desk.evaluate("window.scrollTo(0, 1400)")
    assert desk.evaluate("window.scrollY") > 1200
    head = desk.locator("table.rows thead th").first
    assert head.evaluate("element => Math.round(element.getBoundingClientRect().top)") == 0
    expect(head).to_be_in_viewport()
