"""Bins give up what left their place: the ledger says how many packs there are, bins only where they lie."""

from collections.abc import Sequence

from sqlalchemy import Table, and_, delete, func, select, update
from sqlalchemy.orm import Session

from core.dialects import given_rows
from warehouses.models import Bin, BinContent

_CONTENTS: Table = Table("bin_content", BinContent.metadata)


def empty_bins(session: Session, left: Sequence[tuple[int, int, int]]) -> None:
    """Take out of the bins what is more than a place has of a lot; `left` are place, lot and the packs left there.

    What was not put away goes first; then the bins in the order of their codes. The balances are locked already.
    """
    given = given_rows(session, list(left), "place", "lot", "packs")
    before = func.sum(_CONTENTS.c.packs).over(
        partition_by=(_CONTENTS.c.place_id, _CONTENTS.c.lot_id), order_by=(Bin.code.desc(), Bin.id.desc())
    )
    rows = (
        select(_CONTENTS.c.bin_id, _CONTENTS.c.lot_id, (given.c.packs - before + _CONTENTS.c.packs).label("room"),
               _CONTENTS.c.packs)
        .join(Bin, Bin.id == _CONTENTS.c.bin_id)
        .join(given, and_(given.c.place == _CONTENTS.c.place_id, given.c.lot == _CONTENTS.c.lot_id))
    )  # fmt: skip
    for bin_id, lot_id, room, packs in session.execute(rows).all():
        here = and_(_CONTENTS.c.bin_id == bin_id, _CONTENTS.c.lot_id == lot_id)
        if room <= 0:
            session.execute(delete(_CONTENTS).where(here))
        elif room < packs:
            session.execute(update(_CONTENTS).where(here).values(packs=room))
