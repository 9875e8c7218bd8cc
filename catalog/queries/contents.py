"""What a version of a standard says: the sealed value of an approved one, built from rows for a draft."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from catalog.models import Item, KitKind, KitLine, KitSubstitute, KitVersion
from catalog.rules.contents import (
    ContentItem,
    ContentKit,
    ContentLine,
    ContentSubstitute,
    Names,
    StandardContent,
    read_content,
)
from catalog.rules.items import allergens_of


def content_of(session: Session, version: KitVersion) -> StandardContent:
    """Return everything that a version says: as it was sealed, or as a draft stands now."""
    return read_content(version.content) if version.content else build_content(session, version)


def build_content(session: Session, version: KitVersion) -> StandardContent:
    """Return what the rows of a version say now, whatever is sealed; five statements however many lines."""
    lines = session.scalars(select(KitLine).where(KitLine.version_id == version.id).order_by(KitLine.position)).all()
    substitutes = session.scalars(
        select(KitSubstitute).where(KitSubstitute.version_id == version.id).order_by(KitSubstitute.id)
    ).all()
    ids = {line.item_id for line in lines} | {one.substitute_id for one in substitutes}
    items = content_items(session, ids)
    return StandardContent(
        kit=_kit(version.kit_kind),
        number=version.number,
        effective_from=version.effective_from,
        legal_document=Names(version.legal_document_kk, version.legal_document_ru, version.legal_document_en),
        legal_number=version.legal_number,
        legal_on=version.legal_on,
        change_note=Names(version.change_note_kk, version.change_note_ru, version.change_note_en),
        lines=tuple(ContentLine(number, items[line.item_id], line.packs) for number, line in enumerate(lines, start=1)),
        substitutes=tuple(_substitute(one, items) for one in substitutes),
    )


def content_items(session: Session, ids: Iterable[int]) -> dict[int, ContentItem]:
    """Return items as a version would say them now, by id, with nutrients and the codes of their sizes."""
    statement = (
        select(Item)
        .where(Item.id.in_(set(ids)))
        .options(selectinload(Item.nutrients), selectinload(Item.variants))
        .execution_options(populate_existing=True)
    )
    return {item.id: _item(item) for item in session.scalars(statement)}


def _kit(kit: KitKind) -> ContentKit:
    return ContentKit(
        code=kit.code,
        group=kit.group,
        names=Names(kit.name_kk, kit.name_ru, kit.name_en),
        age_from_months=kit.age_from_months,
        age_to_months=kit.age_to_months,
        interval_quarters=kit.interval_quarters,
        for_award=kit.for_award,
        for_sex=kit.for_sex,
    )


def _item(item: Item) -> ContentItem:
    return ContentItem(
        code=item.code,
        names=Names(item.name_kk, item.name_ru, item.name_en),
        pack_net=item.pack_net,
        pack_unit=item.pack_unit,
        pack_grams=item.pack_grams,
        shelf_life_days=item.shelf_life_days,
        storage_min_c=item.storage_min_c,
        storage_max_c=item.storage_max_c,
        allergens=tuple(allergens_of([item.allergens])),
        may_contain=tuple(allergens_of([item.may_contain])),
        reference_price_tiyn=item.reference_price_tiyn,
        nutrient_source=item.nutrient_source,
        nutrients={one.nutrient: one.milli for one in item.nutrients},
        variants=tuple(sorted(one.code for one in item.variants)),
    )


def _substitute(row: KitSubstitute, items: dict[int, ContentItem]) -> ContentSubstitute:
    return ContentSubstitute(
        item=row.item.code,
        substitute=items[row.substitute_id],
        for_packs=row.for_packs,
        substitute_packs=row.substitute_packs,
        reason=Names(row.reason_kk, row.reason_ru, row.reason_en),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
    )
