"""Pages of items: the list, one item, entering, editing, retiring and restoring."""

from collections.abc import Mapping, Sequence

from flask.typing import ResponseReturnValue

from catalog.forms.items import OWN_OF_PACKED_KITS, ItemForm, RetireForm
from catalog.models import Item
from catalog.permissions import CatalogRight
from catalog.queries.item_history import ItemChange, list_changes_since, list_history
from catalog.queries.items import (
    WITH_FACTS,
    facts_of,
    get_item,
    list_drafts_with,
    list_replaceable_by,
    list_replaced_by,
    list_uses,
    list_versions_counting_on,
)
from catalog.queries.items_listed import (
    ITEM_FILTERS,
    ITEM_SORTS,
    SIZES_BEHIND,
    count_items_by,
    count_sizes,
    items_statement,
)
from catalog.rules.items import merged, tidied
from catalog.services.items import (
    edit_item as keep_item,
    enter_item as add_item,
    restore_item as take_back,
    retire_item as take_out,
)
from catalog.values import ALLERGENS, ITEM_KINDS, ITEM_STATES, UNITS, ItemKind
from catalog.views.blueprint import blueprint
from catalog.views.item_columns import send_items
from catalog.views.item_words import (
    ACTS,
    allergen_words,
    nutrient_rows,
    shown,
    shown_changes,
    version_names,
)
from core.clock import now, today
from core.i18n import current_language, name_of, text
from core.quarters import Quarter
from core.web.exports import asked_format
from core.web.forms import ActForm
from core.web.guards import current_actor, guarded
from core.web.lists import ListQuery, ordered, read_list_query, slice_of
from core.web.pages import page, redirect_to, told
from core.web.session import reading, transaction

_COLUMNS = ("code", "kind", "net", "shelf_life", "storage", "allergens", "gtins", "price", "state")
_HIDDEN = {"allergens", "gtins", "price", "state"}
_CHOICES = {"kind": ITEM_KINDS, "state": ITEM_STATES, "unit": UNITS, "allergen": ALLERGENS, "kit": None}


@blueprint.get("/items")
@guarded(CatalogRight.READ)
def list_items() -> ResponseReturnValue:
    """List the items: search in any of the three languages, filters with counts, export."""
    sorts = {name: columns[current_language()] for name, columns in ITEM_SORTS.items()}
    query = read_list_query(sorts=sorts, default="name", filters=ITEM_FILTERS, columns=_COLUMNS, hidden=_HIDDEN)
    pattern, form = query.pattern if query.q else "", asked_format()
    chosen = query.filters if query.q else {"sizes": SIZES_BEHIND, **query.filters}
    statement = ordered(items_statement(pattern, chosen), query, sorts, Item.id)
    with reading() as session:
        if form:
            return send_items(form, session.scalars(statement.options(*WITH_FACTS)))
        found = slice_of(session, statement, query)
        sizes = count_sizes(session, [item for (item,) in found.rows])
        counts = {name: count_items_by(session, name, pattern, chosen) for name in _CHOICES}
    return page(
        query=query,
        found=found,
        sizes=sizes,
        chips_of={name: _chips(name, counts[name], query) for name in _CHOICES},
        item_kinds=ITEM_KINDS,
        units=UNITS,
        allergen_words=allergen_words,
        shown=shown,
        may_edit=current_actor().may(CatalogRight.EDIT_ITEMS),
    )


@blueprint.get("/items/<code>")
@guarded(CatalogRight.READ)
def show_item(code: str) -> ResponseReturnValue:
    """Show an item: pack, storage, allergens, nutrients, sizes, the sets it is in, and what became of it."""
    with reading() as session:
        item = get_item(session, code)
        values = {
            "uses": list_uses(session, item),
            "drafts": list_drafts_with(session, item),
            "replaces": list_replaced_by(session, item),
            "history": list_history(session, item),
        }
    return page(
        item=item,
        nutrients=nutrient_rows(item),
        units=UNITS,
        item_kinds=ITEM_KINDS,
        allergen_words=allergen_words,
        shown=shown,
        acts=ACTS,
        shown_changes=shown_changes,
        act_form=ActForm(),
        may_edit=current_actor().may(CatalogRight.EDIT_ITEMS),
        **values,
    )


