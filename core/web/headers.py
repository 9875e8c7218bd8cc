"""What every answer carries: a strict content policy, no caching of what is private, no foreign frames."""

import secrets
from http import HTTPStatus

from flask import Flask, Response, g, request

_YEAR = 365 * 24 * 3600
_SCAN = "scan"


def nonce() -> str:
    """Return this request's script nonce."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    found: str = g.nonce
    return found


def allow_camera() -> None:
    """Let the page that is being answered use the camera and WebAssembly: pages that scan, and no others."""
    g.page_kind = _SCAN


def share(*, seconds: int, for_good: bool = False) -> None:
    """Let everybody keep the answer, other sites too: public files only, the same for whoever asks (SEC-10)."""
    g.shared = f"public, max-age={seconds}" + (", immutable" if for_good else "")


def let_ask_again() -> None:
    """Let the browser keep the answer for itself, and ask every time whether it still holds (ETag)."""
    g.kept = True


def is_shared() -> bool:
    """Say whether the answer is one that everybody may keep, so that it carries no cookie."""
    return "shared" in g


def guard_answers(app: Flask, *, production: bool) -> None:
    """Add the headers to every answer of the application, errors and static files included."""

    @app.after_request
    def add_headers(response: Response) -> Response:
        scanning = g.get("page_kind") == _SCAN
        response.headers.setdefault("Content-Security-Policy", _policy(scanning=scanning))
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        camera = "(self)" if scanning else "()"
        response.headers["Permissions-Policy"] = f"camera={camera}, geolocation=(), microphone=()"
        if production:
            response.headers["Strict-Transport-Security"] = f"max-age={_YEAR}; includeSubDomains"
        if is_shared() and response.status_code < HTTPStatus.BAD_REQUEST:
            response.headers["Cache-Control"] = g.shared
            response.headers["Access-Control-Allow-Origin"] = "*"
        elif request.endpoint != "app.static_asset":
            response.headers["Cache-Control"] = "private, no-cache" if "kept" in g else "no-store"
            response.vary.add("Cookie")
        return response


def _policy(*, scanning: bool) -> str:
    parts = [
        "default-src 'none'",
        f"script-src 'nonce-{nonce()}' 'self'" + (" 'wasm-unsafe-eval'" if scanning else ""),
        "style-src 'self'",
        "img-src 'self' data:" + (" blob:" if scanning else ""),
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "object-src 'none'",
        "frame-ancestors 'none'",
    ]
    if scanning:
        parts += ["worker-src 'self'", "media-src 'self' blob:"]
    return "; ".join(parts)
