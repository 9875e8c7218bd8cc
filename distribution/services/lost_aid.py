"""Sets of children who lost their right before they got them: they drop out, and the next in order moves up."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from core.actors import Actor
from core.quarters import Quarter
from distribution.models import Allotment, Child, Cycle
from distribution.permissions import DistributionRight
from distribution.queries.allotments import given_to
from distribution.services.drops import drop_allotments
from distribution.values import AllotmentStatus
from distribution.values.allotments import DropReason
from territory.queries import district_condition


def drop_sets_of_cases(
    session: Session, case_ids: Collection[int], *, reason: DropReason, actor: Actor, at: datetime
) -> int:
    """Let what the children of these cases have not been given yet drop out; return how many allotments did."""
    children = select(Child.id).where(Child.case_id.in_(case_ids))
    return drop_sets_of_children(session, session.scalars(children).all(), reason=reason, actor=actor, at=at)


def drop_sets_of_children(
    session: Session, child_ids: Collection[int], *, reason: DropReason, actor: Actor, at: datetime
) -> int:
    """Let what these children have not been given yet in open quarters drop out; return how many allotments did."""
    statement = (
        select(Allotment.quarter, Allotment.id)
        .join(Cycle, Cycle.quarter == Allotment.quarter)
        .where(
            Allotment.child_id.in_(child_ids),
            Allotment.status.in_((AllotmentStatus.GRANTED, AllotmentStatus.WAITING)),
            Cycle.closed_at.is_(None),
            ~exists().where(given_to()),
            district_condition(actor.reach(DistributionRight.DROP_ALLOTMENTS), Allotment.district_id),
        )
        .order_by(Allotment.quarter, Allotment.id)
    )
    by_quarter: dict[Quarter, list[int]] = defaultdict(list)
    for quarter, allotment_id in session.execute(statement):
        by_quarter[quarter].append(allotment_id)
    return sum(
        drop_allotments(session, allotment_ids=ids, reason=reason, note="", actor=actor, at=at).dropped
        for ids in by_quarter.values()
    )
