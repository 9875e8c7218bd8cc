"""Pages of objections: the list, entering one, which child it is about, the answer by another person."""

from collections.abc import Mapping

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from core.clock import now, today
from core.i18n import Text, gettext as _, text
from core.quarters import Quarter
from core.text import clean
from core.web.exports import asked_format, export_response
from core.web.guards import current_actor, guarded
from core.web.lists import Sorts, ordered, read_list_query, slice_of
from core.web.pages import page, redirect_to, told
from core.web.session import reading, transaction
from distribution.forms.cycles import AnswerForm, CaseSearchForm, ChildForm, ObjectionForm, child_form, objection_form
from distribution.models import Objection
from distribution.permissions import DistributionRight
from distribution.queries.allotments import count_by
from distribution.queries.figures import names_of
from distribution.queries.objections import (
    count_coming_lines,
    find_child_of,
    get_objection,
    list_children_of_case,
    objections_statement,
)
from distribution.services.objections import decide_objection as decide, enter_objection as enter, name_child as name
from distribution.values.cycles import ObjectionStatus
from distribution.views.blueprint import blueprint
from distribution.views.shown import shown_name
from distribution.views.steps import quarter_of
from territory.queries import list_districts

STATUS_NAMES: Mapping[str, tuple[str, Text]] = {
    ObjectionStatus.OPEN: ("attention", text("Waits for an answer")),
    ObjectionStatus.ACCEPTED: ("ok", text("Accepted")),
    ObjectionStatus.DECLINED: ("muted", text("Declined")),
}
_SORTS: Sorts = {"received": Objection.received_on, "child": Objection.child_name}
_COLUMNS = ("state", "district", "quarter", "received")
_READ = DistributionRight.READ_QUARTERS


@blueprint.get("/objections")
@guarded(_READ)
def list_objections() -> ResponseReturnValue:
    """List the objections within one's reach, the latest first."""
    actor = current_actor()
    reach = actor.reach(_READ)
    query = read_list_query(
        sorts=_SORTS, default="-received", filters={"status", "district", "quarter"}, columns=_COLUMNS
    )
    filters = {key: str(quarter_of(value)) if key == "quarter" else value for key, value in query.filters.items()}
    pattern = query.pattern if query.q else ""
    with reading() as session:
        statement = ordered(objections_statement(reach, filters, pattern), query, _SORTS, Objection.id)
        if kind := asked_format():
            rows = (
                (str(one.quarter), district.kato, str(one.received_on), one.status, one.answer)
                for one, district in session.execute(statement)
            )
            return export_response(kind, _header(), rows, name="objections", scope="", at=now())
        found = slice_of(session, statement, query)
        without = {key: value for key, value in filters.items() if key != "status"}
        counts = count_by(session, objections_statement(reach, without, pattern), Objection.status)
    may_enter = actor.may(DistributionRight.ENTER_OBJECTIONS)
    return page(query=query, found=found, counts=counts, statuses=STATUS_NAMES, shown=shown_name, may_enter=may_enter)


@blueprint.route("/quarters/<quarter>/objections/enter", methods=["GET", "POST"])
@guarded(DistributionRight.ENTER_OBJECTIONS)
def enter_objection(quarter: str) -> ResponseReturnValue:
    """Enter what a family says that was left out."""
    asked, actor, at = quarter_of(quarter), current_actor(), now()
    with reading() as session:
        districts = list_districts(session, actor.reach(DistributionRight.ENTER_OBJECTIONS))
    form = objection_form(districts, today(at))
    entered = form.accepts(lambda: _enter(asked, form))
    if entered is not None:
        told(text("The objection is entered. Another person answers it."))
        return redirect_to("distribution.show_objection", objection_id=entered)
    return page(form=form, quarter=asked)


def _enter(quarter: Quarter, form: ObjectionForm) -> int:
    with transaction() as session:
        objection = enter(
            session,
            quarter=quarter,
            kato=form.kato.data or "",
            child_name=form.child_name.data or "",
            words=form.words.data or "",
            received_on=form.received_on.data or today(now()),
            actor=current_actor(),
            at=now(),
        )
        return objection.id


