"""People whose cases are over for long enough: what tells who they are is emptied; every row and every total stays.

The ministry's setting says for how many quarters people are kept. Births move to the second day of their month (the
first stays the first), so that whoever counts old quarters by age anew comes to the same figures: bands begin on a
first day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Table, and_, bindparam, exists, or_, select, update
from sqlalchemy.orm import Session, aliased

from core.actors import Actor
from core.audit import record
from core.clock import start_of_day, today
from core.database import Model
from core.quarters import Quarter
from distribution.models import (
    Allotment,
    AssistanceCase,
    CaseEnding,
    CaseEvent,
    Child,
    CommissionOpinion,
    CommissionReview,
    Family,
    FamilyProxy,
    Lead,
    LeadPerson,
    PastCase,
    PastChild,
    PastFamily,
    RegistryBatch,
    RosterLine,
)
from distribution.permissions import DistributionRight
from distribution.queries.policy import policy_in_force
from distribution.rules.cases import CLOSED
from distribution.services.quarters import require_country
from distribution.services.registry_forgetting import discard_waiting, forget_old_files
from distribution.values import CaseStatus

RETAIN = "retain_people"
BLOCK = 500
_GONE = b"\0" * 8


@dataclass(frozen=True, slots=True)
class Emptied:
    """How many families and children were emptied in one go."""

    families: int
    children: int


def first_kept_quarter(session: Session, at: datetime) -> Quarter:
    """Return the first quarter of which people are still kept."""
    return Quarter.from_ordinal(Quarter.of(today(at)).ordinal - policy_in_force(session).keep_quarters)


def empty_people(session: Session, *, actor: Actor, at: datetime, most: int = BLOCK) -> Emptied:
    """Empty the people of at most so many families whose cases ended before the quarters that are kept.

    What imports left behind is forgotten with them: their old files, and imports that nobody decided about.

    Raises:
        NotYourStep: the actor may not set the ministry's policy for the whole country.
    """
    require_country(actor, DistributionRight.SET_POLICY)
    forget_old_files(session, at)
    discard_waiting(session, actor=actor, at=at)
    kept = first_kept_quarter(session, at)
    families = _families_to_empty(session, kept, most)
    if not families:
        return Emptied(0, 0)
    cases = session.scalars(select(AssistanceCase.id).where(AssistanceCase.family_id.in_(families))).all()
    children = _empty_children(session, cases)
    _empty_leads(session, families)
    _empty_cases(session, cases)
    _empty_families(session, families)
    session.expire_all()
    record(
        session,
        actor_id=actor.id,
        action="distribution.empty_people",
        subject="family",
        subject_id="",
        at=at,
        detail={"families": len(families), "children": children, "kept_from": str(kept)},
    )
    return Emptied(len(families), children)


def _families_to_empty(session: Session, kept: Quarter, most: int) -> Sequence[int]:
    first, moment = kept.first_day, start_of_day(kept.first_day)
    case, batch = aliased(AssistanceCase), aliased(RegistryBatch)
    of_family = and_(case.family_id == Family.id)
    over = or_(
        case.status.in_([status.value for status in CLOSED]),
        and_(case.status == CaseStatus.AWARDED, case.award_to.is_not(None), case.award_to < first),
    )
    lately = or_(
        exists().where(CaseEvent.case_id == case.id, CaseEvent.at >= moment),
        exists().where(PastCase.case_id == case.id, PastCase.until_at >= moment),
        exists().where(batch.id == case.batch_id, batch.confirmed_at >= moment),
        and_(case.entered_at.is_not(None), case.entered_at >= moment),
    )
    statement = select(Family.id).where(
        Family.guardian_name != "",
        or_(Family.entered_at.is_(None), Family.entered_at < moment),
        exists().where(of_family),
        ~exists().where(of_family, or_(~over, lately)),
        ~exists().where(RosterLine.family_id == Family.id, RosterLine.quarter >= kept),
        ~exists().where(Allotment.family_id == Family.id, Allotment.quarter >= kept),
    )
    return session.scalars(statement.order_by(Family.id).limit(most).with_for_update(of=Family)).all()


def _empty_families(session: Session, families: Sequence[int]) -> None:
    """Empty families, what they were, and who collected for them."""
    nobody = {"guardian_name": "", "guardian_sort": "", "search_text": "", "settlement": "", "guardian_iin_sealed": b"",
              "phone_sealed": b"", "phone_index": b"", "address_sealed": None, "address_index": None}  # fmt: skip
    table, past = _table(Family), _table(PastFamily)
    rows = [{"which": one, "filler": _filler(one)} for one in families]
    connection = session.connection()
    connection.execute(
        update(table).where(table.c.id == bindparam("which")).values(guardian_index=bindparam("filler"), **nobody), rows
    )
    connection.execute(
        update(past)
        .where(past.c.family_id == bindparam("which"))
        .values(guardian_index=bindparam("filler"), why="", **nobody),
        rows,
    )
    session.execute(
        update(FamilyProxy)
        .where(FamilyProxy.family_id.in_(families))
        .values(name="", iin_sealed=b"", iin_index=_GONE * 2, document_sealed=b"")
        .execution_options(synchronize_session=False)
    )


def _empty_cases(session: Session, cases: Sequence[int]) -> None:
    """Empty the numbers, places and words of cases."""
    table = _table(AssistanceCase)
    session.connection().execute(
        update(table).where(table.c.id == bindparam("which")).values(case_no=bindparam("number"), settlement=""),
        [{"which": one, "number": f"#{one}"} for one in cases],
    )
    reviews = select(CommissionReview.id).where(CommissionReview.case_id.in_(cases))
    for statement in (
        update(PastCase).where(PastCase.case_id.in_(cases)).values(settlement="", why=""),
        update(CaseEvent).where(CaseEvent.case_id.in_(cases)).values(note="", document_no=""),
        update(CaseEnding).where(CaseEnding.case_id.in_(cases)).values(note="", document_no=""),
        update(CommissionOpinion).where(CommissionOpinion.review_id.in_(reviews)).values(note=""),
        update(CommissionReview).where(CommissionReview.case_id.in_(cases)).values(findings=""),
    ):
        session.execute(statement.execution_options(synchronize_session=False))


def _empty_leads(session: Session, families: Sequence[int]) -> None:
    """Empty the words and case numbers of leads about families; what was seen and decided stays."""
    about = select(LeadPerson.lead_id).where(LeadPerson.family_id.in_(families))
    for lead in session.scalars(select(Lead).where(Lead.id.in_(about))):
        lead.note = ""
        if "case_no" in lead.reasons:
            lead.reasons = {**lead.reasons, "case_no": "–"}
    session.flush()


def _empty_children(session: Session, cases: Sequence[int]) -> int:
    """Empty children and what they were; return how many."""
    children = session.execute(select(Child.id, Child.birth_on).where(Child.case_id.in_(cases))).all()
    if not children:
        return 0
    nobody = {"name": "", "sort": "", "search_text": ""}
    table, past = _table(Child), _table(PastChild)
    connection = session.connection()
    connection.execute(
        update(table)
        .where(table.c.id == bindparam("which"))
        .values(iin_index=bindparam("filler"), iin_sealed=b"", birth_on=bindparam("birth"), **nobody),
        [{"which": one, "filler": _filler(one), "birth": _coarse(birth)} for one, birth in children],
    )
    connection.execute(
        update(past).where(past.c.child_id == bindparam("which")).values(birth_on=bindparam("birth"), why="", **nobody),
        [{"which": one, "birth": _coarse(birth)} for one, birth in children],
    )
    return len(children)


def _table(model: type[Model]) -> Table:
    """Return the table of a model: rows of their own values are written to it in one go."""
    return model.metadata.tables[model.__tablename__]


def _coarse(birth_on: date) -> date:
    return birth_on.replace(day=min(birth_on.day, 2))


def _filler(number: int) -> bytes:
    """Return an index that no IIN has: zeros, then the number of the row."""
    return _GONE + number.to_bytes(8, "big")
