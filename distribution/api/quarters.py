"""Quarters for programs: what stands of them, and the steps from the announcement of a roster to its publication."""

from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from core.clock import now
from core.jobs.errors import JobAlreadyAsked
from core.quarters import Quarter
from core.web.api.answers import answer_list, answer_sealed, answer_with
from core.web.api.once import answer_act
from core.web.api.operations import Operation, operation
from core.web.api.work import WorkTold, answer_work
from core.web.guards import current_actor, guarded
from core.web.session import reading, transaction
from distribution.api.blueprint import blueprint
from distribution.errors import (
    CycleClosed,
    CycleUnknown,
    KitUnknown,
    NotYourStep,
    RosterUnknown,
    SecondPersonNeeded,
    SeedMissing,
    StepTaken,
    StepTooEarly,
    SupplyShort,
)
from distribution.errors.allotments import ToldOtherwise
from distribution.errors.cycles import CloseTooEarly, ReportUnknown, RosterUnfinished
from distribution.models import Roster
from distribution.permissions import DistributionRight
from distribution.queries.closing import get_report
from distribution.queries.figures import list_figures
from distribution.queries.publications import list_publications
from distribution.queries.quarters import (
    count_granted,
    find_cycle,
    get_roster,
    get_roster_to_reserve,
    list_cycles,
    list_rosters,
)
from distribution.schemas.quarters import (
    AllottingSent,
    AnnouncementSent,
    ClosingQuarterSent,
    DrawSent,
    GrantedTold,
    LackTold,
    PublicationsTold,
    QuartersTold,
    QuarterTold,
    ReservedTold,
    RosterTold,
    publication_told,
    sets_of,
    told_of,
)
from distribution.services.allotments import ask_to_allot
from distribution.services.announcements import announce, record_seed
from distribution.services.approvals import approve_allotment
from distribution.services.closing import ask_to_close
from distribution.services.publications import ask_to_publish
from distribution.services.reservations import reserve_roster
from distribution.services.rosters import ask_to_freeze
from distribution.views.public import files_folder
from distribution.views.steps import quarter_of

_QUARTER = {"quarter": "A quarter, like 2027-Q1"}
_ROSTER = {**_QUARTER, "number": "Number of a roster of the quarter: 1, then the supplementary ones"}
_ALWAYS = (CycleUnknown, RosterUnknown, NotYourStep, CycleClosed)


@blueprint.get("/quarters")
@guarded(DistributionRight.READ_QUARTERS)
@operation(Operation("List the quarters that have a roster, the latest first", QuartersTold, tells_state=True))
def list_quarters() -> ResponseReturnValue:
    """List the quarters of which something was frozen."""
    with reading() as session:
        return answer_list(QuartersTold(quarters=[str(cycle.quarter) for cycle in list_cycles(session)]))


@blueprint.get("/quarters/<quarter>")
@guarded(DistributionRight.READ_QUARTERS)
@operation(
    Operation("Read a quarter with its rosters and figures", QuarterTold, address=_QUARTER, refusals=(CycleUnknown,))
)
def show_quarter(quarter: str) -> ResponseReturnValue:
    """Tell of a quarter; its figures are those within the caller's reach."""
    asked, reach = quarter_of(quarter), current_actor().reach(DistributionRight.READ_QUARTERS)
    with reading() as session:
        rosters, cycle = list_rosters(session, asked), find_cycle(session, asked)
        figures = list_figures(session, asked, reach=reach, rosters=rosters)
        closed_at = cycle.closed_at if cycle else None
        return answer_with(QuarterTold.of(asked, closed_at=closed_at, rosters=rosters, figures=figures))


@blueprint.post("/quarters/<quarter>/freeze")
@guarded(DistributionRight.FREEZE_ROSTER)
@operation(
    Operation(
        "Freeze the next roster of a quarter, as long work",
        WorkTold,
        status=202,
        address=_QUARTER,
        refusals=(CycleUnknown, NotYourStep, CycleClosed, JobAlreadyAsked),
        acts_once=True,
    )
)
def freeze_quarter(quarter: str) -> ResponseReturnValue:
    """Ask for the eligible children to be frozen into the next roster."""
    with transaction() as session:
        job_id = ask_to_freeze(session, quarter=quarter_of(quarter), actor=current_actor(), at=now())
        return answer_work(session, job_id)


@blueprint.post("/quarters/<quarter>/rosters/<int:number>/announce")
@guarded(DistributionRight.ANNOUNCE_ROSTER)
@operation(
    Operation(
        "Tell root, supply and the event that will give the seed",
        RosterTold,
        body=AnnouncementSent,
        address=_ROSTER,
        refusals=(*_ALWAYS, SeedMissing, KitUnknown, StepTaken),
        acts_once=True,
    )
)
def announce_roster(quarter: str, number: int, sent: AnnouncementSent) -> ResponseReturnValue:
    """Announce a roster: supply and event are fixed from now on."""
    with transaction() as session:
        roster = announce(
            session,
            roster=_roster(session, quarter, number),
            seed_source=sent.seed_source,
            announced=sent.announced,
            actor=current_actor(),
            at=now(),
        )
        return answer_act(session, told_of(roster))


@blueprint.post("/quarters/<quarter>/rosters/<int:number>/draw")
@guarded(DistributionRight.DRAW)
@operation(
    Operation(
        "Write down the seed that the announced event gave",
        RosterTold,
        body=DrawSent,
        address=_ROSTER,
        refusals=(*_ALWAYS, SeedMissing, StepTooEarly, StepTaken),
        acts_once=True,
    )
)
def draw_roster(quarter: str, number: int, sent: DrawSent) -> ResponseReturnValue:
    """Write the seed of a roster down, once."""
    with transaction() as session:
        roster = _roster(session, quarter, number)
        return answer_act(
            session, told_of(record_seed(session, roster=roster, seed=sent.seed, actor=current_actor(), at=now()))
        )


