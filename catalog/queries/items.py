"""Reads of items: one item, what is said about it, what is wrong with what shall be said, where it is used."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from catalog.errors import ItemUnknown
from catalog.models import Item, ItemGtin, KitLine, KitSubstitute, KitVersion
from catalog.rules.gtin import same_numbers
from catalog.rules.items import allergens_of, differences, faults_of, tidied
from catalog.values import UNITS, ItemFacts, ItemKind, VersionStatus
from core.errors import Fault
from core.i18n import text
from core.quarters import Quarter

WITH_FACTS: Sequence[ORMOption] = (
    selectinload(Item.gtins),
    selectinload(Item.nutrients),
    selectinload(Item.base),
    selectinload(Item.replaced_by),
)
"""What a statement of items needs as options, so that `facts_of` can read them, and what replaces them."""

_OF_PACKED_KITS = {"gtins", "storage_min_c", "storage_max_c", "note"}


def get_item(session: Session, code: str) -> Item:
    """Return an item with its facts, its sizes and what replaces it.

    Raises:
        ItemUnknown: there is none with that code.
    """
    found = find_item(session, code)
    if found is None:
        raise ItemUnknown(text("There is no item with the code %(code)s.", code=code))
    return found


def find_item(session: Session, code: str) -> Item | None:
    """Return an item with its facts, its sizes and what replaces it, or None; small letters are as good as capitals."""
    written = code.upper() if code.isascii() else code
    statement = select(Item).where(Item.code == written).options(*WITH_FACTS, selectinload(Item.variants))
    return session.scalar(statement)


def list_item_ids(session: Session, codes: Collection[str]) -> Mapping[str, int]:
    """Return the ids of items by code.

    Raises:
        ItemUnknown: one of the codes is not there; the sentence names it.
    """
    found = {row[0]: row[1] for row in session.execute(select(Item.code, Item.id).where(Item.code.in_(codes)))}
    missing = next((code for code in codes if code not in found), None)
    if missing is not None:
        raise ItemUnknown(text("There is no item with the code %(code)s.", code=missing))
    return found


def facts_of(item: Item) -> ItemFacts:
    """Return what is said about an item that was read with `WITH_FACTS`."""
    return ItemFacts(
        code=item.code,
        name_kk=item.name_kk,
        name_ru=item.name_ru,
        name_en=item.name_en,
        pack_net=item.pack_net,
        pack_unit=item.pack_unit,
        pack_grams=item.pack_grams,
        gtins=tuple(one.gtin for one in item.gtins),
        storage_min_c=item.storage_min_c,
        storage_max_c=item.storage_max_c,
        shelf_life_days=item.shelf_life_days,
        allergens=tuple(allergens_of([item.allergens])),
        may_contain=tuple(allergens_of([item.may_contain])),
        nutrients={one.nutrient: one.milli for one in item.nutrients},
        nutrient_source=item.nutrient_source,
        hs_code=item.hs_code,
        reference_price_tiyn=item.reference_price_tiyn,
        note=item.note,
        variant_of=item.base.code if item.base is not None else "",
        variant=item.variant,
    )


def list_faults(session: Session, facts: ItemFacts, item: Item | None) -> list[Fault]:
    """Return everything that speaks against entering `facts` as a new item, or as what is said about `item`.

    These are the faults that the facts show by themselves, and those that only the catalogue knows: a code or trade
    number that is taken, a size of nothing, a pack that an approved standard counts on.
    """
    given = tidied(facts)
    if item is not None and item.kind == ItemKind.PACKED_KIT:
        return _faults_of_packed_kit(session, given, item)
    alone = faults_of(given)
    wrong = {fault.field for fault in alone}
    known = [*_taken(session, given, item), *_fixed(session, given, item), *_misplaced(session, given, item)]
    return [*alone, *(fault for fault in known if fault.field not in wrong)]


def list_uses(session: Session, item: Item) -> list[tuple[KitVersion, int]]:
    """Return the approved versions of standards that an item is in, with the packs of it."""
    statement = (
        select(KitVersion, KitLine.packs)
        .join(KitLine, KitLine.version_id == KitVersion.id)
        .where(KitLine.item_id == item.id, KitVersion.status == VersionStatus.APPROVED)
        .order_by(KitVersion.kit_kind_id, KitVersion.number.desc())
    )
    return [(version, packs) for version, packs in session.execute(statement)]


def list_drafts_with(session: Session, item: Item) -> Sequence[KitVersion]:
    """Return the drafts that have an item as a line or a substitute."""
    return session.scalars(_having(item).where(KitVersion.status == VersionStatus.DRAFT)).all()


def list_versions_counting_on(session: Session, item: Item, quarter: Quarter) -> Sequence[KitVersion]:
    """Return the versions that have an item as a line or a substitute and are in force in a quarter, or come later."""
    begun = (
        select(KitVersion.kit_kind_id, func.max(KitVersion.effective_from))
        .where(KitVersion.status == VersionStatus.APPROVED, KitVersion.effective_from <= quarter)
        .group_by(KitVersion.kit_kind_id)
    )
    in_force = dict(session.execute(begun).all())
    approved = session.scalars(_having(item).where(KitVersion.status == VersionStatus.APPROVED))
    return [one for one in approved if one.effective_from >= in_force.get(one.kit_kind_id, quarter)]


def list_replaceable_by(session: Session, item: Item) -> Sequence[Item]:
    """Return the items that may replace an item: other components that are not retired, by code."""
    statement = select(Item).where(Item.id != item.id, Item.kind == ItemKind.COMPONENT, Item.retired_at.is_(None))
    return session.scalars(statement.order_by(Item.code)).all()


def list_replaced_by(session: Session, item: Item) -> Sequence[Item]:
    """Return the retired items that an item replaces, by code."""
    return session.scalars(select(Item).where(Item.replaced_by_id == item.id).order_by(Item.code)).all()


def _having(item: Item) -> Select[KitVersion]:
    lines = select(KitLine.version_id).where(KitLine.item_id == item.id)
    substitutes = select(KitSubstitute.version_id).where(KitSubstitute.substitute_id == item.id)
    return (
        select(KitVersion)
        .where(or_(KitVersion.id.in_(lines), KitVersion.id.in_(substitutes)))
        .order_by(KitVersion.kit_kind_id, KitVersion.number)
    )


def _faults_of_packed_kit(session: Session, given: ItemFacts, item: Item) -> list[Fault]:
    stored = facts_of(item)
    message = text("This comes with the kind of set. Change it there; here, leave it as it is.")
    changed = differences(stored, given)
    fixed = [Fault(name, message) for name in changed if name not in _OF_PACKED_KITS]
    own = replace(stored, **{name: getattr(given, name) for name in _OF_PACKED_KITS})
    return [*fixed, *(one for one in faults_of(own) if one.field in _OF_PACKED_KITS), *_taken(session, own, item)]


def _taken(session: Session, given: ItemFacts, item: Item | None) -> Iterator[Fault]:
    """Yield what belongs to another item already."""
    if item is None:
        other = session.scalar(select(Item).where(Item.code == given.code))
        if other is not None:
            yield Fault("code", text("%(code)s is the code of another item. Choose another code.", code=given.code))
    numbers = {one for gtin in given.gtins for one in same_numbers(gtin)}
    if not numbers:
        return
    owners = select(ItemGtin.gtin, Item.id, Item.code).join(Item, Item.id == ItemGtin.item_id)
    for gtin, owner_id, owner in session.execute(owners.where(ItemGtin.gtin.in_(numbers)).order_by(ItemGtin.gtin)):
        if item is None or owner_id != item.id:
            yield Fault(
                "gtins",
                text(
                    "%(gtin)s is a trade number of the item %(code)s. Take it off there first, or off here.",
                    gtin=gtin,
                    code=owner,
                ),
            )


def _fixed(session: Session, given: ItemFacts, item: Item | None) -> Iterator[Fault]:
    """Yield what an item may no longer change: its code, and the pack that an approved standard counts on."""
    if item is None:
        return
    if given.code != item.code:
        yield Fault(
            "code",
            text("The code of an item does not change: files and papers name it. It is %(code)s.", code=item.code),
        )
    if (given.pack_net, given.pack_unit) == (item.pack_net, item.pack_unit):
        return
    approved = _having(item).where(KitVersion.status == VersionStatus.APPROVED).limit(1)
    found = session.scalar(approved)
    if found is not None:
        yield Fault(
            "pack_net",
            text(
                "An approved standard, %(kit)s, counts on packs of %(net)s %(unit)s. Another pack is another item: "
                "enter it and retire this one.",
                kit=found.kit_kind.code,
                net=item.pack_net,
                unit=UNITS[item.pack_unit],
            ),
        )


def _misplaced(session: Session, given: ItemFacts, item: Item | None) -> Iterator[Fault]:
    """Yield what is wrong with the item that this one shall be a size of."""
    if not given.variant_of:
        return
    base = session.scalar(select(Item).where(Item.code == given.variant_of))
    if base is None or base.kind != ItemKind.COMPONENT:
        yield Fault("variant_of", text("There is no component with the code %(code)s.", code=given.variant_of[:40]))
    elif base.variant_of_id is not None:
        yield Fault(
            "variant_of",
            text(
                "%(code)s is a size itself, and sizes have no sizes. Name the item that it is a size of.",
                code=base.code,
            ),
        )
    elif item is not None and session.scalar(select(Item.id).where(Item.variant_of_id == item.id).limit(1)):
        yield Fault("variant_of", text("This item has sizes of its own, so it cannot be a size of another."))
    elif base.retired_at is not None and (item is None or item.variant_of_id != base.id):
        yield Fault("variant_of", text("%(code)s is retired and takes no new sizes. Restore it first.", code=base.code))
    else:
        same = select(Item).where(Item.variant_of_id == base.id, Item.variant == given.variant)
        for other in session.scalars(same):
            if item is None or other.id != item.id:
                yield Fault(
                    "variant",
                    text("%(code)s is this size of it already. Enter another size.", code=other.code),
                )
