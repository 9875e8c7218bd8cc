"""A second wall against forged requests: a state change must come from our own pages."""

from urllib.parse import urlsplit

from flask import Flask, request

from core.errors import Forbidden
from core.i18n import text

_SAFE = {"GET", "HEAD", "OPTIONS"}


class ForeignOrigin(Forbidden):
    """The request was sent by a page of another site."""

    code = "foreign_origin"


def refuse_foreign_posts(app: Flask, base_url: str) -> None:
    """Refuse state changes whose Origin or Sec-Fetch-Site says that another site sent them."""

    @app.before_request
    def check() -> None:
        if request.method in _SAFE:
            return
        site = request.headers.get("Sec-Fetch-Site")
        origin = request.headers.get("Origin")
        own = {urlsplit(base_url).netloc, request.host}
        foreign = origin is not None and (origin == "null" or urlsplit(origin).netloc not in own)
        if foreign or site in {"cross-site", "same-site"}:
            raise ForeignOrigin(
                text("This request was sent by a page of another site. Open our own page and repeat the step.")
            )
