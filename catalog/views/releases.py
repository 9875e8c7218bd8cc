"""Open data: the page that says what is published, and the files of each release. Anybody may read them."""

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from catalog.documents.releases import DESCRIPTOR, PREVIEW, SUMS, Release, release_of
from catalog.errors import ReleaseUnknown
from catalog.queries.releases import fixed_quarters, list_sealed
from core.clock import now, today
from core.i18n import text
from core.quarters import Quarter
from core.web.guards import public
from core.web.headers import share
from core.web.pages import page
from core.web.session import reading

blueprint = Blueprint("open_data", __name__, url_prefix="/open-data")

_HOUR, _YEAR = 3600, 365 * 24 * 3600
_TYPES = {"json": "application/json", "csv": "text/csv", "zip": "application/zip"}


@blueprint.get("")
@public
def show_releases() -> ResponseReturnValue:
    """Show what is published, under which licence, and how to check it."""
    with reading() as session:
        fixed, sealed = fixed_quarters(session), list_sealed(session)
    releases = [release_of(sealed, quarter=quarter, fixed_at=at) for quarter, at in fixed.items()]
    preview = release_of(sealed, quarter=Quarter.of(today(now())), fixed_at=None)
    return page(releases=releases, preview=preview, descriptor=DESCRIPTOR, sums=SUMS)


@blueprint.get("/standards/<quarter>/<path:path>")
@public
def show_file(quarter: str, path: str) -> ResponseReturnValue:
    """Send a file of a release; one of a fixed quarter never changes."""
    release = _release(quarter)
    body = release.archive if path == release.archive_name else release.files.get(path)
    if body is None:
        raise ReleaseUnknown(text("There is no such file in this release."))
    if release.fixed_at is None:
        share(seconds=_HOUR)
    else:
        share(seconds=_YEAR, for_good=True)
    return _file(body, path)


def _release(name: str) -> Release:
    with reading() as session:
        fixed, sealed = fixed_quarters(session), list_sealed(session)
    found = [(quarter, at) for quarter, at in fixed.items() if str(quarter) == name]
    if name == PREVIEW:
        return release_of(sealed, quarter=Quarter.of(today(now())), fixed_at=None)
    if not found:
        raise ReleaseUnknown(text("Nothing is published for this quarter: its standards are not fixed yet."))
    return release_of(sealed, quarter=found[0][0], fixed_at=found[0][1])


def _file(body: bytes, path: str) -> Response:
    response = Response(body, mimetype=_TYPES.get(path.rsplit(".", 1)[-1], "text/plain"))
    response.add_etag()
    response.make_conditional(request)
    name = path.rsplit("/", 1)[-1]
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
