"""The paper of a version, for those who prepare and sign it."""

from functools import partial

from flask import Response
from flask.typing import ResponseReturnValue

from catalog.documents.papers import PaperFrame, PaperState, write_paper
from catalog.models import KitVersion
from catalog.permissions import CatalogRight
from catalog.queries.contents import content_of
from catalog.queries.versions import get_version
from catalog.rules.contents import StandardContent, canonical_json, content_hash
from catalog.values import VersionStatus
from catalog.views.blueprint import blueprint
from catalog.views.kit_words import ages_told
from core.web.guards import guarded
from core.web.papers import send_paper
from core.web.session import reading, settings


@blueprint.get("/kits/<code>/versions/<int:number>/paper.pdf")
@guarded(CatalogRight.READ)
def print_version(code: str, number: int) -> ResponseReturnValue:
    """Write the paper of a version to print and sign; each page says whether it counts."""
    with reading() as session:
        version = get_version(session, code, number)
        content = content_of(session, version)
    return paper_response(version, content)


def paper_response(version: KitVersion, content: StandardContent) -> Response:
    """Return the paper of a version as a PDF that a browser shows."""
    frame = PaperFrame(
        digest=version.content_hash or content_hash(canonical_json(content)),
        address=address_of(content),
        state=_paper_state(version),
        ages=partial(ages_told, content.kit),
    )
    write = partial(write_paper, content=content, frame=frame)
    return send_paper(write, name=f"{content.kit.code}-{content.number}")


def _paper_state(version: KitVersion) -> PaperState:
    if version.status == VersionStatus.APPROVED:
        return PaperState.APPROVED
    return PaperState.SUBMITTED if version.submitted_at is not None else PaperState.DRAFT


def address_of(content: StandardContent) -> str:
    """Return the permanent public address of a version, under the public name of this installation."""
    return f"{settings().base_url.rstrip('/')}/standards/{content.kit.code}/{content.number}"
