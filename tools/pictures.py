"""Take the pictures of the README from the running application: `make pictures`."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from app.demonstration.mark import read_mark
from core.clock import now, today
from core.quarters import Quarter
from tools.browser import find_chromium

PICTURES = Path(__file__).resolve().parent.parent / "docs" / "pictures"
DESKTOP: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 360, "height": 740}
_PATIENCE = 120


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a demonstration from a folder of its own and give its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "DATA_DIR": str(folder), "PORT": str(port)}
    server = subprocess.Popen([sys.executable, "-m", "app.serve"], env=environment)
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_for(f"{address}/readyz")
        yield address
    finally:
        server.terminate()
        server.wait(30)


def _wait_for(address: str) -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(address, timeout=2):  # noqa: S310 - our own server on this machine
                return
        except OSError:
            time.sleep(0.5)
    message = "the application did not start"
    raise SystemExit(message)


def enter(browser: Browser, address: str, login: str, password: str, *, phone: bool = False) -> Page:
    """Sign somebody in and return their page, in Kazakh."""
    page = browser.new_page(viewport=PHONE if phone else DESKTOP, device_scale_factor=2 if phone else 1)
    page.goto(f"{address}/accounts/sign-in")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", password)
    page.click("button.main")
    page.wait_for_url(f"{address}/")
    return page


def main() -> None:
    """Take all pictures."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as address, sync_playwright() as player:
        mark = read_mark(Path(folder))
        if mark is None:
            raise SystemExit("the demonstration was not loaded")
        browser = player.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        ministry = enter(browser, address, "ministry", mark.password)
        for name, path in (
            ("board", "/distribution/board"),
            ("quarter", f"/distribution/quarters/{Quarter.of(today(now()))}"),
            ("stock", "/warehouses/stock"),
            ("coverage", "/catalog/kits/F36/versions/2/coverage"),
        ):
            ministry.goto(f"{address}{path}")
            ministry.screenshot(path=PICTURES / f"{name}.png")
        operator = enter(browser, address, "operator", mark.password, phone=True)
        operator.goto(f"{address}/distribution/scan")
        operator.wait_for_timeout(1000)
        operator.screenshot(path=PICTURES / "scan.png")
        browser.close()


if __name__ == "__main__":
    main()
