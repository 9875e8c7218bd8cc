"""Measure the scan page in a real browser: from the first frame in which a printed voucher lies to the painted verdict.

python -m benchmarks.scanning [--vouchers 100] [--slowdown 1 4]

Sheets are printed and rendered, each voucher is cut out and held into the picture of an artificial camera: clean,
turned, dim, stained, blurred. `slowdown` divides the speed of the page's processor, as a cheap phone does.
"""

import argparse
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from playwright.sync_api import Page
from sqlalchemy.orm import Session

from app import schema
from config import Settings
from core.crypto import FieldKeys
from core.database import Database
from tests.support.chromium import running_chromium
from tests.support.films import CONDITIONS, WATCH, film_of_vouchers, pictures_of_vouchers
from tests.support.point import ServedPoint, served_point
from tests.support.vouchers import Scene, a_scene_of_today

_KEY = "a-key-of-benchmarks-0123456789abcdef"
_SEEN, _EMPTY, _FRAMES_PER_SECOND = 30, 12, 30
_PATIENCE = 3


def main() -> None:
    """Measure at each slowdown, and print a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scanning")
    parser.add_argument("--vouchers", type=int, default=100)
    parser.add_argument("--slowdown", type=int, nargs="+", default=[1, 4])
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = _settings(folder)
        database = Database(settings.database_url)
        schema.upgrade(database)
        keys = FieldKeys(field_key=settings.field_key, index_key=settings.index_key)

        def scene_of(session: Session, keys: FieldKeys) -> Scene:
            return a_scene_of_today(session, keys, families=asked.vouchers, stock=2 * asked.vouchers)

        with served_point(database, settings, keys, folder, scene_of=scene_of) as point:
            print(f"{asked.vouchers} vouchers, {', '.join(CONDITIONS)}; milliseconds from frame to verdict")
            for slowdown in asked.slowdown:
                waits = _measured(point, folder, slowdown=slowdown, count=asked.vouchers)
                _tell(slowdown, asked.vouchers, waits)


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


def _measured(point: ServedPoint, folder: Path, *, slowdown: int, count: int) -> Sequence[float]:
    with point.database.writing() as session:
        papers = pictures_of_vouchers(session, point.scene)
    held = [papers[voucher.token] for voucher in point.scene.vouchers]
    film = film_of_vouchers(held, folder / "film.mjpeg", seen=_SEEN, empty=_EMPTY)
    with running_chromium(camera=film) as browser:
        page = point.open(browser)
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slowdown})
        page.evaluate(WATCH)
        return _waited(page, count)


def _waited(page: Page, count: int) -> Sequence[float]:
    """Return what was measured when the film has run so often that every voucher must have been read."""
    ends = time.monotonic() + _PATIENCE * count * (_SEEN + _EMPTY) / _FRAMES_PER_SECOND
    waits: list[float] = []
    while len(waits) < count and time.monotonic() < ends:
        page.wait_for_timeout(500)
        waits = page.evaluate("window.waits")
    return sorted(waits[:count])


def _tell(slowdown: int, count: int, waits: Sequence[float]) -> None:
    share = waits[int(len(waits) * 0.95) - 1]
    print(
        f"  processor 1/{slowdown}: {len(waits)} of {count} read, median {median(waits):.0f}, 95 % within {share:.0f}"
    )


if __name__ == "__main__":
    main()
