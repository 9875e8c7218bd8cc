"""Who acts, and how far a right of theirs reaches.

A scope is a kind and an id; each floor knows what its own kinds mean.
"""

from collections.abc import Mapping
from dataclasses import dataclass

Rights = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Grant:
    """A role within a scope; `scope_id` is 0 for the whole country."""

    role: str
    scope_kind: str
    scope_id: int


@dataclass(frozen=True, slots=True)
class Reach:
    """What a right covers: everywhere, or the scopes listed. An empty reach covers nothing."""

    everywhere: bool = False
    scopes: frozenset[tuple[str, int]] = frozenset()

    def ids(self, kind: str) -> frozenset[int]:
        """Return the ids of the scopes of one kind (region, district, place, supplier)."""
        return frozenset(scope_id for scope_kind, scope_id in self.scopes if scope_kind == kind)


EVERYWHERE = Reach(everywhere=True)
NOWHERE = Reach()


@dataclass(frozen=True, slots=True)
class Actor:
    """A person who acts, with the roles that count for them now. `rights` says which rights each role holds."""

    id: int
    login: str
    name: str
    language: str
    grants: tuple[Grant, ...]
    rights: Rights

    def may(self, right: str) -> bool:
        """Say whether some role of theirs holds the right, anywhere."""
        return any(right in self.rights.get(grant.role, frozenset()) for grant in self.grants)

    def reach(self, right: str) -> Reach:
        """Return how far the right reaches for this person."""
        holding = [grant for grant in self.grants if right in self.rights.get(grant.role, frozenset())]
        if any(grant.scope_kind == "country" for grant in holding):
            return EVERYWHERE
        return Reach(scopes=frozenset((g.scope_kind, g.scope_id) for g in holding))

    def has_role(self, role: str) -> bool:
        """Say whether the role counts for this person anywhere."""
        return any(grant.role == role for grant in self.grants)
