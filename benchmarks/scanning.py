"""Measure the scan page in a real browser: from the first frame in which a printed voucher lies to the painted verdict.

python -m benchmarks.scanning [--vouchers 100] [--slowdown 1 4] [--desk online offline]

Sheets are printed and rendered, each voucher is cut out and held into the picture of an artificial camera: clean,
turned, dim, stained, blurred. `slowdown` divides the speed of the page's processor, as a cheap phone does. Online the
server judges; offline a phone that holds a list does so by itself, its network cut and its page opened cold.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median
from typing import TypeAlias

from playwright.sync_api import Browser, Page

from app import schema
from app.factory import create_app
from config import Settings
from core.crypto import FieldKeys
from core.database import Database
from tests.support.chromium import running_chromium
from tests.support.field import PIN, Field, Network
from tests.support.films import CONDITIONS, WATCH, film_of_vouchers, pictures_of_vouchers
from tests.support.point import ServedPoint
from tests.support.vouchers import a_scene_of_today

_KEY = "a-key-of-benchmarks-0123456789abcdef"
_SEEN, _EMPTY, _FRAMES_PER_SECOND = 30, 12, 30
_PATIENCE = 3

Waits: TypeAlias = Sequence[Sequence[float]]
"""Milliseconds to the painted verdict: from the frame, and from when the code in it was read."""


def main() -> None:
    """Measure at each slowdown, and print a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scanning")
    parser.add_argument("--vouchers", type=int, default=100)
    parser.add_argument("--slowdown", type=int, nargs="+", default=[1, 4])
    parser.add_argument("--desk", choices=("online", "offline"), nargs="+", default=["online", "offline"])
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = _settings(folder)
        database = Database(settings.database_url)
        schema.upgrade(database)
        keys = FieldKeys(field_key=settings.field_key, index_key=settings.index_key)

        with database.writing() as session:
            scene = a_scene_of_today(session, keys, families=asked.vouchers, stock=2 * asked.vouchers)
        network = Network(create_app(replace(settings, data_dir=folder), database))
        point = ServedPoint(network.address, database, scene)
        film = _film(point, folder)
        print(f"{asked.vouchers} vouchers, {', '.join(CONDITIONS)}; milliseconds from frame to verdict")
        for desk in asked.desk:
            with running_chromium(camera=film) as browser:
                open_page = partial(point.open, browser) if desk == "online" else _cut_off(point, network, browser)
                for slowdown in asked.slowdown:
                    page = open_page()
                    _tell(desk, slowdown, asked.vouchers, _measured(page, slowdown=slowdown, count=asked.vouchers))
                    page.close()
        network.cut()


def _settings(folder: Path) -> Settings:
    return Settings(
        data_dir=folder,
        database_url=f"sqlite:///{folder}/scanning.sqlite3",
        secret_key=_KEY,
        field_key=_KEY,
        index_key=_KEY,
        backup_key=_KEY,
        base_url="http://localhost",
        testing=True,
    )


def _film(point: ServedPoint, folder: Path) -> Path:
    with point.database.writing() as session:
        papers = pictures_of_vouchers(session, point.scene)
    held = [papers[voucher.token] for voucher in point.scene.vouchers]
    return film_of_vouchers(held, folder / "film.mjpeg", seen=_SEEN, empty=_EMPTY)


def _cut_off(point: ServedPoint, network: Network, browser: Browser) -> Callable[[], Page]:
    """Return what opens the scan page of a phone with a list of its own, cold, when its network is cut."""
    field = Field(point, network, browser)
    phone = field.started()
    phone.grant_permissions(["camera"], origin=point.address)
    network.cut()
    return partial(field.open, phone, pin=PIN)


def _measured(page: Page, *, slowdown: int, count: int) -> Waits:
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slowdown})
    page.evaluate(WATCH)
    return _waited(page, count)


def _waited(page: Page, count: int) -> Waits:
    """Return what was measured when the film has run so often that every voucher must have been read."""
    ends = time.monotonic() + _PATIENCE * count * (_SEEN + _EMPTY) / _FRAMES_PER_SECOND
    while time.monotonic() < ends and page.evaluate("window.waits.length") < count:
        page.wait_for_timeout(500)
    return [sorted(page.evaluate(f"window.{name}")[:count]) for name in ("waits", "judged")]


def _tell(desk: str, slowdown: int, count: int, waits: Waits) -> None:
    said = [
        f"{name} to verdict: median {median(those):.0f}, 95 % within {those[int(len(those) * 0.95) - 1]:.0f}"
        for name, those in zip(("frame", "code"), waits, strict=True)
        if those
    ]
    print(f"  {desk}, processor 1/{slowdown}: {len(waits[0])} of {count} read; {'; '.join(said)}", flush=True)


if __name__ == "__main__":
    main()
