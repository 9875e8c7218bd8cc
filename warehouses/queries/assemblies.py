"""Reads for packing sets and taking them apart."""

import uuid
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from sqlalchemy import Row, Select, func, not_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from catalog.models import Item, KitKind, KitVersion
from catalog.queries.compositions import list_usable_substitutes
from catalog.queries.contents import content_of
from catalog.queries.sizes import counted_item_id, is_set_of_kind
from catalog.queries.versions import version_in_force
from core.actors import Reach
from core.clock import today
from core.i18n import HasNames, text
from core.quarters import Quarter
from warehouses.errors.assemblies import AssemblyUnknown
from warehouses.models import Assembly, Lot, LotComponent, Place, StockBalance, StockMovement
from warehouses.queries.bins import bins_of
from warehouses.queries.places import place_condition
from warehouses.queries.stock import usable_on
from warehouses.rules.assemblies import fits_size, items_of
from warehouses.rules.assembly_lacks import why_withheld
from warehouses.values import PlaceKind
from warehouses.values.assemblies import (
    ASSEMBLY,
    AssemblyKind,
    ComponentLot,
    Inside,
    InsideLot,
    SetContent,
    SetItem,
    SetLine,
    SetSubstitute,
    WithheldLot,
)

AssemblySelect = Select[Assembly, Lot, Item, Place]
"""The act, the lot of the sets, their item, the place."""

ASSEMBLY_SORTS: Mapping[str, Mapping[str, InstrumentedAttribute[object]]] = {
    "number": dict.fromkeys(("kk", "ru", "en"), Assembly.recorded_at),
    "assembled": dict.fromkeys(("kk", "ru", "en"), Assembly.assembled_at),
    "item": {"kk": Item.sort_kk, "ru": Item.sort_ru, "en": Item.sort_en},
    "place": {"kk": Place.sort_kk, "ru": Place.sort_ru, "en": Place.sort_en},
}
"""Orders of the list of assemblies, by language."""


def get_set_content(session: Session, kit: KitKind, quarter: Quarter) -> SetContent:
    """Return what a set holds by the version in force in a quarter, with the substitutes of that quarter.

    Raises:
        NoVersionInForce: none is approved for so early a quarter.
    """
    version = version_in_force(session, kit, quarter)
    content = content_of(session, version)
    return SetContent(
        kit_code=kit.code,
        version_id=version.id,
        version_number=version.number,
        lines=tuple(
            SetLine(_set_item(line.item.code, line.item.names, line.item.variants), line.packs)
            for line in content.lines
        ),
        substitutes=tuple(
            SetSubstitute(
                number,
                one.item,
                _set_item(one.substitute.code, one.substitute.names, one.substitute.variants),
                one.for_packs,
                one.substitute_packs,
            )
            for number, one in enumerate(list_usable_substitutes(content, quarter))
        ),
    )


def _set_item(code: str, names: HasNames, sizes: Sequence[str]) -> SetItem:
    return SetItem(code, names.name_kk, names.name_ru, names.name_en, tuple(sizes))


def list_component_lots(
    session: Session, place_id: int, content: SetContent, on: date, *, size: str = ""
) -> Sequence[ComponentLot]:
    """Return the lots at a place from which sets of a size can be packed: free, released, not expired on a day.

    Two or three statements for any number of lines and lots.
    """
    items = items_of(content)
    counted = {code: item.code for item in items.values() for code in (item.code, *item.sizes)}
    rows = session.execute(
        select(Lot, Item.code, Item.variant, StockBalance.on_hand - StockBalance.reserved)
        .join(StockBalance, StockBalance.lot_id == Lot.id)
        .join(Item, Item.id == Lot.item_id)
        .where(StockBalance.place_id == place_id, Item.code.in_(counted))
        .where(StockBalance.on_hand > StockBalance.reserved, usable_on(on))
    ).all()
    sizes = _sizes_of(session, counted) if size else {}
    lots = [row for row in rows if fits_size(row[2], sizes.get(counted[row[1]], ()), size)]
    bins = bins_of(session, [place_id], [row[0].id for row in lots])
    return [
        ComponentLot(
            lot.id,
            counted[code],
            lot.code,
            lot.expires_on,
            lot.first_received_at,
            free,
            variant,
            tuple((one.code, one.packs) for one in bins.get((place_id, lot.id), ())),
        )
        for lot, code, variant, free in lots
    ]


