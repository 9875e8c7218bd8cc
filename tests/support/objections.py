"""Factories of objections; everything is invented."""

from datetime import date

from sqlalchemy.orm import Session

from core.clock import now
from core.dialects import insert_into
from core.quarters import Quarter
from distribution.models import Cycle, Objection
from distribution.values.cycles import ObjectionStatus
from tests.support.people import a_user

_QUARTER = Quarter(2026, 4)


def an_objection_in(session: Session, *, district_id: int) -> Objection:
    """Add an open objection of a district, with its quarter."""
    session.execute(
        insert_into(session, Cycle)
        .values(quarter=_QUARTER, secret_sealed=b"", opened_at=now())
        .on_conflict_do_nothing(index_elements=["quarter"])
    )
    objection = Objection(
        quarter=_QUARTER,
        district_id=district_id,
        child_name="Айша Серікқызы",
        words="Біз тізімге енбей қалдық.",
        received_on=date(2026, 9, 25),
        entered_at=now(),
        entered_by_id=a_user(session).id,
        status=ObjectionStatus.OPEN,
    )
    session.add(objection)
    session.flush()
    return objection
