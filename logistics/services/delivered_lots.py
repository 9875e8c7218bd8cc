"""The lots of a delivery: made when new, packed ones by the version in force, with what is declared to be inside."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from catalog.models import KitKind
from catalog.queries.compositions import list_composition_faults
from catalog.queries.versions import find_version_in_force
from core.dialects import insert_into
from core.i18n import format_day, text
from core.quarters import Quarter
from core.text import clean
from logistics.errors import CompositionWrong, DeliveryMalformed
from logistics.queries.deliveries import list_item_codes, list_kits_of_items
from logistics.values import ArrivedLot, ComponentLot
from warehouses.models import Lot, LotComponent
from warehouses.queries import list_known_lots
from warehouses.services import receive_lots
from warehouses.services.recalls import spread_recalls
from warehouses.values import NewLot


def take_lots(
    session: Session, lines: Sequence[ArrivedLot], *, quarter: Quarter, at: datetime
) -> Mapping[tuple[int, str], Lot]:
    """Return the lots of lines by item and code; new ones are made, and what is declared inside is kept.

    A packed lot that holds a recalled one is recalled too.

    Raises:
        LotMalformed, LotDiffers: see `warehouses.services.receive_lots`.
        DeliveryMalformed: components are declared of something that is no packed set, or expire before it.
        CompositionWrong: the declared packs are not those of the standard.
    """
    kits = list_kits_of_items(session, {line.item_id for line in lines})
    known = list_known_lots(session, {line.item_id for line in lines}, {line.lot_code for line in lines})
    versions = {kit.id: find_version_in_force(session, kit, quarter) for kit in set(kits.values())}

    def version_of(line: ArrivedLot) -> int | None:
        kit = kits.get(line.item_id)
        if line.kit_version_id is not None or kit is None or (line.item_id, line.lot_code) in known:
            return line.kit_version_id
        in_force = versions[kit.id]
        return in_force.id if in_force else None

    _refuse_unfit_contents(session, [line for line in lines if line.components], kits, quarter)
    wishes = [NewLot(line.item_id, line.lot_code, line.expires_on, version_of(line)) for line in lines]
    inside = [NewLot(one.item_id, clean(one.lot_code), one.expires_on) for line in lines for one in line.components]
    lots = receive_lots(session, [*wishes, *inside], at=at)  # all at once: lots are made in one order
    _note_contents(session, lines, lots)
    declared = [lots[(line.item_id, line.lot_code)].id for line in lines if line.components]
    if declared:
        spread_recalls(session, declared, actor_id=None, at=at)
    return lots


def _refuse_unfit_contents(
    session: Session, lines: Sequence[ArrivedLot], kits: Mapping[int, KitKind], quarter: Quarter
) -> None:
    """Refuse what cannot be inside: in no packed set, expiring before it, or not as the standard says."""
    for line in lines:
        kit = kits.get(line.item_id)
        if kit is None:
            raise DeliveryMalformed(
                text("Lot %(lot)s is no packed set, so no lots are inside it.", lot=line.lot_code or "–")
            )
        _refuse_outlived(line, line.components)
        _refuse_wrong_composition(session, line, kit, quarter)


def _note_contents(session: Session, lines: Sequence[ArrivedLot], lots: Mapping[tuple[int, str], Lot]) -> None:
    """Keep which component lots each packed lot holds, as its supplier says."""
    rows = [
        {
            "kit_lot_id": lots[(line.item_id, line.lot_code)].id,
            "component_lot_id": lots[(one.item_id, clean(one.lot_code))].id,
            "packs": None,
        }
        for line in lines
        for one in line.components
    ]
    if rows:
        rows.sort(key=lambda row: (row["kit_lot_id"] or 0, row["component_lot_id"] or 0))
        session.execute(insert_into(session, LotComponent).on_conflict_do_nothing(), rows)


def _refuse_outlived(line: ArrivedLot, components: Sequence[ComponentLot]) -> None:
    """Refuse a packed lot that would outlive what is inside: it expires with its earliest component."""
    days = [one.expires_on for one in components if one.expires_on is not None]
    earliest = min(days, default=date.max)
    if (line.expires_on or date.max) > earliest:
        raise DeliveryMalformed(
            text(
                "Lot %(lot)s holds goods that expire on %(day)s, so it cannot last longer. Correct its expiry day.",
                lot=line.lot_code or "–",
                day=format_day(earliest),
            )
        )


def _refuse_wrong_composition(session: Session, line: ArrivedLot, kit: KitKind, quarter: Quarter) -> None:
    """Hold the packs of one set against the standard in force, where the supplier said them of every component."""
    if any(one.packs is None for one in line.components) or find_version_in_force(session, kit, quarter) is None:
        return
    codes = list_item_codes(session, {one.item_id for one in line.components})
    given: dict[str, int] = {}
    for one in line.components:
        given[codes[one.item_id]] = given.get(codes[one.item_id], 0) + (one.packs or 0)
    faults = list_composition_faults(session, kit, quarter, given)
    if faults:
        raise CompositionWrong(text("Lot %(lot)s: %(fault)s", lot=line.lot_code or "–", fault=faults[0].message))
