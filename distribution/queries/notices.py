"""Reads of notices: the families of a roster with their children's numbers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalog.models import KitKind
from core.actors import Reach
from distribution.models import Child, Family, Roster, RosterLine
from territory.models import District
from territory.queries import district_condition

_ROWS_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class NoticedChild:
    """A child on a roster: its name, its number and the kits it stands there for."""

    name: str
    pseudonym: str
    kits: Sequence[str]


@dataclass(frozen=True, slots=True)
class Notice:
    """A family that gets a notice."""

    guardian_name: str
    settlement: str
    children: Sequence[NoticedChild]


def count_noticed_families(session: Session, roster: Roster, reach: Reach) -> list[tuple[District, int]]:
    """Return the districts of a roster within the reach, in Kazakh order, with their families."""
    statement = (
        select(District, func.count(RosterLine.family_id.distinct()))
        .join(RosterLine, RosterLine.district_id == District.id)
        .where(RosterLine.roster_id == roster.id, district_condition(reach, RosterLine.district_id))
        .group_by(District.id)
        .order_by(District.sort_kk, District.id)
    )
    return [(district, count) for district, count in session.execute(statement)]


def stream_notices(session: Session, roster: Roster, district_id: int) -> Iterator[Notice]:
    """Yield the families of a district by settlement and name in Kazakh order, granted or not."""
    statement = (
        select(Family.id, Family.guardian_name, Family.settlement, Child.name, RosterLine.pseudonym, KitKind.code)
        .select_from(RosterLine)
        .join(Family, Family.id == RosterLine.family_id)
        .join(Child, Child.id == RosterLine.child_id)
        .join(KitKind, KitKind.id == RosterLine.kit_kind_id)
        .where(RosterLine.roster_id == roster.id, RosterLine.district_id == district_id)
        .order_by(Family.settlement, Family.guardian_sort, Family.id, Child.birth_on, Child.id, KitKind.code)
    )
    family_id, head, children = 0, ("", ""), dict[str, tuple[str, list[str]]]()
    for one, guardian, settlement, name, pseudonym, kit in session.execute(
        statement, execution_options={"yield_per": _ROWS_AT_ONCE}
    ):
        if one != family_id and children:
            yield _notice(head, children)
            children = {}
        family_id, head = one, (guardian, settlement)
        children.setdefault(pseudonym, (name, []))[1].append(kit)
    if children:
        yield _notice(head, children)


def _notice(head: tuple[str, str], children: dict[str, tuple[str, list[str]]]) -> Notice:
    return Notice(*head, [NoticedChild(name, pseudonym, kits) for pseudonym, (name, kits) in children.items()])
