"""Every screen in three languages: nothing serious for axe, no sideways scroll, nothing against the content policy."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.support.country import DESKTOP, PHONE, Country, enter

LANGUAGES = ("kk", "ru", "en")
LEFT_EARLY = "net::ERR_ABORTED"
"""What a request says whose page was left before it came."""

SERIOUS = {"serious", "critical"}
SMALLEST = {"width": 320, "height": 640}


def _rooms(page: Page) -> list[str]:
    """Return the addresses of the menu, and of the first row that each list leads to."""
    menu = page.eval_on_selector_all("nav.rooms a", "links => links.map(link => link.getAttribute('href'))")
    found = ["/", *menu]
    for address in menu:
        page.goto(page.url.split("/", 3)[0] + "//" + page.url.split("/")[2] + address)
        found += page.eval_on_selector_all(
            "main a[href]",
            """links => [...new Map(links.map(link => link.getAttribute('href').split('#')[0])
                .map(href => /\\/card\\?/.test(href) ? href : href.split('?')[0])  // a card is of what is asked for
                .filter(href => href.startsWith('/') && !/\\.(csv|xlsx|pdf)$|export|sheets|template/.test(href))
                .map(href => [href.replace(/[0-9a-f-]{8,}|[0-9]+/g, '#'), href])).values()]""",
        )
    kinds: dict[str, str] = {}
    for address in found:
        shape = "".join("#" if sign.isdigit() else sign for sign in address)
        kinds.setdefault(shape.replace("##", "#"), address)
    return list(kinds.values())


def _shape(address: str) -> str:
    """Return an address without what tells one row from another."""
    return re.sub(r"[0-9a-f-]{8,}|[0-9]+", "#", address)


@pytest.fixture(scope="module")
def looked_at() -> set[str]:
    """Keep the shapes of pages that axe has seen: another role's page of the same shape is only measured."""
    return set()


def _complaints(page: Page, axe: Axe, *, is_whole: bool) -> list[str]:
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    found = [f"scrolls sideways by {wide} px"] if wide > 1 else []
    if not is_whole:
        return found
    for violation in axe.run(page).response["violations"]:
        if violation["impact"] in SERIOUS:
            found += [f"{violation['id']}: {node['html'][:120]}" for node in violation["nodes"][:3]]
    return found


@pytest.mark.parametrize("login", ["ministry", "store", "manager", "supplier", "admin"])
def test_ux_75_every_screen_is_whole_in_three_languages(
    country: Country, browser: Browser, looked_at: set[str], login: str
) -> None:
    axe = Axe()
    page = enter(browser, country, login)
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
    page.on("requestfailed", lambda request: refused.append(f"{request.failure} {request.url}"))
    rooms = _rooms(page)
    found: dict[str, list[str]] = {}
    known = {address for address in rooms if _shape(address) in looked_at}
    for turn, language in enumerate(LANGUAGES):  # axe judges markup, the same in all three: it sees each page in one
        page.context.add_cookies([{"name": "language", "value": language, "url": country.address}])
        for number, address in enumerate(rooms):
            answer = page.goto(f"{country.address}{address}")
            assert answer is not None
            assert answer.status == 200, address
            assert page.get_attribute("html", "lang") == language
            complaints = _complaints(page, axe, is_whole=address not in known and number % len(LANGUAGES) == turn)
            if complaints:
                found[f"{language} {address}"] = complaints
    looked_at.update(map(_shape, rooms))
    page.context.close()
    assert not found
    assert not [one for one in refused if LEFT_EARLY not in one]


@pytest.mark.parametrize("login", ["ministry", "operator"])
def test_ux_75_pages_reflow_at_320_px_and_stay_whole_on_a_desk(country: Country, browser: Browser, login: str) -> None:
    page = enter(browser, country, login)
    rooms = _rooms(page)
    found: list[str] = []
    for address in rooms:
        page.set_viewport_size({"width": SMALLEST["width"], "height": SMALLEST["height"]})
        page.goto(f"{country.address}{address}")
        for size in (SMALLEST, DESKTOP):  # the same page, made wider: a second loading would show nothing else
            page.set_viewport_size({"width": size["width"], "height": size["height"]})
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if wide > 1:
                found.append(f"{address} at {size['width']}: {wide} px too wide")
    page.context.close()
    assert not found


def test_ux_77_the_language_switch_keeps_the_page_and_what_was_typed(country: Country, browser: Browser) -> None:
    page = browser.new_context(viewport={"width": PHONE["width"], "height": PHONE["height"]}).new_page()
    page.goto(f"{country.address}/accounts/sign-in?next=/warehouses/stock")
    page.fill("input[name=login]", "ministry")
    page.click("header form.languages button[lang=ru]")
    page.wait_for_selector("html[lang=ru]")
    assert page.url.endswith("/accounts/sign-in?next=/warehouses/stock")
    assert page.input_value("input[name=login]") == "ministry"
    page.context.close()
