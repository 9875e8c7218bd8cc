"""The scan page in the hand: what the camera meets, who comes, several vouchers, boxes, squares, families."""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest
from playwright.sync_api import Browser, Page, Response, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Settings
from core.crypto import FieldKeys
from core.database import Database
from distribution.models import FamilyProxy, HandOver, HandOverLine, Voucher
from tests.browser.test_scan import keys_of, press, verdict
from tests.support.chromium import launch_beside
from tests.support.films import WATCH, film_of_two, film_of_vouchers, pictures_of_vouchers
from tests.support.point import ServedPoint, served_point, type_code
from tests.support.vouchers import Scene, a_scene_of_today, code_of

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True, scope="session"),
]

HEAR = """() => {
    window.tones = [];
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (when) {
        window.tones.push(this.frequency.value);
        start.call(this, when);
    };
}"""
SOUND = """async (kind) => {
    const main = document.querySelector('script[src*="main.js"]').src;
    const {signal} = await import(main.replace("main.js", "scan/sound.js"));
    window.tones = [];
    signal(kind);
}"""

SHELL = 1_500_000
"""Bytes that the page may weigh on its way (UX-39)."""


@pytest.fixture
def families() -> int:
    return 3


@pytest.fixture
def point(
    fresh_database: Database, settings: Settings, keys: FieldKeys, tmp_path: Path, families: int
) -> Iterator[ServedPoint]:
    def scene_of(session: Session, keys: FieldKeys) -> Scene:
        return a_scene_of_today(session, keys, families=families)

    with served_point(fresh_database, settings, keys, tmp_path, scene_of=scene_of) as found:
        yield found


def words(page: Page) -> str:
    return page.locator(".verdict-words").inner_text()


def film(point: ServedPoint, file: Path, *, seen: int, empty: int) -> Path:
    with point.database.writing() as session:
        papers = pictures_of_vouchers(session, point.scene)
    tokens = [voucher.token for voucher in point.scene.vouchers]
    return film_of_vouchers([papers[token] for token in tokens], file, seen=seen, empty=empty)


def waited(page: Page, count: int, *, seconds: float) -> list[float]:
    """Wait for so many verdicts and return the milliseconds each took from its first frame."""
    ends = time.monotonic() + seconds
    waits: list[float] = []
    while len(waits) < count and time.monotonic() < ends:
        page.wait_for_timeout(200)
        waits = page.evaluate("window.waits")
    assert len(waits) >= count, waits
    return waits[:count]


@pytest.mark.parametrize("families", [5])
def test_ux_01_vouchers_from_rendered_sheets_are_read_clean_turned_dim_stained_and_blurred(
    point: ServedPoint, chromium: Browser, tmp_path: Path
) -> None:
    with launch_beside(chromium, camera=film(point, tmp_path / "film.mjpeg", seen=24, empty=10)) as browser:
        page = point.open(browser)
        page.evaluate(WATCH)
        waits = waited(page, 5, seconds=25)
    assert median(waits) < 1_000, waits


@pytest.mark.soak
@pytest.mark.parametrize("families", [100])
def test_ux_01_a_hundred_vouchers_one_after_another(point: ServedPoint, chromium: Browser, tmp_path: Path) -> None:
    with launch_beside(chromium, camera=film(point, tmp_path / "film.mjpeg", seen=30, empty=12)) as browser:
        page = point.open(browser)
        page.evaluate(WATCH)
        waits = sorted(waited(page, 100, seconds=300))
    assert waits[94] <= 1_000, waits


def test_ux_07_two_codes_in_view_are_asked_about_and_none_is_taken(
    point: ServedPoint, chromium: Browser, tmp_path: Path
) -> None:
    with point.database.writing() as session:
        papers = list(pictures_of_vouchers(session, point.scene).values())[:2]
    with launch_beside(chromium, camera=film_of_two(papers, tmp_path / "two.mjpeg")) as browser:
        page = point.open(browser)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/check") else None)
        expect(page.locator(".verdict-words")).to_have_text("Two codes", timeout=10_000)
        assert page.evaluate("window.signals.at(-1)") == "attention"
        assert asked == []


def test_ux_03_ux_13_sounds_differ_are_unlocked_by_a_tap_and_can_be_switched_off(
    point: ServedPoint, chromium: Browser
) -> None:
    page = point.open(chromium)
    page.evaluate(HEAR)
    begin = page.get_by_role("button", name="Start shift")
    expect(begin).to_be_visible()
    begin.tap()
    expect(begin).to_be_hidden()
    heard = set()
    for kind in ("ok", "attention", "refused", "undone", "offline"):
        page.evaluate(SOUND, kind)
        heard.add(tuple(page.evaluate("window.tones")))
    assert len(heard) == 5
    page.get_by_role("button", name="Silent").tap()
    page.evaluate("window.tones = []")
    type_code(page, "0000-0000-0000-01")
    verdict(page, "attention")
    assert page.evaluate("window.tones") == []
    assert page.evaluate("window.signals.at(-1)") == "attention"


