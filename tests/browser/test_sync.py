"""Sending from a phone in a real browser: whatever comes back, nothing leaves it before it is acknowledged."""

import hashlib
import json
import re
import time
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from config import Settings
from core.crypto import FieldKeys
from core.database import Database
from tests.support.phones import (
    BATCH,
    DEVICE,
    LEASE,
    a_phone,
    events_of,
    lease_of,
    round_of,
    set_aside,
    setting_of,
    unsent,
)
from tests.support.point import ServedPoint, served_point

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True, scope="session"),
]

Sent = dict[str, Any]
SHIFT = "/distribution/scan/shift"


@pytest.fixture
def point(fresh_database: Database, settings: Settings, keys: FieldKeys, tmp_path: Path) -> Iterator[ServedPoint]:
    with served_point(fresh_database, settings, keys, tmp_path) as found:
        yield found


@pytest.fixture
def chromium(browser: Browser) -> Iterator[Browser]:
    yield browser
    for context in browser.contexts:
        context.close()


def hash_of(sealed: str) -> str:
    return hashlib.sha256(urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))).hexdigest()


def answers_to(sent: Sent, result: Callable[[Sent], str] = lambda _: "accepted") -> dict[str, object]:
    """Return what the protocol answers to a batch, with the result that each event gets."""
    return {
        "server_time": sent["now"],
        "device": {"known": True, "revoked": False, "expires": sent["now"] + 10**9, "lease": LEASE},
        "answers": [
            {
                "id": event["id"],
                "hash": hash_of(event["sealed"]),
                "result": result(event),
                "reason": "not_due" if result(event) == "refused" else "",
                "words": "Not due" if result(event) == "refused" else "",
                "sentence": "Nothing was due on this voucher." if result(event) == "refused" else "",
                "step": "",
            }
            for event in sent["events"]
        ],
    }


class Server:
    """Answers the page's batches as it is told to, and remembers what came."""

    def __init__(self, page: Page) -> None:
        self.batches: list[list[int]] = []
        self.answer: Callable[[Route, Sent], None] = self.accept
        page.context.route(BATCH, self.take)

    def take(self, route: Route) -> None:
        sent = json.loads(route.request.post_data or "{}")
        self.batches.append([event["seq"] for event in sent["events"]])
        self.answer(route, sent)

    @staticmethod
    def accept(route: Route, sent: Sent) -> None:
        route.fulfill(json=answers_to(sent))


def sync_now(page: Page) -> str:
    page.get_by_role("button", name="Sync now").click()
    told = page.locator("[data-part=send-told][data-state=done], [data-part=send-told][data-state=broken]")
    expect(told).to_be_visible()
    return told.inner_text()


def opened(
    point: ServedPoint, chromium: Browser, *, count: int = 3, settings: dict[str, object] | None = None
) -> tuple[Page, Server]:
    """Return the Shift page of a phone that holds events, before anything was sent."""
    page = point.open(chromium, path="/distribution/hand-overs")
    server = Server(page)
    server.answer = lambda route, _: route.abort()
    page.context.add_init_script("delete ServiceWorkerRegistration.prototype.sync")  # the page is what is tried here
    a_phone(page, count, operator=point.scene.operator.id, settings=settings)
    page.goto(f"{point.address}{SHIFT}")
    page.wait_for_selector(".shift[data-drawn=yes]")
    if count > 0:
        expect(page.locator(".link-badge")).to_contain_text("Offline")
    return page, server


def plain(
    status: int, body: str = '{"detail": "x", "server_time": 0, "answers": []}', kind: str = "application/json"
) -> Callable[[Route, Sent], None]:
    headers = {"Location": "https://portal.example/"} if status == HTTPStatus.FOUND else {}
    return lambda route, _: route.fulfill(status=status, body=body, content_type=kind, headers=headers)


PORTAL = "<html><title>Wi-Fi</title>Sign in to the network</html>"


def half(route: Route, sent: Sent) -> None:
    route.fulfill(body=json.dumps(answers_to(sent))[:-40], content_type="application/json")


def somebody_elses(route: Route, sent: Sent) -> None:
    answered = answers_to(sent)
    for one in answered["answers"]:  # type: ignore[attr-defined]
        one["id"] = "00000000-0000-4000-8000-00000000dead"
    route.fulfill(json=answered)


def other_bytes(route: Route, sent: Sent) -> None:
    answered = answers_to(sent)
    for one in answered["answers"]:  # type: ignore[attr-defined]
        one["hash"] = "0" * 64
    route.fulfill(json=answered)


