"""Sending from a phone in a real browser: whatever comes back, nothing is lost and nothing leaves before it is acknowledged."""

import hashlib
import json
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from config import Settings
from core.crypto import FieldKeys
from core.database import Database
from tests.support.phones import BATCH, DEVICE, LEASE, a_phone, events_of, unsent
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


def opened(point: ServedPoint, chromium: Browser, *, count: int = 3) -> tuple[Page, Server]:
    """Return the Shift page of a phone that holds events, before anything was sent."""
    page = point.open(chromium, path="/distribution/hand-overs")
    server = Server(page)
    server.answer = lambda route, _: route.abort()
    a_phone(page, count)
    page.goto(f"{point.address}{SHIFT}")
    page.wait_for_selector(".shift[data-drawn=yes]")
    expect(page.locator(".link-badge")).to_contain_text("Offline")
    return page, server


def plain(status: int, **how: Any) -> Callable[[Route, Sent], None]:
    return lambda route, _: route.fulfill(status=status, **how)


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


BAD: dict[str, Callable[[Route, Sent], None]] = {
    **{str(status): plain(status, json={"detail": "x", "server_time": 0, "answers": []}) for status in range(400, 418)},
    **{
        str(status): plain(status, json={"detail": "x"})
        for status in (421, 422, 423, 425, 426, 428, 429, 431, 451, 500, 501, 502, 503, 504)
    },
    "portal": plain(200, body=PORTAL, content_type="text/html"),
    "portal that moves": plain(302, headers={"Location": "https://portal.example/"}),
    "portal in JSON": plain(200, json={"server_time": 1, "answers": []}),
    "empty": plain(200, body="", content_type="application/json"),
    "nothing accepted": plain(204),
    "half": half,
    "somebody else's": somebody_elses,
    "other bytes": other_bytes,
    "cut": lambda route, _: route.abort(),
}


def test_rel_21_whatever_comes_back_the_queue_is_intact_and_the_trouble_is_told(
    point: ServedPoint, chromium: Browser
) -> None:
    page, server = opened(point, chromium)
    before = events_of(page)
    for name, answer in BAD.items():
        server.answer = answer
        told = sync_now(page)
        assert "still on this phone" in told, name
        assert ("Wi-Fi" in told) == (name.startswith("portal") or name in {"407", "nothing accepted"} or "s" in name.split() or name in {"somebody else's", "other bytes"}), (name, told)
        assert events_of(page) == before, name
    server.answer = server.accept
    assert sync_now(page) == "All is sent. Received by the server: 3."
    assert [event["sealed"] for event in events_of(page)] == [None, None, None]
