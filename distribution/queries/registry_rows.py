"""Reads of what the rows of a staged file would do, beside what stands there; and of whom the file no longer names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from distribution.models import AssistanceCase, Child, Family, RegistryBatch, RegistryGone, RegistryRow
from distribution.values import BatchStatus


@dataclass(frozen=True, slots=True)
class Standing:
    """What the registry holds of a row's child, its case and its applicant; None where it is new.

    A child that comes under another case or applicant stands beside those it has now, so that what is lost is seen.
    """

    child: Child | None
    case: AssistanceCase | None
    family: Family | None
    child_case_no: str | None
    """The number of the case in which the child stands now."""
    child_district_id: int | None
    """The district of that case."""


def select_registry_rows(batch_id: int, state: str | None) -> Select[RegistryRow]:
    """Return the statement of the accepted rows of a file, in its order."""
    statement = select(RegistryRow).where(RegistryRow.batch_id == batch_id)
    if state:
        statement = statement.where(RegistryRow.state == state)
    return statement.order_by(RegistryRow.row_number)


def find_standing(session: Session, rows: Sequence[RegistryRow]) -> Mapping[int, Standing]:
    """Return what stands there for each of some rows, by the number of the row."""
    children = _by(
        session.execute(
            select(Child, AssistanceCase, Family)
            .join(AssistanceCase, AssistanceCase.id == Child.case_id)
            .join(Family, Family.id == AssistanceCase.family_id)
            .where(Child.iin_index.in_([row.child_index for row in rows]))
        ).all()
    )
    cases = session.scalars(select(AssistanceCase).where(AssistanceCase.case_no.in_([row.case_no for row in rows])))
    by_number = {case.case_no: case for case in cases}
    indexes = [row.guardian_index for row in rows]
    families = session.scalars(select(Family).where(Family.guardian_index.in_(indexes)))
    by_index = {family.guardian_index: family for family in families}
    found = {}
    for row in rows:
        child, own_case, own_family = children.get(row.child_index, (None, None, None))
        found[row.row_number] = Standing(
            child,
            by_number.get(row.case_no, own_case),
            by_index.get(row.guardian_index, own_family),
            own_case.case_no if own_case else None,
            own_case.district_id if own_case else None,
        )
    return found


def select_gone(batch: RegistryBatch) -> Select[int, str, str, int, str]:
    """Return the statement of the children whom a file no longer names, of whom nobody has decided since."""
    statement = (
        select(Child.id, Child.name, AssistanceCase.case_no, AssistanceCase.family_id, AssistanceCase.status)
        .join(AssistanceCase, AssistanceCase.id == Child.case_id)
        .order_by(AssistanceCase.case_no, Child.id)
    )
    if batch.status == BatchStatus.CONFIRMED:
        return statement.where(Child.missing_since_batch_id == batch.id)
    gone = select(RegistryGone.child_id).where(RegistryGone.batch_id == batch.id)
    return statement.where(Child.id.in_(gone))


def _by(
    rows: Sequence[Row[Child, AssistanceCase, Family]],
) -> dict[bytes, tuple[Child, AssistanceCase, Family]]:
    return {child.iin_index: (child, case, family) for child, case, family in rows}
