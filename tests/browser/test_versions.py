"""A standard drafted in a browser: lines dragged, moved by keys, pasted; and every page of it whole on a phone."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.support.country import DESKTOP, PHONE, Country, enter


@pytest.fixture
def desk(browser: Browser, country: Country) -> Iterator[Page]:
    """Sign a clerk of the ministry in at a desk, with a draft that begins as the version in force."""
    page = enter(browser, country, "ministry", language="en", viewport=DESKTOP)
    page.goto(f"{country.address}/catalog/kits/F36/versions/new?source=1")
    page.get_by_role("button", name="Draft the version").click()
    page.wait_for_url("**/edit")
    page.goto(page.url.removesuffix("edit") + "lines")
    page.wait_for_selector("html[data-ready]")
    yield page
    page.context.close()


def order_of(page: Page) -> list[str]:
    """Return the codes of the lines as they stand on the page."""
    return page.locator(".line-row .code").all_text_contents()


def test_lines_are_dragged_by_their_grip_and_count_once_saved(desk: Page) -> None:
    before = order_of(desk)
    note = desk.locator("[data-unsaved]")
    expect(note).to_be_hidden()
    grip = desk.locator(".line-grip").first
    target = desk.locator(".line-row").nth(2).bounding_box()
    start = grip.bounding_box()
    assert start
    assert target
    desk.mouse.move(start["x"] + 5, start["y"] + 10)
    desk.mouse.down()
    desk.mouse.move(start["x"] + 5, target["y"] + target["height"] * 0.9, steps=12)
    desk.mouse.up()
    moved = [before[1], before[2], before[0], *before[3:]]
    assert order_of(desk) == moved
    expect(note).to_be_visible()
    desk.get_by_role("button", name="Save the lines").click()
    expect(desk.locator(".message-ok")).to_be_visible()
    assert order_of(desk) == moved


def test_lines_are_moved_and_removed_by_keys_and_the_place_is_said(desk: Page) -> None:
    before = order_of(desk)
    desk.locator(".line-row").nth(1).locator("button[value^=up]").focus()
    desk.keyboard.press("Enter")
    assert order_of(desk)[:2] == [before[1], before[0]]
    expect(desk.locator("#line-told")).to_contain_text("is line 1 of")
    expect(desk.locator(".line-row").first.locator("button[value^=down]")).to_be_focused()
    expect(desk.locator(".line-row").first.locator("button[value^=up]")).to_be_hidden()
    desk.locator(".line-row").last.locator("button[value^=remove]").click()
    desk.locator(".line-row").first.locator("input.packs").fill("9")
    desk.locator(".line-row").first.locator("input.packs").press("Enter")
    expect(desk.locator(".message-ok")).to_be_visible()
    assert order_of(desk) == [before[1], before[0], *before[2:-1]]
    expect(desk.locator(".line-row").first.locator("input.packs")).to_have_value("9")


def test_rows_are_pasted_and_items_added_by_part_of_a_name(desk: Page) -> None:
    desk.get_by_label("Rows copied from a table").fill("HONEY\t2\nсут 2,5% (ультрапастерленген)\t3\nnothing\t1")
    desk.get_by_role("button", name="Read the rows").click()
    expect(desk.get_by_text("2 rows were understood")).to_be_visible()
    expect(desk.get_by_role("button", name="Replace the lines")).to_have_count(0)
    desk.get_by_label("Rows copied from a table").fill("HONEY\t2\nсут 2,5% (ультрапастерленген)\t3")
    desk.get_by_role("button", name="Read the rows").click()
    desk.get_by_role("button", name="Replace the lines").click()
    expect(desk.locator("[data-unsaved]")).to_be_visible()
    desk.get_by_label("Item to add").fill("buckw")
    desk.get_by_label("Item to add").press("Enter")
    expect(desk.locator(".line-row")).to_have_count(3)
    assert order_of(desk) == ["HONEY", "MILK25", "BUCKW"]


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_ux_75_every_page_of_a_version_is_whole_on_a_phone(browser: Browser, country: Country, language: str) -> None:
    page = enter(browser, country, "ministry", language=language, viewport=PHONE)
    page.goto(f"{country.address}/catalog/kits/HYG/versions/new")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/edit")
    version = page.url.removesuffix("/edit")
    found = []
    for address in (
        f"{country.address}/catalog/kits/HYG",
        version,
        f"{version}/edit",
        f"{version}/lines",
        f"{version}/comments",
        f"{country.address}/catalog/kits/HYG/compare",
        f"{country.address}/standards",
        f"{country.address}/standards/F36",
        f"{country.address}/standards/F36/1",
    ):
        page.goto(address)
        page.wait_for_selector("html[data-ready]")
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"):
            found.append(f"{address} scrolls sideways")
        found += [
            f"{address} {violation['id']}: {violation['nodes'][0]['html'][:120]}"
            for violation in Axe().run(page).response["violations"]
            if violation["impact"] in {"serious", "critical"}
        ]
    page.context.close()
    assert not found, "\n".join(found)
