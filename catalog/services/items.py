"""Writes of items: they are entered, edited, retired and restored, each with a trace of what changed."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from catalog.errors import ItemChanged, ItemMalformed, ItemStays, ReplacementUnfit
from catalog.models import Item, ItemGtin, ItemNutrient
from catalog.queries.item_history import find_last_change
from catalog.queries.items import facts_of, find_item, get_item, list_faults, list_versions_counting_on
from catalog.rules.items import differences, tidied
from catalog.values import ItemFacts, ItemKind
from core.actors import Actor
from core.audit import record
from core.clock import today
from core.database import named
from core.i18n import format_instant, text
from core.quarters import Quarter


def enter_item(session: Session, facts: ItemFacts, *, actor: Actor, at: datetime) -> Item:
    """Enter a new component; packed sets come with their kind.

    Raises:
        ItemMalformed: with every fault of what was given.
    """
    given = tidied(facts)
    _hold(session, given.variant_of)
    _refuse_faults(session, given, None)
    item = Item(kind=ItemKind.COMPONENT, code=given.code, **_columns(session, given))
    session.add(item)
    session.flush()
    _write_parts(session, item, given)
    _trace(session, "catalog.enter_item", item, differences(None, given), actor=actor, at=at)
    return _read_anew(session, item)


def edit_item(session: Session, item: Item, facts: ItemFacts, *, revision: int, actor: Actor, at: datetime) -> Item:
    """Change what is said about an item as it was at a revision; the same facts again change nothing.

    The code stays for ever, and so does the pack once an approved standard counts on it. Of a packed set, only trade
    numbers, storage and note are its own; the rest comes with its kind.

    Raises:
        ItemChanged: somebody else changed it after that revision.
        ItemMalformed: with every fault of what was given.
    """
    given = tidied(facts)
    _hold(session, item.code, given.variant_of)
    stored = _read_anew(session, item)
    changed = differences(facts_of(stored), given)
    if not changed:
        return stored
    _refuse_stale(session, stored, revision)
    _refuse_faults(session, given, stored)
    for column, value in _columns(session, given).items():
        setattr(stored, column, value)
    stored.revision += 1
    session.flush()
    _write_parts(session, stored, given)
    _trace(session, "catalog.edit_item", stored, changed, actor=actor, at=at)
    return _read_anew(session, stored)


def retire_item(
    session: Session, item: Item, *, replacement: str = "", revision: int, actor: Actor, at: datetime
) -> Item:
    """Retire a component, optionally naming the code of what replaces it: no new draft or size may use it.

    What a standard in force or to come counts on is retired only with a replacement, or people would be promised what
    nobody orders any more.

    Raises:
        ItemStays: it is a packed set, retired already, has sizes, or a standard counts on it.
        ReplacementUnfit: the replacement is unknown, retired, the item itself or a packed set.
        ItemChanged: somebody else changed it after that revision.
    """
    code = replacement.strip().upper()
    _hold(session, item.code, code)
    stored = _read_anew(session, item)
    if stored.retired_at is not None:
        raise ItemStays(text("This item is retired already."))
    _refuse_stale(session, stored, revision)
    target = _replacement(session, stored, code) if code else None
    _refuse_staying(session, stored, at=at, replaced=target is not None)
    stored.retired_at, stored.replaced_by_id = at, target.id if target else None
    stored.revision += 1
    session.flush()
    detail = {"replaced_by": (None, target.code)} if target else {}
    _trace(session, "catalog.retire_item", stored, detail, actor=actor, at=at)
    return _read_anew(session, stored)


def restore_item(session: Session, item: Item, *, actor: Actor, at: datetime) -> Item:
    """Take a retired item back into use; what replaced it no longer does.

    Raises:
        ItemStays: it is not retired, or it is a size of a retired item.
    """
    _hold(session, item.code)
    stored = _read_anew(session, item)
    if stored.retired_at is None:
        raise ItemStays(text("This item is in use already."))
    if stored.base is not None and stored.base.retired_at is not None:
        raise ItemStays(
            text("This is a size of %(code)s, which is retired. Restore that item first.", code=stored.base.code)
        )
    detail = {"replaced_by": (stored.replaced_by.code, None)} if stored.replaced_by is not None else {}
    stored.retired_at = stored.replaced_by_id = None
    stored.revision += 1
    session.flush()
    _trace(session, "catalog.restore_item", stored, detail, actor=actor, at=at)
    return _read_anew(session, stored)


def _hold(session: Session, *codes: str) -> None:
    """Let nobody else change these items before this is done; in one order, so that two never wait for each other."""
    wanted = sorted({code for code in codes if code})
    session.scalars(select(Item.id).where(Item.code.in_(wanted)).order_by(Item.id).with_for_update()).all()


def _read_anew(session: Session, item: Item) -> Item:
    session.expire(item)
    return get_item(session, session.scalars(select(Item.code).where(Item.id == item.id)).one())


def _refuse_faults(session: Session, given: ItemFacts, item: Item | None) -> None:
    faults = list_faults(session, given, item)
    if faults:
        raise ItemMalformed(faults)


def _refuse_stale(session: Session, item: Item, revision: int) -> None:
    if item.revision == revision:
        return
    last = find_last_change(session, item)
    if last is None:
        raise ItemChanged(
            text("Somebody changed this item after you opened it. Look at what changed, then decide and save again.")
        )
    raise ItemChanged(
        text(
            "%(who)s changed this item on %(when)s, after you opened it. Look at what changed, then decide and "
            "save again.",
            who=last.who or text("Somebody"),
            when=format_instant(last.at),
        )
    )


def _replacement(session: Session, item: Item, code: str) -> Item:
    target = find_item(session, code)
    if target is None or target.kind != ItemKind.COMPONENT:
        raise ReplacementUnfit(text("There is no component with the code %(code)s.", code=code[:40]))
    if target.id == item.id:
        raise ReplacementUnfit(text("An item does not replace itself. Choose another one."))
    if target.retired_at is not None:
        raise ReplacementUnfit(text("%(code)s is retired itself. Choose an item that is in use.", code=target.code))
    if target.variant_of_id == item.id:
        raise ReplacementUnfit(text("%(code)s is a size of this item. Choose another one.", code=target.code))
    return target


def _refuse_staying(session: Session, item: Item, *, at: datetime, replaced: bool) -> None:
    if item.kind != ItemKind.COMPONENT:
        raise ItemStays(text("A packed set ends with its kind of set. Deactivate the kind."))
    sizes = [one.code for one in item.variants if one.retired_at is None]
    if sizes:
        raise ItemStays(text("This item has sizes in use: %(codes)s. Retire them first.", codes=", ".join(sizes)))
    counting = list_versions_counting_on(session, item, Quarter.of(today(at)))
    if counting and not replaced:
        named_versions = ", ".join(f"{one.kit_kind.code} · {one.number}" for one in counting)
        raise ItemStays(
            text(
                "Standards in force or to come count on this item: %(versions)s. Name the item that replaces it.",
                versions=named_versions,
            )
        )


def columns_of(given: ItemFacts, base_id: int | None) -> dict[str, object]:
    """Return the columns in which facts are kept; `base_id` is the item that this one is a size of."""
    return {
        **named(given.name_kk, given.name_ru, given.name_en),
        "pack_net": given.pack_net,
        "pack_unit": given.pack_unit,
        "pack_grams": given.pack_grams,
        "storage_min_c": given.storage_min_c,
        "storage_max_c": given.storage_max_c,
        "shelf_life_days": given.shelf_life_days,
        "allergens": ";".join(given.allergens),
        "may_contain": ";".join(given.may_contain),
        "nutrient_source": given.nutrient_source,
        "hs_code": given.hs_code,
        "reference_price_tiyn": given.reference_price_tiyn,
        "note": given.note,
        "variant_of_id": base_id,
        "variant": given.variant,
    }


def trace_of(revision: int, changed: Mapping[str, tuple[object, object]]) -> dict[str, object]:
    """Return what the trail keeps of a change: each field, what it was and what it is."""
    return {"revision": revision, "changes": {name: list(pair) for name, pair in changed.items()}}


def _columns(session: Session, given: ItemFacts) -> Mapping[str, object]:
    base = select(Item.id).where(Item.code == given.variant_of)
    return columns_of(given, session.scalar(base) if given.variant_of else None)


def _write_parts(session: Session, item: Item, given: ItemFacts) -> None:
    session.execute(delete(ItemGtin).where(ItemGtin.item_id == item.id))
    session.execute(delete(ItemNutrient).where(ItemNutrient.item_id == item.id))
    session.add_all(ItemGtin(gtin=gtin, item_id=item.id) for gtin in given.gtins)
    session.add_all(
        ItemNutrient(item_id=item.id, nutrient=code, milli=milli) for code, milli in given.nutrients.items()
    )
    session.flush()


def _trace(
    session: Session,
    action: str,
    item: Item,
    changed: Mapping[str, tuple[object, object]],
    *,
    actor: Actor,
    at: datetime,
) -> None:
    record(
        session,
        actor_id=actor.id,
        action=action,
        subject="item",
        subject_id=item.code,
        at=at,
        detail=trace_of(item.revision, changed),
    )
