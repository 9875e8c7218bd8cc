"""The scan page in a real browser: camera, typed code, scanner, refusals, undo, and what it looks like."""

import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Route, expect

from tests.support.chromium import launch_beside
from tests.support.field import in_page
from tests.support.point import DESKTOP, PHONE, ServedPoint, film_of, type_code
from tests.support.vouchers import an_operator, code_of

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True, scope="session"),
]


def verdict(page: Page, kind: str) -> str:
    """Wait for a verdict of a kind and return all its words."""
    shown = page.locator(f'[data-verdict="{kind}"]')
    expect(shown).to_be_visible(timeout=10_000)
    return shown.inner_text()


def another_operator(point: ServedPoint, chromium: Browser) -> Page:
    with point.database.writing() as session:
        operator = an_operator(session, point.scene.point)
    return point.open(chromium, operator=operator)


def test_the_camera_reads_one_tap_confirms_and_the_same_voucher_is_refused(
    point: ServedPoint, chromium: Browser, tmp_path: Path
) -> None:
    film = film_of(point.scene.voucher.token, tmp_path / "voucher.mjpeg")
    said: list[str] = []

    def note(message: ConsoleMessage) -> None:
        said.append(message.text)

    with launch_beside(chromium, camera=film) as browser:
        page = point.open(browser)
        page.on("console", note)
        words = verdict(page, "ok")
        assert re.search(r"F13.*× 1.*F36.*× 1.*HYG.*× 2", words, re.DOTALL)
        page.get_by_role("button", name="I hand over").tap()
        expect(page.locator(".verdict-words")).to_have_text("Given")
        expect(page.locator(".verdict-words")).to_have_text("Just given", timeout=15_000)
        assert "ok" in page.evaluate("window.signals")
        other = another_operator(point, browser)
        words = verdict(other, "refused")
        assert "Already given" in words
        assert point.scene.point.name_en in words
    assert not [line for line in said if "Content Security Policy" in line or "violat" in line.lower()]


def test_the_typed_code_hands_over_and_can_be_taken_back(point: ServedPoint, chromium: Browser) -> None:
    page = point.open(chromium)
    code = code_of(point.scene.voucher)
    type_code(page, code.lower().replace("-", " "))
    verdict(page, "ok")
    page.get_by_role("button", name="I hand over").click()
    expect(page.locator(".verdict-words")).to_have_text("Given")
    page.get_by_role("button", name="Take back").click()
    page.get_by_role("button", name="Other sets were given").click()
    expect(page.locator(".verdict-words")).to_have_text("Undone")
    assert page.evaluate("window.signals.at(-1)") == "undone"
    type_code(page, code)
    expect(page.locator(".verdict-words")).to_have_text("Hand over")


def test_what_is_unticked_stays_due(point: ServedPoint, chromium: Browser) -> None:
    page = point.open(chromium)
    code = code_of(point.scene.voucher)
    type_code(page, code)
    verdict(page, "ok")
    page.locator(".verdict-due li", has_text="F13").get_by_role("checkbox").uncheck()
    page.get_by_role("button", name="One fewer of HYG").click()
    page.get_by_role("button", name="I hand over").click()
    expect(page.locator(".verdict-words")).to_have_text("Given")
    type_code(page, code)
    expect(page.locator(".verdict-words")).to_have_text("Hand over")
    words = verdict(page, "ok")
    assert re.search(r"F13.*× 1.*HYG.*× 1", words, re.DOTALL)
    assert "F36" not in words


def test_who_else_came_needs_a_note(point: ServedPoint, chromium: Browser) -> None:
    page = point.open(chromium)
    type_code(page, code_of(point.scene.voucher))
    verdict(page, "ok")
    page.get_by_label("By proxy").check()
    page.get_by_role("button", name="I have looked").click()
    page.get_by_role("button", name="I hand over").click()
    expect(page.get_by_role("alert").filter(has_text="Enter who came")).to_be_visible()
    page.fill("#collector-note", "Grandmother, power of attorney No. 7")
    page.get_by_role("button", name="I hand over").click()
    expect(page.locator(".verdict-words")).to_have_text("Given")


LAYOUTS = {
    "en": {},
    "ru": dict(zip("QWERTYUIOPASDFGHJKLZXCVBNM", "йцукенгшщзфывапролдячсмить", strict=True)),
    "kk": {
        **dict(zip("QWERTYUIOPASDFGHJKLZXCVBNM", "йцукенгшщзфывапролдячсмить", strict=True)),
        **dict(zip("1234567890", '"әіңғ,.үұқ', strict=True)),
    },
}
SHIFTED = {"$": "Digit4", "%": "Digit5", "*": "Digit8", "+": "Equal", ":": "Semicolon"}
PLAIN = {" ": "Space", "-": "Minus", ".": "Period", "/": "Slash"}


