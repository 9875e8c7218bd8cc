"""What goes wrong on a phone: killed, no room, no memory, two windows, wrong PINs, its time over, a new release."""

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect
from sqlalchemy import func, select

from core.clock import now
from core.web import assets
from distribution.models import Device, DoubleLine, HandOver, HandOverLine, Incident
from distribution.views import shell
from tests.support.field import PIN, Field, events_of, in_page, load_list, wait_for_shell
from tests.support.point import type_code
from tests.support.vouchers import an_operator

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True, scope="session"),
]

BATCH = "**/api/v1/handovers/batch"

FULL = """() => {
    window.room = IDBObjectStore.prototype.add;
    IDBObjectStore.prototype.add = () => { throw new DOMException("", "QuotaExceededError") };
}"""

STATE = """
return {lease: await s.readLease(db), events: await db.count("events"), gone: (await s.readDevice(db)).revoked};
"""


@pytest.fixture
def families() -> int:
    return 3


def told(page: Page, words: str) -> None:
    expect(page.locator(".verdict-words:visible")).to_have_text(words)


def press(page: Page, code: str) -> None:
    """Scan a voucher and press the button."""
    type_code(page, code)
    told(page, "Hand over")
    page.get_by_role("button", name="I hand over").click()


def wait_until(page: Page, states: list[str]) -> None:
    """Wait until the phone's events stand like this."""
    for _ in range(80):
        if [one["state"] for one in events_of(page)] == states:
            return
        page.wait_for_timeout(100)
    assert [one["state"] for one in events_of(page)] == states


def test_ux_30_killed_at_any_step_nothing_is_lost_and_nothing_given_twice(field: Field) -> None:
    phone = field.started()
    first, second, third = field.codes()
    field.network.cut()

    page = field.open(phone, pin=PIN)
    page.evaluate("() => { crypto.subtle.sign = () => new Promise(() => {}) }")
    press(page, first)
    page.wait_for_timeout(200)
    page.close()  # before it was written

    page = field.open(phone, pin=PIN)
    assert events_of(page) == []
    page.evaluate("() => { window.dispatchEvent = () => { throw new Error('killed') } }")
    press(page, first)
    wait_until(page, ["unsent"])
    page.close()  # written, and nobody was told

    page = field.open(phone, pin=PIN)
    type_code(page, first)
    told(page, "Just given")
    page.close()
    field.network.connect()

    for code, reaches_the_server in ((second, False), (third, True)):
        page = field.open(phone, pin=PIN)
        wait_until(page, [one["state"] for one in events_of(page)])
        seen: list[int] = []

        def never_answered(route: Route, *, reaches: bool = reaches_the_server, seen: list[int] = seen) -> None:
            seen.append(route.fetch().status if reaches else 0)

        page.route(BATCH, never_answered)
        press(page, code)
        told(page, "Given")
        page.wait_for_timeout(600)
        assert seen
        assert events_of(page)[-1]["state"] == "unsent"
        page.close()  # while it sent, and after the server took it

    page = field.open(phone, pin=PIN)
    wait_until(page, ["sent"] * 3)
    assert {one["result"] for one in events_of(page)} <= {"accepted", "repeated"}
    with field.point.database.reading() as session:
        acts = session.scalars(select(HandOver.id)).all()
        given = session.scalars(select(HandOverLine.allotment_id)).all()
        sets = [one for voucher in field.scene.vouchers for one in field.scene.sets(session, voucher)]
        assert (len(acts), sorted(given)) == (3, sorted(sets))
        assert not session.scalar(select(func.count()).select_from(DoubleLine))
        assert not session.scalar(select(func.count()).select_from(Incident))


def test_rel_35_no_room_two_windows_and_limits_are_told_and_keep_what_is_there(field: Field) -> None:
    phone = field.started()
    first, second, _ = field.codes()
    field.network.cut()
    page = field.open(phone, pin=PIN)
    page.evaluate(FULL)
    press(page, first)
    told(page, "Not saved")
    page.evaluate("() => { IDBObjectStore.prototype.add = window.room }")
    assert events_of(page) == []
    press(page, first)
    told(page, "Given")

    other = field.open(phone, pin=None)
    type_code(other, second)
    told(other, "Open elsewhere")
    page.close()
    other.fill("#desk-pin", PIN)
    other.press("#desk-pin", "Enter")
    other.wait_for_selector("html[data-ready=yes]")
    type_code(other, second)
    told(other, "Hand over")
    other.close()

    for change, said in (
        ("lease: {...held.lease, most_events: 1}", "Send first"),
        ("lease: {...held.lease, ends: 1}", "Shift ended"),
        ("stale_after: -1", "Hand over"),
    ):
        page = field.open(phone, pin=PIN)
        act = (
            f"const held = await s.readLease(db); await db.put('lease', {{...held, {change}}}, 'current'); return held"
        )
        held = in_page(page, "offline/store.js", act)
        page.close()
        page = field.open(phone, pin=PIN)
        type_code(page, second)
        told(page, said)
        if said == "Hand over":
            expect(page.get_by_text("too old to be sure")).to_be_visible()
        in_page(page, "offline/store.js", "await db.put('lease', given, 'current')", held)
        assert len(events_of(page)) == 1
        page.close()
    rel_19_a_clock_that_is_turned_back_revives_nothing_until_the_server_is_heard(field, phone)


