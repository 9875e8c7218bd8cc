"""Bins: opened, renamed, closed; packs put away into them and taken out of them. The ledger is not touched."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Table, and_, delete, exists, func, select, update
from sqlalchemy.orm import Session

from core.actors import Actor
from core.audit import record
from core.dialects import insert_into
from core.i18n import text
from core.text import clean
from warehouses.errors.bins import BinClosed, BinCodeTaken, BinMalformed, BinNotEmpty, BinShort
from warehouses.models import Bin, BinContent, Lot, Place
from warehouses.permissions import WarehouseRight
from warehouses.queries import get_lot, get_place
from warehouses.queries.bins import bin_code, find_bin, get_bin
from warehouses.services.stock import lock_stock

_CONTENTS: Table = Table("bin_content", BinContent.metadata)
_LONGEST_CODE, _LONGEST_NOTE = 20, 100


def open_bin(session: Session, place_id: int, *, code: str, note: str = "", actor: Actor, at: datetime) -> Bin:
    """Open a bin of a place under the code that is written on it; the first makes the place one with bins.

    Raises:
        PlaceUnknown, BinMalformed, BinCodeTaken.
    """
    place = get_place(session, place_id, actor.reach(WarehouseRight.MANAGE_BINS))
    written, note = _checked(code), clean(note)[:_LONGEST_NOTE]
    row = {"place_id": place.id, "code": written, "note": note}
    added = session.scalar(
        insert_into(session, Bin).on_conflict_do_nothing(index_elements=["place_id", "code"]).returning(Bin.id), row
    )
    if added is None:
        raise _taken(written)
    if not place.uses_bins:
        session.execute(update(Place).where(Place.id == place.id).values(uses_bins=True))
    _record(session, "warehouses.open_bin", place, added, actor=actor, at=at, code=written)
    return session.get_one(Bin, added)


def change_bin(
    session: Session, place_id: int, bin_id: int, *, code: str, note: str, actor: Actor, at: datetime
) -> Bin:
    """Give a bin another code or note.

    Raises:
        PlaceUnknown, BinUnknown, BinMalformed, BinCodeTaken.
    """
    place = get_place(session, place_id, actor.reach(WarehouseRight.MANAGE_BINS))
    found, written = _locked(session, place.id, [bin_id])[0], _checked(code)
    other = find_bin(session, place.id, written)
    if other is not None and other.id != bin_id:
        raise _taken(written)
    found.code, found.note = written, clean(note)[:_LONGEST_NOTE]
    session.flush()
    _record(session, "warehouses.change_bin", place, bin_id, actor=actor, at=at, code=written)
    return found


def close_bin(session: Session, place_id: int, bin_id: int, *, actor: Actor, at: datetime) -> Bin:
    """Close a bin in which nothing lies; closing it again changes nothing.

    Raises:
        PlaceUnknown, BinUnknown, BinNotEmpty.
    """
    place = get_place(session, place_id, actor.reach(WarehouseRight.MANAGE_BINS))
    found = _locked(session, place.id, [bin_id])[0]
    if session.scalar(select(exists().where(BinContent.bin_id == bin_id))):
        raise BinNotEmpty(text("Packs lie in bin %(bin)s. Put them into another bin first.", bin=found.code))
    if found.is_open:
        found.is_open = False
        session.flush()
        _record(session, "warehouses.close_bin", place, bin_id, actor=actor, at=at, code=found.code)
    return found


def reopen_bin(session: Session, place_id: int, bin_id: int, *, actor: Actor, at: datetime) -> Bin:
    """Open a closed bin again; opening it again changes nothing.

    Raises:
        PlaceUnknown, BinUnknown.
    """
    place = get_place(session, place_id, actor.reach(WarehouseRight.MANAGE_BINS))
    found = _locked(session, place.id, [bin_id])[0]
    if not found.is_open:
        found.is_open = True
        session.flush()
        _record(session, "warehouses.reopen_bin", place, bin_id, actor=actor, at=at, code=found.code)
    return found


def put_away(
    session: Session,
    place_id: int,
    lot_id: int,
    *,
    bin_id: int,
    packs: int,
    from_bin_id: int | None = None,
    actor: Actor,
    at: datetime,
) -> None:
    """Put packs of a lot into a bin: from what was not put away yet, or from another bin.

    Raises:
        PlaceUnknown, LotUnknown, BinUnknown, BinClosed, BinShort, BinMalformed.
    """
    place, lot, on_hand = _at_work(session, place_id, lot_id, packs=packs, actor=actor)
    ids = [bin_id] if from_bin_id is None else [bin_id, from_bin_id]
    if from_bin_id == bin_id:
        raise BinMalformed(text("The packs lie in this bin already. Choose another bin."))
    bins = {one.id: one for one in _locked(session, place.id, ids, shared=True)}
    if not bins[bin_id].is_open:
        raise BinClosed(text("Bin %(bin)s is closed. Choose another bin.", bin=bins[bin_id].code))
    if from_bin_id is None:
        _refuse_lack(_not_put_away(session, place.id, lot.id, on_hand), packs, lot)
    else:
        _lessen(session, bins[from_bin_id], lot, packs)
    adding = insert_into(session, _CONTENTS).values(bin_id=bin_id, lot_id=lot.id, place_id=place.id, packs=packs)
    more = {"packs": _CONTENTS.c.packs + packs}
    session.execute(adding.on_conflict_do_update(index_elements=["bin_id", "lot_id"], set_=more))
    source = bins[from_bin_id].code if from_bin_id is not None else ""
    _record_packs(
        session,
        "warehouses.put_away",
        place,
        lot,
        packs=packs,
        actor=actor,
        at=at,
        from_bin=source,
        bin=bins[bin_id].code,
    )


def take_out(
    session: Session, place_id: int, lot_id: int, *, bin_id: int, packs: int, actor: Actor, at: datetime
) -> None:
    """Take packs of a lot out of a bin: they are still at the place, and wait to be put away.

    Raises:
        PlaceUnknown, LotUnknown, BinUnknown, BinShort, BinMalformed.
    """
    place, lot, _ = _at_work(session, place_id, lot_id, packs=packs, actor=actor)
    found = _locked(session, place.id, [bin_id], shared=True)[0]
    _lessen(session, found, lot, packs)
    _record_packs(session, "warehouses.take_out", place, lot, packs=packs, actor=actor, at=at, bin=found.code)


def _at_work(session: Session, place_id: int, lot_id: int, *, packs: int, actor: Actor) -> tuple[Place, Lot, int]:
    """Return place, lot and packs on hand with the balance locked: whoever moves or stows the same goods waits."""
    if packs <= 0:
        raise BinMalformed(text("Enter a whole number of packs, at least 1."))
    reach = actor.reach(WarehouseRight.PUT_AWAY)
    place, lot = get_place(session, place_id, reach), get_lot(session, lot_id, reach)
    on_hand, _ = lock_stock(session, [(place.id, lot.id)])[(place.id, lot.id)]
    return place, lot, on_hand


def _not_put_away(session: Session, place_id: int, lot_id: int, on_hand: int) -> int:
    stowed = select(func.coalesce(func.sum(_CONTENTS.c.packs), 0)).where(
        _CONTENTS.c.place_id == place_id, _CONTENTS.c.lot_id == lot_id
    )
    return on_hand - int(session.execute(stowed).scalar_one())


def _refuse_lack(there: int, packs: int, lot: Lot) -> None:
    if there < packs:
        raise BinShort(
            text(
                "%(there)s packs of lot %(lot)s wait to be put away, and %(asked)s were entered.",
                there=there,
                lot=lot.code or "–",
                asked=packs,
            )
        )


def _lessen(session: Session, source: Bin, lot: Lot, packs: int) -> None:
    here = and_(_CONTENTS.c.bin_id == source.id, _CONTENTS.c.lot_id == lot.id)
    there = session.execute(select(_CONTENTS.c.packs).where(here)).scalar_one_or_none() or 0
    if there < packs:
        raise BinShort(
            text(
                "%(there)s packs of lot %(lot)s lie in bin %(bin)s, and %(asked)s were entered.",
                there=there,
                lot=lot.code or "–",
                bin=source.code,
                asked=packs,
            )
        )
    if there == packs:
        session.execute(delete(_CONTENTS).where(here))
    else:
        session.execute(update(_CONTENTS).where(here).values(packs=there - packs))


def _locked(session: Session, place_id: int, ids: Collection[int], *, shared: bool = False) -> list[Bin]:
    """Return bins of a place in the order asked for, locked by id: who closes one waits for whoever puts goods into it.

    Raises:
        BinUnknown: the place has no such bin.
    """
    for bin_id in ids:
        get_bin(session, place_id, bin_id)
    locking = select(Bin).where(Bin.id.in_(ids)).order_by(Bin.id).with_for_update(read=shared)
    found = {one.id: one for one in session.scalars(locking.execution_options(populate_existing=True))}
    return [found[bin_id] for bin_id in ids]


def _checked(code: str) -> str:
    written = bin_code(code)
    if not 0 < len(written) <= _LONGEST_CODE:
        raise BinMalformed(text("A bin has a code of 1 to %(n)s characters.", n=_LONGEST_CODE))
    return written


def _taken(code: str) -> BinCodeTaken:
    return BinCodeTaken(text("This place has a bin %(bin)s already. Choose another code.", bin=code))


def _record(session: Session, action: str, place: Place, bin_id: int, *, actor: Actor, at: datetime, code: str) -> None:
    record(
        session,
        actor_id=actor.id,
        action=action,
        subject="bin",
        subject_id=str(bin_id),
        at=at,
        district_id=place.district_id,
        detail={"place": place.code, "bin": code},
    )


def _record_packs(
    session: Session, action: str, place: Place, lot: Lot, *, packs: int, actor: Actor, at: datetime, **bins: str
) -> None:
    record(
        session,
        actor_id=actor.id,
        action=action,
        subject="lot",
        subject_id=str(lot.id),
        at=at,
        district_id=place.district_id,
        detail={"place": place.code, "lot": lot.code, "packs": packs, **bins},
    )