CODES = (*range(400, 418), 421, 422, 423, 425, 426, 428, 429, 431, 451, 500, 501, 502, 503, 504, 511)
BAD: dict[str, Callable[[Route, Sent], None]] = {
    **{str(status): plain(status) for status in CODES},
    "page of a portal": plain(200, PORTAL, "text/html"),
    "portal elsewhere": plain(302),
    "portal in JSON": plain(200, '{"server_time": 1, "answers": []}'),
    "empty": plain(200, ""),
    "nothing accepted": plain(204, ""),
    "half": half,
    "somebody else's": somebody_elses,
    "other bytes": other_bytes,
    "cut": lambda route, _: route.abort(),
}

PORTALS = ("page of a portal", "portal elsewhere", "portal in JSON", "nothing accepted", "407", "511")
TROUBLES = {
    **dict.fromkeys((*PORTALS, "somebody else's", "other bytes"), "portal"),
    **dict.fromkeys(("401", "403", "404", "405", "410", "451"), "closed"),
    **dict.fromkeys(("425", "429", "503"), "busy"),
    **dict.fromkeys(("501", "502", "504"), "down"),
    **dict.fromkeys(("400", "409", "422"), "unclear"),
    **dict.fromkeys(("half", "empty"), "cut"),
    **dict.fromkeys(("cut", "408"), "network"),
    **{"413": "heavy", "500": "fault"},  # noqa: PIE800 - beside the others
}

WOKEN = """async () => {
    const script = document.querySelector('script[type=module]').src;
    const {runner} = await import(script.replace('main.js', 'offline/runner.js'));
    runner.began = 0;
    document.dispatchEvent(new Event('visibilitychange'));
}"""


def test_rel_21_whatever_comes_back_the_queue_is_intact_and_the_trouble_is_told(
    point: ServedPoint, chromium: Browser
) -> None:
    page, server = opened(point, chromium)
    before = events_of(page)
    for name, answer in BAD.items():
        server.answer = answer
        ended = round_of(page)
        assert ended["trouble"] == TROUBLES.get(name, "unclear"), name
        assert ended["left"] == 3, name
        assert events_of(page) == before, name
    server.answer = BAD["page of a portal"]
    assert "Wi-Fi wants you to sign in" in sync_now(page)
    expect(page.locator("[data-part=steps] [data-state=broken]")).to_contain_text("Reach the server")
    server.answer = server.accept
    assert sync_now(page) == "All is sent. Received by the server: 3."
    assert page.locator("[data-part=steps] li").all_inner_texts()[2].split() == ["Send", "3", "of", "3", "done"]
    assert [event["sealed"] for event in events_of(page)] == [None, None, None]
    expect(page.locator(".link-badge")).to_contain_text("Online")


def test_ux_31_events_that_nobody_can_take_hold_nothing_up(point: ServedPoint, chromium: Browser) -> None:
    page, server = opened(point, chromium, count=12)
    poison = {2, 3, 5, 7}
    status = 500

    def picky(route: Route, sent: Sent) -> None:
        if poison & {event["seq"] for event in sent["events"]}:
            route.fulfill(status=status, json={"detail": "x"})
        else:
            route.fulfill(json=answers_to(sent))

    server.answer = picky
    for status in (500, 413, 400, 422):
        ended = round_of(page)
        assert ended["trouble"], status
    assert unsent(page) == [2, 3, 5, 7]
    assert len(setting_of(page, "stuck")) == 4
    poison -= {7}
    round_of(page)
    round_of(page)
    assert unsent(page) == [2, 3, 5]
    assert all(batch == sorted(batch) for batch in server.batches)
    server.answer = server.accept
    server.batches.clear()
    assert round_of(page)["left"] == 0
    assert server.batches[0] == [2, 3, 5]


def test_ux_30_ux_35_a_tab_that_dies_and_a_phone_that_sleeps_lose_nothing(
    point: ServedPoint, chromium: Browser
) -> None:
    page, server = opened(point, chromium)
    committed: list[str] = []

    def lost(route: Route, sent: Sent) -> None:
        committed.extend(event["id"] for event in sent["events"])

    server.answer = lost
    with page.expect_request(BATCH):
        page.get_by_role("button", name="Sync now").click()
    expect(page.locator("[data-part=steps] [data-state=now]")).to_contain_text("Reach the server")
    page.wait_for_timeout(50)
    assert len(committed) == 3
    context = page.context
    page.close()
    page = context.new_page()
    page.goto(f"{point.address}{SHIFT}")
    page.wait_for_selector(".shift[data-drawn=yes]")
    assert unsent(page) == [1, 2, 3]
    expect(page.locator(".link-badge")).to_contain_text("not sent: 3")
    assert len(committed) >= 6, "it went on by itself"
    server.answer = lambda route, sent: route.fulfill(json=answers_to(sent, lambda _: "repeated"))
    page.evaluate(WOKEN)
    expect(page.locator(".link-badge")).not_to_contain_text("not sent", timeout=3_000)
    assert unsent(page) == []
    assert {event["result"] for event in events_of(page)} == {"repeated"}


