"""Lots, as they are read from packs and papers."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from operator import itemgetter

from sqlalchemy.orm import Session

from core.dialects import insert_into
from core.i18n import format_day, text
from core.text import clean
from warehouses.errors import LotDiffers, LotMalformed
from warehouses.models import Lot
from warehouses.queries import list_known_lots
from warehouses.values import NewLot

_LONGEST_CODE = 40


def receive_lot(
    session: Session, *, item_id: int, code: str, expires_on: date | None, kit_version_id: int | None, at: datetime
) -> Lot:
    """Return the lot of an item with this code; it is made when it is new.

    Raises:
        LotMalformed, LotDiffers: the code is too long, or known with another expiry day or standard.
    """
    wish = NewLot(item_id, code, expires_on, kit_version_id)
    return receive_lots(session, [wish], at=at)[(item_id, clean(code))]


def receive_lots(session: Session, wishes: Sequence[NewLot], *, at: datetime) -> Mapping[tuple[int, str], Lot]:
    """Return lots by item and cleaned code; those that are new are made. Two or three statements for any number.

    Raises:
        LotMalformed, LotDiffers: see `receive_lot`.
    """
    wanted: dict[tuple[int, str], NewLot] = {}
    for wish in wishes:
        code = clean(wish.code)
        if len(code) > _LONGEST_CODE:
            message = text("A lot code has at most %(n)s characters. Check what was scanned.", n=_LONGEST_CODE)
            raise LotMalformed(message)
        known = wanted.setdefault((wish.item_id, code), wish)
        if known.expires_on != wish.expires_on:
            raise _differs(code, known.expires_on, wish.expires_on)
    items, codes = {item for item, _ in wanted}, {code for _, code in wanted}
    found = list_known_lots(session, items, codes)
    fresh = [
        {
            "item_id": item,
            "code": code,
            "expires_on": wish.expires_on,
            "kit_version_id": wish.kit_version_id,
            "first_received_at": at,
            "status": "released",
        }
        for (item, code), wish in sorted(wanted.items(), key=itemgetter(0))  # in one order, whoever makes lots at once
        if (item, code) not in found
    ]
    if fresh:
        session.execute(insert_into(session, Lot).on_conflict_do_nothing(index_elements=["item_id", "code"]), fresh)
        found = list_known_lots(session, items, codes)
    for key, wish in wanted.items():
        lot = found[key]
        if lot.expires_on != wish.expires_on:
            raise _differs(lot.code, lot.expires_on, wish.expires_on)
        if wish.kit_version_id is not None and lot.kit_version_id not in {None, wish.kit_version_id}:
            raise LotDiffers(
                text("Lot %(lot)s is known as packed by another version of the standard. Check the pack.", lot=lot.code)
            )
    return {key: found[key] for key in wanted}


def _differs(code: str, known: date | None, given: date | None) -> LotDiffers:
    return LotDiffers(
        text(
            "Lot %(lot)s is known with the expiry day %(known)s, not %(given)s. "
            "Check the pack: a lot has one expiry day.",
            lot=code or "–",
            known=format_day(known),
            given=format_day(given),
        )
    )