def rel_19_a_clock_that_is_turned_back_revives_nothing_until_the_server_is_heard(
    field: Field, phone: BrowserContext
) -> None:
    second = field.codes()[1]

    def ended(page: Page) -> None:
        type_code(page, second)
        told(page, "Shift ended")
        page.get_by_role("button", name="Next voucher").click()

    page = field.open(phone, pin=PIN)
    page.evaluate("() => { const now = Date.now; window.by = 4 * 864e5; Date.now = () => now() + window.by }")
    ended(page)
    page.evaluate("() => { window.by = -864e5 }")
    ended(page)
    page.close()
    page = field.open(phone, pin=PIN)
    ended(page)
    field.network.connect()
    page.evaluate("dispatchEvent(new Event('online'))")
    wait_until(page, ["sent"])
    type_code(page, second)
    told(page, "Hand over")


def test_sec_61_wrong_pins_and_a_revoked_phone_lose_the_list_and_keep_the_events(field: Field) -> None:
    phone = field.started()
    field.network.cut()
    page = field.open(phone, pin=PIN)
    press(page, field.codes()[0])
    told(page, "Given")
    tries = """const left = []; let at = Date.now();
        for (let i = 0; i < 10; i += 1) { const t = await m.tryPin(db, "111222", at); left.push(t.left); at += t.wait; }
        return {left, early: await m.tryPin(db, given, at - 1), lease: await s.readLease(db),
                rows: await db.count("rows"), events: await db.count("events")};"""
    after = in_page(page, "offline/pin.js", tries, PIN)
    assert after["left"] == [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]
    assert not after["early"]["right"]
    assert (after["lease"], after["rows"], after["events"]) == (None, 0, 1)

    field.network.connect()
    assert load_list(page)["got"] == "lease"
    with field.point.database.writing() as session:
        device = session.scalars(select(Device)).one()
        device.revoked_at, device.revoked_reason, device.revoked_by_id = now(), "lost", field.scene.operator.id
    assert load_list(page)["got"] == "revoked"
    assert in_page(page, "offline/store.js", STATE) == {"lease": None, "events": 1, "gone": True}
    page.close()
    page = field.open(phone)
    expect(page.get_by_text("the manager withdrew it")).to_be_visible()

    with field.point.database.writing() as session:
        another = an_operator(session, field.scene.point)
    refused = field.point.open(field.chromium, operator=another, path="/", may_see=False)
    refused.context.add_init_script("IDBFactory.prototype.open = () => { throw new DOMException('', 'SecurityError') }")
    page = field.open(refused.context)
    expect(page.get_by_text("keeps nothing on the phone")).to_be_visible()
    type_code(page, field.codes()[1])
    told(page, "On another phone")


def test_rel_35_a_new_release_mid_shift_loses_nothing(field: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = field.started()
    page = field.open(phone, pin=PIN)
    page.route(BATCH, lambda route: route.abort())
    press(page, field.codes()[0])
    told(page, "Given")
    for module in (assets, shell):
        monkeypatch.setattr(module, "tree_digest", lambda: "f" * 16)
    shell.shell_assets.cache_clear()
    newer = field.open(phone, path="/distribution/scan/shift")
    newer.route(BATCH, lambda route: route.abort())
    wait_for_release(newer, "f" * 16)
    press(page, field.codes()[1])
    told(page, "Given")
    newer.close()
    page.close()
    field.network.cut()
    page = field.open(phone, pin=PIN)
    assert "f" * 16 in page.content()
    type_code(page, field.codes()[0])
    told(page, "Just given")
    wait_for_shell(page)
    assert [one["seq"] for one in events_of(page)] == [1, 2]
    shell.shell_assets.cache_clear()


def wait_for_release(page: Page, digest: str) -> None:
    """Wait until the phone keeps the pages of a release."""
    kept = """async digest =>
        (await (await caches.open(`toptama-shell-${digest}`)).match("/distribution/scan")) !== undefined"""
    for _ in range(100):
        if page.evaluate(kept, digest):
            return
        page.wait_for_timeout(100)
    assert page.evaluate(kept, digest)
