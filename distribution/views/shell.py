"""The scan pages as a program of the phone: what it keeps of them, the worker that keeps it, and its name and icons."""

from functools import cache

from flask import Response, json, jsonify, request, url_for
from flask.typing import ResponseReturnValue

from core.i18n import gettext as _
from core.web.assets import STATIC, static_url, tree_digest
from core.web.guards import public
from distribution.views.blueprint import blueprint

_KEPT = ("css/*.css", "js/**/*.js", "icons.svg", "favicon.svg", "icons/*.png", "vendor/inter/*.woff2")
_VENDORED = ("idb", "cborg", "hpke", "ed25519", "zxing")
_PICTURES = {"icon-192.png": "any", "icon-512.png": "any", "icon-maskable-512.png": "maskable"}
_NOT_FOR_PHONES = ("js/quarter/", "css/print.css")


@blueprint.get("/scan/worker.js")
@public
def scan_worker() -> ResponseReturnValue:
    """Send the worker of the scan pages, with the list of what it keeps; as a module where it also sends by itself."""
    batch = url_for("distribution_api.send_batch")
    shell = {"digest": tree_digest(), "assets": shell_assets(), "pages": shell_pages(), "batch": batch}
    worker = (STATIC / "js/offline/shell_worker.js").read_text()
    also = f'import "{static_url("js/offline/background.js")}";\n' if "background" in request.args else ""
    response = Response(f"{also}globalThis.SHELL = {json.dumps(shell)};\n{worker}")
    response.mimetype = "text/javascript"
    response.headers["Service-Worker-Allowed"] = url_for("distribution.scan")
    return response


@blueprint.get("/scan/app.webmanifest")
@public
def scan_app() -> ResponseReturnValue:
    """Say under which name and icon the scan page stands among the phone's programs."""
    address = url_for("distribution.scan")
    icons = [
        {"src": static_url(f"icons/{name}"), "sizes": _size_of(name), "type": "image/png", "purpose": purpose}
        for name, purpose in _PICTURES.items()
    ]
    response = jsonify(
        id=address,
        name=_("Toptama: hand over"),
        short_name=_("Toptama"),
        start_url=address,
        scope=address,
        display="standalone",
        background_color="#ffffff",
        theme_color="#ffffff",
        icons=icons,
    )
    response.mimetype = "application/manifest+json"
    return response


@cache
def shell_assets() -> list[str]:
    """Return the addresses of all files that the scan pages load."""
    found = [file for pattern in _KEPT for file in STATIC.glob(pattern)]
    found += [file for name in _VENDORED for file in (STATIC / "vendor" / name).rglob("*.js")]
    found += (STATIC / "vendor/zxing").rglob("*.wasm")
    names = sorted({file.relative_to(STATIC).as_posix() for file in found})
    return [static_url(name) for name in names if not name.startswith(_NOT_FOR_PHONES)]


def shell_pages() -> list[str]:
    """Return the addresses of the pages that open without a network."""
    return [url_for("distribution.scan"), url_for("distribution.shift")]


def _size_of(name: str) -> str:
    side = name.removesuffix(".png").rpartition("-")[2]
    return f"{side}x{side}"
