"""A browser reduced to what a hand-over needs: one open connection, a cookie, the token of the page."""

import re
import time
from collections.abc import Iterable
from http.client import HTTPConnection
from urllib.parse import urlencode

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_FORM = re.compile(r'<form class="form".*?</form>', re.DOTALL)
_HIDDEN = re.compile(r'<input(?=[^>]*type="hidden")[^>]*name="(\w+)"[^>]*value="([^"]*)"')
_SIGN_IN, _GIVE, _BARE, _PAGE = "/accounts/sign-in", "/distribution/scan/hand-over", "/give", "/distribution/scan"
_OK, _SEE_OTHER = 200, 303


class Client:
    """One operator's browser."""

    def __init__(self, port: int, side: str) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self._address = _GIVE if side == "ours" else _BARE
        self._cookies: dict[str, str] = {}
        self._headers = {"Content-Type": "application/json", "Accept": "application/json"}
        self.times: list[float] = []
        self.failures: list[str] = []

    def probe(self) -> None:
        """Connect and hang up; raises OSError while nobody listens."""
        self._connection.connect()
        self._connection.close()

    def sign_in(self, login: str, password: str) -> None:
        """Sign in by the page, as a person does, and open the page that scans."""
        shown = _FORM.search(self._send("GET", _SIGN_IN)[1])
        assert shown is not None
        fields = dict(_HIDDEN.findall(shown[0])) | {"login": login, "password": password}
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        status, answer = self._send("POST", _SIGN_IN, urlencode(fields).encode(), form)
        assert status == _SEE_OTHER, f"sign-in answered {status}: {answer[:2000]}"
        token = _TOKEN.search(self._send("GET", _PAGE)[1])
        assert token is not None
        self._headers |= {"X-CSRFToken": token[1], "Cookie": self._cookie()}

    def give(self, body: bytes) -> tuple[int, bytes]:
        """Hand over once."""
        self._connection.request("POST", self._address, body, self._headers)
        answer = self._connection.getresponse()
        return answer.status, answer.read()

    def give_all(self, bodies: Iterable[bytes]) -> None:
        """Hand over one after the other, and note how long each took."""
        for body in bodies:
            start = time.perf_counter()
            status, answer = self.give(body)
            self.times.append(time.perf_counter() - start)
            if status != _OK:
                self.failures.append(f"{status}: {answer[:500]!r}")

    def _send(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, str]:
        sent = {"Accept": "text/html", **(headers or {})}
        if self._cookies:
            sent["Cookie"] = self._cookie()
        self._connection.request(method, path, body, sent)
        answer = self._connection.getresponse()
        for written in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = written.split(";", 1)[0].partition("=")
            self._cookies[name] = value
        return answer.status, answer.read().decode()

    def _cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self._cookies.items())
