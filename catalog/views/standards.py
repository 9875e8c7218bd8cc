"""Public pages of standards, without signing in: what a child gets, on what ground, and how to check it oneself.

Only what is approved stands here; of drafts nobody outside learns that they exist.
"""

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from catalog.errors import KitUnknown, NoVersionInForce
from catalog.models import KitVersion
from catalog.queries.contents import content_of
from catalog.queries.coverage import find_coverage
from catalog.queries.kits import get_kit, list_kits
from catalog.queries.versions import (
    find_version_in_force,
    get_approved_version,
    list_versions,
    list_versions_in_force,
)
from catalog.rules.versions import last_quarter_of, states_of
from catalog.views.kit_words import ages_told, interval_told, who_told
from catalog.views.papers import address_of, paper_response
from catalog.views.version_words import STATE_WORDS, this_quarter, words_of_content
from core.i18n import format_quarter, text
from core.quarters import Quarter
from core.web.guards import public
from core.web.headers import share
from core.web.pages import page
from core.web.revalidation import revalidated
from core.web.session import reading

blueprint = Blueprint("standards", __name__, url_prefix="/standards")

_DAY = 24 * 3600
_WORDS = {
    "ages_told": ages_told,
    "interval_told": interval_told,
    "who_told": who_told,
    **STATE_WORDS,
}


@blueprint.get("")
@public
def list_standards() -> ResponseReturnValue:
    """List the sets that children get in a quarter."""
    quarter = _asked_quarter()
    with reading() as session:
        versions = list_versions_in_force(session, quarter)
        shown = [(kit, versions[kit.id]) for kit in list_kits(session) if kit.is_active and kit.id in versions]
        rows = [(kit, version, content_of(session, version)) for kit, version in shown]
    return revalidated(page(rows=rows, quarter=quarter, around=_around(quarter), words_of=words_of_content, **_WORDS))


@blueprint.get("/<code>")
@public
def show_standard(code: str) -> ResponseReturnValue:
    """Show what a set holds in a quarter, and all approved versions of its standard."""
    quarter = _asked_quarter()
    with reading() as session:
        kit = get_kit(session, code)
        versions = list_versions(session, kit, approved_only=True)
        if not versions:
            raise KitUnknown(text("There is no set with the code %(code)s.", code=code))
        version = find_version_in_force(session, kit, quarter)
        content = content_of(session, version) if version else None
        return revalidated(
            page(
                kit=kit,
                versions=versions,
                states=states_of(versions, this_quarter()),
                version=version,
                content=content,
                words=words_of_content(content) if content else None,
                coverage=find_coverage(session, content, quarter=quarter, norm=None) if content else None,
                quarter=quarter,
                around=_around(quarter),
                **_WORDS,
            )
        )


@blueprint.get("/<code>/<int:number>")
@public
def show_version(code: str, number: int) -> ResponseReturnValue:
    """Show an approved version at its permanent address, whatever came after it."""
    with reading() as session:
        version = get_approved_version(session, code, number)
        content = content_of(session, version)
        versions = list_versions(session, version.kit_kind, approved_only=True)
        return revalidated(
            page(
                version=version,
                content=content,
                words=words_of_content(content),
                state=states_of(versions, this_quarter())[number],
                until=last_quarter_of(version, versions),
                coverage=find_coverage(session, content, quarter=content.effective_from, norm=None),
                address=address_of(content),
                **_WORDS,
            )
        )


@blueprint.get("/<code>/<int:number>.json")
@public
def show_content(code: str, number: int) -> ResponseReturnValue:
    """Send what a version says, byte for byte as it was sealed: its SHA-256 is the hash on the paper."""
    with reading() as session:
        version = get_approved_version(session, code, number)
    response = Response(version.content, mimetype="application/json")
    response.headers.set("Content-Disposition", "attachment", filename=f"{version.kit_kind.code}-{number}.json")
    return _shared(response, version)


@blueprint.get("/<code>/<int:number>.pdf")
@public
def print_version(code: str, number: int) -> ResponseReturnValue:
    """Send the paper of an approved version."""
    with reading() as session:
        version = get_approved_version(session, code, number)
        return _shared(paper_response(version, content_of(session, version)), version)


def _shared(response: Response, version: KitVersion) -> Response:
    """Let everybody keep a file of a version: what is approved never changes."""
    share(seconds=_DAY)
    response.set_etag(str(version.content_hash))
    response.make_conditional(request)
    return response


def _asked_quarter() -> Quarter:
    try:
        asked = request.args.get("quarter")
        return Quarter.parse(asked) if asked else this_quarter()
    except ValueError:
        raise NoVersionInForce(text("There is no such quarter.")) from None


def _around(quarter: Quarter) -> list[tuple[str, str, bool]]:
    """Return the quarters to choose from: their value, name, and whether it is the one that is shown."""
    here = this_quarter().ordinal
    near = {Quarter.from_ordinal(here + step) for step in range(-1, 3)} | {quarter}
    return [(str(one), format_quarter(one), one == quarter) for one in sorted(near)]
