"""Pages of items."""

from flask.typing import ResponseReturnValue

from catalog.models import Item
from catalog.permissions import CatalogRight
from catalog.queries.items import get_item, list_uses
from catalog.queries.items_listed import ITEM_FILTERS, ITEM_SORTS, count_items_by, items_statement
from catalog.rules.items import allergens_of
from catalog.values import ALLERGENS, ITEM_KINDS, UNITS
from catalog.views.blueprint import blueprint
from core.clock import now
from core.i18n import current_language, gettext as _, name_of
from core.web.exports import asked_format, export_response
from core.web.guards import guarded
from core.web.lists import ordered, read_list_query, slice_of
from core.web.pages import page
from core.web.session import reading


@blueprint.get("/items")
@guarded(CatalogRight.READ)
def list_items() -> ResponseReturnValue:
    """List the items: search in any of the three languages, filters with counts, export."""
    sorts = {name: columns[current_language()] for name, columns in ITEM_SORTS.items()}
    query = read_list_query(sorts=sorts, default="name", filters=ITEM_FILTERS)
    pattern, form = query.pattern if query.q else "", asked_format()
    with reading() as session:
        statement = ordered(items_statement(pattern, query.filters), query, sorts, Item.id)
        if form:
            items = list(session.scalars(statement))
            return export_response(form, _header(), map(_row, items), name="items", scope="", at=now())
        found = slice_of(session, statement, query)
        kinds, kits = (count_items_by(session, name, pattern, query.filters) for name in ("kind", "kit"))
    return page(query=query, found=found, kinds=kinds, kits=kits, item_kinds=ITEM_KINDS, units=UNITS)


def _header() -> list[str]:
    return [_("Code"), _("Name"), _("Kind"), _("Net content"), _("Unit"), _("Shelf life, days"), _("Allergens")]


def _row(item: Item) -> tuple[str | int | None, ...]:
    allergens = ", ".join(str(ALLERGENS.get(code, code)) for code in allergens_of([item.allergens]))
    kind, unit = str(ITEM_KINDS[item.kind]), str(UNITS[item.pack_unit])
    return item.code, name_of(item), kind, item.pack_net, unit, item.shelf_life_days, allergens


@blueprint.get("/items/<code>")
@guarded(CatalogRight.READ)
def show_item(code: str) -> ResponseReturnValue:
    """Show an item: pack, storage, allergens, trade numbers, and the sets it is in."""
    with reading() as session:
        item = get_item(session, code)
        uses = list_uses(session, item)
    return page(
        item=item,
        uses=uses,
        units=UNITS,
        item_kinds=ITEM_KINDS,
        allergen_names=ALLERGENS,
        allergens=allergens_of([item.allergens]),
        may_contain=allergens_of([item.may_contain]),
    )
