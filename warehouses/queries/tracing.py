"""The trace of lots: where their packs are and where they went. Reads nothing of other lots, however much there is.

`trace_lots` is three statements whatever is asked. Each begins at the lots and follows an index: `lot_component` by
component, `stock_balance` by lot, `stock_movement` by lot.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import Integer, Row, Select, Subquery, cast, func, literal, select, union_all
from sqlalchemy.orm import Session

from core.actors import Reach
from core.dialects import given_rows
from warehouses.models import LotComponent, Place, RecallFinding, StockBalance, StockMovement
from warehouses.queries.places import at_place_condition
from warehouses.queries.recalls import list_standing_lots
from warehouses.rules.recalls import figures_at
from warehouses.values.recalls import ContainedLot, Flow, Holding, Trace


def list_containing_lots(session: Session, lot_ids: Collection[int]) -> Sequence[ContainedLot]:
    """Return the packed lots that contain the given ones at any depth, each with every given lot inside it.

    A lot that is among the given ones is not said to contain itself. One statement.
    """
    given = _given(session, lot_ids)
    inside = (
        select(LotComponent.kit_lot_id.label("lot_id"), given.c.lot_id.label("cause"))
        .join(given, given.c.lot_id == LotComponent.component_lot_id)
        .cte("inside", recursive=True)
    )
    further = select(LotComponent.kit_lot_id, inside.c.cause).join(
        inside, inside.c.lot_id == LotComponent.component_lot_id
    )
    closure = inside.union(further)
    rows = session.execute(select(closure.c.lot_id, closure.c.cause).order_by(closure.c.lot_id, closure.c.cause))
    return [ContainedLot(lot_id, cause) for lot_id, cause in rows if lot_id != cause]


def list_contained_lots(session: Session, lot_ids: Collection[int]) -> Sequence[ContainedLot]:
    """Return what is inside the given lots at any depth: `lot_id` is the given lot, `cause_lot_id` what it contains."""
    given = _given(session, lot_ids)
    inside = (
        select(given.c.lot_id.label("lot_id"), LotComponent.component_lot_id.label("cause"))
        .join(given, given.c.lot_id == LotComponent.kit_lot_id)
        .cte("inside", recursive=True)
    )
    further = select(inside.c.lot_id, LotComponent.component_lot_id).join(
        inside, inside.c.cause == LotComponent.kit_lot_id
    )
    closure = inside.union(further)
    rows = session.execute(select(closure.c.lot_id, closure.c.cause).order_by(closure.c.lot_id, closure.c.cause))
    return [ContainedLot(lot_id, cause) for lot_id, cause in rows if lot_id != cause]


def trace_lots(session: Session, lot_ids: Collection[int], reach: Reach) -> Trace:
    """Return where the packs of the lots and of all packed lots that contain them are, and where they went.

    Only what is at, or went from, places within the reach; goods on the road belong to no district.
    """
    contained = {one.lot_id for one in list_containing_lots(session, lot_ids)}
    return trace_exactly(session, {*lot_ids, *contained}, reach)


def trace_exactly(session: Session, lot_ids: Collection[int], reach: Reach, *, recall_id: UUID | None = None) -> Trace:
    """Return the trace of just these lots: two statements, and one for what places confirmed of a recall."""
    found = list_findings(session, recall_id) if recall_id is not None else {}
    flows: dict[tuple[int, int], list[Flow]] = defaultdict(list)
    for row in session.execute(flows_statement(session, lot_ids, reach)):
        flow = Flow(row.place_id, row.lot_id, row.kind, bool(row.is_out), bool(row.is_reversal), row.packs)
        flows[(flow.place_id, flow.lot_id)].append(flow)
    lying = {(row.place_id, row.lot_id): row for row in session.execute(_balances(session, lot_ids, reach))}
    kinds = {row.place_id: row.kind for row in lying.values()}
    spots = sorted({*flows, *lying})
    return Trace(
        tuple(
            _holding(spot, lying.get(spot), kinds.get(spot[0], ""), flows[spot], found=found.get(spot))
            for spot in spots
        )
    )


def trace_recall(session: Session, recall_id: UUID, reach: Reach) -> Trace:
    """Return the trace of the lots that a recall holds, with what places said to have set aside."""
    return trace_exactly(session, list_standing_lots(session, recall_id), reach, recall_id=recall_id)


def list_findings(session: Session, recall_id: UUID) -> Mapping[tuple[int, int], int]:
    """Return by place and lot how many packs the place said last that it found and set aside."""
    said = (
        select(RecallFinding.place_id, RecallFinding.lot_id, RecallFinding.packs)
        .where(RecallFinding.recall_id == recall_id)
        .order_by(RecallFinding.at, RecallFinding.id)
    )
    return {(row[0], row[1]): row[2] for row in session.execute(said)}


def flows_statement(session: Session, lot_ids: Collection[int], reach: Reach) -> Select[int, int, str, int, int, int]:
    """Return the statement of what crossed the border between inside and outside: place, lot, kind outside, packs."""
    given = _given(session, lot_ids)
    parts = [_crossing(given, reach, is_out=True), _crossing(given, reach, is_out=False)]
    lines = union_all(*parts).subquery("line")
    keys = (lines.c.place_id, lines.c.lot_id, lines.c.kind, lines.c.is_out, lines.c.is_reversal)
    return select(*keys, cast(func.sum(lines.c.packs), Integer).label("packs")).group_by(*keys)


def _crossing(given: Subquery, reach: Reach, *, is_out: bool) -> Select[int, int, str, int, int, int]:
    inner, outer = StockMovement.from_place_id, StockMovement.to_place_id
    if not is_out:
        inner, outer = outer, inner
    outside = select(Place.id, Place.kind).where(Place.is_inside.is_(False)).subquery("outside")
    return (
        select(
            inner.label("place_id"),
            StockMovement.lot_id.label("lot_id"),
            outside.c.kind.label("kind"),
            literal(int(is_out)).label("is_out"),
            cast(StockMovement.reverses_id.is_not(None), Integer).label("is_reversal"),
            StockMovement.quantity.label("packs"),
        )
        .join(given, given.c.lot_id == StockMovement.lot_id)
        .join(outside, outside.c.id == outer)
        .where(at_place_condition(reach, inner))
    )


def _balances(session: Session, lot_ids: Collection[int], reach: Reach) -> Select[int, int, int, int, str]:
    given = _given(session, lot_ids)
    return (
        select(
            StockBalance.place_id,
            StockBalance.lot_id,
            StockBalance.on_hand,
            StockBalance.reserved,
            Place.kind,
        )
        .join(given, given.c.lot_id == StockBalance.lot_id)
        .join(Place, Place.id == StockBalance.place_id)
        .where(at_place_condition(reach, StockBalance.place_id))
    )


def _holding(
    spot: tuple[int, int],
    lying: Row[int, int, int, int, str] | None,
    kind: str,
    flows: Sequence[Flow],
    *,
    found: int | None,
) -> Holding:
    on_hand = lying.on_hand if lying is not None else 0
    return Holding(
        place_id=spot[0],
        lot_id=spot[1],
        on_hand=on_hand,
        reserved=lying.reserved if lying is not None else 0,
        figures=figures_at(kind, on_hand, flows, found=found or 0),
        found=found,
    )


def _given(session: Session, lot_ids: Collection[int]) -> Subquery:
    return given_rows(session, [(lot_id,) for lot_id in sorted(set(lot_ids))], "lot_id")
