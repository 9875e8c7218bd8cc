"""What was really packed, held against the version of a standard that is in force."""

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from catalog.models import KitKind
from catalog.queries.contents import content_of
from catalog.queries.versions import version_in_force
from catalog.rules.compositions import Found, composition_faults
from catalog.rules.contents import ContentSubstitute, StandardContent
from catalog.rules.substitutes import is_valid_in
from core.quarters import Quarter


def list_composition_faults(
    session: Session, kit: KitKind, quarter: Quarter, given: Mapping[str, int]
) -> Sequence[Found]:
    """Return what is wrong with a lot packed for a quarter; `given` are the packs by item in one set of it.

    Whoever takes a packed lot in asks this: the version is the one in force in that quarter, with its substitutes.

    Raises:
        NoVersionInForce: none is approved for so early a quarter.
    """
    content = content_of(session, version_in_force(session, kit, quarter))
    return composition_faults(content, given, quarter)


def list_usable_substitutes(content: StandardContent, quarter: Quarter) -> Sequence[ContentSubstitute]:
    """Return the substitutes of a version that may be used in a quarter, in its order."""
    return [one for one in content.substitutes if is_valid_in(one, quarter)]
