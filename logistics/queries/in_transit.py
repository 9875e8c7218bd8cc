"""Goods in transit, with the places they go to."""

from sqlalchemy import func, select, union_all

from logistics.models import Transfer, TransferDifference, TransferLine
from logistics.values import TransferStatus
from warehouses.queries.stock_list import Coming


def goods_in_transit() -> Coming:
    """Return place, lot and packs of what is on the road to a place, or was short there and is not settled yet."""
    on_the_road = (
        select(Transfer.to_place_id.label("place_id"), TransferLine.lot_id, TransferLine.quantity.label("packs"))
        .join(Transfer, Transfer.id == TransferLine.transfer_id)
        .where(Transfer.status == TransferStatus.DISPATCHED)
    )
    short = (
        select(Transfer.to_place_id, TransferLine.lot_id, TransferDifference.packs)
        .join(TransferLine, TransferLine.transfer_id == Transfer.id)
        .join(
            TransferDifference,
            (TransferDifference.transfer_id == TransferLine.transfer_id)
            & (TransferDifference.position == TransferLine.position),
        )
        .where(TransferDifference.kind == "short", TransferDifference.settled_at.is_(None))
    )
    lines = union_all(on_the_road, short).subquery("on_the_road")
    return select(lines.c.place_id, lines.c.lot_id, func.sum(lines.c.packs)).group_by(lines.c.place_id, lines.c.lot_id)