def list_withheld_components(
    session: Session, place_id: int, content: SetContent, on: date, *, size: str = ""
) -> Sequence[WithheldLot]:
    """Return the lots at a place that would fit into sets of a size and are on hold, recalled or expired on a day."""
    counted = {code: item.code for item in items_of(content).values() for code in (item.code, *item.sizes)}
    rows = session.execute(
        select(
            Item.code,
            Item.variant,
            Lot.code,
            Lot.status,
            Lot.expires_on,
            StockBalance.on_hand - StockBalance.reserved,
        )
        .join(StockBalance, StockBalance.lot_id == Lot.id)
        .join(Item, Item.id == Lot.item_id)
        .where(StockBalance.place_id == place_id, Item.code.in_(counted))
        .where(StockBalance.on_hand > StockBalance.reserved, not_(usable_on(on)))
        .order_by(Lot.expires_on.is_(None), Lot.expires_on, Lot.code, Lot.id)
    ).all()
    sizes = _sizes_of(session, counted) if size else {}
    return [
        WithheldLot(counted[item], code, why, packs)
        for item, variant, code, status, expires_on, packs in rows
        if (why := why_withheld(status, expires_on, on)) is not None
        and fits_size(variant, sizes.get(counted[item], ()), size)
    ]


def _sizes_of(session: Session, counted: Mapping[str, str]) -> dict[str, set[str]]:
    """Return the sizes that items of a set come in."""
    found: dict[str, set[str]] = {}
    for code, variant in session.execute(select(Item.code, Item.variant).where(Item.code.in_(counted))):
        if variant:
            found.setdefault(counted[code], set()).add(variant)
    return found


def lock_components(session: Session, lot_ids: Collection[int]) -> Mapping[int, Lot]:
    """Return lots as they are now; until the transaction ends, nobody holds or recalls them.

    The lock is the one that a movement of the lot takes anyway, so that nobody else who moves goods waits for it.
    """
    statement = select(Lot).where(Lot.id.in_(lot_ids)).order_by(Lot.id)
    locked = statement.with_for_update(of=Lot, read=True, key_share=True).execution_options(populate_existing=True)
    return {lot.id: lot for lot in session.scalars(locked)}


def lock_packed_lot(session: Session, lot_id: int) -> Lot | None:
    """Return a packed lot, so that one at a time takes sets of it apart; who moves it does not wait."""
    statement = select(Lot).where(Lot.id == lot_id)
    return session.scalar(statement.with_for_update(of=Lot, key_share=True).execution_options(populate_existing=True))


def list_lot_codes(session: Session, item_id: int, stem: str) -> Sequence[str]:
    """Return the codes of the lots of an item that begin with a stem."""
    codes = select(Lot.code).where(Lot.item_id == item_id, Lot.code.startswith(stem, autoescape=True))
    return session.scalars(codes).all()


def find_kit_of(session: Session, item_id: int) -> KitKind | None:
    """Return the kind of sets that an item is, in any size, or None."""
    return session.scalar(select(KitKind).join(Item, is_set_of_kind()).where(Item.id == item_id))


def find_assembly(session: Session, key: uuid.UUID) -> Assembly | None:
    """Return an act, or None."""
    return session.get(Assembly, key)


def get_assembly(session: Session, key: uuid.UUID, reach: Reach) -> Assembly:
    """Return an act at a place within the reach.

    Raises:
        AssemblyUnknown: there is none, or its place is out of reach.
    """
    statement = select(Assembly).join(Place, Place.id == Assembly.place_id)
    found = session.scalar(statement.where(Assembly.id == key, place_condition(reach)))
    if found is None:
        raise AssemblyUnknown(text("There is no such assembly here."))
    return found


def find_assembly_of_lot(session: Session, lot_id: int) -> Assembly | None:
    """Return the act by which a lot of sets was packed here, or None for one that came packed."""
    packed = Assembly.kind == AssemblyKind.ASSEMBLE
    return session.scalars(select(Assembly).where(Assembly.kit_lot_id == lot_id, packed)).first()


def assemblies_statement(
    reach: Reach, *, pattern: str | None = None, kind: str | None = None, place_id: int | None = None
) -> AssemblySelect:
    """Return the statement of the acts at places within the reach."""
    statement = (
        select(Assembly, Lot, Item, Place)
        .join(Lot, Lot.id == Assembly.kit_lot_id)
        .join(Item, Item.id == Lot.item_id)
        .join(Place, Place.id == Assembly.place_id)
        .where(place_condition(reach))
    )
    if pattern is not None:
        names = (Item.search_text, Place.search_text, func.lower(Lot.code), func.lower(Assembly.number))
        statement = statement.where(or_(*(name.like(pattern, escape="\\") for name in names)))
    if kind is not None:
        statement = statement.where(Assembly.kind == kind)
    return statement if place_id is None else statement.where(Assembly.place_id == place_id)


def count_assemblies_by_kind(session: Session, statement: AssemblySelect) -> Mapping[str, int]:
    """Return how many acts of each kind a statement finds."""
    grouped = statement.with_only_columns(Assembly.kind, func.count(), maintain_column_froms=True)
    return {row[0]: row[1] for row in session.execute(grouped.group_by(Assembly.kind))}


