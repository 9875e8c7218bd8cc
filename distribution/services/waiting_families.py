"""Looking a family up by its name at a point: for those who may, three letters at least, twenty at most."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from core.actors import Actor
from core.audit import record
from core.clock import today
from core.i18n import text
from core.quarters import Quarter
from core.text import clean, fold
from distribution.errors.hand_overs import SearchTooShort
from distribution.permissions import DistributionRight
from distribution.queries.waiting_families import WaitingFamily, list_waiting_families

FEWEST_LETTERS = 3


def search_families(session: Session, name: str, *, actor: Actor, at: datetime) -> Sequence[WaitingFamily]:
    """Return the families of this quarter with a part of their name; the trail keeps how much was asked, never what.

    Raises:
        SearchTooShort: fewer than three letters would show whoever is there.
    """
    asked = fold(clean(name))
    if sum(sign.isalpha() for sign in asked) < FEWEST_LETTERS:
        raise SearchTooShort(text("Enter at least 3 letters of the name."))
    for sign in ("\\", "%", "_"):
        asked = asked.replace(sign, f"\\{sign}")
    reach = actor.reach(DistributionRight.SEARCH_FAMILIES)
    found = list_waiting_families(session, f"%{asked}%", quarter=Quarter.of(today(at)), reach=reach)
    record(
        session,
        actor_id=actor.id,
        action="search_families",
        subject="voucher",
        subject_id=str(Quarter.of(today(at))),
        at=at,
        detail={"letters": len(asked), "found": len(found)},
    )
    return found
