"""A page in a real browser that can import our modules as they lie in `static`, without a server."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, Route

STATIC = Path(__file__).parents[2] / "static"
ADDRESS = "https://modules.test"
WITHOUT_ED25519 = """
const open = crypto.subtle.importKey.bind(crypto.subtle);
window.refusedKeys = 0;
crypto.subtle.importKey = async (format, key, kind, ...rest) => {
  if ((kind.name ?? kind) === "Ed25519") {
    window.refusedKeys += 1;
    throw new DOMException("unknown here", "NotSupportedError");
  }
  return open(format, key, kind, ...rest);
};
"""
"""Makes a browser one of those that have no Ed25519 of their own."""


@contextmanager
def module_page(browser: Browser, *, before: str = "") -> Iterator[Page]:
    """Give a page on which `import("/js/…")` works; `before` runs ahead of everything."""
    context = browser.new_context()
    if before:
        context.add_init_script(before)
    page = context.new_page()
    page.route(f"{ADDRESS}/**", _answer)
    page.goto(f"{ADDRESS}/")
    yield page
    context.close()


def _answer(route: Route) -> None:
    path = route.request.url.removeprefix(ADDRESS)
    if path == "/":
        route.fulfill(body="<!doctype html><title>modules</title>", content_type="text/html")
        return
    kind = "application/wasm" if path.endswith(".wasm") else "text/javascript"
    route.fulfill(path=STATIC / path.lstrip("/"), content_type=kind)
