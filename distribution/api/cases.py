"""Applications and awards for programs: entered, taken step by step, ended by two people."""

from flask import Response, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from core.actors import EVERYWHERE
from core.clock import now, today
from core.paging import page_behind
from core.web.api.answers import answer_page, answer_with
from core.web.api.once import answer_act
from core.web.api.operations import Operation, operation
from core.web.guards import current_actor, guarded
from core.web.session import field_keys, reading, transaction
from distribution.api.blueprint import blueprint
from distribution.errors import FamilyUnknown, ReasonMissing, SecondPersonNeeded
from distribution.errors.cases import ActOutOfTurn, CaseUnknown, EndingDecided, StepFactsWrong
from distribution.errors.people import PersonFactsWrong, PersonKnown
from distribution.models import AssistanceCase
from distribution.permissions import DistributionRight
from distribution.queries.cases import CaseFilter, cases_statement, get_case, list_events
from distribution.queries.quarters import get_district_by_kato
from distribution.schemas.cases import (
    ActSent,
    ApplicationSent,
    CasePage,
    CasesAsked,
    CasesEndedTold,
    CaseTold,
    ChildSent,
    ChildTold,
    EndingSent,
    FamilySent,
    FamilyTold,
    events_by_case,
)
from distribution.services.cases import open_application, take_act
from distribution.services.children import add_child
from distribution.services.endings import confirm_ending, drop_ending, propose_ending
from distribution.services.families import FamilyFacts, enter_family
from distribution.values.cases import CaseAct, StepFacts
from territory.errors import DistrictUnknown
from territory.queries import list_districts

_READ, _EDIT, _DECIDE = (
    DistributionRight.READ_FAMILIES,
    DistributionRight.EDIT_CASES,
    DistributionRight.DECIDE_CASES,
)
_KEY = {"number": "Number of an application or award"}
_STEP = (CaseUnknown, ActOutOfTurn, StepFactsWrong, ReasonMissing)


@blueprint.get("/cases")
@guarded(_READ)
@operation(
    Operation(
        "List applications and awards",
        CasePage,
        arguments=CasesAsked,
        refusals=(DistrictUnknown,),
        is_paged=True,
        tells_state=True,
    )
)
def list_cases(asked: CasesAsked) -> ResponseReturnValue:
    """List the applications and awards within reach; without names."""
    reach, day = current_actor().reach(_READ), today(now())
    with reading() as session:
        district_id = get_district_by_kato(session, asked.district, reach).id if asked.district else None
        statement = cases_statement(reach, CaseFilter(status=asked.status, district_id=district_id), day)
        found, following = page_behind(session, statement, AssistanceCase.id, after=asked.after, limit=asked.limit)
        told = _told(session, [row[0] for row in found])
    return answer_page(CasePage(cases=told, next=following), "distribution_api.list_cases", asked, following)


@blueprint.get("/cases/<int:number>")
@guarded(_READ)
@operation(Operation("Read an application or award with its steps", CaseTold, address=_KEY, refusals=(CaseUnknown,)))
def show_case(number: int) -> ResponseReturnValue:
    """Tell of one application or award."""
    with reading() as session:
        return answer_with(_told(session, [get_case(session, number, current_actor().reach(_READ))])[0])


@blueprint.post("/families")
@guarded(_EDIT)
@operation(
    Operation(
        "Enter a family",
        FamilyTold,
        body=FamilySent,
        refusals=(DistrictUnknown, FamilyUnknown, PersonFactsWrong, PersonKnown),
        acts_once=True,
    )
)
def create_family(sent: FamilySent) -> ResponseReturnValue:
    """Enter a family under the IIN of whoever applies."""
    actor = current_actor()
    with transaction() as session:
        district = get_district_by_kato(session, sent.district, actor.reach(_EDIT))
        facts = FamilyFacts(sent.name, district.id, sent.settlement, sent.phone, sent.address, sent.language)
        family = enter_family(session, iin=sent.iin, facts=facts, actor=actor, at=now(), keys=field_keys())
        return answer_act(session, FamilyTold(id=family.id))


