"""Pages of sets: the standard in force, and its versions."""

from flask import request, url_for
from flask.typing import ResponseReturnValue

from catalog.errors import NoVersionInForce
from catalog.permissions import CatalogRight
from catalog.queries.kits import get_kit, list_kits as kits_of
from catalog.queries.versions import find_version_in_force, list_versions
from catalog.rules.items import allergens_of, net_content
from catalog.values import ALLERGENS, UNITS
from catalog.views.blueprint import blueprint
from core.clock import now, today
from core.i18n import format_quarter, text
from core.quarters import Quarter
from core.web.guards import guarded
from core.web.pages import page
from core.web.session import reading


@blueprint.get("/kits")
@guarded(CatalogRight.READ)
def list_kits() -> ResponseReturnValue:
    """List the sets with the version in force now."""
    quarter = Quarter.of(today(now()))
    with reading() as session:
        rows = [(kit, find_version_in_force(session, kit, quarter)) for kit in kits_of(session)]
    return page(rows=rows, quarter=quarter)


@blueprint.get("/kits/<code>")
@guarded(CatalogRight.READ)
def show_kit(code: str) -> ResponseReturnValue:
    """Show a set: what is in it in a quarter, on what legal basis, and its versions."""
    quarter = _quarter(request.args.get("quarter"))
    with reading() as session:
        kit = get_kit(session, code)
        version = find_version_in_force(session, kit, quarter)
        versions = list_versions(session, kit)
    return page(
        kit=kit,
        version=version,
        versions=versions,
        quarter=quarter,
        quarter_chip={"label": format_quarter(quarter), "href": url_for("catalog.show_kit", code=code)},
        net_content=net_content,
        allergens_of=allergens_of,
        units=UNITS,
        allergen_names=ALLERGENS,
        allergens=allergens_of([line.item.allergens for line in version.lines]) if version else [],
        may_contain=allergens_of([line.item.may_contain for line in version.lines]) if version else [],
    )


def _quarter(written: str | None) -> Quarter:
    try:
        return Quarter.parse(written) if written else Quarter.of(today(now()))
    except ValueError:
        raise NoVersionInForce(text("There is no such quarter.")) from None
