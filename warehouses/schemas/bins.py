"""Bins, as programs read them and put goods away into them."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import ConfigDict, Field
from sqlalchemy import Row

from core.web.api.bodies import Sent, Told
from core.web.api.fields import TEXT, LotId, Packs
from warehouses.models import Bin, BinContent, Lot

BinCode = Annotated[str, Field(min_length=1, max_length=20), TEXT]


class BinLotTold(Told):
    """So many packs of a lot in a bin."""

    lot: int
    lot_code: str
    item: str
    packs: int


class BinTold(Told):
    """A bin and what lies in it."""

    code: str
    note: str
    is_open: bool
    lots: list[BinLotTold]


class BinsTold(Told):
    """The bins of a place by code."""

    bins: list[BinTold]


class PutAwaySent(Sent):
    """Packs of a lot that go into a bin: from what was not put away yet, or from another bin."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"lot": 17, "packs": 40, "to_bin": "A-01", "from_bin": None}]}
    )

    lot: LotId
    packs: Packs
    to_bin: BinCode
    from_bin: BinCode | None = None


def told_of(rows: Sequence[Row[Bin, BinContent, Lot]]) -> BinsTold:
    """Return the bins of a place; a bin in which nothing lies stands in one row without a lot."""
    bins: dict[int, BinTold] = {}
    for row in rows:
        here, content, lot = row
        told = bins.setdefault(here.id, BinTold(code=here.code, note=here.note, is_open=here.is_open, lots=[]))
        if row[1] is not None:
            told.lots.append(BinLotTold(lot=lot.id, lot_code=lot.code, item=lot.item.code, packs=content.packs))
    return BinsTold(bins=list(bins.values()))
