"""Families' pages in a real browser: light, whole without scripts, and the code of a voucher in no address."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request, expect
from sqlalchemy import select

from distribution.models import Child
from tests.support.point import PHONE, ServedPoint
from tests.support.vouchers import code_of

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True, scope="session"),
]
MOST_BYTES = 60_000


def weight(page: Page, seen: list[Request]) -> int:
    """Return the bytes of bodies that came over the wire for what was asked; what the browser had kept came not."""
    page.wait_for_load_state("networkidle")
    return sum(max(0, request.sizes()["responseBodySize"]) for request in seen)


def test_ux_99_sec_62_two_questions_without_scripts_weigh_less_than_sixty_thousand_bytes(
    browser: Browser, point: ServedPoint
) -> None:
    with point.database.reading() as session:
        year = session.scalars(select(Child.birth_on)).all()[0].year
    code = code_of(point.scene.voucher)
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)  # type: ignore[arg-type]
    context.add_cookies([{"name": "language", "value": "kk", "url": point.address}])
    page, seen = context.new_page(), []
    page.on("requestfinished", lambda request: seen.append(request))  # noqa: PLW0108 - Playwright marks what it calls
    page.goto(f"{point.address}/p")
    assert 0 < weight(page, seen) < MOST_BYTES
    page.get_by_role("link", name="Бастау").click()
    page.get_by_label("Талон коды").fill(code)
    page.get_by_role("button", name="Жалғастыру").click()
    page.get_by_label("Туған жылы").fill(str(year))
    page.get_by_role("button", name="Жағдайын көрсету").click()
    expect(page.get_by_text("Алуға дайын")).to_be_visible()
    assert weight(page, seen) < MOST_BYTES, "the whole visit, from the start page to the answer"
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert not any(code in request.url or str(year) in request.url for request in seen)
    assert all(urlsplit(request.url).netloc == urlsplit(point.address).netloc for request in seen)
    context.close()


def test_the_voucher_comes_onto_the_phone_by_the_square_and_its_code_travels_in_no_address(
    browser: Browser, point: ServedPoint
) -> None:
    code = code_of(point.scene.voucher)
    context = browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
    context.add_cookies([{"name": "language", "value": "ru", "url": point.address}])
    page, seen, troubles = context.new_page(), [], []
    page.on("request", lambda request: seen.append(request))  # noqa: PLW0108 - same
    page.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
    page.goto(f"{point.address}/v#{code}")
    square = page.get_by_role("img", name="Квадрат талона")
    expect(square).to_be_visible()
    assert (square.bounding_box() or {"width": 0})["width"] >= 53 * 4, "four pixels of the page to a module at least"
    assert page.url.endswith(f"#{code}"), "opening it again shows it again"
    assert not any(code in request.url.partition("#")[0] for request in seen)
    assert not any(code in request.headers.get("referer", "") for request in seen)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert not troubles, troubles
    context.close()
