"""Sending from a phone in a real browser: whatever comes back, nothing leaves it before it is acknowledged."""

import json
import re
import time
from collections.abc import Callable
from http import HTTPStatus

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.support.open_phones import (
    BATCH,
    DEVICE,
    SHIFT,
    Sent,
    a_phone,
    answers_to,
    events_of,
    lease_of,
    opened,
    round_of,
    set_aside,
    setting_of,
    sync_now,
    unsent,
)
from tests.support.point import ServedPoint

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True, scope="session"),
]


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
    places, badge = [], page.locator(".link-badge")
    for path in ("/distribution/hand-overs", SHIFT, "/warehouses/"):
        page.goto(f"{point.address}{path}")
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
    assert list(dict.fromkeys(senders)) == [(older, 2), (DEVICE, 1)]
    assert (ended["trouble"], ended["left"], ended["sent"]) == (None, 0, 3)
    assert lease_of(page) is None
    expect(page.locator("[data-part=warnings]")).to_contain_text("took the lists of this phone back")
    expect(page.locator("[data-part=lacks]")).to_contain_text("This phone was withdrawn")
