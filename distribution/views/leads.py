"""Pages of leads: the queue, one lead side by side, its decision, and a new search."""

from collections.abc import Iterable, Mapping, Sequence

from flask.typing import ResponseReturnValue
from sqlalchemy import Row
from sqlalchemy.orm import Session

from core.clock import now
from core.i18n import gettext as _, name_of, text
from core.jobs.queue import ask_job, find_last_job
from core.web.exports import asked_format, export_response
from core.web.forms import ActForm
from core.web.guards import current_actor, guarded
from core.web.lists import ListQuery, Sorts, ordered, read_list_query, slice_of
from core.web.pages import page, redirect_to, told
from core.web.session import reading, transaction
from distribution.forms.leads import decision_form
from distribution.jobs.leads import FIND_LEADS
from distribution.models import Lead
from distribution.permissions import DistributionRight
from distribution.queries.leads import (
    LeadRows,
    Person,
    count_leads,
    find_next_lead,
    get_lead,
    list_people,
    name_of_user,
    select_leads,
)
from distribution.rules.decisions import decisions_of
from distribution.services.leads import decide_lead as decide, reopen_lead as reopen
from distribution.values.leads import LeadDecision, LeadKind, LeadStatus
from distribution.views.blueprint import blueprint
from distribution.views.case_words import sees_names
from distribution.views.families import note_people
from distribution.views.hand_overs import read_number
from distribution.views.lead_words import DECISION_NAMES, KIND_NAMES, STATUS_WORDS, reasons_of
from distribution.views.shown import shown_name
from territory.models import District
from territory.queries import list_districts

_READ, _DECIDE = DistributionRight.READ_FAMILIES, DistributionRight.DECIDE_LEADS
_COLUMNS = ("status", "why", "district", "people", "found")
_SORTS: Sorts = {"score": Lead.score, "found": Lead.found_at}
_ALL = "all"
_AT_ONCE = 2000


@blueprint.get("/leads")
@guarded(_READ)
def list_leads() -> ResponseReturnValue:
    """List what looks like a duplicate or a mistake in one's territory; what waits for a decision first."""
    reach = current_actor().reach(_READ)
    query = read_list_query(sorts=_SORTS, default="-score", filters={"status", "kind", "district"}, columns=_COLUMNS)
    status = query.filters.get("status", LeadStatus.OPEN)
    statement = _asked(query, status)
    with reading() as session:
        districts = {row.id: row for row in list_districts(session, reach)}
        if form := asked_format():
            return _export(form, session.execute(statement.execution_options(yield_per=_AT_ONCE)), districts)
        leads, counts = slice_of(session, statement, query), count_leads(session, reach)
        searched = find_last_job(session, kind=FIND_LEADS, subject="registry")
    return page(
        query=query,
        leads=leads,
        districts=districts,
        statuses=_statuses(counts, query),
        kinds=_kinds(counts, status),
        searched=searched,
        form=ActForm(),
        may_decide=current_actor().may(_DECIDE),
        **_words(),
    )


@blueprint.get("/leads/<int:lead_id>")
@guarded(_READ)
def show_lead(lead_id: int) -> ResponseReturnValue:
    """Show a lead: what was seen, whom it is about side by side, how it was decided."""
    actor = current_actor()
    with reading() as session:
        values = _lead(session, lead_id)
    note_people(people=_number_shown(values))
    return page(form=ActForm(), may_decide=actor.may(_DECIDE), **values, **_words())


@blueprint.route("/leads/<int:lead_id>/decide", methods=["GET", "POST"])
@guarded(_DECIDE)
def decide_lead(lead_id: int) -> ResponseReturnValue:
    """Ask for the decision, take it, and go on to the next lead of the queue."""
    with reading() as session:
        values = _lead(session, lead_id)
        kind = get_lead(session, lead_id, current_actor().reach(_DECIDE)).kind
    offered = [(decision.value, DECISION_NAMES[decision]) for decision in decisions_of(kind)]
    form = decision_form(offered)
    following = form.accepts(lambda: _decide(lead_id, LeadDecision(form.decision.data), form.note.data or ""))
    if following is not None:
        told(text("Decided, and remembered at every search."))
        return (
            redirect_to("distribution.decide_lead", lead_id=following)
            if following
            else redirect_to("distribution.list_leads")
        )
    return page(form=form, **values, **_words())


