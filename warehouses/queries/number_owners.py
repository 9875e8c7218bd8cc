"""Under whose company prefix (GS1) cartons of a lot may be numbered: the state's, or that of who brought the lot.

Suppliers are known to the floor above: it registers here how they are found, and `app` puts the book together.
"""

from collections.abc import Callable, Sequence

from sqlalchemy.orm import Session

from core.i18n import text
from warehouses.queries.policies import thresholds_now
from warehouses.values.labels import NumberOwner

OwnersOfLot = Callable[[Session, int], Sequence[NumberOwner]]
"""Finds those who brought a lot, by its id, and have a company prefix."""


def list_number_owners(session: Session, lot_id: int, book: Sequence[OwnersOfLot]) -> Sequence[NumberOwner]:
    """Return under whose prefixes cartons of a lot may be numbered: the state's first, where it has one."""
    own = thresholds_now(session).gs1_prefix
    state = [NumberOwner("state", text("the state's warehouses"), own)] if own else []
    return [*state, *(owner for find in book for owner in find(session, lot_id))]
