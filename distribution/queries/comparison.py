"""Reads that compare the rosters of a quarter with those of the quarter before, and count classes for previews."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, exists, false, func, literal, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from catalog.models import KitKind
from core.actors import Reach
from core.quarters import Quarter
from distribution.models import Allotment, AssistanceCase, Child, Roster, RosterLine
from distribution.queries.eligibility import eligible_lines, list_kinds_for, list_kinds_in
from distribution.rules.eligibility import births_of_band, latest_birth
from distribution.rules.previews import Group, PriorityChoice
from distribution.values import AllotmentStatus
from distribution.values.cycles import ChangeCause
from territory.models import District
from territory.queries import district_condition

_MOST_MISSED = 9
_LARGE_FAMILY = 4
_YEARS = range(1, 18)
_MONTHS = 12
_COUNTED = (AllotmentStatus.GRANTED, AllotmentStatus.LAPSED)


@dataclass(frozen=True, slots=True)
class Change:
    """So many lines of a district and kit that joined or left for a cause."""

    kato: str
    kit: str
    cause: str
    lines: int


def is_frozen(session: Session, quarter: Quarter) -> bool:
    """Say whether a quarter has a roster."""
    return bool(session.scalar(select(exists().where(Roster.quarter == quarter))))


def count_lines(session: Session, quarter: Quarter) -> dict[tuple[str, str], int]:
    """Return how many lines of each district (KATO) and kit a quarter has, or would have were it frozen now."""
    lines = lines_of(session, quarter)
    if lines is None:
        return {}
    rows = session.execute(
        select(District.kato, KitKind.code, func.count())
        .select_from(lines)
        .join(District, District.id == lines.c.district_id)
        .join(KitKind, KitKind.id == lines.c.kit_kind_id)
        .group_by(District.kato, KitKind.code)
    )
    return {(kato, kit): count for kato, kit, count in rows}


def count_changes(session: Session, quarter: Quarter) -> list[Change]:
    """Return how many lines joined and left each district and kit since the quarter before, by cause."""
    found: list[Change] = []
    for lines in _changed(session, quarter):
        rows = session.execute(
            select(District.kato, KitKind.code, lines.c.cause, func.count())
            .select_from(lines)
            .join(District, District.id == lines.c.district_id)
            .join(KitKind, KitKind.id == lines.c.kit_kind_id)
            .group_by(District.kato, KitKind.code, lines.c.cause)
            .order_by(District.kato, KitKind.code, lines.c.cause)
        )
        found += [Change(*row) for row in rows]
    return found


def changed_lines_statement(
    session: Session, quarter: Quarter, district: District, *, reach: Reach, filters: Mapping[str, str]
) -> Select[str, str, str]:
    """Return the statement of the lines of a district that joined or left: pseudonym, kit, cause.

    Who joined is named by this quarter's pseudonym, who left by that of the quarter before; where there is nothing to
    compare with there are none. Filters: `kit`, `cause`.
    """
    parts = [
        select(lines.c.pseudonym, lines.c.kit_kind_id, lines.c.cause).where(
            lines.c.district_id == district.id, district_condition(reach, lines.c.district_id)
        )
        for lines in _changed(session, quarter, district_id=district.id)
    ]
    together = union_all(*(parts or [_no_lines()])).subquery("changed")
    statement = select(together.c.pseudonym, KitKind.code, together.c.cause).join(
        KitKind, KitKind.id == together.c.kit_kind_id
    )
    if filters.get("kit"):
        statement = statement.where(KitKind.code == filters["kit"])
    return statement.where(together.c.cause == filters["cause"]) if filters.get("cause") else statement


def _no_lines() -> Select[str, int, str]:
    return select(RosterLine.pseudonym, RosterLine.kit_kind_id, literal("").label("cause")).where(false())


def lines_of(session: Session, quarter: Quarter, name: str = "lines") -> Subquery | None:
    """Return the lines of a quarter: those of its rosters, or of a first one frozen now; None without any kit."""
    if is_frozen(session, quarter):
        columns = (RosterLine.child_id, RosterLine.kit_kind_id, RosterLine.district_id, RosterLine.family_id)
        kept = select(*columns, RosterLine.missed, RosterLine.pseudonym)
        return kept.where(RosterLine.quarter == quarter).subquery(name)
    kinds = list_kinds_for(session, quarter)
    if not kinds:
        return None
    coming = eligible_lines(quarter, kinds, covering=quarter.first_day).subquery(f"{name}_coming")
    return select(
        coming.c.child_id,
        coming.c.kit_kind_id,
        coming.c.district_id,
        coming.c.family_id,
        literal(0).label("missed"),
        literal("").label("pseudonym"),
    ).subquery(name)


def _changed(session: Session, quarter: Quarter, *, district_id: int | None = None) -> Iterator[Subquery]:
    """Yield the lines that joined and those that left, with district, kit, cause and pseudonym."""
    before = Quarter.from_ordinal(quarter.ordinal - 1)
    now, then = lines_of(session, quarter, "now_lines"), lines_of(session, before, "then_lines")
    if now is None or then is None or not is_frozen(session, before):
        return
    kinds = list_kinds_in(session, quarter)
    for these, others, cause in (
        (now, then, _why_joined(then, before, kinds, now)),
        (then, now, _why_left(now, quarter, kinds, then)),
    ):
        same = and_(others.c.child_id == these.c.child_id, others.c.kit_kind_id == these.c.kit_kind_id)
        statement = (
            select(these.c.district_id, these.c.kit_kind_id, these.c.pseudonym, cause.label("cause"))
            .join(Child, Child.id == these.c.child_id)
            .outerjoin(others, same)
            .where(or_(others.c.child_id.is_(None), others.c.district_id != these.c.district_id))
        )
        if district_id is not None:
            statement = statement.where(these.c.district_id == district_id)
        yield statement.subquery("changed_lines")


def _why_joined(then: Subquery, before: Quarter, kinds: Sequence[KitKind], now: Subquery) -> ColumnElement[str]:
    too_young = [
        and_(
            now.c.kit_kind_id == kind.id,
            Child.birth_on > births_of_band(before.first_day, kind.age_from_months, kind.age_to_months).until_on,
        )
        for kind in kinds
    ]
    earlier = aliased(RosterLine)
    had_before = exists().where(
        earlier.child_id == now.c.child_id, earlier.kit_kind_id == now.c.kit_kind_id, earlier.quarter < before
    )
    return case(
        (then.c.child_id.is_not(None), ChangeCause.MOVED_IN.value),
        (or_(*too_young), ChangeCause.BORN.value),
        (and_(now.c.kit_kind_id.in_(_rare(kinds)), had_before), ChangeCause.DUE_AGAIN.value),
        else_=ChangeCause.AWARDED.value,
    )


def _why_left(now: Subquery, quarter: Quarter, kinds: Sequence[KitKind], then: Subquery) -> ColumnElement[str]:
    too_old = [
        and_(
            then.c.kit_kind_id == kind.id,
            Child.birth_on <= births_of_band(quarter.first_day, kind.age_from_months, kind.age_to_months).after_on,
        )
        for kind in kinds
    ]
    got = exists().where(
        Allotment.child_id == then.c.child_id,
        Allotment.kit_kind_id == then.c.kit_kind_id,
        Allotment.quarter == Quarter.from_ordinal(quarter.ordinal - 1),
        Allotment.status.in_(_COUNTED),
    )
    return case(
        (now.c.child_id.is_not(None), ChangeCause.MOVED_OUT.value),
        (or_(*too_old), ChangeCause.GROWN_OUT.value),
        (and_(then.c.kit_kind_id.in_(_rare(kinds)), got), ChangeCause.NOT_DUE.value),
        else_=ChangeCause.ENDED.value,
    )


def _rare(kinds: Sequence[KitKind]) -> list[int]:
    """Return the kits that are not given every quarter."""
    return [kind.id for kind in kinds if kind.interval_quarters > 1]


def count_groups(session: Session, quarter: Quarter, choice: PriorityChoice) -> list[Group]:
    """Return how many children of each district and kit are in each class, by the quarters that they missed."""
    lines = lines_of(session, quarter)
    if lines is None:
        return []
    rank = _rank(choice, quarter, lines)
    missed = case((lines.c.missed > _MOST_MISSED, _MOST_MISSED), else_=lines.c.missed)
    rows = session.execute(
        select(District.kato, KitKind.code, rank, missed, func.count())
        .select_from(lines)
        .join(Child, Child.id == lines.c.child_id)
        .join(AssistanceCase, AssistanceCase.id == Child.case_id)
        .join(District, District.id == lines.c.district_id)
        .join(KitKind, KitKind.id == lines.c.kit_kind_id)
        .group_by(District.kato, KitKind.code, rank, missed)
        .order_by(District.kato, KitKind.code, rank, missed)
    )
    return [Group(*row) for row in rows]


def _rank(choice: PriorityChoice, quarter: Quarter, lines: Subquery) -> ColumnElement[int]:
    """Return the class of a line: 0 first."""
    if choice is PriorityChoice.YOUNGEST:
        whens = [(Child.birth_on > latest_birth(quarter.first_day, years * _MONTHS), years - 1) for years in _YEARS]
        return case(*whens, else_=len(_YEARS))
    if choice is PriorityChoice.AWARD:
        return case((AssistanceCase.kind == "unconditional", 0), else_=1)
    if choice is PriorityChoice.LARGE_FAMILIES:
        large = (
            select(AssistanceCase.family_id)
            .join(Child, Child.case_id == AssistanceCase.id)
            .group_by(AssistanceCase.family_id)
            .having(func.count() >= _LARGE_FAMILY)
        )
        return case((lines.c.family_id.in_(large), 0), else_=1)
    return literal(0)
