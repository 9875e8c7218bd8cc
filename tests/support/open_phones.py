"""A phone in a browser: a device of a point with events of its own, put there by the page's own modules."""

import hashlib
import json
from base64 import urlsafe_b64decode
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Browser, Page, Route, expect

from tests.support.point import ServedPoint

Sent = dict[str, Any]
SHIFT = "/distribution/scan/shift"

DEVICE = "11111111-2222-4333-8444-555555555555"
LEASE = "22222222-2222-4333-8444-555555555555"
BATCH = "**/api/v1/handovers/batch"

_STORE = """
const script = document.querySelector('script[type=module]').src;
const store = await import(script.replace('main.js', 'offline/store.js'));
const db = await store.openStore();
"""

_PUT = (
    "async ([device, leaseId, count, first, claimed, operator, settings]) => {"
    + _STORE
    + """
    const hour = 3_600_000;
    const pair = await crypto.subtle.generateKey({name: 'ECDSA', namedCurve: 'P-256'}, false, ['sign', 'verify']);
    const publicKey = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
    const sealing = await crypto.subtle.generateKey({name: 'ECDH', namedCurve: 'P-256'}, true, ['deriveBits']);
    const sealingKey = new Uint8Array(await crypto.subtle.exportKey('raw', sealing.publicKey));
    const {toBase64: b64} = await import(script.replace('main.js', 'offline/bytes.js'));
    const now = Date.now();
    await store.write(db, ['keys', 'lease', 'events', 'settings'], async name => {
        await name('keys').put({id: device, code: '4F2K', privateKey: pair.privateKey, publicKey,
            expires: now + 1000 * hour, root: new Uint8Array(32), offset: 0, heard: now, revoked: false}, 'device');
        await name('lease').put({v: 1, server_time: now, loaded: now, stale_after: 24 * hour,
            device: {id: device, code: '4F2K', expires: now + 1000 * hour},
            lease: {id: leaseId, quarter: '2026-Q4', cycle: 8107, opened: now, ends: now + 12 * hour, most_events: 300},
            operator: {id: operator, name: 'Aigul Sapar'}, point: {id: 1, name_kk: 'P', name_ru: 'P', name_en: 'P'},
            sealing: {kid: '0001', key: b64(sealingKey)}, root: '', key_set: '', withdrawn: [], status_list: '',
            kits: [{bit: 1, code: 'F13', name_kk: 'Kit', name_ru: 'Kit', name_en: 'For 1 to 3 years', item: 1},
                   {bit: 2, code: 'HYG', name_kk: 'Kit', name_ru: 'Kit', name_en: 'Hygiene', item: 2}],
            stock: [{lot: 1, code: 'A', kit: 1, item: 1, size: '', expires: '2027-01-31', packs: 40},
                    {lot: 2, code: 'B', kit: 2, item: 2, size: '', expires: '2027-01-31', packs: 10},
                    {lot: 3, code: 'C', kit: 1, item: 1, size: '', expires: '2027-03-31', packs: 2}],
            revisions: {}}, 'current');
        for (let seq = first; seq < first + count; seq += 1) {
            const sealed = new Uint8Array(300).fill(seq % 250);
            const hash = seq.toString(16).padStart(64, '0');
            await name('events').put({seq, id: `00000000-0000-4000-8000-${String(seq).padStart(12, '0')}`,
                kind: 'hand_over', claimed: claimed ?? now, h: `h${seq}`, tail: 'K7Q2', hash, prev: hash, sealed,
                state: 'unsent', result: '', reason: '', words: '', sentence: '', step: '', sets: [seq],
                kits: {F13: 1}, lots: {1: 1}, undoes: null, day: '', answered_at: null, lease: leaseId});
        }
        for (const [key, value] of Object.entries(settings)) {
            await name('settings').put(value, key);
        }
    });
}"""
)

_READ = (
    "async () => {"
    + _STORE
    + """
    return (await store.listEvents(db)).map(event => ({
        ...event, sealed: event.sealed === null ? null : [...event.sealed].join(),
    }));
}"""
)

_ROUND = """async () => {
    const script = document.querySelector('script[type=module]').src;
    const {runner} = await import(script.replace('main.js', 'offline/runner.js'));
    const round = await runner.now();
    return {...round, link: runner.shown.link, told: runner.shown.trouble};
}"""

_KEPT = (
    "async name => {"
    + _STORE
    + """
    return (await db.get('settings', name)) ?? null;
}"""
)

_ASIDE = (
    "async device => {"
    + _STORE
    + """
    await store.write(db, ['events', 'settings'], async name => {
        await name('settings').put(await name('events').getAll(), `kept ${device}`);
        await name('events').clear();
    });
}"""
)

_LEASE = (
    "async () => {"
    + _STORE
    + """
    return (await store.readLease(db)) === null ? null : (await store.readLease(db)).lease.id;
}"""
)


def a_phone(
    page: Page,
    count: int,
    *,
    first: int = 1,
    claimed: int | None = None,
    operator: int = 0,
    settings: dict[str, object] | None = None,
) -> None:
    """Make the page's browser a device with a lease and `count` unsent hand-overs, numbered from `first`."""
    page.evaluate(_PUT, [DEVICE, LEASE, count, first, claimed, operator, settings or {}])


def events_of(page: Page) -> list[dict[str, Any]]:
    """Return all events that the phone keeps, oldest first; their sealed bytes as text."""
    found: list[dict[str, Any]] = page.evaluate(_READ)
    return found


def unsent(page: Page) -> list[int]:
    """Return the numbers of the events that nobody has acknowledged."""
    return [event["seq"] for event in events_of(page) if event["state"] == "unsent"]


def set_aside(page: Page, device: str) -> None:
    """Set all events aside as those of a key before, as a new enrolment does."""
    page.evaluate(_ASIDE, device)


def round_of(page: Page) -> dict[str, Any]:
    """Let the page send now, as its button does, and return how that ended."""
    found: dict[str, Any] = page.evaluate(_ROUND)
    return found


def setting_of(page: Page, name: str) -> Any:  # noqa: ANN401 - whatever the page keeps under the name
    """Return what the phone keeps under a name."""
    return page.evaluate(_KEPT, name)


def lease_of(page: Page) -> str | None:
    """Return the id of the lease that the phone holds."""
    found: str | None = page.evaluate(_LEASE)
    return found


def hash_of(sealed: str) -> str:
    """Return the hash that names sealed bytes in an answer."""
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
        """Answer a batch as told."""
        sent = json.loads(route.request.post_data or "{}")
        self.batches.append([event["seq"] for event in sent["events"]])
        self.answer(route, sent)

    @staticmethod
    def accept(route: Route, sent: Sent) -> None:
        """Acknowledge all."""
        route.fulfill(json=answers_to(sent))


def sync_now(page: Page) -> str:
    """Press the button, and return what is told when it ended."""
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