def test_ux_12_ux_14_ux_15_light_zoom_camera_hand_and_way_of_reading_are_kept(
    point: ServedPoint, chromium: Browser, tmp_path: Path
) -> None:
    with launch_beside(chromium, camera=film(point, tmp_path / "film.mjpeg", seen=60, empty=2)) as browser:
        page = point.open(browser)
        verdict(page, "ok")
        page.evaluate("localStorage.setItem('mode', 'hold')")
        page.reload()
        page.wait_for_selector("html[data-ready=yes]")
        page.locator(".scan-more summary").click()
        expect(page.get_by_label("while I hold")).to_be_checked()
        page.get_by_role("button", name="Left hand").click()
        page.reload()
        page.wait_for_selector("html[data-ready=yes]")
        expect(page.locator(".scan.left-hand")).to_be_visible()
        expect(page.get_by_role("button", name="Light")).to_be_hidden()
        zoom = page.get_by_role("button", name="Closer")
        zoom.click()
        expect(zoom).to_have_attribute("aria-pressed", "true")
        zoom.click(click_count=2)
        page.wait_for_timeout(600)
        assert page.locator(".verdict").is_hidden()
        hold = page.get_by_role("button", name="Hold to scan").bounding_box()
        assert hold
        assert hold["height"] >= 64
        page.mouse.move(hold["x"] + 9, hold["y"] + 9)
        page.mouse.down()
        verdict(page, "ok")


def test_ux_17_sec_54_a_proxy_asks_for_a_look_and_the_paper_is_kept_as_words(
    point: ServedPoint, chromium: Browser, keys: FieldKeys
) -> None:
    voucher = point.scene.voucher
    with point.database.writing() as session:
        proxy = FamilyProxy(
            family_id=voucher.family_id,
            name="Бекова Жанар Ерланқызы",
            iin_sealed=keys.seal("800101400123"),
            iin_index=b"i" * 16,
            document_sealed=keys.seal("7"),
            valid_from=voucher.issued_at.date().replace(month=1, day=1),
            valid_until=voucher.issued_at.date().replace(year=voucher.issued_at.year + 1),
            entered_at=voucher.issued_at,
            entered_by_id=point.scene.operator.id,
        )
        session.add(proxy)
        session.flush()
        proxy_id = proxy.id
    page = point.open(chromium)
    type_code(page, code_of(voucher))
    verdict(page, "ok")
    page.get_by_label("By proxy").check()
    verdict(page, "attention")
    assert page.evaluate("window.signals.at(-1)") == "attention"
    expect(page.locator(".scan-choice-line")).to_have_text("Бе••• Ж.…0123")
    expect(page.get_by_role("button", name="I hand over")).to_be_hidden()
    page.get_by_role("button", name="I have looked").tap()
    page.get_by_label("Document seen").select_option("identity_card")
    page.get_by_label("last 4").fill("12")
    page.get_by_role("button", name="I hand over").tap()
    expect(page.get_by_role("alert").filter(has_text="last 4 signs")).to_be_visible()
    page.get_by_label("last 4").fill("4821")
    assert page.locator("input[type=file]").count() == 0
    page.get_by_role("button", name="I hand over").tap()
    expect(page.locator(".verdict-words")).to_have_text("Given")
    with point.database.reading() as session:
        given = session.scalars(select(HandOver)).one()
        assert (given.proxy_id, given.collector_document, given.collector_last4) == (proxy_id, "identity_card", "4821")


def test_ux_17_a_print_that_replaced_another_asks_for_a_look(point: ServedPoint, chromium: Browser) -> None:
    with point.database.writing() as session:
        voucher = session.get_one(Voucher, point.scene.voucher.id)
        voucher.rev = 1
    page = point.open(chromium)
    type_code(page, code_of(point.scene.voucher))
    verdict(page, "attention")
    expect(page.get_by_text("took the place of another")).to_be_visible()
    page.get_by_role("button", name="I have looked").tap()
    page.get_by_role("button", name="I hand over").tap()
    expect(page.locator(".verdict-words")).to_have_text("Given")


