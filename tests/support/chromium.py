"""A real Chromium for tests, with an artificial camera where a test shows it a QR."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserType, Playwright, sync_playwright

from tools.browser import require_chromium

# /dev/shm is small in containers; a sandbox needs rights that root in a container does not have.
ALWAYS = ("--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--force-color-profile=srgb")


def launch(playwright: Playwright, *, camera: Path | None = None) -> Browser:
    """Start the system's Chromium; `camera` is an .mjpeg or .y4m file that its camera shows in a loop.

    Raises BrowserMissing with a sentence that says how to get one.
    """
    return _start(playwright.chromium, camera)


def launch_beside(browser: Browser, *, camera: Path) -> Browser:
    """Start another Chromium, with a camera: Playwright itself runs once in a thread."""
    return _start(browser.browser_type, camera)


def _start(kind: BrowserType, camera: Path | None) -> Browser:
    arguments = [*ALWAYS]
    if camera is not None:
        arguments += [
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={camera}",
        ]
    return kind.launch(executable_path=require_chromium(), args=arguments, headless=True)


@contextmanager
def running_chromium(*, camera: Path | None = None) -> Iterator[Browser]:
    """Give a browser for the length of the block."""
    with sync_playwright() as playwright:
        browser = launch(playwright, camera=camera)
        try:
            yield browser
        finally:
            browser.close()
