"""Objections for programs: entered, given their child, answered by another person."""

from flask import url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from core.clock import now
from core.paging import page_behind
from core.web.api.answers import answer_page, answer_with
from core.web.api.once import answer_act
from core.web.api.operations import Operation, operation
from core.web.guards import current_actor, guarded
from core.web.session import reading, transaction
from distribution.api.blueprint import blueprint
from distribution.errors import CycleClosed, CycleUnknown
from distribution.errors.cycles import (
    ChildMissing,
    ChildNotEntitled,
    NoWindow,
    ObjectionDecided,
    ObjectionSecondPerson,
    ObjectionUnknown,
    ObjectionUnusable,
)
from distribution.models import Objection
from distribution.permissions import DistributionRight
from distribution.queries.objections import get_objection, objections_statement
from distribution.schemas.objections import (
    NamedChildSent,
    ObjectionAnswerSent,
    ObjectionPage,
    ObjectionsAsked,
    ObjectionSent,
    ObjectionTold,
)
from distribution.services.objections import decide_objection, enter_objection, name_child
from distribution.views.steps import quarter_of
from territory.errors import DistrictUnknown
from territory.models import District

_READ = DistributionRight.READ_QUARTERS
_QUARTER = {"quarter": "A quarter, like 2027-Q1"}
_KEY = {"number": "Number of an objection"}


@blueprint.get("/quarters/<quarter>/objections")
@guarded(_READ)
@operation(
    Operation(
        "List the objections of a quarter",
        ObjectionPage,
        arguments=ObjectionsAsked,
        address=_QUARTER,
        refusals=(CycleUnknown,),
        is_paged=True,
        tells_state=True,
    )
)
def list_objections(quarter: str, asked: ObjectionsAsked) -> ResponseReturnValue:
    """List the objections of a quarter within reach."""
    filters = {"quarter": str(quarter_of(quarter)), "status": asked.status or "", "district": asked.district or ""}
    with reading() as session:
        statement = objections_statement(current_actor().reach(_READ), filters)
        found, following = page_behind(session, statement, Objection.id, after=asked.after, limit=asked.limit)
        page = ObjectionPage(objections=[ObjectionTold.of(*row) for row in found], next=following)
    return answer_page(page, "distribution_api.list_objections", asked, following, quarter=quarter)


@blueprint.get("/objections/<int:number>")
@guarded(_READ)
@operation(Operation("Read an objection", ObjectionTold, address=_KEY, refusals=(ObjectionUnknown,)))
def show_objection(number: int) -> ResponseReturnValue:
    """Tell of one objection."""
    with reading() as session:
        return answer_with(_told(session, get_objection(session, number, current_actor().reach(_READ))))


@blueprint.post("/quarters/<quarter>/objections")
@guarded(DistributionRight.ENTER_OBJECTIONS)
@operation(
    Operation(
        "Enter an objection",
        ObjectionTold,
        status=201,
        body=ObjectionSent,
        address=_QUARTER,
        refusals=(CycleUnknown, CycleClosed, DistrictUnknown, ObjectionUnusable, NoWindow),
        acts_once=True,
    )
)
def create_objection(quarter: str, sent: ObjectionSent) -> ResponseReturnValue:
    """Enter an objection as it was received."""
    with transaction() as session:
        objection = enter_objection(
            session,
            quarter=quarter_of(quarter),
            kato=sent.district,
            child_name=sent.child_name,
            words=sent.words,
            received_on=sent.received_on,
            actor=current_actor(),
            at=now(),
        )
        address = url_for("distribution_api.show_objection", number=objection.id)
        return answer_act(session, _told(session, objection), at=address)


@blueprint.post("/objections/<int:number>/child")
@guarded(DistributionRight.ENTER_OBJECTIONS)
@operation(
    Operation(
        "Say which child of the registry an objection is about",
        ObjectionTold,
        body=NamedChildSent,
        address=_KEY,
        refusals=(ObjectionUnknown, ObjectionDecided, ChildMissing),
        acts_once=True,
    )
)
def name_objection_child(number: int, sent: NamedChildSent) -> ResponseReturnValue:
    """Name the child of an objection."""
    with transaction() as session:
        actor = current_actor()
        return answer_act(
            session,
            _told(session, name_child(session, objection_id=number, child_id=sent.child, actor=actor, at=now())),
        )


@blueprint.post("/objections/<int:number>/answer")
@guarded(DistributionRight.DECIDE_OBJECTIONS)
@operation(
    Operation(
        "Answer an objection, as a person who did not enter it",
        ObjectionTold,
        body=ObjectionAnswerSent,
        address=_KEY,
        refusals=(
            ObjectionUnknown,
            ObjectionDecided,
            ObjectionSecondPerson,
            ObjectionUnusable,
            ChildMissing,
            ChildNotEntitled,
            CycleClosed,
        ),
        acts_once=True,
    )
)
def answer_objection(number: int, sent: ObjectionAnswerSent) -> ResponseReturnValue:
    """Decide an objection."""
    with transaction() as session:
        objection = decide_objection(
            session, objection_id=number, accept=sent.accept, answer=sent.answer, actor=current_actor(), at=now()
        )
        return answer_act(session, _told(session, objection))


def _told(session: Session, objection: Objection) -> ObjectionTold:
    return ObjectionTold.of(objection, session.get_one(District, objection.district_id))
