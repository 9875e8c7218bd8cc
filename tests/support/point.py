"""A point served over HTTP with families, vouchers and sets: for browsers, with real commits."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy.orm import Session

from app.factory import create_app
from config import Settings
from core.actors import Actor
from core.browser_sessions import WebSession
from core.clock import now
from core.crypto import FieldKeys, secret_hash
from core.database import Database
from core.qr import encode
from tests.support.live import served
from tests.support.vouchers import Scene, a_scene_of_today

PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 800}
_SEEN, _EMPTY = 75, 120
"""Frames of the film, about 30 a second: the voucher for 2.5 s, then nothing for 4 s."""


@dataclass(frozen=True, slots=True)
class ServedPoint:
    """Where it is served, and who and what is there."""

    address: str
    database: Database
    scene: Scene

    def open(
        self,
        browser: Browser,
        *,
        operator: Actor | None = None,
        language: str = "en",
        viewport: dict[str, int] | None = None,
        path: str = "/distribution/scan",
        may_see: bool = True,
    ) -> Page:
        """Return a page on which the operator is signed in; `window.signals` keeps what it sounded."""
        actor = operator or self.scene.operator
        size = viewport or PHONE
        context = browser.new_context(viewport={"width": size["width"], "height": size["height"]}, has_touch=True)
        if may_see:
            context.grant_permissions(["camera"], origin=self.address)
        self._sign_in(context, actor, language)
        context.add_init_script(
            "window.signals = []; document.addEventListener('scan:signal', event => window.signals.push(event.detail))"
        )
        page = context.new_page()
        page.goto(f"{self.address}{path}")
        page.wait_for_selector("html[data-ready=yes]")
        return page

    def _sign_in(self, context: BrowserContext, actor: Actor, language: str) -> None:
        cookie, at = f"session-of-{actor.login}", now()
        content = f'{{"_user_id": "{actor.id}", "_fresh": true}}'
        with self.database.writing() as session:
            session.merge(
                WebSession(id_hash=secret_hash(cookie), user_id=actor.id, content=content, created_at=at, seen_at=at)
            )
        context.add_cookies(
            [
                {"name": "toptama-sid", "value": cookie, "url": self.address},
                {"name": "language", "value": language, "url": self.address},
            ]
        )


@contextmanager
def served_point(
    database: Database,
    settings: Settings,
    keys: FieldKeys,
    folder: Path,
    *,
    scene_of: Callable[[Session, FieldKeys], Scene] | None = None,
) -> Iterator[ServedPoint]:
    """Serve a point for the length of the block."""
    with database.writing() as session:
        scene = scene_of(session, keys) if scene_of else a_scene_of_today(session, keys, families=2)
    app = create_app(replace(settings, data_dir=folder), database)
    with served(app) as address:
        yield ServedPoint(address, database, scene)


def film_of(token: str, file: Path) -> Path:
    """Write what a camera sees: a voucher held into the picture, a little turned, and then an empty table."""
    table = Image.new("L", (640, 480), 170)
    seen = table.copy()
    code = encode(token).image(5).convert("L").rotate(4, expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC)
    seen.paste(code, (160, 70))
    with file.open("wb") as film:
        for picture, count in ((seen, _SEEN), (table, _EMPTY)):
            frame = io.BytesIO()
            picture.convert("RGB").save(frame, "JPEG", quality=85)
            film.write(frame.getvalue() * count)
    return file


def type_code(page: Page, code: str) -> None:
    """Type a voucher's code into the scan page, from whatever it shows."""
    if page.locator("#typed-code").is_hidden():
        page.get_by_role("button", name="Next voucher").click()
    page.fill("#typed-code", code)
    page.press("#typed-code", "Enter")
