"""Standards for programs: only what is approved, for a draft binds nobody."""

from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from catalog.api.blueprint import blueprint
from catalog.errors import KitUnknown, NoVersionInForce, VersionUnknown
from catalog.models import KitVersion
from catalog.permissions import CatalogRight
from catalog.queries.contents import content_of
from catalog.queries.kits import get_kit, list_kits
from catalog.queries.versions import get_approved_version, list_approved_by_kit, version_in_force
from catalog.rules.contents import canonical_json, content_hash
from catalog.schemas.standards import (
    ContentTold,
    QuarterAsked,
    StandardList,
    StandardTold,
    told_of_standard,
)
from core.clock import now, today
from core.quarters import Quarter
from core.web.api.answers import answer_list, answer_sealed
from core.web.api.operations import Operation, operation
from core.web.guards import guarded
from core.web.session import reading

_KIT = {"kit": "Code of a kind of sets, for example F13"}


@blueprint.get("/standards")
@guarded(CatalogRight.READ)
@operation(Operation("List the kinds of sets with their approved versions", StandardList, tells_state=True))
def list_standards() -> ResponseReturnValue:
    """List the kinds of sets, each with its approved versions."""
    with reading() as session:
        versions = list_approved_by_kit(session)
        told = [told_of_standard(kit, versions.get(kit.id, [])) for kit in list_kits(session)]
    return answer_list(StandardList(standards=told))


@blueprint.get("/standards/<kit>")
@guarded(CatalogRight.READ)
@operation(
    Operation(
        "Read a kind of sets with its approved versions",
        StandardTold,
        address=_KIT,
        refusals=(KitUnknown,),
        tells_state=True,
    )
)
def show_standard(kit: str) -> ResponseReturnValue:
    """Tell of one kind of sets and its approved versions."""
    with reading() as session:
        found = get_kit(session, kit)
        return answer_list(told_of_standard(found, list_approved_by_kit(session).get(found.id, [])))


@blueprint.get("/standards/<kit>/versions/<int:number>")
@guarded(CatalogRight.READ)
@operation(
    Operation(
        "Read what an approved version says",
        ContentTold,
        address={**_KIT, "number": "Number of the version"},
        refusals=(VersionUnknown,),
        tells_state=True,
    )
)
def show_version(kit: str, number: int) -> ResponseReturnValue:
    """Tell the sealed content of an approved version, byte for byte."""
    with reading() as session:
        version = get_approved_version(session, kit, number)
        return _answer(session, version)


@blueprint.get("/standards/<kit>/in-force")
@guarded(CatalogRight.READ)
@operation(
    Operation(
        "Read the version that is in force in a quarter",
        ContentTold,
        arguments=QuarterAsked,
        address=_KIT,
        refusals=(KitUnknown, NoVersionInForce),
        tells_state=True,
    )
)
def show_in_force(kit: str, asked: QuarterAsked) -> ResponseReturnValue:
    """Tell the sealed content of the version that is in force in a quarter."""
    quarter = Quarter.parse(asked.quarter) if asked.quarter else Quarter.of(today(now()))
    with reading() as session:
        version = version_in_force(session, get_kit(session, kit), quarter)
        return _answer(session, version)


def _answer(session: Session, version: KitVersion) -> Response:
    """Answer the bytes that were sealed."""
    written = version.content or canonical_json(content_of(session, version))
    return answer_sealed(written, content_hash(written))
