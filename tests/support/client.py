"""A client that inspects every page it gets: language, title, labels, ids, content policy."""

import hashlib
import re
from collections import Counter
from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

_LANGUAGES = {"kk", "ru", "en"}
_CONTROLS = {"input", "select", "textarea"}
_UNLABELLED = {"hidden", "submit", "button"}
_COMPLETED = {"text", "email", "tel", "password", "search", "url", None}
"""Types of fields that a browser fills in by itself, unless it is told what they are (UX-71)."""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.ids: Counter[str] = Counter()
        self.language: str | None = None
        self.title = ""
        self.labelled: set[str] = set()
        self.controls: list[dict[str, str | None]] = []
        self.complaints: list[str] = []
        self._in_title = False
        self._in_label = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("id"):
            self.ids[str(given["id"])] += 1
        if tag == "html":
            self.language = given.get("lang")
        if tag == "title":
            self._in_title = True
        if tag == "label":
            self._in_label += 1
            if given.get("for"):
                self.labelled.add(str(given["for"]))
        if tag in _CONTROLS:
            self._look_at_control(tag, given)
        if "style" in given or any(name.startswith("on") for name in given):
            self.complaints.append(f"<{tag}> carries an inline style or handler")
        if tag == "script" and not given.get("src") and not given.get("nonce"):
            self.complaints.append("a script has neither an address nor a nonce")
        if tag == "img" and "alt" not in given:
            self.complaints.append("a picture has no alternative text")

    def _look_at_control(self, tag: str, given: dict[str, str | None]) -> None:
        if given.get("type") not in _UNLABELLED and not self._in_label:
            self.controls.append(given)
        if tag == "input" and given.get("type") in _COMPLETED and not given.get("autocomplete"):
            self.complaints.append(f"the field {given.get('name')!r} does not say what a browser may fill in")
        if "placeholder" in given:
            self.complaints.append(f"the field {given.get('name')!r} has a placeholder instead of a label")

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self._in_title = False
        if tag == "label":
            self._in_label -= 1

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data


_PLACEHOLDER = re.compile(r"%\(\w+\)s")
_INDIFFERENT = re.compile(r"""(?P<name>\s(?:value|href|action|content|nonce)=")[^"<>]+(?=")|(?<!<title)>[^<>]+(?=<)""")
"""What stands in a page without changing what is wrong with it: what fields hold, where links lead, texts."""

_found_right: set[bytes] = set()
"""Digests of pages, without what is indifferent, about which there was nothing to complain."""


def complaints_about(html: str) -> list[str]:
    """Return what is wrong with a page, in words; a page that differs from a right one only in texts is not read."""
    found = ["a placeholder was not filled in"] if _PLACEHOLDER.search(html) else []
    frame = _INDIFFERENT.sub(lambda told: f"{told['name'] or ''}>", html)
    digest = hashlib.sha256(frame.encode(errors="surrogatepass")).digest()
    if digest not in _found_right:
        wrong = _wrong_with(html)
        found += wrong
        if not wrong:
            _found_right.add(digest)
    return found


def _wrong_with(html: str) -> list[str]:
    reader = _Reader()
    reader.feed(html)
    found = list(reader.complaints)
    if reader.language not in _LANGUAGES:
        found.append(f"<html lang> is {reader.language!r}")
    if not reader.title.strip():
        found.append("the page has no title")
    found += [f"id {name!r} stands {count} times" for name, count in reader.ids.items() if count > 1]
    found += [
        f"control {control.get('name')!r} has no label"
        for control in reader.controls
        if control.get("id") not in reader.labelled
    ]
    return found


class InspectingClient(FlaskClient):
    """Flask's test client; a page that is not right fails the test that fetched it."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:  # noqa: ANN401 - Flask's own signature
        kwargs.setdefault("buffered", True)
        response = super().open(*args, **kwargs)
        if response.mimetype == "text/html" and response.data and response.status_code not in {301, 302, 303, 308}:
            found = complaints_about(response.get_data(as_text=True))
            assert not found, f"{response.request.path}: {found}"
        if not response.request.path.startswith("/static/"):
            assert "default-src 'none'" in response.headers["Content-Security-Policy"]
        return response

    def send_form(self, path: str, **fields: object) -> TestResponse:
        """Open the page of a form, take its hidden fields, and send it filled in."""
        shown = self.get(path)
        assert shown.status_code == 200, f"{path}: {shown.status_code}"
        hidden = hidden_fields(shown.get_data(as_text=True))
        return self.post(path, data={**hidden, **fields})

    def send_button(self, path: str, *, page: str, **fields: object) -> TestResponse:
        """Send a form that is only a button, with the hidden fields of the page on which it stands."""
        return self.post(path, data={**hidden_fields(self.get(page).get_data(as_text=True)), **fields})

    def post_with_token(self, path: str, **fields: object) -> TestResponse:
        """Send a form without a page of its own, with the token of the session."""
        token = hidden_fields(self.get("/").get_data(as_text=True)).get("csrf_token", "")
        return self.post(path, data={"csrf_token": token, **fields})


def hidden_fields(html: str) -> dict[str, str]:
    """Return the CSRF token and the form key of the last form on a page that has them."""
    found: dict[str, str] = {}
    for name in ("csrf_token", "form_key"):
        values = re.findall(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', html)
        if values:
            found[name] = values[-1]
    return found
