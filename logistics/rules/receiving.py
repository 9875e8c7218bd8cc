"""What a scan does to the lines on the page where goods are received."""

from collections.abc import Sequence
from dataclasses import replace

from logistics.values.receiving import DraftLine, ScannedGoods


def with_scanned(lines: Sequence[DraftLine], goods: ScannedGoods) -> tuple[list[DraftLine], int, bool]:
    """Return the lines after a scan, the place of the line it touched, and whether anything changed.

    The same lot again raises its line; a line of the item that waits for its lot takes it; else a line is added. A code
    without a lot raises the last line of its item. A carton is one thing: its number again changes nothing.

    Raises:
        ValueError: nobody said which item it is.
    """
    if goods.item_id is None:
        raise ValueError(goods.gtin)
    if goods.sscc and any(line.sscc == goods.sscc for line in lines):
        return list(lines), next(at for at, line in enumerate(lines) if line.sscc == goods.sscc), False
    at = _line_of(lines, goods)
    fresh = DraftLine(goods.item_id) if at is None else lines[at]
    counted = int(fresh.packs) if fresh.packs.isascii() and fresh.packs.isdigit() else 0
    raised = replace(
        fresh,
        lot_code=fresh.lot_code or goods.lot_code,
        expires_on=fresh.expires_on or goods.expires_on,
        packs=str(counted + (goods.packs or 1)),
        sscc=fresh.sscc or goods.sscc,
    )
    if at is None:
        return [*lines, raised], len(lines), True
    return [*lines[:at], raised, *lines[at + 1 :]], at, True


def _line_of(lines: Sequence[DraftLine], goods: ScannedGoods) -> int | None:
    own = [at for at, line in enumerate(lines) if line.item_id == goods.item_id and not (line.sscc or goods.sscc)]
    if not goods.lot_code and goods.expires_on is None:
        return own[-1] if own else None
    same = [at for at in own if (lines[at].lot_code, lines[at].expires_on) == (goods.lot_code, goods.expires_on)]
    waiting = [
        at
        for at, line in enumerate(lines)
        if line.item_id == goods.item_id and not line.lot_code and line.expires_on is None and not line.sscc
    ]
    return next(iter([*same, *(at for at in waiting if not lines[at].packs)]), None)


def chosen_by_lines(lines: Sequence[DraftLine], ways: Sequence[ScannedGoods]) -> ScannedGoods | None:
    """Return the one way to read a code that a line on the page has chosen before, or None."""
    known = {(line.item_id, line.lot_code, line.expires_on) for line in lines if line.lot_code}
    fitting = [way for way in ways if (way.item_id, way.lot_code, way.expires_on) in known]
    return fitting[0] if len(fitting) == 1 else None