def test_ux_25_ux_26_ux_27_the_badge_stands_in_one_place_and_ages(point: ServedPoint, chromium: Browser) -> None:
    page, server = opened(point, chromium)
    places = []
    for path in ("/distribution/hand-overs", SHIFT, "/warehouses/"):
        page.goto(f"{point.address}{path}")
        badge = page.locator(".link-badge")
        expect(badge).to_contain_text("not sent: 3")
        places.append(badge.bounding_box())
    assert places[0] == places[1] == places[2]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    server.answer = plain(502)
    round_of(page)
    expect(badge).to_contain_text("Server problem")
    for hours, tone in ((23, "ok"), (25, "attention"), (71, "attention"), (73, "refused")):
        a_phone(page, 3, claimed=int((time.time() - hours * 3600) * 1000), operator=point.scene.operator.id)
        expect(badge).to_have_attribute("data-tone", tone)
    page.context.set_offline(True)
    expect(badge).to_contain_text("Offline")
    page.context.set_offline(False)
    server.answer = server.accept
    round_of(page)
    round_of(page)
    expect(badge).to_have_text(re.compile(r"^\s*Online\s*$"))
    page.goto(f"{point.address}{SHIFT}")
    expect(page.locator("[data-part=last-sent]")).to_have_text("a moment ago")
    expect(page.locator("[data-part=lists]")).to_have_text(re.compile(r"^as of \d\d:\d\d$"))
    page.context.clear_cookies(name="toptama-sid")
    a_phone(page, 1, first=9)
    server.answer = plain(502)
    page.goto(f"{point.address}/accounts/sign-in")
    expect(page.locator(".link-badge")).to_contain_text("not sent: 1")
    server.answer = server.accept
    assert round_of(page)["left"] == 0, "nobody needs to be signed in"


def test_ux_36_nobody_leaves_or_comes_while_something_is_not_sent(point: ServedPoint, chromium: Browser) -> None:
    page, server = opened(point, chromium)
    page.locator(".account summary").click()
    page.get_by_role("button", name="Sign out").click()
    dialog = page.locator("dialog.question")
    expect(dialog).to_contain_text("3 hand-overs are only on this phone")
    with page.expect_download() as saved:
        dialog.get_by_role("button", name="Save to a file").click()
    held = json.loads(Path(saved.value.path()).read_text())
    assert saved.value.suggested_filename.startswith("toptama-4F2K-")
    assert [event["seq"] for event in held["batches"][0]["events"]] == [1, 2, 3]
    assert held["batches"][0]["device"] == DEVICE
    assert unsent(page) == [1, 2, 3]
    page.get_by_role("button", name="Clear the lists from this phone").click()
    expect(dialog).to_contain_text("3 are only on this phone")
    dialog.get_by_role("button", name="Go back").click()
    assert lease_of(page) == LEASE
    a_phone(page, 3, operator=10**6)
    page.goto(f"{point.address}/distribution/hand-overs")
    expect(dialog).to_contain_text("3 hand-overs by Aigul Sapar are not sent")
    page.keyboard.press("Escape")
    expect(dialog).to_be_visible()
    server.answer = server.accept
    dialog.get_by_role("button", name="Send now").click()
    expect(page.locator(".link-badge")).not_to_contain_text("not sent")
    expect(dialog).to_have_count(0)
    assert unsent(page) == []
    page.locator(".account summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/accounts/sign-in")


