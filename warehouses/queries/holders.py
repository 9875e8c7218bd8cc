"""Who has packs of a lot, as those say who know: packages above register here, so that warehouses need not know them.

A transfer on the road is known to logistics, a family to distribution. `app` puts the book together.
"""

from collections.abc import Collection, Mapping
from typing import Protocol

from sqlalchemy.orm import Session

from core.actors import Actor
from core.i18n import Text
from warehouses.values.recalls import HolderPage


class LotHolders(Protocol):
    """One kind of holders of lots."""

    @property
    def name(self) -> Text:
        """What they are called, in the plural."""

    def count(self, session: Session, lot_ids: Collection[int], actor: Actor) -> int:
        """Return how many there are at the places whose stock the actor reads; tells nobody who they are."""

    def may_list(self, actor: Actor) -> bool:
        """Say whether the actor may see who they are."""

    def find(self, session: Session, lot_ids: Collection[int], actor: Actor, *, start: int, size: int) -> HolderPage:
        """Return some of those that the actor may see, from the row `start` on, and how many there are."""


HolderBook = Mapping[str, LotHolders]
"""The kinds of holders by the word that stands in addresses."""
