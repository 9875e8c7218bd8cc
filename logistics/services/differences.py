"""Differences on arrival: one end proposes what happened, the other agrees, and the ledger follows."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from core.actors import Actor
from core.i18n import text
from logistics.errors.transfers import DifferenceSettled, ExplanationUnfit, OtherEndNeeded
from logistics.models import Transfer, TransferDifference, TransferLine
from logistics.permissions import LogisticsRight
from logistics.queries import list_transfer_lines
from logistics.queries.transfers import find_transfer, get_difference
from logistics.rules.differences import EXPLANATIONS, other_end
from logistics.services.transfers import record_transfers, transfer_movement
from logistics.values.transfers import End, Explanation
from warehouses.errors import PlaceUnknown
from warehouses.queries import get_outside_place, list_unreachable
from warehouses.services import post_movements
from warehouses.values import NewMovement, PlaceKind


def list_own_ends(session: Session, transfer: Transfer, actor: Actor) -> Sequence[End]:
    """Return the ends of a transfer for which this person may speak: who sends from it, or receives at it."""
    ends = (
        (End.SOURCE, transfer.from_place_id, LogisticsRight.DISPATCH_TRANSFERS),
        (End.TARGET, transfer.to_place_id, LogisticsRight.RECEIVE_TRANSFERS),
    )
    return [end for end, place, right in ends if not list_unreachable(session, [place], actor.reach(right))]


def propose_explanation(
    session: Session,
    transfer: Transfer,
    position: int,
    *,
    explanation: Explanation,
    end: End,
    actor: Actor,
    at: datetime,
) -> TransferDifference:
    """Say for one end what happened; until the other agrees, either may say otherwise.

    Raises:
        PlaceUnknown, DifferenceUnknown, DifferenceSettled, ExplanationUnfit.
    """
    difference = _locked(session, transfer, position, end=end, actor=actor)
    if explanation not in EXPLANATIONS[difference.kind]:
        raise ExplanationUnfit(text("This does not explain the difference. Choose one of the offered explanations."))
    difference.explanation, difference.proposed_end = explanation, end
    difference.proposed_at, difference.proposed_by_id = at, actor.id
    session.flush()
    detail = {"line": position, "explanation": str(explanation), "end": str(end)}
    record_transfers(session, [transfer], "logistics.propose_explanation", actor=actor, at=at, detail=detail)
    return difference


def agree_to_explanation(
    session: Session,
    transfer: Transfer,
    position: int,
    *,
    explanation: Explanation,
    actor: Actor,
    at: datetime,
) -> TransferDifference:
    """Agree for the other end, as another person, to what was proposed; `explanation` is what one agrees to.

    Lost goods leave for "loss"; what was not sent returns to the source; what was found arrives; what was sent beside
    the paper leaves the source and arrives; a miscount moves nothing.

    Raises:
        PlaceUnknown, DifferenceUnknown, DifferenceSettled, ExplanationUnfit, OtherEndNeeded, and the refusals of
        `warehouses.services.post_movements`.
    """
    proposed = get_difference(session, transfer.id, position)
    if not proposed.explanation:
        raise ExplanationUnfit(text("Nobody has said yet what happened. Say it first; the other end agrees."))
    difference = _locked(session, transfer, position, end=other_end(proposed.proposed_end), actor=actor)
    if (difference.explanation, difference.proposed_by_id) != (explanation, proposed.proposed_by_id):
        raise DifferenceSettled(text("The explanation was changed meanwhile. Open the page again and look."))
    if difference.proposed_by_id == actor.id:
        raise OtherEndNeeded(text("You said yourself what happened. Another person at the other end must agree."))
    line = next(one for one in list_transfer_lines(session, [transfer.id]) if one.position == position)
    post_movements(session, _movements(session, transfer, line, difference, at=at), actor_id=actor.id, at=at)
    difference.settled_at, difference.settled_by_id = at, actor.id
    session.flush()
    detail = {"line": position, "explanation": str(explanation), "packs": difference.packs}
    record_transfers(session, [transfer], "logistics.agree_to_explanation", actor=actor, at=at, detail=detail)
    return difference


def _locked(session: Session, transfer: Transfer, position: int, *, end: End, actor: Actor) -> TransferDifference:
    """Return the difference while its transfer is locked, if the person may speak for the end."""
    if end not in list_own_ends(session, transfer, actor):
        raise PlaceUnknown(text("There is no such place here."))
    find_transfer(session, transfer.id, locked=True)
    difference = get_difference(session, transfer.id, position)
    if difference.settled_at is not None:
        raise DifferenceSettled(text("This difference is settled already. Nothing was done twice."))
    return difference


def _movements(
    session: Session, transfer: Transfer, line: TransferLine, difference: TransferDifference, *, at: datetime
) -> Sequence[NewMovement]:
    transit = get_outside_place(session, PlaceKind.IN_TRANSIT).id
    source, target = transfer.from_place_id, transfer.to_place_id
    loss = get_outside_place(session, PlaceKind.LOSS).id
    roads = {
        Explanation.LOST: [(transit, loss)],
        Explanation.NOT_SENT: [(transit, source)],
        Explanation.FOUND: [(transit, target)],
        Explanation.SENT_MORE: [(source, transit), (transit, target)],
        Explanation.MISCOUNTED: [],
    }
    beside_the_paper = difference.explanation == Explanation.SENT_MORE
    return [
        transfer_movement(
            transfer,
            line,
            f"{difference.explanation} {step}",
            ends=(start, end),
            quantity=difference.packs,
            moved_at=at,
            reason=difference.note,
            is_reserved=not beside_the_paper,
        )
        for step, (start, end) in enumerate(roads[Explanation(difference.explanation)], start=1)
    ]
