"""A file of items from the upload to the undoing, in a real browser, on a phone and on a desk."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.support.country import DESKTOP, PHONE, Country, enter
from tests.support.item_files import an_item_row, items_csv

SERIOUS = {"serious", "critical"}


def _whole(page: Page) -> None:
    """Prove that nothing serious is wrong with the page and that it does not scroll sideways."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 1, page.url
    found = [one["id"] for one in Axe().run(page).response["violations"] if one["impact"] in SERIOUS]
    assert not found, page.url


def _choose(page: Page, country: Country, path: Path) -> None:
    page.goto(f"{country.address}/catalog/item-batches/new")
    page.set_input_files("input[type=file]", path)
    page.click("form[enctype] button[type=submit]")


@pytest.mark.browser
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desk"])
def test_ux_53_to_59_a_file_of_items_from_upload_to_undoing(
    country: Country, browser: Browser, tmp_path: Path, size: dict[str, int]
) -> None:
    mark = "P" if size is PHONE else "D"
    page = enter(browser, country, "ministry", language="ru", viewport=size)
    path = tmp_path / f"товары-{mark}.csv"
    rows = [an_item_row(f"{mark}{number}", pack_net="0") for number in range(60)] + [an_item_row(f"NEW{mark}")]
    path.write_bytes(items_csv(rows).replace(b"name_kk", f"Неведомое {mark}".encode(), 1))
    page.goto(f"{country.address}/catalog/item-batches/new")
    _whole(page)
    page.click("form[enctype] button[type=submit]")
    expect(page.locator(".summary")).to_contain_text("Сначала выберите файл.")
    _choose(page, country, path)
    page.wait_for_url("**/columns")
    expect(page.locator(".message-refused")).to_contain_text("Нет столбца «Название на казахском»")
    _whole(page)
    page.select_option("#columns-2", "name_kk")
    page.click("main form button.main")
    page.wait_for_url(lambda url: url.rsplit("/", 1)[1].isdigit())
    _whole(page)
    review = page.url
    page.mouse.wheel(0, 1500)
    expect(page.get_by_role("link", name="Загрузить снова")).to_be_in_viewport()
    page.goto(f"{country.address}/catalog/item-batches")
    page.get_by_role("link", name=path.name).first.click()
    assert page.url == review
    page.click(".stays button[type=submit]")
    page.get_by_role("dialog").get_by_role("button", name="Подтвердить").click()
    expect(page.locator(".message-ok")).to_contain_text("новых позиций — 1")
    page.go_back()
    page.reload()
    expect(page.locator("main")).to_contain_text("В силе")
    _choose(page, country, path)
    expect(page.locator(".summary")).to_contain_text("уже загружен")
    page.click(f"a[href='{review.removeprefix(country.address)}']")
    page.click("a[href$='/undo']")
    _whole(page)
    page.click("main form button.danger")
    expect(page.locator(".message-ok")).to_contain_text("Отменено")
    page.context.close()
