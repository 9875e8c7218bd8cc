"""Corrections: a movement is taken back once, with a reason, in the way its document allows."""

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from core.actors import Actor
from core.audit import record
from core.i18n import Text, text
from core.text import clean
from warehouses.errors import AlreadyReversed, MovementUnknown, ReversalOfReversal
from warehouses.errors.corrections import CorrectionMalformed, ReversedElsewhere, SecondPersonNeeded
from warehouses.models import StockMovement
from warehouses.permissions import WarehouseRight
from warehouses.queries.corrections import (
    get_movement,
    is_reversed,
    list_count_deciders,
    list_movements_to_reverse,
    list_write_off_deciders,
)
from warehouses.queries.places import list_places, list_unreachable
from warehouses.services.stock import reverse_movements
from warehouses.values.assemblies import ASSEMBLY
from warehouses.values.counts import COUNT
from warehouses.values.write_offs import WRITE_OFF

LONGEST_REASON = 200

Follow = Callable[[Session, Sequence[StockMovement]], None]
"""Lets a document follow movements of it that are being taken back; first, so that all acts lock it before balances."""


@dataclass(frozen=True, slots=True)
class Decided:
    """Who decided a document, by its id, and what to tell one of them: what two decided, neither undoes alone."""

    people: Callable[[Session, uuid.UUID], Collection[int]]
    refusal: Text


@dataclass(frozen=True, slots=True)
class HowReversed:
    """How movements of a kind of document are taken back.

    `refusal` says why not here, and where instead. `is_whole`: all of the document go back together or none does.
    `decided`: it takes somebody who did not decide it.
    """

    refusal: Text | None = None
    is_whole: bool = False
    follow: Follow | None = None
    decided: Decided | None = None


ReversalBook = Mapping[str, HowReversed]
"""How, by `document_kind`; packages above add their kinds, and `app` puts the book together."""

PLAIN = HowReversed()
"""A kind that is not in the book: its movements go back one by one."""

OWN_REVERSALS: ReversalBook = {
    COUNT: HowReversed(
        is_whole=True,
        decided=Decided(
            list_count_deciders,
            text(
                "You counted, handed in or closed here. Somebody who did none of it takes it back: another storekeeper "
                "of the place, or the district, the region or the ministry."
            ),
        ),
    ),
    WRITE_OFF: HowReversed(
        is_whole=True,
        decided=Decided(
            list_write_off_deciders,
            text(
                "You drafted or approved this act. Somebody who did neither takes it back: another storekeeper of the "
                "place, or the district, the region or the ministry."
            ),
        ),
    ),
    ASSEMBLY: HowReversed(
        refusal=text("Sets are taken apart, or packed again, by an act of its own. Open the assembly.")
    ),
}


def reverse_movement(
    session: Session,
    movement_id: uuid.UUID,
    *,
    key: uuid.UUID,
    reason: str,
    actor: Actor,
    at: datetime,
    book: ReversalBook,
) -> Sequence[uuid.UUID]:
    """Take a movement back, with the others of its document where they belong together; return what was reversed.

    The actor needs the right to correct at every place inside that it touches. The same key again changes nothing.

    Raises:
        MovementUnknown, ReversalOfReversal, ReversedElsewhere, SecondPersonNeeded, CorrectionMalformed,
        AlreadyReversed, and the refusals of the ledger: nothing may be kept of the transaction then.
    """
    movement = get_movement(session, movement_id, actor.reach(WarehouseRight.CORRECT_STOCK))
    reason = clean(reason)
    if not reason:
        raise CorrectionMalformed(text("Say why the movement is taken back."))
    if len(reason) > LONGEST_REASON:
        raise CorrectionMalformed(text("Shorten this to %(n)s characters.", n=LONGEST_REASON))
    refusal = refusal_of_reversal(session, movement, book, actor)
    if refusal is not None:
        raise refusal
    how = book.get(movement.document_kind, PLAIN)
    together = list_movements_to_reverse(session, movement, whole=how.is_whole)
    if not may_reverse(session, together, actor):
        raise MovementUnknown(text("There is no such movement."))
    keys = {one.id: key if one.id == movement.id else uuid.uuid5(key, str(one.id)) for one in together}
    if is_reversed(session, movement.id, but_by=key):
        raise AlreadyReversed(text("This was reversed before, and a movement can be reversed once."))
    if is_reversed(session, movement.id):
        return [one.id for one in together]
    ids = [one.id for one in together]
    if how.follow is not None:
        how.follow(session, together)
    reverse_movements(session, ids, keys=keys, reason=reason, actor_id=actor.id, at=at)
    record(
        session,
        actor_id=actor.id,
        action="warehouses.reverse_movement",
        subject="stock_movement",
        subject_id=str(movement.id),
        at=at,
        detail={"document": f"{movement.document_kind} {movement.document_id}", "movements": len(ids), "why": reason},
    )
    return ids


def refusal_of_reversal(
    session: Session, movement: StockMovement, book: ReversalBook, actor: Actor
) -> ReversalOfReversal | ReversedElsewhere | SecondPersonNeeded | None:
    """Return why a movement is not taken back here, or not by the actor, or None."""
    if movement.reverses_id is not None:
        return ReversalOfReversal(text("A reversal cannot be reversed. Enter a new movement instead."))
    how = book.get(movement.document_kind, PLAIN)
    if how.refusal is not None:
        return ReversedElsewhere(how.refusal)
    if how.decided is not None and actor.id in how.decided.people(session, uuid.UUID(movement.document_id)):
        return SecondPersonNeeded(how.decided.refusal)
    return None


def may_reverse(session: Session, movements: Sequence[StockMovement], actor: Actor) -> bool:
    """Say whether the actor may correct at every place inside that the movements touch."""
    ends = {end for one in movements for end in (one.from_place_id, one.to_place_id)}
    inside = {place.id for place in list_places(session, ends).values() if place.is_inside}
    return not list_unreachable(session, inside, actor.reach(WarehouseRight.CORRECT_STOCK))
