"""Factories of catalogue rows: items and kinds of sets that no fact file knows."""

import itertools
from datetime import UTC, date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalog.models import Item, KitKind, KitLine, KitVersion
from catalog.services.contents import seal_contents
from catalog.values import ForAward, ForSex, ItemKind, PackUnit, VersionStatus
from core.database import named
from core.quarters import Quarter

_numbers = itertools.count(1)
_FIRST_QUARTER = Quarter(2020, 1)


def an_item(
    session: Session, *, code: str | None = None, kind: ItemKind = ItemKind.COMPONENT, grams: int = 500
) -> Item:
    """Add an item that comes in packs of so many grams."""
    code = code or f"ITEM{next(_numbers)}"
    item = Item(
        code=code, kind=kind, pack_net=grams, pack_unit=PackUnit.GRAM, pack_grams=grams, **named(code, code, code)
    )
    session.add(item)
    session.flush()
    return item


def a_kit_kind(
    session: Session,
    *,
    code: str | None = None,
    group: str | None = None,
    ages: tuple[int, int] = (12, 72),
    interval_quarters: int = 1,
    is_active: bool = True,
    for_award: str = ForAward.ANY,
    for_sex: str = ForSex.ANY,
    effective_from: Quarter | None = _FIRST_QUARTER,
    component: Item | None = None,
) -> KitKind:
    """Add a kind of set, with ages in months, the upper one exclusive; without a group of its own code.

    Its standard has a version 1 of one `component`, approved for `effective_from`; None leaves it without.
    """
    code = code or f"K{next(_numbers)}"
    item = Item(code=code, kind=ItemKind.PACKED_KIT, pack_net=1, pack_unit=PackUnit.PIECE, **named(code, code, code))
    session.add(item)
    session.flush()
    highest = session.scalar(select(func.max(KitKind.voucher_bit))) or 0
    kind = KitKind(
        code=code,
        group=group or code.lower(),
        age_from_months=ages[0],
        age_to_months=ages[1],
        interval_quarters=interval_quarters,
        for_award=for_award,
        for_sex=for_sex,
        voucher_bit=2 * highest or 1,
        is_active=is_active,
        item_id=item.id,
        **named(code, code, code),
    )
    session.add(kind)
    session.flush()
    if effective_from is not None:
        _approve_first(session, kind, effective_from, component)
    return kind


def _approve_first(session: Session, kind: KitKind, effective_from: Quarter, component: Item | None) -> None:
    """Add version 1 of a standard as the facts at the start come: a draft with a line, then approved by nobody."""
    version = KitVersion(
        kit_kind_id=kind.id,
        number=1,
        status=VersionStatus.DRAFT,
        effective_from=effective_from,
        legal_document_kk="Қаулы",
        legal_document_ru="Постановление",
        legal_document_en="Resolution",
        legal_number="1",
        legal_on=date(2019, 12, 30),
    )
    session.add(version)
    session.flush()
    first = select(Item).where(Item.kind == ItemKind.COMPONENT).order_by(Item.id).limit(1)
    inside = component or session.scalars(first).one()
    session.add(KitLine(version_id=version.id, position=1, item_id=inside.id, packs=1))
    session.flush()
    version.status, version.approved_at = VersionStatus.APPROVED, datetime(2019, 12, 30, tzinfo=UTC)
    session.flush()
    seal_contents(session)


def a_size(session: Session, kind: KitKind, size: str) -> Item:
    """Add a size of a kind's packed set."""
    code = f"{kind.code}-{size}"
    item = Item(
        code=code,
        kind=ItemKind.PACKED_KIT,
        pack_net=1,
        pack_unit=PackUnit.PIECE,
        variant_of_id=kind.item_id,
        variant=size,
        **named(code, code, code),
    )
    session.add(item)
    session.flush()
    return item
