"""What a row was before a person changed it: kept in the transaction of the change, so that any past day can be shown.

Imports keep past rows for thousands at once by statements of their own; here are single rows.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from distribution.models import AssistanceCase, Child, Family, PastCase, PastChild, PastFamily

_LONGEST_WHY = 300


def keep_family(session: Session, family: Family, *, actor_id: int, at: datetime, why: str) -> None:
    """Keep what a family is until now; call it before anything of it is changed."""
    session.add(
        PastFamily(
            family_id=family.id, until_at=at, actor_id=actor_id, why=why[:_LONGEST_WHY], **_facts(family, PastFamily)
        )
    )


def keep_case(session: Session, case: AssistanceCase, *, actor_id: int, at: datetime, why: str) -> None:
    """Keep what a case is until now; call it before anything of it is changed."""
    session.add(
        PastCase(case_id=case.id, until_at=at, actor_id=actor_id, why=why[:_LONGEST_WHY], **_facts(case, PastCase))
    )


def keep_child(session: Session, child: Child, *, actor_id: int, at: datetime, why: str) -> None:
    """Keep what a child is until now; call it before anything of it is changed."""
    session.add(
        PastChild(child_id=child.id, until_at=at, actor_id=actor_id, why=why[:_LONGEST_WHY], **_facts(child, PastChild))
    )


def _facts(
    row: Family | AssistanceCase | Child, past: type[PastFamily] | type[PastCase] | type[PastChild]
) -> dict[str, object]:
    """Return the columns that a row and its past share; `batch_id` of a past row is the import that changed it."""
    own = {"id", "batch_id", "family_id" if past is PastFamily else "case_id" if past is PastCase else "child_id"}
    shared = {column.name for column in past.__table__.columns} & {column.name for column in row.__table__.columns}
    return {name: getattr(row, name) for name in shared - own}
