"""What the scopes of roles are called."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from sqlalchemy.orm import Session

from accounts.errors import ScopeUnknown
from accounts.values import GrantLine, ScopeKind
from core.actors import Grant
from core.i18n import text
from core.scopes import ScopeBook, ScopeName


def get_scope(session: Session, scopes: ScopeBook, *, kind: str, code: str) -> int:
    """Return the id of the scope with this code; 0 is the whole country.

    Raises:
        ScopeUnknown: nothing of this kind has this code.
    """
    if kind == ScopeKind.COUNTRY:
        return 0
    source = scopes.get(kind)
    found = source.find(session, code) if source is not None else None
    if found is None:
        raise ScopeUnknown(
            text("Nothing has the code %(code)s. Choose one from the list or check the code.", code=code)
        )
    return found.id


def name_scopes(
    session: Session, scopes: ScopeBook, grants: Iterable[Grant | GrantLine]
) -> Mapping[tuple[str, int], ScopeName]:
    """Return the names of the scopes of these roles, by kind and id; the country has none."""
    ids: defaultdict[str, set[int]] = defaultdict(set)
    for grant in grants:
        ids[grant.scope_kind].add(grant.scope_id)
    return {
        (kind, scope.id): scope
        for kind, wanted in ids.items()
        if kind in scopes
        for scope in scopes[kind].named(session, wanted).values()
    }
