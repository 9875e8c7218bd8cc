"""Goods that are to go back to where they came from."""

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from core.actors import Actor
from core.i18n import text
from logistics.errors.transfers import RequestNotOpen
from logistics.models import Transfer, TransferRequest
from logistics.services.requests import request_transfer
from logistics.values import TransferStatus
from logistics.values.transfers import NewRequest, Purpose, RequestWish


def request_return(
    session: Session, transfer: Transfer, *, note: str, actor: Actor, at: datetime, key: uuid.UUID
) -> TransferRequest:
    """Ask that what a transfer brought goes back, item by item as it was counted; another person approves.

    Raises:
        RequestNotOpen, PlaceUnknown: it did not arrive, or neither end is within reach.
    """
    packs: dict[int, int] = {}
    for line in transfer.lines:
        packs[line.lot.item_id] = packs.get(line.lot.item_id, 0) + (line.received or 0)
    wishes = tuple(RequestWish(item, count) for item, count in packs.items() if count)
    if transfer.status != TransferStatus.RECEIVED or transfer.turned_back_at is not None or not wishes:
        raise RequestNotOpen(text("Only what arrived can go back. Open the transfer again and look."))
    wish = NewRequest(key, transfer.to_place_id, transfer.from_place_id, wishes, Purpose.RETURN, note=note)
    return request_transfer(session, wish, actor=actor, at=at)