@blueprint.post("/cases")
@guarded(_EDIT)
@operation(
    Operation(
        "Enter an application",
        CaseTold,
        status=201,
        body=ApplicationSent,
        refusals=(FamilyUnknown, StepFactsWrong, PersonKnown),
        acts_once=True,
    )
)
def create_case(sent: ApplicationSent) -> ResponseReturnValue:
    """Enter the application of a family; it is registered at once."""
    with transaction() as session:
        case = open_application(
            session,
            sent.family,
            kind=sent.kind,
            facts=StepFacts(sent.happened_on),
            actor=current_actor(),
            at=now(),
            case_no=sent.number,
        )
        address = url_for("distribution_api.show_case", number=case.id)
        return answer_act(session, _told(session, [case])[0], at=address)


@blueprint.post("/cases/<int:number>/children")
@guarded(_EDIT)
@operation(
    Operation(
        "Enter a child into a case",
        ChildTold,
        body=ChildSent,
        address=_KEY,
        refusals=(CaseUnknown, StepFactsWrong, PersonFactsWrong, PersonKnown),
        acts_once=True,
    )
)
def create_child(number: int, sent: ChildSent) -> ResponseReturnValue:
    """Enter a child by its IIN."""
    with transaction() as session:
        actor, keys = current_actor(), field_keys()
        child = add_child(session, number, iin=sent.iin, name=sent.name, actor=actor, at=now(), keys=keys)
        return answer_act(session, ChildTold(id=child.id))


@blueprint.post("/cases/<int:number>/acts")
@guarded(_EDIT, _DECIDE)
@operation(
    Operation(
        "Take the next step of a case",
        CaseTold,
        body=ActSent,
        address=_KEY,
        refusals=(*_STEP, SecondPersonNeeded),
        acts_once=True,
    )
)
def act_on_case(number: int, sent: ActSent) -> ResponseReturnValue:
    """Take a step, where the state of the case allows it."""
    with transaction() as session:
        case = take_act(session, number, CaseAct(sent.act), sent.facts(), actor=current_actor(), at=now())
        return answer_act(session, _told(session, [case])[0])


@blueprint.post("/cases/<int:number>/ending")
@guarded(_DECIDE)
@operation(
    Operation(
        "Propose to end an award",
        CaseTold,
        body=EndingSent,
        address=_KEY,
        refusals=(CaseUnknown, ActOutOfTurn, StepFactsWrong),
        acts_once=True,
    )
)
def propose_case_ending(number: int, sent: EndingSent) -> ResponseReturnValue:
    """Propose the end of an award; it goes on until another person confirms."""
    with transaction() as session:
        facts = StepFacts(sent.happened_on, sent.reason, sent.note, sent.document_no)
        propose_ending(session, number, facts, actor=current_actor(), at=now())
        return _answer(session, number)


@blueprint.post("/cases/<int:number>/ending/confirm")
@guarded(_DECIDE)
@operation(
    Operation(
        "End an award, as a person who did not propose it",
        CasesEndedTold,
        address=_KEY,
        refusals=(CaseUnknown, EndingDecided, SecondPersonNeeded),
        acts_once=True,
    )
)
def confirm_case_ending(number: int) -> ResponseReturnValue:
    """End an award; refused employment measures end all awards of the family."""
    with transaction() as session:
        ended = confirm_ending(session, number, actor=current_actor(), at=now())
        return answer_act(session, CasesEndedTold(ended=[case.id for case in ended]))


@blueprint.post("/cases/<int:number>/ending/drop")
@guarded(_DECIDE)
@operation(
    Operation(
        "Let an award go on whose end was proposed",
        CaseTold,
        address=_KEY,
        refusals=(CaseUnknown, EndingDecided),
        acts_once=True,
    )
)
def drop_case_ending(number: int) -> ResponseReturnValue:
    """Drop the proposal to end an award."""
    with transaction() as session:
        drop_ending(session, number, actor=current_actor(), at=now())
        return _answer(session, number)


def _answer(session: Session, number: int) -> Response:
    case = get_case(session, number, current_actor().reach(_DECIDE))
    return answer_act(session, _told(session, [case])[0])


def _told(session: Session, cases: list[AssistanceCase]) -> list[CaseTold]:
    katos = {district.id: district.kato for district in list_districts(session, EVERYWHERE)}
    events, day = events_by_case(list_events(session, [case.id for case in cases])), today(now())
    return [CaseTold.of(case, events.get(case.id, []), kato=katos[case.district_id], day=day) for case in cases]