def test_ux_21_several_vouchers_are_given_by_one_tap_and_each_failure_tells_its_reason(
    point: ServedPoint, chromium: Browser
) -> None:
    page = point.open(chromium)
    page.get_by_role("button", name="Several").click()
    codes = [code_of(voucher) for voucher in point.scene.vouchers]
    for code in [codes[0], "4870001234567", codes[1], codes[1]]:
        page.fill("#typed-code", code)
        page.press("#typed-code", "Enter")
        expect(page.locator("#typed-code")).to_have_value("")
    rows = page.locator(".several-rows li")
    expect(rows).to_have_count(4)
    expect(rows.nth(2)).to_contain_text("does not belong to the programme")
    expect(rows.first).to_contain_text("On the list already")
    page.get_by_role("button", name="Hand over all: 2").tap()
    expect(page.locator(".several-count")).to_have_text("Handed over: 2 of 4")
    with point.database.reading() as session:
        assert len(session.scalars(select(HandOver)).all()) == 2


def test_a_scanned_box_names_the_lot_that_is_given(point: ServedPoint, chromium: Browser) -> None:
    page = point.open(chromium)
    lot = point.scene.lots["F36"]
    press(page, keys_of(point.scene.voucher.token, "en", caps=False), last="Enter")
    verdict(page, "ok")
    gs1 = f"01048700012345671727123110{lot.code}"
    page.evaluate("document.activeElement?.blur()")
    press(page, keys_of(gs1, "en", caps=False), last="Enter")
    expect(page.locator(".verdict-due li", has_text="F36").locator(".due-lot")).to_contain_text(f"lot {lot.code}")
    page.get_by_role("button", name="I hand over").tap()
    expect(page.locator(".verdict-words")).to_have_text("Given")
    with point.database.reading() as session:
        assert lot.id in session.scalars(select(HandOverLine.lot_id)).all()


def test_ux_24_printed_squares_press_the_buttons(point: ServedPoint, chromium: Browser) -> None:
    page = point.open(chromium, path="/distribution/scan/commands")
    expect(page.locator(".command-squares li")).to_have_count(5)
    page.goto(f"{point.address}/distribution/scan")
    page.wait_for_selector("html[data-ready=yes]")

    def command(name: str) -> None:
        press(page, keys_of(f"TOPTAMA-{name}", "kk", caps=True), last="Enter")

    command("UNDO")
    assert words(page) == "Nothing to do"
    press(page, keys_of(point.scene.voucher.token, "en", caps=False), last="Enter")
    verdict(page, "ok")
    command("GIVE")
    expect(page.locator(".verdict-words")).to_have_text("Given")
    command("UNDO")
    expect(page.get_by_text("Why is it taken back?")).to_be_visible()
    page.locator(".scan-undo button").first.tap()
    expect(page.locator(".verdict-words")).to_have_text("Undone")
    command("NEXT")
    expect(page.locator(".verdict")).to_be_hidden()


def test_ux_80_the_family_reads_the_answer_in_its_language(point: ServedPoint, chromium: Browser) -> None:
    page = point.open(chromium, language="ru")
    type_code(page, code_of(point.scene.voucher))
    verdict(page, "ok")
    page.locator('[data-part="turn"]').tap()
    family = page.get_by_role("dialog")
    expect(family).to_have_attribute("lang", "kk")
    expect(family).to_contain_text("Жиынтықтарыңыз осында")
    expect(family.locator("li")).to_have_count(3)
    family.get_by_role("button", name="English").tap()
    expect(family).to_contain_text("Your sets are here")
    box = family.bounding_box()
    assert box
    assert box["width"] >= 360
    family.locator('[data-part="family-close"]').tap()
    expect(family).to_be_hidden()


def test_ux_08_a_verdict_stays_half_a_minute_and_a_swap_under_the_thumb_gives_nothing(
    point: ServedPoint, chromium: Browser
) -> None:
    page = point.open(chromium)
    page.clock.install()
    type_code(page, "0000-0000-0000-01")
    verdict(page, "attention")
    page.clock.run_for(29_000)
    expect(page.locator(".verdict")).to_be_visible()
    page.clock.run_for(1_500)
    expect(page.locator(".verdict")).to_be_hidden()


def test_ux_39_the_page_is_light_on_its_way(point: ServedPoint, chromium: Browser) -> None:
    weights: list[int] = []

    def weigh(response: Response) -> None:
        length = response.headers.get("content-length")
        weights.append(int(length) if length else len(response.body()))

    page = point.open(chromium, path="/distribution/scan/commands")
    page.on("response", weigh)
    page.goto(f"{point.address}/distribution/scan", wait_until="networkidle")
    assert 100_000 < sum(weights) <= SHELL, json.dumps(weights)
    assert re.search("wasm", page.content())