@blueprint.route("/items/new", methods=["GET", "POST"])
@guarded(CatalogRight.EDIT_ITEMS)
def enter_item() -> ResponseReturnValue:
    """Enter a new component."""
    form = ItemForm()
    entered = form.accepts(lambda: _enter(form))
    if entered is None:
        return page(form=form)
    told(text("%(name)s is entered.", name=name_of(entered)))
    return redirect_to("catalog.show_item", code=entered.code)


@blueprint.route("/items/<code>/edit", methods=["GET", "POST"])
@guarded(CatalogRight.EDIT_ITEMS)
def edit_item(code: str) -> ResponseReturnValue:
    """Edit what is said about an item; what somebody else changed meanwhile is shown, and what was typed stays."""
    form = ItemForm()
    with reading() as session:
        item = get_item(session, code)
        meanwhile = list_changes_since(session, item, _revision(form, item))
    form.keep_only(OWN_OF_PACKED_KITS if item.kind == ItemKind.PACKED_KIT else frozenset(form.data) - {"code"})
    if not form.is_submitted():
        form.show(facts_of(item))
    edited = form.accepts(lambda: _edit(form, code))
    if edited is None:
        _take_over(form, item, meanwhile)
        return page(form=form, item=item, meanwhile=meanwhile, acts=ACTS, shown_changes=shown_changes)
    told(text("The changes are saved."))
    return redirect_to("catalog.show_item", code=edited.code)


@blueprint.route("/items/<code>/retire", methods=["GET", "POST"])
@guarded(CatalogRight.EDIT_ITEMS)
def retire_item(code: str) -> ResponseReturnValue:
    """Retire a component, and say what replaces it."""
    form = RetireForm()
    with reading() as session:
        item = get_item(session, code)
        form.offer(list_replaceable_by(session, item))
        counting = list_versions_counting_on(session, item, Quarter.of(today(now())))
        drafts = list_drafts_with(session, item)
    retired = form.accepts(lambda: _retire(form, code))
    if retired is None:
        form.revision.data = str(item.revision)
        return page(form=form, item=item, counting=counting, drafts=drafts, version_names=version_names)
    told(text("%(name)s is retired.", name=name_of(retired)))
    return redirect_to("catalog.show_item", code=retired.code)


@blueprint.post("/items/<code>/restore")
@guarded(CatalogRight.EDIT_ITEMS)
def restore_item(code: str) -> ResponseReturnValue:
    """Take a retired item back into use."""
    with transaction() as session:
        restored = take_back(session, get_item(session, code), actor=current_actor(), at=now())
    told(text("%(name)s is in use again.", name=name_of(restored)))
    return redirect_to("catalog.show_item", code=restored.code)


def _chips(name: str, counts: dict[str, int], query: ListQuery) -> list[tuple[str, object, int]]:
    """Return the choices of a filter that leave something, and the one that is chosen."""
    words: Mapping[str, object] = _CHOICES[name] or {
        code: code for code in sorted({*counts, query.filters.get(name, "")})
    }
    chosen = query.filters.get(name)
    return [(code, word, counts.get(code, 0)) for code, word in words.items() if counts.get(code) or code == chosen]


def _revision(form: ItemForm | RetireForm, item: Item) -> int:
    """Return the revision that the page was opened with."""
    typed = str(form.revision.data or "")
    if not form.is_submitted():
        return item.revision
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0  # noqa: PLR2004 - int4


def _take_over(form: ItemForm, item: Item, meanwhile: Sequence[ItemChange]) -> None:
    """Let the page count from the item as it is now; where nothing else was typed, it shows what others changed."""
    if form.is_submitted() and meanwhile:
        if form.errors:
            return
        changes: dict[str, tuple[object, object]] = {}
        for one in reversed(meanwhile):
            for field in one.fields:
                changes[field.field] = (changes.get(field.field, (field.before, None))[0], field.after)
        form.show(merged(tidied(form.facts(facts_of(item))), changes))
    form.revision.data = str(item.revision)


def _enter(form: ItemForm) -> Item:
    with transaction() as session:
        return add_item(session, form.facts(), actor=current_actor(), at=now())


def _edit(form: ItemForm, code: str) -> Item:
    with transaction() as session:
        item = get_item(session, code)
        facts, revision = form.facts(facts_of(item)), _revision(form, item)
        return keep_item(session, item, facts, revision=revision, actor=current_actor(), at=now())


def _retire(form: RetireForm, code: str) -> Item:
    with transaction() as session:
        item = get_item(session, code)
        replacement, revision = form.replacement.data or "", _revision(form, item)
        return take_out(session, item, replacement=replacement, revision=revision, actor=current_actor(), at=now())
