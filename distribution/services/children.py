"""Children entered and corrected by hand: into a case, out of the registry, kept when a file misses them."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actors import Actor
from core.audit import record
from core.clock import today
from core.crypto import FieldKeys
from core.i18n import text
from core.text import clean, fold, sort_key
from distribution.errors import ReasonMissing
from distribution.errors.cases import StepFactsWrong
from distribution.errors.people import ChildOut, ChildUnknown, NothingMissing, PersonFactsWrong, PersonKnown
from distribution.models import AssistanceCase, Child, Family
from distribution.permissions import DistributionRight
from distribution.rules.cases import CLOSED, shown_status
from distribution.rules.eligibility import full_months
from distribution.rules.iin import FAULT_TEXTS, read_iin, sex_of
from distribution.services.cases import locked_case
from distribution.services.lost_aid import drop_sets_of_children
from distribution.services.past import keep_child
from distribution.values import CaseStatus
from distribution.values.allotments import DropReason
from territory.queries import district_condition

LONGEST_NAME = 200
_ADULT = 18 * 12


class EndReason(StrEnum):
    """Why a child is out of the registry."""

    DIED = "died"
    STATE_CARE = "state_care"
    MOVED_AWAY = "moved_away"
    ENTERED_WRONGLY = "entered_wrongly"
    NOT_IN_FILE = "not_in_file"


_DROPPED_AS = {
    EndReason.DIED: DropReason.DIED,
    EndReason.STATE_CARE: DropReason.STATE_CARE,
    EndReason.MOVED_AWAY: DropReason.MOVED_AWAY,
    EndReason.ENTERED_WRONGLY: DropReason.WRONG_ENTRY,
    EndReason.NOT_IN_FILE: DropReason.WRONG_ENTRY,
}


def add_child(
    session: Session, case_id: int, *, iin: str, name: str, actor: Actor, at: datetime, keys: FieldKeys
) -> Child:
    """Enter a child into a case; birth and sex are those of the IIN. A child of an ended case of the family moves here.

    Raises:
        CaseUnknown: out of reach. StepFactsWrong: the case is closed.
        PersonFactsWrong: the IIN cannot be, or is that of an adult. PersonKnown: the child stands in another case.
    """
    case = locked_case(session, case_id, actor, DistributionRight.EDIT_CASES)
    if CaseStatus(case.status) in CLOSED:
        raise StepFactsWrong(text("This case is closed. Enter the child into a new application."))
    read, name = read_iin(iin), _name(name)
    if read.fault is not None or read.birth_on is None:
        raise PersonFactsWrong(FAULT_TEXTS[read.fault] if read.fault else text("Enter the IIN of the child."))
    if read.birth_on > today(at) or full_months(read.birth_on, today(at)) >= _ADULT:
        raise PersonFactsWrong(text("This is the IIN of an adult, or of a day to come. Enter the IIN of the child."))
    index = keys.blind_index(read.digits)
    known = session.scalar(select(Child).where(Child.iin_index == index))
    if known is not None:
        return _move_here(session, known, case, name, actor=actor, at=at)
    child = Child(
        case_id=case.id,
        iin_index=index,
        iin_sealed=keys.seal(read.digits),
        name=name,
        sort=sort_key(name)[:LONGEST_NAME],
        search_text=fold(name)[:LONGEST_NAME],
        birth_on=read.birth_on,
        sex=sex_of(read.digits),
        entered_at=at,
        entered_batch_id=None,
    )
    session.add(child)
    session.flush()
    _record(session, child, case.district_id, "distribution.add_child", actor=actor, at=at)
    return child


def rename_child(session: Session, child_id: int, *, name: str, why: str, actor: Actor, at: datetime) -> Child:
    """Correct the name of a child, with the reason.

    Raises:
        ChildUnknown, PersonFactsWrong, ReasonMissing.
    """
    child, district_id = locked_child(session, child_id, actor)
    name, why = _name(name), _why(why)
    keep_child(session, child, actor_id=actor.id, at=at, why=why)
    child.name, child.sort, child.search_text = name, sort_key(name)[:LONGEST_NAME], fold(name)[:LONGEST_NAME]
    session.flush()
    _record(session, child, district_id, "distribution.rename_child", actor=actor, at=at)
    return child


def end_child(
    session: Session, child_id: int, *, ended_on: date, reason: EndReason, why: str, actor: Actor, at: datetime
) -> Child:
    """Take a child out of the registry from a day on; nothing is deleted, and it can be put back.

    What the child has not been given yet goes to the next in order.

    Raises:
        ChildUnknown: out of reach. ChildOut: it is out already.
        StepFactsWrong: the day is in the future or before the birth.
    """
    child, district_id = locked_child(session, child_id, actor)
    if child.ended_on is not None:
        raise ChildOut(text("This child is out of the registry already."))
    if ended_on > today(at) or ended_on < child.birth_on:
        raise StepFactsWrong(text("The day lies in the future or before the birth. Enter the day of the paper."))
    keep_child(session, child, actor_id=actor.id, at=at, why=_why(why))
    child.ended_on, child.ended_reason, child.missing_since_batch_id = ended_on, reason.value, None
    session.flush()
    drop_sets_of_children(session, [child.id], reason=_DROPPED_AS[reason], actor=actor, at=at)
    _record(session, child, district_id, "distribution.end_child", actor=actor, at=at, reason=reason.value)
    return child


def restore_child(session: Session, child_id: int, *, why: str, actor: Actor, at: datetime) -> Child:
    """Put a child back that was taken out by mistake.

    Raises:
        ChildUnknown: out of reach. ChildOut: it is not out. ReasonMissing: nobody says why.
    """
    child, district_id = locked_child(session, child_id, actor)
    if child.ended_on is None:
        raise ChildOut(text("This child is in the registry: there is nothing to put back."))
    keep_child(session, child, actor_id=actor.id, at=at, why=_why(why))
    child.ended_on, child.ended_reason = None, ""
    session.flush()
    _record(session, child, district_id, "distribution.restore_child", actor=actor, at=at)
    return child


def keep_missing_child(session: Session, child_id: int, *, why: str, actor: Actor, at: datetime) -> Child:
    """Decide that a child stays though a later file no longer names it.

    Raises:
        ChildUnknown: out of reach. NothingMissing: it is not missing. ReasonMissing: nobody says why.
    """
    child, district_id = locked_child(session, child_id, actor)
    if child.missing_since_batch_id is None:
        raise NothingMissing(text("No file misses this child any more. Open the family again and look."))
    keep_child(session, child, actor_id=actor.id, at=at, why=_why(why))
    child.missing_since_batch_id = None
    session.flush()
    _record(session, child, district_id, "distribution.keep_missing_child", actor=actor, at=at)
    return child


def mark_duplicate(
    session: Session, child_id: int, *, same_as_id: int | None, why: str, actor: Actor, at: datetime
) -> Child:
    """Write down that two rows are one child and this one gets nothing; None takes that back.

    Raises:
        ChildUnknown: out of reach of who decides leads. PersonFactsWrong: the other row is this one, or points on.
    """
    child, district_id = locked_child(session, child_id, actor, DistributionRight.EDIT_CASES)
    if same_as_id is not None:
        other = session.get(Child, same_as_id)
        if other is None or other.id == child.id or other.duplicate_of_id is not None:
            raise PersonFactsWrong(text("The other child is this one, or is itself a duplicate. Choose another one."))
    keep_child(session, child, actor_id=actor.id, at=at, why=_why(why))
    child.duplicate_of_id = same_as_id
    session.flush()
    _record(session, child, district_id, "distribution.mark_duplicate", actor=actor, at=at, same_as=same_as_id)
    return child


def locked_child(
    session: Session, child_id: int, actor: Actor, right: DistributionRight = DistributionRight.EDIT_CASES
) -> tuple[Child, int]:
    """Return a child within the reach of a right with its district; its family is locked until the end of the act.

    Raises:
        ChildUnknown: there is none within the reach.
    """
    found = session.execute(
        select(Family.id, Family.district_id)
        .join(AssistanceCase, AssistanceCase.family_id == Family.id)
        .join(Child, Child.case_id == AssistanceCase.id)
        .where(Child.id == child_id, district_condition(actor.reach(right), Family.district_id))
    ).one_or_none()
    if found is None:
        raise ChildUnknown(text("There is no such child here."))
    session.execute(select(Family.id).where(Family.id == found[0]).with_for_update())
    return session.get_one(Child, child_id, populate_existing=True), found[1]


def _move_here(session: Session, child: Child, case: AssistanceCase, name: str, *, actor: Actor, at: datetime) -> Child:
    """Move a child of the same family from a case that is no longer in force; elsewhere it stays."""
    old = session.get_one(AssistanceCase, child.case_id)
    if old.id == case.id:
        raise PersonKnown(text("This child stands in the case already."))
    if old.family_id != case.family_id:
        raise PersonKnown(
            text("This child stands in the case of another family. Let the two be compared before you enter it.")
        )
    if shown_status(old.status, old.award_to, today(at)) not in CLOSED:
        raise PersonKnown(
            text("The child stands in case %(number)s, which is not over. Enter it when that one has ended.",
                 number=old.case_no)
        )  # fmt: skip
    keep_child(session, child, actor_id=actor.id, at=at, why=f"{old.case_no} → {case.case_no}")
    child.case_id = case.id
    child.name, child.sort, child.search_text = name, sort_key(name)[:LONGEST_NAME], fold(name)[:LONGEST_NAME]
    session.flush()
    _record(session, child, case.district_id, "distribution.move_child", actor=actor, at=at, case=case.id)
    return child


def _name(name: str) -> str:
    name = clean(name)
    if not name or len(name) > LONGEST_NAME or not any(letter.isalpha() for letter in name):
        raise PersonFactsWrong(text("Enter the name as it stands in the birth certificate."))
    return name


def _why(why: str) -> str:
    why = clean(why)
    if not why:
        raise ReasonMissing(text("Enter in words why: it stays in the history of the child."))
    return why


def _record(
    session: Session, child: Child, district_id: int, action: str, *, actor: Actor, at: datetime, **detail: object
) -> None:
    record(
        session,
        actor_id=actor.id,
        action=action,
        subject="child",
        subject_id=str(child.id),
        at=at,
        district_id=district_id,
        detail=detail,
    )