def keys_of(text: str, layout: str, *, caps: bool) -> list[dict[str, object]]:
    """Return the key events of a scanner that types `text` on a keyboard of a layout."""
    events: list[dict[str, object]] = []
    for sign in text:
        if sign.isalpha() or sign.isdigit():
            code = f"Key{sign}" if sign.isalpha() else f"Digit{sign}"
            key = LAYOUTS[layout].get(sign, sign)
            shift = sign.isalpha() and not caps
            events.append({"code": code, "key": key.upper() if shift != caps else key, "shiftKey": shift})
        else:
            code = SHIFTED.get(sign) or PLAIN[sign]
            events.append({"code": code, "key": sign, "shiftKey": sign in SHIFTED})
    return events


def press(page: Page, events: list[dict[str, object]], *, last: str, pause: int = 4) -> None:
    page.evaluate(
        """async ([events, last, pause]) => {
            for (const event of [...events, {code: last, key: last}]) {
                const field = document.activeElement?.id === "typed-code" ? document.activeElement : document.body;
                const key = new KeyboardEvent("keydown", {bubbles: true, cancelable: true, ...event});
                if (field.dispatchEvent(key) && field !== document.body && event.key.length === 1) {
                    document.execCommand("insertText", false, event.key);
                }
                await new Promise(done => setTimeout(done, pause));
            }
        }""",
        [events, last, pause],
    )


@pytest.mark.parametrize("caps", [False, True])
@pytest.mark.parametrize("layout", ["en", "ru", "kk"])
def test_ux_10_ux_11_a_scanner_is_read_under_every_layout_with_no_field_focused(
    point: ServedPoint, chromium: Browser, layout: str, *, caps: bool
) -> None:
    page = point.open(chromium)
    page.evaluate("document.activeElement?.blur()")
    press(page, keys_of("4870001234567", layout, caps=caps), last="Enter")
    assert "Not a voucher" in verdict(page, "refused")
    press(page, keys_of(point.scene.voucher.token, layout, caps=caps), last="Enter")
    verdict(page, "ok")
    code = code_of(point.scene.vouchers[1])
    press(page, keys_of(code, layout, caps=caps), last="Tab")
    expect(page.locator(".verdict-words")).to_have_text("Hand over")
    press(page, keys_of("4870001234567", layout, caps=caps), last="Enter")
    expect(page.get_by_role("alert").filter(has_text="This box is of none of the sets here.")).to_be_visible()


@pytest.mark.parametrize("layout", ["en", "ru", "kk"])
def test_ux_10_ux_11_a_scanner_is_read_whole_in_the_focused_field_too(
    point: ServedPoint, chromium: Browser, layout: str
) -> None:
    page = point.open(chromium)
    page.focus("#typed-code")
    press(page, keys_of(point.scene.voucher.token, layout, caps=True), last="Enter")
    verdict(page, "ok")
    assert page.input_value("#typed-code") == ""
    page.reload()
    page.wait_for_selector("html[data-ready=yes]")
    page.fill("#typed-code", f"  {point.scene.vouchers[1].token} ")
    page.press("#typed-code", "Enter")
    verdict(page, "ok")


def test_ux_10_slow_keys_and_typing_into_a_field_are_left_alone(point: ServedPoint, chromium: Browser) -> None:
    page = point.open(chromium)
    press(page, keys_of("ABCDEFGH", "en", caps=False), last="Enter", pause=300)
    assert page.evaluate("window.signals") == []
    page.fill("#typed-code", "")
    page.type("#typed-code", "abcdefghij", delay=90)
    assert page.input_value("#typed-code") == "abcdefghij"
    assert page.evaluate("window.signals") == []
    with page.expect_request(lambda request: request.url.endswith("/check")) as sent:
        page.press("#typed-code", "Enter")
    asked = sent.value.post_data_json or {}
    assert (asked["text"], asked["way"]) == ("abcdefghij", "typed")


def test_ux_06_the_trigger_pressed_twice_is_one_scan(point: ServedPoint, chromium: Browser) -> None:
    page = point.open(chromium)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/check") else None)
    keys = keys_of(point.scene.voucher.token, "en", caps=False)
    press(page, keys, last="Enter")
    verdict(page, "ok")
    press(page, keys, last="Enter")
    assert len(asked) == 1