@blueprint.post("/quarters/<quarter>/rosters/<int:number>/allot")
@guarded(DistributionRight.ALLOT)
@operation(
    Operation(
        "Allot the sets of a roster, as long work",
        WorkTold,
        status=202,
        body=AllottingSent,
        address=_ROSTER,
        refusals=(
            *_ALWAYS,
            SeedMissing,
            KitUnknown,
            ToldOtherwise,
            StepTooEarly,
            StepTaken,
            SupplyShort,
            JobAlreadyAsked,
        ),
        acts_once=True,
    )
)
def allot_roster(quarter: str, number: int, sent: AllottingSent) -> ResponseReturnValue:
    """Ask for the allotting of a roster."""
    with transaction() as session:
        job_id = ask_to_allot(
            session,
            roster=_roster(session, quarter, number),
            seed=sent.seed,
            seed_source=sent.seed_source,
            announced=sent.announced,
            actor=current_actor(),
            at=now(),
        )
        return answer_work(session, job_id)


@blueprint.post("/quarters/<quarter>/rosters/<int:number>/approve")
@guarded(DistributionRight.APPROVE_ALLOTMENT)
@operation(
    Operation(
        "Sign an allotment, as a person who took no part in it",
        GrantedTold,
        address=_ROSTER,
        refusals=(*_ALWAYS, SecondPersonNeeded, StepTooEarly, StepTaken),
        acts_once=True,
    )
)
def approve_roster(quarter: str, number: int) -> ResponseReturnValue:
    """Sign the allotment of a roster."""
    with transaction() as session:
        roster = _roster(session, quarter, number)
        approve_allotment(session, roster=roster, actor=current_actor(), at=now())
        told = GrantedTold(roster=told_of(roster), sets=sets_of(count_granted(session, roster)))
        return answer_act(session, told)


@blueprint.post("/quarters/<quarter>/reserve")
@guarded(DistributionRight.RESERVE_STOCK)
@operation(
    Operation(
        "Set stock aside for what approved rosters grant",
        ReservedTold,
        address=_QUARTER,
        refusals=(*_ALWAYS, StepTooEarly, StepTaken),
        acts_once=True,
    )
)
def reserve_quarter(quarter: str) -> ResponseReturnValue:
    """Set stock aside; may be asked again when more stock has come."""
    with transaction() as session:
        roster = get_roster_to_reserve(session, quarter_of(quarter))
        done = reserve_roster(session, roster=roster, actor=current_actor(), at=now())
        lacks = [LackTold(kato=one.kato, kit=one.kit, packs=one.packs) for one in done.lacks]
        return answer_act(session, ReservedTold(sets=sets_of(done.packs), lacks=lacks))


@blueprint.get("/quarters/<quarter>/publications")
@guarded(DistributionRight.READ_QUARTERS)
@operation(
    Operation("List what was published of a quarter", PublicationsTold, address=_QUARTER, refusals=(CycleUnknown,))
)
def list_quarter_publications(quarter: str) -> ResponseReturnValue:
    """List the publications of all rosters of a quarter."""
    return answer_with(_publications(quarter_of(quarter)))


@blueprint.post("/quarters/<quarter>/rosters/<int:number>/publish")
@guarded(DistributionRight.PUBLISH)
@operation(
    Operation(
        "Publish what stands of a roster, as long work",
        WorkTold,
        status=202,
        address=_ROSTER,
        refusals=(*_ALWAYS, StepTooEarly),
        acts_once=True,
    )
)
def publish_roster(quarter: str, number: int) -> ResponseReturnValue:
    """Ask for a roster to be published; nothing new gives the last publication again."""
    with transaction() as session:
        roster = _roster(session, quarter, number)
        job_id = ask_to_publish(session, roster=roster, folder=files_folder(), actor=current_actor(), at=now())
        return answer_work(session, job_id)


@blueprint.post("/quarters/<quarter>/close")
@guarded(DistributionRight.CLOSE_QUARTER)
@operation(
    Operation(
        "Close a quarter for good, as long work",
        WorkTold,
        status=202,
        body=ClosingQuarterSent,
        address=_QUARTER,
        refusals=(CycleUnknown, NotYourStep, CycleClosed, RosterUnfinished, CloseTooEarly, JobAlreadyAsked),
        acts_once=True,
    )
)
def close_one_quarter(quarter: str, sent: ClosingQuarterSent) -> ResponseReturnValue:
    """Ask for a quarter to be closed: what was not collected lapses, its stock is free, the report is frozen."""
    with transaction() as session:
        job_id = ask_to_close(session, quarter=quarter_of(quarter), early=sent.early, actor=current_actor(), at=now())
        return answer_work(session, job_id)


@blueprint.get("/quarters/<quarter>/report")
@guarded(DistributionRight.READ_QUARTERS)
@operation(
    Operation(
        "Read the report of a closed quarter, byte for byte as it was frozen",
        None,
        address=_QUARTER,
        refusals=(CycleUnknown, ReportUnknown),
    )
)
def show_quarter_report(quarter: str) -> ResponseReturnValue:
    """Tell the frozen report; its ETag is its SHA-256."""
    with reading() as session:
        report = get_report(session, quarter_of(quarter))
        return answer_sealed(report.body, report.sha256)


def _roster(session: Session, quarter: str, number: int) -> Roster:
    return get_roster(session, quarter_of(quarter), number)


def _publications(quarter: Quarter) -> PublicationsTold:
    with reading() as session:
        told = [
            publication_told(roster, one)
            for roster in list_rosters(session, quarter)
            for one in list_publications(session, roster)
        ]
    return PublicationsTold(publications=told)
