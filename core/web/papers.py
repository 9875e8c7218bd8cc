"""How a view answers with a paper, and the address that the paper names."""

import io
from collections.abc import Callable
from typing import IO

from flask import Response, send_file, url_for

from core.web.session import settings


def send_paper(write: Callable[[IO[bytes]], object], *, name: str) -> Response:
    """Return the PDF that `write` writes, for a browser to show; `name` is that of the file, without its ending."""
    file = io.BytesIO()
    write(file)
    file.seek(0)
    return send_file(file, mimetype="application/pdf", download_name=f"{name}.pdf")


def public_address(endpoint: str, **values: object) -> str:
    """Return the address of a page under the public name of this installation, as papers carry it."""
    return settings().base_url.rstrip("/") + url_for(endpoint, **values)  # type: ignore[arg-type]  # Flask types values as Any