@blueprint.post("/leads/<int:lead_id>/reopen")
@guarded(_DECIDE)
def reopen_lead(lead_id: int) -> ResponseReturnValue:
    """Take the decision about a lead back."""
    with transaction() as session:
        reopen(session, lead_id=lead_id, actor=current_actor(), at=now())
    told(text("The decision is taken back. It waits to be decided anew."))
    return redirect_to("distribution.show_lead", lead_id=lead_id)


@blueprint.post("/leads/find")
@guarded(_DECIDE, DistributionRight.CONFIRM_REGISTRY)
def find_leads() -> ResponseReturnValue:
    """Ask for a search over the whole registry."""
    with transaction() as session:
        job_id = ask_job(
            session, kind=FIND_LEADS, subject="registry", arguments={}, actor_id=current_actor().id, at=now()
        )
    return redirect_to("app.show_job", job_id=job_id)


def _asked(query: ListQuery, status: str) -> LeadRows:
    statement = select_leads(
        current_actor().reach(_READ),
        status=None if status == _ALL else status,
        kind=query.filters.get("kind"),
        district_id=read_number(query.filters.get("district")),
    )
    return ordered(statement, query, _SORTS, Lead.id)


def _lead(session: Session, lead_id: int) -> dict[str, object]:
    reach = current_actor().reach(_READ)
    lead = get_lead(session, lead_id, reach)
    return {
        "lead": lead,
        "people": list_people(session, lead.id, reach),
        "reasons": reasons_of(lead),
        "decided_by": name_of_user(session, lead.decided_by_id),
    }


def _number_shown(values: Mapping[str, object]) -> int:
    """Return how many people a page shows in full."""
    people = values["people"]
    return len(people) if isinstance(people, Sequence) and sees_names() else 0


def _decide(lead_id: int, decision: LeadDecision, note: str) -> int:
    """Take the decision; return the next lead of the queue, or 0."""
    actor = current_actor()
    with transaction() as session:
        lead = decide(session, lead_id=lead_id, decision=decision, note=note, actor=actor, at=now())
        return find_next_lead(session, actor.reach(_DECIDE), kind=lead.kind, after=lead) or 0


def _shown(person: Person, name: str) -> str:
    """Return a name, in full only of families within the reader's own territory."""
    return shown_name(name) if person.is_near else "•••"


def _words() -> dict[str, object]:
    return {
        "kind_names": KIND_NAMES,
        "status_words": STATUS_WORDS,
        "decision_names": DECISION_NAMES,
        "reasons_of": reasons_of,
        "shown": _shown,
    }


def _statuses(counts: Mapping[tuple[str, str], int], query: ListQuery) -> list[tuple[str | None, str, int]]:
    kind = query.filters.get("kind")

    def number(status: str | None) -> int:
        return sum(count for (one, of), count in counts.items() if status in {None, one} and kind in {None, of})

    return [
        (None, _("To decide"), number(LeadStatus.OPEN)),
        (LeadStatus.DECIDED, _("Decided"), number(LeadStatus.DECIDED)),
        (LeadStatus.GONE, _("Found no more"), number(LeadStatus.GONE)),
        (_ALL, _("All"), number(None)),
    ]


def _kinds(counts: Mapping[tuple[str, str], int], status: str) -> list[tuple[str | None, str, int]]:
    def number(kind: str | None) -> int:
        return sum(count for (one, of), count in counts.items() if status in {_ALL, one} and kind in {None, of})

    return [(None, _("All kinds"), number(None)), *((kind, str(KIND_NAMES[kind]), number(kind)) for kind in LeadKind)]


def _export(form: str, rows: Iterable[Row[Lead, int]], districts: Mapping[int, District]) -> ResponseReturnValue:
    header = {
        "id": _("Number"),
        "kind": _("What it looks like"),
        "status": _("Status"),
        "why": _("Why"),
        "district": _("District"),
        "people": _("People"),
        "decision": _("Decision"),
        "note": _("Note"),
        "found_at": _("Found"),
    }
    cells = (
        (
            lead.id,
            str(KIND_NAMES[lead.kind]),
            str(STATUS_WORDS[lead.status][1]),
            " ".join(map(str, reasons_of(lead))),
            name_of(districts[lead.district_id]),
            people,
            str(DECISION_NAMES[lead.decision]) if lead.decision else "",
            lead.note,
            lead.found_at,
        )
        for lead, people in rows
    )
    return export_response(form, header, cells, name="leads", scope="", at=now())