def test_ux_32_ux_33_ux_34_what_was_refused_stays_and_what_was_sent_leaves_a_line(
    point: ServedPoint, chromium: Browser
) -> None:
    page, server = opened(point, chromium, count=4)
    results = {1: "refused", 2: "conflict", 3: "held", 4: "accepted"}
    server.answer = lambda route, sent: route.fulfill(json=answers_to(sent, lambda event: results[event["seq"]]))
    assert "Received by the server: 4" in sync_now(page)
    events = {event["seq"]: event for event in events_of(page)}
    assert {seq: event["state"] for seq, event in events.items()} == {
        **{1: "attention", 2: "attention"},  # noqa: PIE800 - beside the others
        **dict.fromkeys((3, 4), "sent"),
    }
    assert [seq for seq, event in events.items() if event["sealed"] is not None] == [1]
    cards = page.locator(".shift-people > li")
    expect(cards).to_have_count(2)
    expect(cards.first).to_contain_text("Nothing was due on this voucher.")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert cards.first.evaluate("card => getComputedStyle(card).userSelect") == "text"
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=point.address)
    cards.first.get_by_role("button", name="Copy the text").click()
    expect(cards.first).to_contain_text("Copied")
    assert "Nothing was due on this voucher." in page.evaluate("navigator.clipboard.readText()")
    cards.nth(1).get_by_role("button", name="I have read it").click()
    expect(cards).to_have_count(1)
    page.locator("[data-part=sent] summary").click()
    expect(page.locator("[data-part=sent-list] li")).to_have_count(3)
    expect(page.locator("[data-part=sent-list] li").first).to_contain_text("code … K7Q2")
    results[1] = "accepted"
    cards.first.get_by_role("button", name="Send again").click()
    expect(cards).to_have_count(0)
    assert unsent(page) == []
    page.clock.install(time=datetime.now(UTC) + timedelta(days=91))
    page.reload()
    page.wait_for_selector(".shift[data-drawn=yes]")
    round_of(page)
    assert [event["seq"] for event in events_of(page)] == [4], "the chain goes on from the newest"


def test_ux_29_a_day_is_counted_before_the_expected_is_shown_and_then_sealed(
    point: ServedPoint, chromium: Browser
) -> None:
    page, server = opened(point, chromium, count=2)
    expect(page.locator("[data-part=readiness]")).to_have_attribute("data-state", "not_ready")
    expect(page.locator("[data-part=lacks]")).to_contain_text("scan page is not kept")
    expect(page.locator("[data-part=day-form]")).to_be_visible()
    assert "40" not in page.locator("[data-part=day-form]").inner_text()
    page.fill("#counted-F13", "41")
    page.get_by_role("button", name="I have counted").click()
    expect(page.locator("[data-part=day-problem]")).to_contain_text("Hygiene")
    page.fill("#counted-HYG", "9")
    page.get_by_role("button", name="I have counted").click()
    rows = page.locator("[data-part=day-rows] tr")
    expect(rows).to_have_count(2)
    assert [row.locator("td").all_inner_texts() for row in rows.all()] == [
        ["41", "40", "+1", "2"],
        ["9", "10", "−1", "0"],
    ]
    expect(page.locator("[data-part=day-form]")).to_be_hidden()
    page.reload()
    expect(page.locator("[data-part=day-why]")).to_contain_text("The count differs")
    expect(page.locator("[data-part=day-form]")).to_be_hidden()
    page.get_by_role("button", name="Seal the day").click()
    expect(page.locator("[data-part=day-told]")).to_contain_text("is sealed. The seal is on this phone")
    seal = events_of(page)[-1]
    assert (seal["kind"], seal["seq"], seal["prev"]) == ("day_seal", 3, events_of(page)[1]["hash"])
    page.get_by_role("button", name="Give the lists back").click()
    expect(page.locator("[data-part=give-back-told]")).to_contain_text("First send everything: 3")
    assert lease_of(page) == LEASE
    server.answer = server.accept
    round_of(page)
    expect(page.locator("[data-part=day-told]")).to_contain_text("The server received the seal.")


def test_sec_61_a_revoked_phone_forgets_its_lists_and_still_sends_what_it_holds(
    point: ServedPoint, chromium: Browser
) -> None:
    page, server = opened(point, chromium, count=0)
    older = "99999999-2222-4333-8444-555555555555"
    senders = []

    def revoked(route: Route, sent: Sent) -> None:
        senders.append((sent["device"], len(sent["events"])))
        answered = answers_to(sent)
        answered["device"] = {"known": True, "revoked": sent["device"] == DEVICE, "expires": 0, "lease": None}
        route.fulfill(json=answered)

    a_phone(page, 2, operator=point.scene.operator.id)
    set_aside(page, older)
    a_phone(page, 1, first=1, operator=point.scene.operator.id)
    server.answer = revoked
    ended = round_of(page)
    assert senders == [(older, 2), (DEVICE, 1)]
    assert (ended["trouble"], ended["left"], ended["sent"]) == (None, 0, 3)
    assert lease_of(page) is None
    expect(page.locator("[data-part=warnings]")).to_contain_text("took the lists of this phone back")
    expect(page.locator("[data-part=lacks]")).to_contain_text("This phone was withdrawn")
