"""Static files under an address that names their content, so that browsers keep them for good."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Response, request, send_from_directory
from werkzeug.exceptions import NotFound

STATIC = Path(__file__).resolve().parent.parent.parent / "static"
_YEAR = 365 * 24 * 3600


@cache
def tree_digest() -> str:
    """Return a digest of all static files; modules import each other by relative paths, so one digest serves all."""
    digest = hashlib.sha256()
    for file in sorted(STATIC.rglob("*")):
        if file.is_file():
            digest.update(file.relative_to(STATIC).as_posix().encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def static_url(path: str) -> str:
    """Return the address of a static file."""
    return f"/static/{tree_digest()}/{path}"


def send_static(digest: str, path: str) -> Response:
    """Send a static file: for good under today's digest, briefly under an older; packed where a twin lies beside."""
    packed = f"{path}.gz"
    if request.accept_encodings.quality("gzip") and (STATIC / packed).is_file() and ".." not in path:
        response = send_from_directory(STATIC, packed, mimetype=_mimetype(path))
        response.headers["Content-Encoding"] = "gzip"
    else:
        if path.endswith(".gz"):
            raise NotFound
        response = send_from_directory(STATIC, path, mimetype=_mimetype(path))
    response.vary.add("Accept-Encoding")
    fresh = digest == tree_digest()
    response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable" if fresh else "no-cache"
    return response


def _mimetype(path: str) -> str | None:
    kinds = {".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm", ".woff2": "font/woff2"}
    return kinds.get(Path(path).suffix)
