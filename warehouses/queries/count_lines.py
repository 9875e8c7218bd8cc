"""Reads of the lines of counts, beside the book."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    Select,
    SQLColumnExpression,
    String,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from accounts.models import User
from catalog.models import Item
from core.i18n import text
from core.quarters import Quarter
from warehouses.errors.counts import CountLineUnknown
from warehouses.models import (
    Bin,
    BinContent,
    Lot,
    StockBalance,
    StockCount,
    StockCountLine,
    StockMovement,
    StockReservation,
)
from warehouses.values import DocumentRef, NameOf, ReservationKind
from warehouses.values.counts import CountProgress, CountStatus, ReckonedLine, SheetLine

LineRow = Row[StockCountLine, Lot, Item, int, int, int, str]
LineSelect = Select[StockCountLine, Lot, Item, int, int, int, str]
"""Line, lot, item, packs the book had then, packs there now, reserved of them, name of who counted or None."""

LINE_SORTS: Mapping[str, Mapping[str, SQLColumnExpression[Any]]] = {
    "item": {"kk": Item.sort_kk, "ru": Item.sort_ru, "en": Item.sort_en},
    "lot": dict.fromkeys(("kk", "ru", "en"), Lot.code),
    "counted": dict.fromkeys(("kk", "ru", "en"), StockCountLine.counted_at),
}
"""Orders of the lines of a count, by language."""


def expected_packs(count: StockCount) -> ColumnElement[int]:
    """Return what the book had of a line's lot when it was counted, or has now where nobody counted it yet.

    The balance of now less what moved later: so only later movements are read, however long the card is. Once the
    count is closed, it is what was written then.
    """
    if count.status == CountStatus.CLOSED:
        return func.coalesce(StockCountLine.expected.expression, 0)
    later = and_(StockMovement.lot_id == StockCountLine.lot_id, StockMovement.moved_at > StockCountLine.counted_at)
    packs = select(func.coalesce(func.sum(StockMovement.quantity), 0)).where(later)
    came = packs.where(StockMovement.to_place_id == count.place_id).correlate(StockCountLine).scalar_subquery()
    went = packs.where(StockMovement.from_place_id == count.place_id).correlate(StockCountLine).scalar_subquery()
    return cast(func.coalesce(StockBalance.on_hand, 0) - came + went, Integer)


def lines_statement(
    count: StockCount,
    *,
    pattern: str | None = None,
    only: str | None = None,
    lot_id: int | None = None,
    to_count: bool = False,
) -> LineSelect:
    """Return the statement of the lines of a count beside the book; `to_count`: only those of its last round.

    `only` is one of waiting, differs, unexplained, lacking, exceeding, same, reserved.
    """
    expected = expected_packs(count)
    on_hand, reserved = func.coalesce(StockBalance.on_hand, 0), func.coalesce(StockBalance.reserved, 0)
    here = and_(StockBalance.place_id == count.place_id, StockBalance.lot_id == StockCountLine.lot_id)
    statement = (
        select(
            StockCountLine,
            Lot,
            Item,
            expected.label("expected"),
            on_hand.label("on_hand"),
            reserved.label("reserved"),
            User.name.label("counted_by"),
        )
        .join(Lot, Lot.id == StockCountLine.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .outerjoin(StockBalance, here)
        .outerjoin(User, User.id == StockCountLine.counted_by_id)
        .where(StockCountLine.count_id == count.id)
    )
    if to_count:
        statement = statement.where(StockCountLine.round == count.round)
    if lot_id is not None:
        statement = statement.where(StockCountLine.lot_id == lot_id)
    if pattern is not None:
        names = (Item.search_text, func.lower(Lot.code), func.lower(Item.code))
        statement = statement.where(or_(*(name.like(pattern, escape="\\") for name in names)))
    if only is not None:
        statement = statement.where(_only(only, StockCountLine.counted - expected, on_hand, reserved))
    return statement.execution_options(populate_existing=True)


def _only(
    word: str, difference: ColumnElement[int | None], on_hand: ColumnElement[int], reserved: ColumnElement[int]
) -> ColumnElement[bool]:
    conditions: Mapping[str, ColumnElement[bool]] = {
        "waiting": StockCountLine.counted.is_(None),
        "differs": difference != 0,
        "unexplained": and_(difference != 0, StockCountLine.reason == ""),
        "lacking": difference < 0,
        "exceeding": difference > 0,
        "same": difference == 0,
        "reserved": and_(difference < 0, on_hand + difference < reserved),
    }
    return conditions[word]


def in_walking_order(statement: LineSelect) -> LineSelect:
    """Return the lines as one meets them on the way: by bin, then by item, first expired first."""
    return statement.order_by(
        _first_bin().is_(None), _first_bin(), Item.sort_kk, Lot.expires_on.is_(None), Lot.expires_on, Lot.code, Lot.id
    )


def _first_bin() -> ColumnElement[str | None]:
    place = select(StockCount.place_id).where(StockCount.id == StockCountLine.count_id).correlate(StockCountLine)
    return (
        select(func.min(Bin.code))
        .join(BinContent, BinContent.bin_id == Bin.id)
        .where(BinContent.lot_id == StockCountLine.lot_id, BinContent.place_id == place.scalar_subquery())
        .correlate(StockCountLine)
        .scalar_subquery()
    )


def reckoned(row: Row[StockCountLine, Lot, Item, int, int, int, str]) -> ReckonedLine:
    """Return a line beside the book."""
    line, lot, item, expected, on_hand, reserved, _ = row
    return ReckonedLine(
        lot.id,
        NameOf.copied(item),
        lot.code,
        line.counted,
        line.counted_at,
        int(expected),
        int(on_hand),
        int(reserved),
        line.reason,
    )


def progress_of(session: Session, count: StockCount, *, to_count: bool = False, beside_book: bool) -> CountProgress:
    """Return how far the lines of a count are, in one statement; without the book, nothing of it is asked."""
    lines = lines_statement(count, to_count=to_count).order_by(None)
    if not beside_book:
        bare = lines.with_only_columns(func.count(), func.count(StockCountLine.counted), maintain_column_froms=True)
        row = session.execute(bare).one()
        return CountProgress(int(row[0]), int(row[1]))
    rows = lines.with_only_columns(
        StockCountLine.counted, (StockCountLine.counted - expected_packs(count)).label("difference"),
        StockCountLine.reason, maintain_column_froms=True,
    ).subquery("line")  # fmt: skip
    difference = rows.c.difference
    differs = case((difference != 0, 1), else_=0)
    silent = case((and_(difference != 0, rows.c.reason == ""), 1), else_=0)
    row = session.execute(
        select(
            func.count(),
            func.count(rows.c.counted),
            func.sum(differs),
            func.sum(silent),
            func.sum(case((difference < 0, -difference), else_=0)),
            func.sum(case((difference > 0, difference), else_=0)),
        )
    ).one()
    return CountProgress(*(int(value or 0) for value in row))


def get_line(session: Session, count: StockCount, lot_id: int) -> StockCountLine:
    """Return the line of a lot.

    Raises:
        CountLineUnknown: the lot is no line of this count.
    """
    found = session.get(StockCountLine, (count.id, lot_id), populate_existing=True)
    if found is None:
        raise CountLineUnknown(text("This lot is not among the lines of the count. Add it as found."))
    return found


def list_lines(session: Session, count: StockCount, lot_ids: Collection[int]) -> Mapping[int, StockCountLine]:
    """Return lines by lot, as they are now; lots that are no lines are left out."""
    lines = select(StockCountLine).where(StockCountLine.count_id == count.id, StockCountLine.lot_id.in_(lot_ids))
    return {line.lot_id: line for line in session.scalars(lines.execution_options(populate_existing=True))}


def list_sheet_lines(session: Session, count: StockCount) -> Sequence[SheetLine]:
    """Return which lots the rows of a table may mean: the lines that are to be counted."""
    rows = session.execute(
        select(Lot.id, Lot.code, Item.code, Item.name_kk, Item.name_ru, Item.name_en)
        .join(Item, Item.id == Lot.item_id)
        .join(StockCountLine, StockCountLine.lot_id == Lot.id)
        .where(StockCountLine.count_id == count.id, StockCountLine.round == count.round)
    )
    return [SheetLine(row[0], row[2], NameOf(row[3], row[4], row[5]), row[1]) for row in rows]


@dataclass(frozen=True, slots=True)
class Cause:
    """For what so many packs of a lot are set aside: a quarter, or a document."""

    quarter: Quarter | None
    document: DocumentRef
    packs: int


def list_causes(session: Session, place_id: int, lot_ids: Collection[int]) -> Mapping[int, Sequence[Cause]]:
    """Return by lot for what its packs are set aside at a place, the most first."""
    none = literal("", String(40))
    came = select(
        StockMovement.lot_id, StockMovement.reserved_quarter, none, none, StockMovement.quantity.label("packs")
    ).where(StockMovement.to_place_id == place_id, StockMovement.reserved_quarter.is_not(None))
    went = select(StockMovement.lot_id, StockMovement.reserved_quarter, none, none, -StockMovement.quantity).where(
        StockMovement.from_place_id == place_id, StockMovement.reserved_quarter.is_not(None)
    )
    signed = case(
        (StockReservation.kind == ReservationKind.RESERVE, StockReservation.quantity), else_=-StockReservation.quantity
    )
    aside = select(
        StockReservation.lot_id.label("lot_id"),
        StockReservation.quarter.label("quarter"),
        StockReservation.document_kind.label("document_kind"),
        StockReservation.document_id.label("document_id"),
        signed.label("packs"),
    ).where(StockReservation.place_id == place_id)
    moved = (one.where(StockMovement.lot_id.in_(lot_ids)) for one in (came, went))
    parts = union_all(aside.where(StockReservation.lot_id.in_(lot_ids)), *moved).subquery("part")
    words = (parts.c.lot_id, parts.c.quarter, parts.c.document_kind, parts.c.document_id)
    packs = func.sum(parts.c.packs)
    rows = session.execute(
        select(*words, cast(packs, Integer)).group_by(*words).having(packs > 0).order_by(packs.desc(), *words)
    )
    found: dict[int, list[Cause]] = {lot_id: [] for lot_id in lot_ids}
    for lot_id, quarter, kind, key, count in rows:
        found[lot_id].append(Cause(quarter, DocumentRef(kind, key), count))
    return found
