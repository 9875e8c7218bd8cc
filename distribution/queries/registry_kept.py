"""What an import in force did, from what is kept: who entered by it, what rows were until it, whom it did not name.

Its rows are forgotten at its confirmation, so nothing here knows the rows of the file. "Then" is right after it took
effect: the first past row that a later change left, or the row itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import ColumnElement, CompoundSelect, Select, case, exists, false, func, or_, select, union
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from core.actors import Reach
from distribution.models import (
    AssistanceCase,
    Child,
    Family,
    PastCase,
    PastChild,
    PastFamily,
    RegistryBatch,
    RegistryGone,
    RegistryRemark,
)
from distribution.models.families import CaseFacts, ChildFacts, FamilyFacts
from distribution.values import KeptState
from territory.queries import district_condition

_PastModel = type[PastFamily] | type[PastCase] | type[PastChild]
_Past = TypeVar("_Past", PastFamily, PastCase, PastChild)
_Row = TypeVar("_Row", Family, AssistanceCase, Child)


@dataclass(frozen=True, slots=True)
class KeptChange:
    """What an import did to a child: its facts, its case's and its family's right after, and until it, if it changed.

    `standing` and `family_id` are the child and its family of today; `left_case` is the case that it stood in before.
    """

    state: KeptState
    standing: Child
    family_id: int
    child: ChildFacts
    was_child: PastChild | None
    case: CaseFacts
    was_case: PastCase | None
    case_no: str
    is_new_case: bool
    left_case: AssistanceCase | None
    family: FamilyFacts
    was_family: PastFamily | None
    is_new_family: bool


def select_kept(batch: RegistryBatch, state: str | None, reach: Reach) -> Select[int, str, int]:
    """Return the statement of the children whom an import brought, changed or did not name: child, state, family.

    Only children whose family may be seen; those of one case stand together.
    """
    conditions = {
        KeptState.NEW: Child.entered_batch_id == batch.id,
        KeptState.CHANGED: Child.id.in_(_changed_children(batch)) & _is_neither(batch),
        KeptState.GONE: Child.id.in_(_gone_children(batch)),
    }
    ids = union(*(select(Child.id).where(one) for one in conditions.values()))
    asked = Child.id.in_(ids) if not state else next((conditions[one] for one in conditions if one == state), false())
    told = case(
        (conditions[KeptState.NEW], KeptState.NEW.value),
        (conditions[KeptState.GONE], KeptState.GONE.value),
        else_=KeptState.CHANGED.value,
    )
    return (
        select(Child.id, told.label("state"), AssistanceCase.family_id)
        .join(AssistanceCase, AssistanceCase.id == Child.case_id)
        .join(Family, Family.id == AssistanceCase.family_id)
        .where(asked, district_condition(reach, Family.district_id))
        .order_by(Child.case_id, Child.id)
    )


def count_kept(session: Session, batch: RegistryBatch, reach: Reach) -> Mapping[str, int]:
    """Return how many children an import brought, changed and did not name."""
    counted = {}
    for state in KeptState:
        found = select_kept(batch, state, reach).with_only_columns(func.count()).order_by(None)
        counted[state.value] = session.scalar(found) or 0
    return counted


def list_kept_changes(
    session: Session, batch: RegistryBatch, rows: Sequence[tuple[int, str, int]]
) -> Sequence[KeptChange]:
    """Return what an import did to some children: the rows of `select_kept`."""
    standing = _by_id(session.scalars(select(Child).where(Child.id.in_([row[0] for row in rows]))))
    children: dict[int, ChildFacts] = {
        **standing,
        **_then(session, batch, PastChild, key=PastChild.child_id, ids=standing),
    }
    were_children = _before(session, batch, PastChild, key=PastChild.child_id, ids=standing)
    numbers = {one.case_id for one in (*children.values(), *were_children.values())}
    awards = _by_id(session.scalars(select(AssistanceCase).where(AssistanceCase.id.in_(numbers))))
    cases: dict[int, CaseFacts] = {**awards, **_then(session, batch, PastCase, key=PastCase.case_id, ids=awards)}
    were_cases = _before(session, batch, PastCase, key=PastCase.case_id, ids=awards)
    owners = _by_id(session.scalars(select(Family).where(Family.id.in_({one.family_id for one in cases.values()}))))
    families: dict[int, FamilyFacts] = {
        **owners,
        **_then(session, batch, PastFamily, key=PastFamily.family_id, ids=owners),
    }
    were_families = _before(session, batch, PastFamily, key=PastFamily.family_id, ids=owners)
    found = []
    for child_id, state, family_id in rows:
        child, was = children[child_id], were_children.get(child_id)
        award = cases[child.case_id]
        found.append(
            KeptChange(
                state=KeptState(state),
                standing=standing[child_id],
                family_id=family_id,
                child=child,
                was_child=was,
                case=award,
                was_case=were_cases.get(child.case_id),
                case_no=awards[child.case_id].case_no,
                is_new_case=awards[child.case_id].entered_batch_id == batch.id,
                left_case=None if was is None else awards[was.case_id],
                family=families[award.family_id],
                was_family=were_families.get(award.family_id),
                is_new_family=owners[award.family_id].entered_batch_id == batch.id,
            )
        )
    return found


def _by_id(rows: Iterable[_Row]) -> dict[int, _Row]:
    return {row.id: row for row in rows}


def _then(
    session: Session, batch: RegistryBatch, past: type[_Past], *, key: InstrumentedAttribute[int], ids: Iterable[int]
) -> dict[int, _Past]:
    """Return what rows were right after an import, where they were changed since."""
    statement = select(key, past).where(key.in_(ids), _is_later(past, batch)).order_by(past.id.desc())
    return {number: row for number, row in session.execute(statement)}  # noqa: C416 - rows are no pairs to mypy


def _before(
    session: Session, batch: RegistryBatch, past: type[_Past], *, key: InstrumentedAttribute[int], ids: Iterable[int]
) -> dict[int, _Past]:
    """Return what rows were until an import, where it changed them."""
    statement = select(key, past).where(key.in_(ids), past.batch_id == batch.id)
    return {number: row for number, row in session.execute(statement)}  # noqa: C416 - rows are no pairs to mypy


def _changed_children(batch: RegistryBatch) -> CompoundSelect[int]:
    """Return the statement of the children of whom an import changed something, be it of their case or family."""
    cases, later = _changed_cases(batch), aliased(PastChild)
    refused = select(RegistryRemark.child_index).where(
        RegistryRemark.batch_id == batch.id, RegistryRemark.child_index.is_not(None)
    )
    was_there = or_(Child.entered_at.is_(None), Child.entered_at <= batch.confirmed_at)
    children = select(Child.id).where(was_there, Child.iin_index.not_in(refused))
    here = children.where(
        Child.case_id.in_(cases),
        Child.missing_since_batch_id.is_(None),
        ~exists().where(later.child_id == Child.id, _is_later(later, batch)),
    )
    there = children.join(PastChild, PastChild.child_id == Child.id).where(
        PastChild.case_id.in_(cases),
        PastChild.missing_since_batch_id.is_(None),
        _is_later(PastChild, batch),
        ~exists().where(later.child_id == PastChild.child_id, _is_later(later, batch), later.id < PastChild.id),
    )
    return union(select(PastChild.child_id).where(PastChild.batch_id == batch.id), here, there)


def _changed_cases(batch: RegistryBatch) -> CompoundSelect[int]:
    """Return the statement of the cases of which an import changed something, be it of their family."""
    families, later = select(PastFamily.family_id).where(PastFamily.batch_id == batch.id), aliased(PastCase)
    here = select(AssistanceCase.id).where(
        AssistanceCase.family_id.in_(families),
        ~exists().where(later.case_id == AssistanceCase.id, _is_later(later, batch)),
    )
    there = select(PastCase.case_id).where(
        PastCase.family_id.in_(families),
        _is_later(PastCase, batch),
        ~exists().where(later.case_id == PastCase.case_id, _is_later(later, batch), later.id < PastCase.id),
    )
    return union(select(PastCase.case_id).where(PastCase.batch_id == batch.id), here, there)


def _gone_children(batch: RegistryBatch) -> Select[int]:
    return select(RegistryGone.child_id).where(RegistryGone.batch_id == batch.id)


def _is_neither(batch: RegistryBatch) -> ColumnElement[bool]:
    """Return the condition that a child neither entered by an import nor is gone from it."""
    return Child.entered_batch_id.is_distinct_from(batch.id) & Child.id.not_in(_gone_children(batch))


def _is_later(past: _PastModel, batch: RegistryBatch) -> ColumnElement[bool]:
    """Return the condition that a past row was left by a change after an import; of two in one instant by number."""
    same_instant = (past.until_at == batch.confirmed_at) & (past.batch_id > batch.id)
    return or_(past.until_at > batch.confirmed_at, same_instant)