@blueprint.get("/objections/<int:objection_id>")
@guarded(_READ)
def show_objection(objection_id: int) -> ResponseReturnValue:
    """Show an objection, the child it is about, and what comes next."""
    actor = current_actor()
    with reading() as session:
        values = _about(session, objection_id)
    objection = values["objection"]
    is_open = isinstance(objection, Objection) and objection.status == ObjectionStatus.OPEN
    entered_it = isinstance(objection, Objection) and objection.entered_by_id == actor.id
    return page(
        **values,
        may_name=is_open and actor.may(DistributionRight.ENTER_OBJECTIONS),
        may_decide=is_open and not entered_it and actor.may(DistributionRight.DECIDE_OBJECTIONS),
    )


@blueprint.route("/objections/<int:objection_id>/child", methods=["GET", "POST"])
@guarded(DistributionRight.ENTER_OBJECTIONS)
def name_child(objection_id: int) -> ResponseReturnValue:
    """Say which child of the registry an objection is about, found by the number of its case."""
    reach = current_actor().reach(DistributionRight.ENTER_OBJECTIONS)
    case_no = clean(request.args.get("case", ""))[:60]
    with reading() as session:
        objection = get_objection(session, objection_id, reach)
        children = list_children_of_case(session, case_no, reach) if case_no else []
    form = child_form(children)
    if form.accepts(lambda: _name(objection_id, form)):
        told(text("The child is found in the registry."))
        return redirect_to("distribution.show_objection", objection_id=objection_id)
    looked_for = CaseSearchForm(data={"case": case_no})
    values = {"objection": objection, "case_no": case_no, "children": children, "shown": shown_name}
    return page(form=form, search_form=looked_for, **values)


def _name(objection_id: int, form: ChildForm) -> bool:
    with transaction() as session:
        name(session, objection_id=objection_id, child_id=form.child_id.data, actor=current_actor(), at=now())
    return True


@blueprint.route("/objections/<int:objection_id>/answer", methods=["GET", "POST"])
@guarded(DistributionRight.DECIDE_OBJECTIONS)
def decide_objection(objection_id: int) -> ResponseReturnValue:
    """Answer an objection that somebody else entered."""
    form = AnswerForm()
    with reading() as session:
        get_objection(session, objection_id, current_actor().reach(DistributionRight.DECIDE_OBJECTIONS))
        values = _about(session, objection_id)
    if form.accepts(lambda: _decide(objection_id, form)):
        told(text("The objection is answered."))
        return redirect_to("distribution.show_objection", objection_id=objection_id)
    return page(form=form, **values)


def _decide(objection_id: int, form: AnswerForm) -> bool:
    with transaction() as session:
        decide(
            session,
            objection_id=objection_id,
            accept=form.decision.data == "accept",
            answer=form.answer.data or "",
            actor=current_actor(),
            at=now(),
        )
    return True


def _about(session: Session, objection_id: int) -> dict[str, object]:
    """Return what pages about one objection show."""
    actor = current_actor()
    reach = actor.reach(_READ)
    objection = get_objection(session, objection_id, reach)
    child = find_child_of(session, objection.child_id, reach) if objection.child_id else None
    coming = 0
    if child is not None and objection.status == ObjectionStatus.OPEN:
        coming = count_coming_lines(session, objection.quarter, child[0].id, today(now()))
    people = names_of(session, {objection.entered_by_id, objection.decided_by_id})
    return {
        "objection": objection,
        "district": next(one for one in list_districts(session, reach) if one.id == objection.district_id),
        "child": child,
        "coming": coming,
        "people": people,
        "statuses": STATUS_NAMES,
        "shown": shown_name,
    }


def _header() -> dict[str, str]:
    return {
        "quarter": _("Quarter"),
        "kato": _("KATO"),
        "received_on": _("Received"),
        "status": _("State"),
        "answer": _("Answer to the family"),
    }
