"""What always holds in the ledger; each check names the place, the lot, the movement or the document that is wrong."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import CTE, ColumnElement, Subquery, and_, case, func, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from catalog.models import Item
from core.clock import today
from core.integrity import find_broken_references, find_damage, find_wrong_indices, find_wrong_keys
from core.proofs import Invariant
from core.quarters import Quarter
from warehouses.models import Bin, BinContent, Lot, Place, StockBalance, StockMovement, StockReservation
from warehouses.queries.proof import list_wrong_balances, moved_sums, signed_reservation
from warehouses.values import PlaceKind, is_expired

_NO_CODE = "–"


def _malformed_movements(session: Session) -> Iterator[str]:
    """Each movement takes a positive whole number from one place to another, so that what leaves is what comes."""
    quantity = StockMovement.quantity
    odd = or_(quantity <= 0, StockMovement.from_place_id == StockMovement.to_place_id)
    if session.get_bind().dialect.name == "sqlite":  # whose columns take any type
        odd = or_(odd, func.typeof(quantity) != "integer")
    columns = (StockMovement.id, quantity, StockMovement.from_place_id, StockMovement.to_place_id)
    for row in session.execute(select(*columns).where(odd)):
        yield f"movement {row.id}: {row.quantity} packs from place {row.from_place_id} to place {row.to_place_id}"


def _sums_not_zero(session: Session) -> Iterator[str]:
    """Over all places of a lot the sum is zero: what its balances hold inside is what came from outside."""
    moved = moved_sums().subquery("moved")
    places = select(Place.id).where(~Place.is_inside)
    outside = select(moved.c.lot_id, moved.c.on_hand.label("packs")).where(moved.c.place_id.in_(places))
    inside = select(StockBalance.lot_id, StockBalance.on_hand)
    lines = union_all(outside, inside).subquery("line")
    total = func.sum(lines.c.packs)
    wrong = select(lines.c.lot_id, total.label("packs")).group_by(lines.c.lot_id).having(total != 0).subquery("wrong")
    rows = (
        select(Item.code, Lot.code, wrong.c.packs)
        .join(Lot, Lot.id == wrong.c.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .order_by(Item.code, Lot.code)
    )
    for item, lot, packs in session.execute(rows):
        yield f"item {item}, lot {lot or _NO_CODE}: over all places {int(packs)} packs instead of 0"


def _unproved_balances(session: Session) -> Iterator[str]:
    """Each balance is what came less what went; what is reserved is what was set aside, less what was freed or left."""
    for one in list_wrong_balances(session):
        yield (
            f"place {one.place}, item {one.item}, lot {one.lot or _NO_CODE}: "
            f"on hand {one.on_hand}, proved {one.on_hand_proved}; "
            f"reserved {one.reserved}, proved {one.reserved_proved}"
        )


def _negative_balances(session: Session) -> Iterator[str]:
    yield from _told_balances(session, StockBalance.on_hand < 0, "fewer than none")


def _overreserved_balances(session: Session) -> Iterator[str]:
    wrong = or_(StockBalance.reserved < 0, StockBalance.reserved > StockBalance.on_hand)
    yield from _told_balances(session, wrong, "reserved is not between none and all")


def _told_balances(session: Session, condition: ColumnElement[bool], what: str) -> Iterator[str]:
    wrong = select(StockBalance).where(condition).subquery("wrong")
    for card, on_hand, reserved in _by_card(session, wrong, wrong.c.on_hand, wrong.c.reserved):
        yield f"{card}: on hand {on_hand}, reserved {reserved}: {what}"


def _doubtful_cards() -> CTE:
    """Return the cards of inside places that may have been below none: all whose goods did not first come, then leave.

    Where the last came no later than the first left, and no more left than came, every balance lies between.
    """
    line = StockMovement
    packs = func.sum(line.quantity).label("packs")
    came = (
        select(line.to_place_id, line.lot_id, packs, func.max(line.moved_at).label("last"))
        .group_by(line.to_place_id, line.lot_id)
        .subquery("came")
    )
    went = (
        select(line.from_place_id, line.lot_id, packs, func.min(line.moved_at).label("first"))
        .where(line.from_place_id.in_(select(Place.id).where(Place.is_inside)))
        .group_by(line.from_place_id, line.lot_id)
        .subquery("went")
    )
    same = and_(came.c.to_place_id == went.c.from_place_id, came.c.lot_id == went.c.lot_id)
    is_plain = and_(came.c.last <= went.c.first, came.c.packs >= went.c.packs)
    doubtful = select(went.c.from_place_id.label("place_id"), went.c.lot_id).outerjoin(came, same)
    return doubtful.where(or_(came.c.lot_id.is_(None), ~is_plain)).cte("doubtful")


def _negative_history(session: Session) -> Iterator[str]:
    """No place ever had fewer than none, at no moment of the past either; what moved at one moment counts at once."""
    line, card = StockMovement, _doubtful_cards()
    came = select(*card.c, line.moved_at, line.quantity.label("packs"))
    went = select(*card.c, line.moved_at, -line.quantity)
    lines = union_all(
        came.join(line, and_(line.to_place_id == card.c.place_id, line.lot_id == card.c.lot_id)),
        went.join(line, and_(line.from_place_id == card.c.place_id, line.lot_id == card.c.lot_id)),
    ).subquery("line")
    spot = (lines.c.place_id, lines.c.lot_id)
    left = func.sum(lines.c.packs).over(partition_by=spot, order_by=lines.c.moved_at)
    running = select(*spot, lines.c.moved_at, left.label("left")).subquery("running")
    least, first = func.min(running.c.left).label("left"), func.min(running.c.moved_at).label("since")
    spot = (running.c.place_id, running.c.lot_id)
    worst = select(*spot, least, first).where(running.c.left < 0).group_by(*spot).subquery("worst")
    for card, packs, since in _by_card(session, worst, worst.c.left, worst.c.since):
        yield f"{card}: {int(packs)} packs in the past, first on {today(since)}"


def _overdrawn_quarters(session: Session) -> Iterator[str]:
    """Nowhere does a quarter take more out of its reservation than was put in."""
    reserved = (
        StockReservation.place_id, StockReservation.lot_id, signed_reservation().label("on_hand"),
        StockReservation.quarter,
    )  # fmt: skip
    moved = moved_sums(StockMovement.reserved_quarter.is_not(None), by_quarter=True)
    lines = union_all(*moved.selects, select(*reserved).where(StockReservation.quarter.is_not(None))).subquery("line")
    cause = (lines.c.place_id, lines.c.lot_id, lines.c.quarter)
    total = func.sum(lines.c.on_hand)
    inside = lines.c.place_id.in_(select(Place.id).where(Place.is_inside))
    wrong = select(*cause, total.label("packs")).where(inside).group_by(*cause).having(total < 0).subquery("wrong")
    for card, quarter, packs in _by_card(session, wrong, wrong.c.quarter, wrong.c.packs):
        yield f"{card}: {int(packs)} packs reserved for {_told(quarter)}"


def _overdrawn_documents(session: Session) -> Iterator[str]:
    """No document frees more than it held."""
    held = StockReservation
    cause = (held.place_id, held.lot_id, held.document_kind, held.document_id)
    total = func.sum(signed_reservation())
    wrong = (
        select(*cause, total.label("packs"))
        .where(held.document_kind != "")
        .group_by(*cause)
        .having(total < 0)
        .subquery("wrong")
    )
    names = ("document_kind", "document_id", "packs")
    for card, kind, document, packs in _by_card(session, wrong, *(wrong.c[name] for name in names)):
        yield f"{card}: {int(packs)} packs held for {kind} {document}"


def _wrong_reversals(session: Session) -> Iterator[str]:
    """A reversal names one movement, itself no reversal, and takes just that back: other way, same lot, same packs."""
    back, first = aliased(StockMovement, name="back"), aliased(StockMovement, name="first")
    faults = (
        (first.id.is_(None), "names a movement that does not exist"),
        (first.reverses_id.is_not(None), "reverses a reversal"),
        (or_(back.from_place_id != first.to_place_id, back.to_place_id != first.from_place_id),
         "does not go back where the goods came from"),
        (back.lot_id != first.lot_id, "is of another lot"),
        (back.quantity != first.quantity, "is of another quantity"),
        (back.reserved_quarter.is_distinct_from(first.reserved_quarter), "is of another quarter"),
        (back.recorded_at < first.recorded_at, "was recorded before it"),
    )  # fmt: skip
    what = case(*faults, else_="").label("what")
    rows = (
        select(back.id, back.reverses_id, what)
        .outerjoin(first, first.id == back.reverses_id)
        .where(back.reverses_id.is_not(None), what != "")
    )
    for key, reversed_key, said in session.execute(rows):
        yield f"movement {key}, the reversal of {reversed_key}, {said}"
    once = StockMovement.reverses_id
    count = func.count()
    for key, times in session.execute(select(once, count).where(once.is_not(None)).group_by(once).having(count > 1)):
        yield f"movement {key} is reversed {times} times"


def _expired_to_families(session: Session) -> Iterator[str]:
    """No family gets a lot after its day; what was given so and then taken back is put right already."""
    families = select(Place.id).where(Place.kind == PlaceKind.FAMILIES).scalar_subquery()
    last = (
        select(StockMovement.lot_id, func.max(StockMovement.moved_at).label("at"))
        .where(StockMovement.to_place_id == families)
        .group_by(StockMovement.lot_id)
        .subquery("last")
    )
    suspects = select(Lot.id, Lot.expires_on, last.c.at).join(last, last.c.lot_id == Lot.id)
    late = [row.id for row in session.execute(suspects.where(Lot.expires_on.is_not(None)))
            if is_expired(row.expires_on, today(row.at))]  # fmt: skip
    back = aliased(StockMovement)
    for lot_id in late:
        given = (
            select(StockMovement.id, StockMovement.moved_at, Place.code, Item.code, Lot.code, Lot.expires_on)
            .join(Lot, Lot.id == StockMovement.lot_id)
            .join(Item, Item.id == Lot.item_id)
            .join(Place, Place.id == StockMovement.from_place_id)
            .outerjoin(back, back.reverses_id == StockMovement.id)
            .where(StockMovement.lot_id == lot_id, StockMovement.to_place_id == families, back.id.is_(None))
            .order_by(StockMovement.moved_at, StockMovement.id)
        )
        for key, moved_at, place, item, lot, expires_on in session.execute(given):
            if is_expired(expires_on, today(moved_at)):
                yield (
                    f"movement {key}: place {place} gave item {item}, lot {lot or _NO_CODE} to a family on "
                    f"{today(moved_at)}, and it expired on {expires_on}"
                )


def _overfull_bins(session: Session) -> Iterator[str]:
    """Bins hold no more of a lot than their place has, and belong to the place that their content names."""
    spot = (BinContent.place_id, BinContent.lot_id)
    sums = select(*spot, func.sum(BinContent.packs).label("packs")).group_by(*spot).subquery("sums")
    kept = func.coalesce(StockBalance.on_hand, 0).label("kept")
    here = and_(StockBalance.place_id == sums.c.place_id, StockBalance.lot_id == sums.c.lot_id)
    wrong = select(sums, kept).outerjoin(StockBalance, here).where(sums.c.packs > kept).subquery("wrong")
    for card, packs, on_hand in _by_card(session, wrong, wrong.c.packs, wrong.c.kept):
        yield f"{card}: {int(packs)} packs in bins, {on_hand} on hand"
    strays = (
        select(Bin.code, Place.code, Lot.code)
        .join(BinContent, BinContent.bin_id == Bin.id)
        .join(Place, Place.id == BinContent.place_id)
        .join(Lot, Lot.id == BinContent.lot_id)
        .where(BinContent.place_id != Bin.place_id)
        .order_by(Bin.code, Lot.code)
    )
    for code, place, lot in session.execute(strays):
        yield f"bin {code} holds lot {lot or _NO_CODE} for place {place}, to which it does not belong"


def _by_card(
    session: Session, wrong: Subquery, *columns: ColumnElement[Any]
) -> Iterator[tuple[Any, ...]]:  # rows of any columns
    """Yield the rows that name a place and a lot: the card in words, then the columns; in the order of the codes."""
    rows = (
        select(Place.code, Item.code, Lot.code, *columns)
        .join(wrong, wrong.c.place_id == Place.id)
        .join(Lot, Lot.id == wrong.c.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .order_by(Place.code, Item.code, Lot.code)
    )
    for place, item, lot, *values in session.execute(rows):
        yield f"place {place}, item {item}, lot {lot or _NO_CODE}", *values


def _told(quarter: Quarter | int) -> str:
    return str(quarter if isinstance(quarter, Quarter) else Quarter.from_ordinal(quarter))


INVARIANTS = (
    Invariant("I1", "Every movement takes a positive whole number of one lot from one place to another",
              _malformed_movements),
    Invariant("I2", "Per lot the sum over all places is zero", _sums_not_zero),
    Invariant("I3", "Every balance is the sum of its movements and reservations", _unproved_balances),
    Invariant("I4", "No place has fewer packs than none", _negative_balances),
    Invariant("I4", "No place ever had fewer packs than none", _negative_history),
    Invariant("I9", "What is reserved is there", _overreserved_balances),
    Invariant("I9", "No quarter has fewer packs reserved than none", _overdrawn_quarters),
    Invariant("I9", "No document holds fewer packs than none", _overdrawn_documents),
    Invariant("I11", "Every reversal takes back exactly one movement, once", _wrong_reversals),
    Invariant("I13", "No family got an expired lot", _expired_to_families),
    Invariant("bins", "Bins hold no more than their place has", _overfull_bins),
    Invariant("I14", "Every row that is named exists", find_broken_references),
    Invariant("I14", "Every index agrees with its rows", find_wrong_indices, is_slow=True),
    Invariant("I14", "Every key stands once and leads to its row", find_wrong_keys, is_slow=True),
    Invariant("I14", "The database is sound", find_damage),
)  # fmt: skip
"""What `flask warehouses verify` proves of the ledger; whoever moves goods by documents adds what holds of those."""
