"""Reads of the lines of a draft and of the items that may stand in them."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session, aliased

from catalog.models import Item, ItemNutrient, KitLine, KitVersion
from catalog.rules.lines import Candidate
from catalog.values import ItemKind, LineWish
from core.i18n import current_language


def list_lines(session: Session, version: KitVersion) -> Sequence[LineWish]:
    """Return the lines of a version in their order, by the codes of the items."""
    statement = select(Item.code, KitLine.packs).join(Item, Item.id == KitLine.item_id)
    rows = session.execute(statement.where(KitLine.version_id == version.id).order_by(KitLine.position))
    return [LineWish(code, packs) for code, packs in rows]


def list_candidates(session: Session) -> Sequence[Candidate]:
    """Return the items that may stand in a line, by name in the current language."""
    sort = {"kk": Item.sort_kk, "ru": Item.sort_ru, "en": Item.sort_en}[current_language()]
    statement = _candidates().where(
        Item.kind == ItemKind.COMPONENT, Item.retired_at.is_(None), Item.variant_of_id.is_(None)
    )
    return [_candidate(row) for row in session.execute(statement.order_by(sort, Item.id)).all()]


def list_all_candidates(session: Session) -> Sequence[Candidate]:
    """Return all items, so that a pasted row can be told why its item may not stand in a line."""
    return [_candidate(row) for row in session.execute(_candidates().order_by(Item.id)).all()]


def candidates_by_code(session: Session, codes: Iterable[str]) -> dict[str, Candidate]:
    """Return items by code, whether they may stand in a line or not."""
    rows = session.execute(_candidates().where(Item.code.in_(set(codes)))).all()
    return {one.code: one for one in map(_candidate, rows)}


def _candidates() -> Select[int, str, str, str, str, str, bool, str | None, bool]:
    base = aliased(Item)
    return select(
        Item.id,
        Item.code,
        Item.name_kk,
        Item.name_ru,
        Item.name_en,
        Item.kind,
        Item.retired_at.is_not(None),
        base.code,
        exists().where(ItemNutrient.item_id == Item.id),
    ).outerjoin(base, base.id == Item.variant_of_id)


def _candidate(row: Sequence[object]) -> Candidate:
    id_, code, kk, ru, en, kind, is_retired, base, has_nutrients = row
    return Candidate(
        id=int(str(id_)),
        code=str(code),
        name_kk=str(kk),
        name_ru=str(ru),
        name_en=str(en),
        is_component=kind == ItemKind.COMPONENT,
        is_retired=bool(is_retired),
        variant_of=str(base or ""),
        has_nutrients=bool(has_nutrients),
    )
