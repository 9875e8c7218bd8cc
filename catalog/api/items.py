"""Items for programs."""

from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from catalog.api.blueprint import blueprint
from catalog.errors import ItemChanged, ItemMalformed, ItemStays, ItemUnknown, ReplacementUnfit
from catalog.models import Item
from catalog.permissions import CatalogRight
from catalog.queries.items import get_item
from catalog.queries.items_listed import list_items_after
from catalog.schemas.items import ItemPage, ItemsAsked, ItemSent, ItemTold, NewItem, Retirement, told_of
from catalog.services.items import edit_item, enter_item, restore_item as restore, retire_item as retire
from core.clock import now
from core.web.api.answers import answer_list, answer_with, check_state, lead_on, on_this_state
from core.web.api.operations import Operation, operation
from core.web.guards import current_actor, guarded
from core.web.lists import like_pattern
from core.web.session import reading, transaction

_CODE = {"code": "Code of an item, for example MILK25"}


@blueprint.get("/items")
@guarded(CatalogRight.READ)
@operation(Operation("List items by code", ItemPage, arguments=ItemsAsked, is_paged=True, tells_state=True))
def list_items(asked: ItemsAsked) -> ResponseReturnValue:
    """List items by code, page by page."""
    pattern = like_pattern(asked.q) if asked.q else ""
    with reading() as session:
        found = list_items_after(session, asked.after, pattern, asked.filters, most=asked.limit + 1)
        shown = [told_of(item) for item in found[: asked.limit]]
    following = shown[-1].code if len(found) > asked.limit else None
    response = answer_list(ItemPage(items=shown, next=following))
    if following is not None:
        asked_again = {"q": asked.q, **asked.filters} if asked.q else asked.filters
        lead_on(response, "catalog_api.list_items", **asked_again, after=following, limit=asked.limit)
    return response


@blueprint.post("/items")
@guarded(CatalogRight.EDIT_ITEMS)
@operation(Operation("Enter an item", ItemTold, status=201, body=NewItem, refusals=(ItemMalformed,), tells_state=True))
def create_item(sent: NewItem) -> ResponseReturnValue:
    """Enter a new component."""
    with transaction() as session:
        item = enter_item(session, sent.facts(sent.code), actor=current_actor(), at=now())
        return _answer(item, status=201)


@blueprint.get("/items/<code>")
@guarded(CatalogRight.READ)
@operation(Operation("Read an item", ItemTold, address=_CODE, refusals=(ItemUnknown,), tells_state=True))
def show_item(code: str) -> ResponseReturnValue:
    """Tell everything that is said about an item."""
    with reading() as session:
        return _answer(get_item(session, code))


@blueprint.put("/items/<code>")
@guarded(CatalogRight.EDIT_ITEMS)
@operation(
    Operation(
        "Replace what is said about an item",
        ItemTold,
        body=ItemSent,
        address=_CODE,
        refusals=(ItemUnknown, ItemMalformed),
        takes_state=True,
        tells_state=True,
    )
)
def replace_item(code: str, sent: ItemSent) -> ResponseReturnValue:
    """Replace everything that is said about an item; its code stays."""
    with transaction() as session, on_this_state(ItemChanged):
        item = get_item(session, code)
        check_state(str(item.revision))
        facts = sent.facts(item.code)
        return _answer(edit_item(session, item, facts, revision=item.revision, actor=current_actor(), at=now()))


@blueprint.post("/items/<code>/retire")
@guarded(CatalogRight.EDIT_ITEMS)
@operation(
    Operation(
        "Take an item out of use",
        ItemTold,
        body=Retirement,
        address=_CODE,
        refusals=(ItemUnknown, ItemStays, ReplacementUnfit),
        takes_state=True,
        tells_state=True,
    )
)
def retire_item(code: str, sent: Retirement) -> ResponseReturnValue:
    """Retire an item, with or without one that replaces it."""
    with transaction() as session, on_this_state(ItemChanged):
        item = get_item(session, code)
        check_state(str(item.revision))
        replacement, revision = sent.replaced_by or "", item.revision
        done = retire(session, item, replacement=replacement, revision=revision, actor=current_actor(), at=now())
        return _answer(done)


@blueprint.post("/items/<code>/restore")
@guarded(CatalogRight.EDIT_ITEMS)
@operation(
    Operation(
        "Take a retired item back into use",
        ItemTold,
        address=_CODE,
        refusals=(ItemUnknown, ItemStays),
        takes_state=True,
        tells_state=True,
    )
)
def restore_item(code: str) -> ResponseReturnValue:
    """Restore a retired item."""
    with transaction() as session:
        item = get_item(session, code)
        check_state(str(item.revision))
        return _answer(restore(session, item, actor=current_actor(), at=now()))


def _answer(item: Item, status: int = 200) -> Response:
    response = answer_with(told_of(item), status=status, state=str(item.revision))
    if status == 201:  # noqa: PLR2004 - created
        response.headers["Location"] = f"{blueprint.url_prefix}/items/{item.code}"
    return response
