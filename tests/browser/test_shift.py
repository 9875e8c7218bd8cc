"""The Shift page in a real browser: leaving, what needs a person, the close of the day, the network by hand."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import func, select

from config import Settings
from core.crypto import FieldKeys
from core.database import Database
from distribution.models import DaySeal, Lease, LeaseIndex
from tests.support.field import in_page, in_the_field
from tests.support.open_phones import (
    DEVICE,
    LEASE,
    a_phone,
    answers_to,
    events_of,
    lease_of,
    opened,
    round_of,
    sync_now,
    unsent,
)
from tests.support.point import ServedPoint

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True, scope="session"),
]


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
    in_page(page, "offline/device.js", "await s.changeDevice(db, {offset: -420_000})")  # REL-19
    expect(page.locator("[data-part=warnings]")).to_contain_text("clock is wrong by 7 min: set it to automatic")
    expect(page.locator(".link-badge")).to_contain_text("clock wrong by 7 min")
    in_page(page, "offline/device.js", "await s.changeDevice(db, {offset: 0})")
    expect(page.locator(".link-badge")).not_to_contain_text("clock")
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


MODES = """async given => {
    const script = document.querySelector('script[type=module]').src;
    const {ModeWatch} = await import(script.replace('main.js', 'offline/mode.js'));
    const watch = new ModeWatch();
    return given.map(([ok, took]) => watch.note({ok, took}));
}"""


def test_ux_28_two_failures_or_slow_answers_are_offline_and_two_good_ones_are_back(
    point: ServedPoint, chromium: Browser
) -> None:
    page, _ = opened(point, chromium, count=0)
    good, slow, failed = [True, 300], [True, 2600], [False, 100]
    for asked, modes in (
        ([good, failed, good, good, failed], "nnnnf"),
        ([failed, good, good, good, good, failed], "nnnnnn"),
        ([failed, failed, good, good], "nffn"),
        ([failed, failed, good, slow, good, good], "nffffn"),
        ([slow, slow, good, good], "nffn"),
        ([good, slow, good, slow], "nnnn"),
    ):
        assert "".join(mode[1] for mode in page.evaluate(MODES, asked)) == modes, asked


def test_ux_29_a_whole_shift_ready_counted_sealed_given_back_and_shared_anew(
    fresh_database: Database, settings: Settings, keys: FieldKeys, tmp_path: Path, chromium: Browser
) -> None:
    with in_the_field(fresh_database, settings, keys, tmp_path, chromium, families=3) as field:
        page = field.open(field.started(), "/distribution/scan/shift")
        expect(page.locator("[data-part=ready-words]")).to_have_text("Ready to leave")
        page.get_by_role("button", name="Load the lists").click()
        expect(page.locator("[data-part=load-told]")).to_contain_text("The lists are on this phone. Vouchers: 3.")
        expect(page.locator("[data-part=share]")).to_be_hidden()
        for box in page.locator("[data-part=day-fields] input").all():
            box.fill("7")
        page.get_by_role("button", name="I have counted").click()
        page.get_by_role("button", name="Seal the day").click()
        expect(page.locator("[data-part=day-told]")).to_contain_text("The server received the seal.", timeout=10_000)
        page.get_by_role("button", name="Give the lists back").click()
        expect(page.locator("[data-part=give-back-told]")).to_contain_text("The lists are given back")
        expect(page.locator("[data-part=ready-words]")).to_have_text("Not ready to leave")
        with field.point.database.reading() as session:
            assert [lease.closed_how for lease in session.scalars(select(Lease))] == ["returned"]
            assert set(session.scalars(select(DaySeal)).one().counted.values()) == {7}
        page.locator("[data-part=share] summary").click()
        page.fill("#share-most", "2")
        page.get_by_role("button", name="Load the lists").click()
        expect(page.locator("[data-part=load-told]")).to_contain_text("Vouchers: 2.")
        with field.point.database.reading() as session:
            held = select(func.count()).select_from(LeaseIndex).where(LeaseIndex.released_at.is_(None))
            assert session.scalar(held) == 2
