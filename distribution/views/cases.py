"""Applications and awards: the list, one with its path, and the steps of an officer."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from flask import abort
from flask.typing import ResponseReturnValue
from sqlalchemy import Row
from sqlalchemy.orm import Session

from core.clock import now, today
from core.i18n import gettext as _, name_of, text
from core.tabular import Cell
from core.web.exports import asked_format, export_response
from core.web.forms import ActForm
from core.web.guards import current_actor, guarded
from core.web.lists import ListQuery, Sorts, ordered, read_list_query, slice_of
from core.web.pages import page, redirect_to, told
from core.web.session import reading, transaction
from distribution.forms.cases import ApplicationForm, EndingForm, act_form
from distribution.models import AssistanceCase, CaseEnding, CommissionMember, CommissionOpinion, CommissionReview
from distribution.permissions import DistributionRight
from distribution.queries import cases as queries
from distribution.queries.cases import CaseFilter
from distribution.queries.families import get_family, list_children
from distribution.rules.cases import ACTS, FEWEST_MEMBERS, IN_FORCE, next_acts, shown_status
from distribution.services import cases as services, endings
from distribution.values import CaseStatus
from distribution.values.cases import CaseAct
from distribution.views.blueprint import blueprint
from distribution.views.case_words import STATUS_NAMES, people_words, sees_names
from distribution.views.families import note_people
from distribution.views.hand_overs import read_number
from distribution.views.shown import shown_name
from logistics.queries.people import names_of_users
from territory.models import District
from territory.queries import list_districts

READ, EDIT, DECIDE = DistributionRight.READ_FAMILIES, DistributionRight.EDIT_CASES, DistributionRight.DECIDE_CASES
_COLUMNS = ("state", "applicant", "district", "section", "due", "from", "to")
_SORTS: Sorts = {"number": AssistanceCase.case_no, "due": CommissionReview.due_on, "from": AssistanceCase.award_from}
_AT_ONCE = 2000
_COMMISSION_ACTS = {
    CaseStatus.REGISTERED: "send_to_commission",
    CaseStatus.WITH_COMMISSION: "record_examination",
    CaseStatus.EXAMINED: "record_opinion",
}
CaseRow = Row[AssistanceCase, str, str | None, date | None, date | None]


@blueprint.get("/cases")
@guarded(READ)
def list_cases() -> ResponseReturnValue:
    """List applications and awards: by state, late commissions, ends that wait for a second person."""
    reach, day = current_actor().reach(READ), today(now())
    query = read_list_query(
        sorts=_SORTS, default="-number", filters={"status", "late", "ending", "section", "district"}, columns=_COLUMNS,
        hidden={"from", "to"},
    )  # fmt: skip
    statement = ordered(queries.cases_statement(reach, _wanted(query), day), query, _SORTS, AssistanceCase.id)
    with reading() as session:
        districts = {row.id: row for row in list_districts(session, reach)}
        if kind := asked_format():
            rows = session.execute(statement.execution_options(yield_per=_AT_ONCE))
            return export_response(kind, _header(), _cells(rows, districts, day), name="cases", scope="", at=now())
        cases = slice_of(session, statement, query)
        counts = queries.count_cases_by_status(session, reach, day)
    note_people(people=len(cases.rows) if sees_names() else 0, query=query, found=cases.total)
    return page(
        query=query, cases=cases, districts=districts, counts=counts, day_=day,
        status_of=lambda case: shown_status(case.status, case.award_to, day), **people_words(),
    )  # fmt: skip


@blueprint.get("/cases/<int:case_id>")
@guarded(READ)
def show_case(case_id: int) -> ResponseReturnValue:
    """Show an application or award: its path, its commission, its children, and what may be done next."""
    reach = current_actor().reach(READ)
    with reading() as session:
        case = queries.get_case(session, case_id, reach)
        status = shown_status(case.status, case.award_to, today(now()))
        family = get_family(session, case.family_id, reach)
        children = [child for child, number in list_children(session, family.id) if number == case.case_no]
        review, ending = queries.find_review(session, case.id), queries.find_open_ending(session, case.id)
        opinions = queries.list_opinions(session, review.id) if review else []
        events, past_endings = queries.list_events(session, [case.id]), queries.list_endings(session, case.id)
        people = _people(session, events, past_endings, review, opinions=opinions)
    note_people(people=1 + len(children))
    return page(
        case=case, status_=status, family=family, children=children, review=review, opinions=opinions, ending=ending,
        endings=past_endings, events=events, people=people, acts=_offered(status, ending), rules=ACTS,
        commission=_commission_act(status), may_conclude=len(opinions) >= FEWEST_MEMBERS, today_=today(now()),
        may_edit=current_actor().may(EDIT), may_decide=current_actor().may(DECIDE), act=ActForm(),
        may_end=status in IN_FORCE and current_actor().may(DECIDE) and ending is None,
        own_ending=ending is not None and ending.proposed_by_id == current_actor().id, **people_words(),
    )  # fmt: skip


@blueprint.route("/families/<int:family_id>/applications/new", methods=["GET", "POST"])
@guarded(EDIT)
def open_application(family_id: int) -> ResponseReturnValue:
    """Enter an application of a family."""
    with reading() as session:
        family = get_family(session, family_id, current_actor().reach(EDIT))
    form = ApplicationForm(data={"happened_on": today(now()), "kind": "unconditional"})

    def enter() -> AssistanceCase:
        with transaction() as session:
            return services.open_application(
                session, family_id, kind=form.kind.data or "", facts=form.facts(), case_no=form.case_no.data or "",
                is_draft=bool(form.is_draft.data), actor=current_actor(), at=now(),
            )  # fmt: skip

    case = form.accepts(enter)
    if case is None:
        return page(form=form, family=family, **people_words())
    told(text("The application has the number %(number)s. Next: its children.", number=case.case_no))
    return redirect_to("distribution.show_case", case_id=case.id)


@blueprint.route("/cases/<int:case_id>/acts/<act>", methods=["GET", "POST"])
@guarded(EDIT, DECIDE)
def take_act(case_id: int, act: str) -> ResponseReturnValue:
    """Take a step of a case, with its day, paper and reason."""
    if act not in set(CaseAct):
        abort(404)
    known = CaseAct(act)
    with reading() as session:
        case = queries.get_case(session, case_id, current_actor().reach(DECIDE if ACTS[known].decides else EDIT))
    form = act_form(known, award_from=case.award_from, award_to=case.award_to, day=today(now()))

    def take() -> AssistanceCase:
        with transaction() as session:
            return services.take_act(session, case_id, known, form.facts(), actor=current_actor(), at=now())

    taken = form.accepts(take)
    if taken is None:
        return page(form=form, case=case, rule=ACTS[known], act_=known, **people_words())
    told(text("%(number)s: %(state)s.", number=taken.case_no, state=STATUS_NAMES[CaseStatus(taken.status)]))
    return redirect_to("distribution.show_case", case_id=case_id)


@blueprint.route("/cases/<int:case_id>/ending/propose", methods=["GET", "POST"])
@guarded(DECIDE)
def propose_ending(case_id: int) -> ResponseReturnValue:
    """Propose to end an award; another person confirms."""
    with reading() as session:
        case = queries.get_case(session, case_id, current_actor().reach(DECIDE))
    form = EndingForm(data={"happened_on": today(now())})

    def propose() -> CaseEnding:
        with transaction() as session:
            return endings.propose_ending(session, case_id, form.facts(), actor=current_actor(), at=now())

    if form.accepts(propose) is None:
        return page(form=form, case=case)
    told(text("The end is proposed. The award goes on until another person confirms."))
    return redirect_to("distribution.show_case", case_id=case_id)


@blueprint.post("/cases/<int:case_id>/ending/confirm")
@guarded(DECIDE)
def confirm_ending(case_id: int) -> ResponseReturnValue:
    """End an award as another person proposed."""
    with transaction() as session:
        ended = endings.confirm_ending(session, case_id, actor=current_actor(), at=now())
    if len(ended) == 1:
        told(text("The award is ended."))
    else:
        told(text("The award is ended, and with it all awards of the family: %(n)s in all.", n=len(ended)))
    return redirect_to("distribution.show_case", case_id=case_id)


@blueprint.post("/cases/<int:case_id>/ending/drop")
@guarded(DECIDE)
def drop_ending(case_id: int) -> ResponseReturnValue:
    """Let an award go on: the proposal to end it is dropped."""
    with transaction() as session:
        endings.drop_ending(session, case_id, actor=current_actor(), at=now())
    told(text("The award goes on. The proposal stays in its history."))
    return redirect_to("distribution.show_case", case_id=case_id)


def _wanted(query: ListQuery) -> CaseFilter:
    filters = query.filters
    return CaseFilter(
        status=filters.get("status"),
        pattern=query.pattern if query.q else "",
        written=query.q,
        section=filters.get("section"),
        late=filters.get("late") == "yes",
        ending=filters.get("ending") == "yes",
        district_id=read_number(filters.get("district")),
    )


def _offered(status: CaseStatus, ending: CaseEnding | None) -> list[CaseAct]:
    """Return the steps that this person may take now; none while an end waits."""
    actor = current_actor()
    if ending is not None:
        return []
    return [act for act in next_acts(status) if actor.may(DECIDE if ACTS[act].decides else EDIT)]


def _commission_act(status: CaseStatus) -> str | None:
    return _COMMISSION_ACTS.get(status) if current_actor().may(EDIT) else None


def _people(
    session: Session,
    events: Iterable[object],
    past: Iterable[CaseEnding],
    review: CommissionReview | None,
    *,
    opinions: Iterable[Row[CommissionOpinion, CommissionMember]] = (),
) -> Mapping[int | None, str]:
    ids: set[int | None] = {getattr(event, "actor_id", None) for event in events}
    ids |= {given.entered_by_id for given, _ in opinions}
    for ending in past:
        ids |= {ending.proposed_by_id, ending.decided_by_id}
    if review is not None:
        ids |= {review.sent_by_id, review.concluded_by_id}
    return names_of_users(session, ids)


def _header() -> dict[str, str]:
    return {
        "case": _("Case"),
        "state": _("State"),
        "applicant": _("Applicant"),
        "district": _("District"),
        "section": _("Section"),
        "due_on": _("Examination due"),
        "examined_on": _("Examined on"),
        "kind": _("Kind of aid"),
        "award_from": _("From"),
        "award_to": _("To"),
        "reason": _("Reason"),
    }


def _cells(rows: Iterable[CaseRow], districts: Mapping[int, District], day: date) -> Iterator[tuple[Cell, ...]]:
    read = 0
    for case, name, section, due_on, examined_on in rows:
        read += 1
        yield (
            case.case_no,
            str(STATUS_NAMES[shown_status(case.status, case.award_to, day)]),
            shown_name(name),
            name_of(districts[case.district_id]),
            section or "",
            due_on,
            examined_on,
            case.kind,
            case.award_from,
            case.award_to,
            case.reason,
        )
    note_people(people=read if sees_names() else 0)