def list_assembly_lots(session: Session, assembly: Assembly) -> Sequence[Row[Lot, Item, int]]:
    """Return the component lots that an act moved, with their items and packs, in Kazakh order."""
    return session.execute(
        select(Lot, Item, StockMovement.quantity)
        .join(Lot, Lot.id == StockMovement.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .where(StockMovement.document_kind == ASSEMBLY, StockMovement.document_id == str(assembly.id))
        .where(StockMovement.lot_id != assembly.kit_lot_id)
        .order_by(Item.sort_kk, Lot.expires_on, Lot.code)
    ).all()


def list_packed_lots(session: Session, reach: Reach, *, most: int) -> Sequence[Row[Lot, Item, Place, int]]:
    """Return the packed sets at places with walls within the reach: lot, item, place, free packs; a kit's order."""
    size = aliased(Item)
    return session.execute(
        select(Lot, Item, Place, StockBalance.on_hand - StockBalance.reserved)
        .join(Lot, Lot.id == StockBalance.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .join(Place, Place.id == StockBalance.place_id)
        .where(place_condition(reach), Place.kind != PlaceKind.IN_TRANSIT)
        .where(StockBalance.on_hand > StockBalance.reserved)
        .where(
            Lot.item_id.in_(
                select(size.id).join(KitKind, KitKind.item_id == func.coalesce(size.variant_of_id, size.id))
            )
        )
        .order_by(Item.sort_kk, Place.sort_kk, Lot.expires_on, Lot.code)
        .limit(most)
    ).all()


def inside_of(session: Session, lot: Lot) -> Inside:
    """Return what is inside a packed lot: packed here, exactly; elsewhere, as was declared and the standard says."""
    rows = session.execute(
        select(Lot, Item, counted_item_id(), LotComponent.packs)
        .join(LotComponent, LotComponent.component_lot_id == Lot.id)
        .join(Item, Item.id == Lot.item_id)
        .where(LotComponent.kit_lot_id == lot.id)
    ).all()
    counted = {item.id: item for item in session.scalars(select(Item).where(Item.id.in_({row[2] for row in rows})))}
    out = _taken_out(session, lot.id)
    lots = tuple(
        InsideLot(
            ComponentLot(
                one.id, counted[item_id].code, one.code, one.expires_on, one.first_received_at,
                _left(packs, out[one.id]) or 0, item.variant,
            ),
            _left(packs, out[one.id]),
        )
        for one, item, item_id, packs in rows
    )  # fmt: skip
    names = {item.code: _set_item(item.code, item, ()) for item in counted.values()}
    packed = find_assembly_of_lot(session, lot.id)
    if packed is not None:
        whole: Counter[str] = Counter()
        for _one, _item, item_id, packs in rows:
            whole[counted[item_id].code] += packs or 0
        return Inside({code: packs // packed.packs for code, packs in whole.items()}, names, lots, is_known=True)
    content = _content_of_lot(session, lot)
    said = {line.item.code: line.packs for line in content.lines} if content else {}
    return Inside(said, (items_of(content) if content else {}) | names, lots, is_known=False)


def quarter_of_lot(session: Session, lot: Lot) -> Quarter:
    """Return for which quarter a lot was packed, as far as anybody knows: the first in which it counts, or came."""
    packed = find_assembly_of_lot(session, lot.id)
    if packed is not None:
        return packed.quarter
    came = Quarter.of(today(lot.first_received_at))
    version = session.get(KitVersion, lot.kit_version_id) if lot.kit_version_id is not None else None
    return came if version is None else max(came, version.effective_from)


def version_of_lot(session: Session, lot: Lot) -> int:
    """Return the id of the version by which a lot that came packed was made: as declared, else in force then."""
    content = None if lot.kit_version_id is not None else _content_of_lot(session, lot)
    return content.version_id if content is not None else lot.kit_version_id or 0


def _content_of_lot(session: Session, lot: Lot) -> SetContent | None:
    kit = find_kit_of(session, lot.item_id)
    return None if kit is None else get_set_content(session, kit, quarter_of_lot(session, lot))


def _left(packs: int | None, out: int) -> int | None:
    return None if packs is None else packs - out


def _taken_out(session: Session, kit_lot_id: int) -> Counter[int]:
    """Return how many packs of each component lot came out of a packed lot already."""
    acts = select(Assembly.id).where(Assembly.kit_lot_id == kit_lot_id, Assembly.kind == AssemblyKind.TAKE_APART)
    keys = [str(key) for key in session.scalars(acts)]
    rows = session.execute(
        select(StockMovement.lot_id, func.sum(StockMovement.quantity))
        .where(StockMovement.document_kind == ASSEMBLY, StockMovement.document_id.in_(keys))
        .where(StockMovement.lot_id != kit_lot_id)
        .group_by(StockMovement.lot_id)
    )
    return Counter({lot_id: int(packs) for lot_id, packs in rows})
