"""Reads of the catalogue: items, sets, and the version of a standard that is in force."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, selectinload

from catalog.errors import ItemUnknown, KitUnknown, NoVersionInForce
from catalog.models import Item, KitKind, KitLine, KitVersion
from catalog.values import VersionStatus
from core.i18n import text
from core.quarters import Quarter

ITEM_SORTS: Mapping[str, Mapping[str, InstrumentedAttribute[str]]] = {
    "name": {"kk": Item.sort_kk, "ru": Item.sort_ru, "en": Item.sort_en},
    "code": {"kk": Item.code, "ru": Item.code, "en": Item.code},
}
"""Orders of the list of items, by language."""


def list_kits(session: Session) -> Sequence[KitKind]:
    """Return all kinds of sets by code."""
    return session.scalars(select(KitKind).order_by(KitKind.code)).all()


def get_kit(session: Session, code: str) -> KitKind:
    """Return a kind of sets.

    Raises:
        KitUnknown: there is none with that code.
    """
    found = session.scalar(select(KitKind).where(KitKind.code == code))
    if found is None:
        raise KitUnknown(text("There is no set with the code %(code)s.", code=code))
    return found


def find_version_in_force(session: Session, kit: KitKind, quarter: Quarter) -> KitVersion | None:
    """Return the version in force with its lines, or None before the first: "superseded" is derived, never stored.

    That is the approved version with the latest `effective_from` up to the quarter, one for the whole country.
    """
    statement = (
        select(KitVersion)
        .where(
            KitVersion.kit_kind_id == kit.id,
            KitVersion.status == VersionStatus.APPROVED,
            KitVersion.effective_from <= quarter,
        )
        .order_by(KitVersion.effective_from.desc())
        .limit(1)
        .options(selectinload(KitVersion.lines))
    )
    return session.scalar(statement)


def version_in_force(session: Session, kit: KitKind, quarter: Quarter) -> KitVersion:
    """Return the version of a standard that is in force in a quarter, with its lines.

    Raises:
        NoVersionInForce: none is approved for so early a quarter.
    """
    found = find_version_in_force(session, kit, quarter)
    if found is None:
        message = text("No version of %(kit)s is in force in %(quarter)s.", kit=kit.code, quarter=str(quarter))
        raise NoVersionInForce(message)
    return found


def list_versions(session: Session, kit: KitKind) -> Sequence[KitVersion]:
    """Return the versions of a standard, the latest first."""
    statement = select(KitVersion).where(KitVersion.kit_kind_id == kit.id)
    return session.scalars(statement.order_by(KitVersion.number.desc())).all()


def items_statement(pattern: str, filters: Mapping[str, str]) -> Select[Item]:
    """Return the statement of the list of items. Filters: `kind`, and `kit`, a set whose standard has the item."""
    statement = select(Item)
    if pattern:
        statement = statement.where(Item.search_text.like(pattern, escape="\\"))
    if filters.get("kind"):
        statement = statement.where(Item.kind == filters["kind"])
    if filters.get("kit"):
        inside = (
            select(KitLine.item_id)
            .join(KitVersion, KitVersion.id == KitLine.version_id)
            .join(KitKind, KitKind.id == KitVersion.kit_kind_id)
            .where(KitKind.code == filters["kit"], KitVersion.status == VersionStatus.APPROVED)
        )
        statement = statement.where(Item.id.in_(inside))
    return statement


def count_items_by_kind(session: Session, pattern: str, filters: Mapping[str, str]) -> dict[str, int]:
    """Return how many items of each kind the other filters leave."""
    found = items_statement(pattern, {name: value for name, value in filters.items() if name != "kind"})
    counted = found.with_only_columns(Item.kind, func.count()).group_by(Item.kind)
    return dict(session.execute(counted).all())


def count_items_by_kit(session: Session, pattern: str, filters: Mapping[str, str]) -> dict[str, int]:
    """Return how many items of each set's standard the other filters leave."""
    others = {name: value for name, value in filters.items() if name != "kit"}
    found = items_statement(pattern, others).with_only_columns(Item.id)
    counted = (
        select(KitKind.code, func.count(KitLine.item_id.distinct()))
        .join(KitVersion, KitVersion.kit_kind_id == KitKind.id)
        .join(KitLine, KitLine.version_id == KitVersion.id)
        .where(KitVersion.status == VersionStatus.APPROVED, KitLine.item_id.in_(found))
        .group_by(KitKind.code)
    )
    return dict(session.execute(counted).all())


def get_item(session: Session, code: str) -> Item:
    """Return an item with its trade numbers.

    Raises:
        ItemUnknown: there is none with that code.
    """
    found = session.scalar(select(Item).where(Item.code == code).options(selectinload(Item.gtins)))
    if found is None:
        raise ItemUnknown(text("There is no item with the code %(code)s.", code=code))
    return found


def list_uses(session: Session, item: Item) -> list[tuple[KitVersion, int]]:
    """Return the approved versions of standards that an item is in, with the packs of it."""
    statement = (
        select(KitVersion, KitLine.packs)
        .join(KitLine, KitLine.version_id == KitVersion.id)
        .where(KitLine.item_id == item.id, KitVersion.status == VersionStatus.APPROVED)
        .order_by(KitVersion.kit_kind_id, KitVersion.number.desc())
    )
    return [(version, packs) for version, packs in session.execute(statement)]