def test_ux_05_no_scan_is_silent_whatever_the_server_does(point: ServedPoint, chromium: Browser) -> None:
    page = point.open(chromium)

    def broken(route: Route) -> None:
        route.fulfill(status=500, body="oops", content_type="text/html")

    def portal(route: Route) -> None:
        route.fulfill(status=200, body="<html>Sign in to the network</html>", content_type="text/html")

    def cut(route: Route) -> None:
        route.abort()

    def signed_out(route: Route) -> None:
        route.fulfill(status=401, json={"detail": "x"})

    cases = {"Server fault": (broken, portal), "No network": (cut,), "Signed out": (signed_out,)}
    for words, answers in cases.items():
        for answer in answers:
            page.route("**/scan/check", answer)
            began = time.monotonic()
            type_code(page, "0000-0000-0000-00")
            expect(page.locator(".verdict-words:visible")).to_have_text(words)
            assert time.monotonic() - began < 2
            assert page.evaluate("window.signals.at(-1)") == "offline"
            page.unroute("**/scan/check")
            page.get_by_role("button", name="Next voucher").click()
            expect(page.locator(".verdict-words")).not_to_be_visible()
    type_code(page, "")
    verdict(page, "attention")
    kept = in_page(page, "offline/store.js", 'return (await db.getAll("log")).map(one => [one.way, one.answer, one.h])')
    assert [one[1] for one in kept] == ["broken", "broken", "offline", "signed_out", "unreadable"]
    assert {one[0] for one in kept} == {"typed"}
    assert len({one[2] for one in kept[:4]}) == 1
    assert "0000" not in str(kept)


def test_without_an_answer_the_same_hand_over_is_sent_again_and_given_once(
    point: ServedPoint, chromium: Browser
) -> None:
    page = point.open(chromium)
    type_code(page, code_of(point.scene.voucher))
    verdict(page, "ok")
    answered: list[int] = []

    def lose(route: Route) -> None:
        answered.append(route.fetch().status)
        route.abort()

    page.route("**/scan/hand-over", lose, times=1)
    page.get_by_role("button", name="I hand over").click()
    expect(page.locator(".verdict-words")).to_have_text("No network")
    assert answered == [200]
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".verdict-words")).to_have_text("Given")


def test_ux_19_without_a_camera_the_page_explains_and_offers_typing(point: ServedPoint, chromium: Browser) -> None:
    page = point.open(chromium, may_see=False)
    expect(page.locator(".viewfinder-help strong")).to_be_visible()
    expect(page.locator(".viewfinder-help")).to_contain_text(re.compile("type", re.IGNORECASE))
    expect(page.get_by_role("button", name="Try the camera again")).to_be_visible()
    expect(page.locator("#typed-code")).to_be_visible()


def test_ux_02_ux_15_verdict_fills_the_screen_and_controls_are_big_and_low(
    point: ServedPoint, chromium: Browser
) -> None:
    page = point.open(chromium)
    type_code(page, "0000-0000-0000-01")
    verdict(page, "attention")
    box = page.locator(".scan[data-kind]").bounding_box()
    assert box
    assert box["height"] * box["width"] >= 0.6 * PHONE["height"] * PHONE["width"]
    size = page.locator(".verdict-words").evaluate("words => parseFloat(getComputedStyle(words).fontSize)")
    assert size >= 32
    type_code(page, code_of(point.scene.voucher))
    verdict(page, "ok")
    assert page.evaluate("document.documentElement.scrollHeight <= window.innerHeight")
    main = page.get_by_role("button", name="I hand over").bounding_box()
    assert main
    assert main["height"] >= 64
    assert main["y"] >= PHONE["height"] / 2
    assert main["y"] + main["height"] <= PHONE["height"]
    for choice in page.locator(".scan-collector .scan-choice").all():
        choice_box = choice.bounding_box()
        assert choice_box
        assert choice_box["height"] >= 48
        assert choice_box["y"] >= PHONE["height"] / 2


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_page_fits_phones_and_desks_without_scrolling_sideways(
    point: ServedPoint, chromium: Browser, language: str
) -> None:
    for size in (PHONE, DESKTOP):
        page = point.open(chromium, language=language, viewport=size)
        page.fill("#typed-code", code_of(point.scene.voucher))
        page.press("#typed-code", "Enter")
        verdict(page, "ok")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        page.context.close()
