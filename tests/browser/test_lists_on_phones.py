"""Lists on a phone: filters wait behind one button, and the first row stands on the first screen."""

import pytest
from playwright.sync_api import Browser, expect

from tests.support.country import Country, enter


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_ux_41_the_first_item_stands_on_the_first_screen_of_a_phone(
    browser: Browser, country: Country, language: str
) -> None:
    page = enter(browser, country, "ministry", language=language, viewport={"width": 360, "height": 740})
    page.goto(f"{country.address}/catalog/items")
    chips = page.locator(".filters .chip").first
    expect(chips).to_be_hidden()
    name = page.locator("table.rows tbody th a").first
    expect(name).to_be_in_viewport(ratio=1)
    name.click()
    page.wait_for_url("**/catalog/items/*")
    page.go_back()
    page.get_by_role("checkbox").first.focus()
    page.keyboard.press("Space")
    expect(chips).to_be_visible()
    page.context.close()
