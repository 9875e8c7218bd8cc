"""A point whose network can be cut: phones there go on with what they keep, and find the same server again."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from werkzeug.serving import BaseWSGIServer, make_server
from werkzeug.wsgi import ClosingIterator

from app.factory import create_app
from config import Settings
from core.clock import now
from core.crypto import FieldKeys
from core.database import Database
from tests.support.devices import an_invitation
from tests.support.point import ServedPoint
from tests.support.vouchers import Scene, a_scene_of_today, code_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

PIN = "274951"
SCAN = "/distribution/scan"


class Network:
    """A server that can be cut off and come back at the same address."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._port = 0
        self._server: BaseWSGIServer | None = None
        self._thread: threading.Thread | None = None
        self.connect()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def connect(self) -> None:
        """Let the server answer."""
        self._server = make_server("127.0.0.1", self._port, self._whole, threaded=True)
        self._port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def cut(self) -> None:
        """Let nothing answer at the address any more."""
        if self._server and self._thread:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()
            self._server = None

    def _whole(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        body = ClosingIterator(self._app(environ, start_response))
        try:
            return [b"".join(body)]
        finally:
            body.close()


@dataclass(slots=True)
class Field:
    """A point, its network, and the phone of its operator: one browser context."""

    point: ServedPoint
    network: Network
    chromium: Browser
    language: str = "en"

    @property
    def scene(self) -> Scene:
        return self.point.scene

    def enrolled(self, *, pin: str = PIN) -> BrowserContext:
        """Return a phone that became a device by the page that people use."""
        with self.point.database.writing() as session:
            code = an_invitation(session, self.scene.point, at=now())
        page = self.point.open(self.chromium, path=f"{SCAN}/enrol#{code}", language=self.language, may_see=False)
        page.fill("#enrol-pin", pin)
        page.fill("#enrol-again", pin)
        page.locator('[data-part="form"] button').click()
        expect(page.locator('[data-part="told"]')).to_be_visible(timeout=10_000)
        page.close()
        return page.context

    def started(self) -> BrowserContext:
        """Return a phone with a lease and all that it needs without a network."""
        context = self.enrolled()
        page = self.open(context)
        assert load_list(page)["got"] == "lease"
        wait_for_shell(page)
        page.close()
        return context

    def open(self, context: BrowserContext, path: str = SCAN, *, pin: str | None = None) -> Page:
        """Open the scan page on a phone, unlocked when it asks."""
        page = context.new_page()
        page.goto(f"{self.network.address}{path}")
        if pin is not None:
            page.fill("#desk-pin", pin)
            page.press("#desk-pin", "Enter")
        page.wait_for_selector("html[data-ready=yes]")
        return page

    def codes(self) -> list[str]:
        """Return the codes below the squares of the point's vouchers."""
        return [code_of(voucher) for voucher in self.scene.vouchers]


@contextmanager
def in_the_field(
    database: Database, settings: Settings, keys: FieldKeys, folder: Path, chromium: Browser, *, families: int = 2
) -> Iterator[Field]:
    """Serve a point whose network can be cut, for the length of the block."""
    with database.writing() as session:
        scene = a_scene_of_today(session, keys, families=families)
    network = Network(create_app(replace(settings, data_dir=folder), database))
    try:
        yield Field(ServedPoint(network.address, database, scene), network, chromium)
    finally:
        network.cut()


def in_page(page: Page, module: str, act: str, given: object = None) -> Any:  # noqa: ANN401 - whatever the page says
    """Run `act` in a page: the body of a function that has `m` (one of its modules), `s` (the store), `db`, `given`."""
    return page.evaluate(
        f"""async given => {{
            const base = document.querySelector('script[src*="js/main.js"]').src.replace("main.js", "");
            const m = await import(base + "{module}"), s = await import(base + "offline/store.js");
            const db = await s.openStore();
            {act}
        }}""",
        given,
    )


def load_list(page: Page) -> Any:  # noqa: ANN401 - what the phone made of the server's answer
    """Let the phone take its lease, or its list anew."""
    return in_page(
        page,
        "offline/lease.js",
        """const token = document.querySelector("[data-token]").dataset.token;
        const told = await m.takeLease(db, {address: "/distribution/scan/lease", token});
        return {got: told.got, why: told.why ?? ""};""",
    )


def wait_for_shell(page: Page) -> None:
    """Wait until a worker on the phone keeps the pages and opens them; this page itself may be older than it."""
    kept = """const found = await navigator.serviceWorker.getRegistration();
        return found?.active?.state === "activated" && await m.isShellKept();"""
    for _ in range(150):
        if in_page(page, "offline/lease.js", kept):
            return
        page.wait_for_timeout(100)
    assert in_page(page, "offline/lease.js", kept), "the phone keeps no pages"


def events_of(page: Page) -> Any:  # noqa: ANN401 - as the phone keeps them
    """Return the events that the phone keeps, their sealed bytes as a length."""
    return in_page(
        page,
        "offline/store.js",
        "return (await s.listEvents(db)).map(one => ({...one, sealed: one.sealed?.length ?? null}));",
    )


def dump_of(page: Page) -> bytes:
    """Return every byte that the phone keeps for the product: what stands in its database, and the pages beside it."""
    written: list[int] = in_page(
        page,
        "offline/store.js",
        """const parts = [], utf8 = new TextEncoder();
        const walk = value => {
            if (value instanceof Uint8Array) parts.push(...value, 10);
            else if (Array.isArray(value)) value.forEach(walk);
            else if (value instanceof CryptoKey || value === null) return;
            else if (typeof value === "object") walk(Object.entries(value).flat());
            else parts.push(...utf8.encode(String(value)), 10);
        };
        for (const name of db.objectStoreNames) { walk(await db.getAllKeys(name)); walk(await db.getAll(name)); }
        for (const name of await caches.keys()) {
            const cache = await caches.open(name), page = await cache.match("/distribution/scan");
            if (page) walk(await page.text());
        }
        walk({...localStorage}); walk({...sessionStorage});
        return parts;""",
    )
    return bytes(written)
