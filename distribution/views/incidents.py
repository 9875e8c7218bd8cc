"""Pages of incidents: what rules could not settle, both evidences side by side, what a person found."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask.typing import ResponseReturnValue
from sqlalchemy import Row
from sqlalchemy.orm import Session

from core.clock import now
from core.i18n import gettext as _, name_of, text
from core.quarters import Quarter
from core.web.exports import asked_format, export_response
from core.web.guards import current_actor, guarded
from core.web.lists import ListQuery, Sorts, ordered, read_list_query, slice_of
from core.web.pages import page, redirect_to, told
from core.web.session import field_keys, reading, transaction
from distribution.forms.incidents import QueueForm, resolve_form
from distribution.models import Device, DeviceEvent, HandOver, Incident
from distribution.permissions import DistributionRight
from distribution.queries.incidents import (
    SetGiven,
    count_incidents,
    get_incident,
    get_incident_row,
    list_events_of,
    list_hand_overs_of_family,
    list_sets_given,
    select_incidents,
)
from distribution.rules.incidents import resolutions_of
from distribution.services.incidents import resolve_incident as resolve
from distribution.services.queue_files import read_queue, take_queue
from distribution.values.events import IncidentKind, Resolution
from distribution.views.blueprint import blueprint
from distribution.views.hand_overs import COLLECTOR_NAMES
from distribution.views.incident_words import EVENT_NAMES, KIND_NAMES, QUESTIONS, RESOLUTION_NAMES, STATUS_WORDS
from warehouses.models import Lot, Place

_READ, _RESOLVE = DistributionRight.READ_INCIDENTS, DistributionRight.RESOLVE_INCIDENTS
_SORTS: Sorts = {"opened": Incident.opened_at, "kind": Incident.kind}
_COLUMNS = ("status", "point", "device", "opened", "resolved")
_STATUSES: Mapping[str | None, str | None] = {None: "open", "resolved": "resolved", "all": None}
_MOST_EVENTS = 100


@dataclass(frozen=True, slots=True)
class Evidence:
    """What an incident is about: the hand-overs side by side with their sets, the events, the lot."""

    hand_overs: Sequence[Row[HandOver, str, Place]]
    sets: Mapping[UUID, Sequence[SetGiven]]
    events: Sequence[Row[DeviceEvent, str | None]]
    lot: Lot | None


@blueprint.get("/incidents")
@guarded(_READ)
def list_incidents() -> ResponseReturnValue:
    """List what rules could not settle: open ones first, what is resolved on demand."""
    actor = current_actor()
    query = read_list_query(sorts=_SORTS, default="-opened", filters={"status", "kind"}, columns=_COLUMNS)
    status = _STATUSES.get(query.filters.get("status"), "open")
    statement = select_incidents(actor, status=status, kind=query.filters.get("kind"))
    statement = ordered(statement, query, _SORTS, Incident.id)
    with reading() as session:
        if form := asked_format():
            return _export(form, session.execute(statement).all())
        incidents, counts = slice_of(session, statement, query), count_incidents(session, actor)
    return page(
        query=query,
        incidents=incidents,
        states=_state_chips(counts, query),
        kinds=_kind_chips(counts, status),
        kind_names=KIND_NAMES,
        status_words=STATUS_WORDS,
        resolution_names=RESOLUTION_NAMES,
        may_resolve=actor.may(_RESOLVE),
    )


@blueprint.get("/incidents/<int:incident_id>")
@guarded(_READ)
def show_incident(incident_id: int) -> ResponseReturnValue:
    """Show what is known of an incident, the evidences side by side."""
    with reading() as session:
        row = get_incident_row(session, incident_id, current_actor())
        evidence = _evidence(session, row[0])
    return page(
        row=row,
        evidence=evidence,
        kind_names=KIND_NAMES,
        questions=QUESTIONS,
        status_words=STATUS_WORDS,
        resolution_names=RESOLUTION_NAMES,
        event_names=EVENT_NAMES,
        collectors=COLLECTOR_NAMES,
        may_resolve=current_actor().may(_RESOLVE),
    )


@blueprint.route("/incidents/<int:incident_id>/resolve", methods=["GET", "POST"])
@guarded(_RESOLVE)
def resolve_incident(incident_id: int) -> ResponseReturnValue:
    """Ask what an incident was, and keep what the person found."""
    with reading() as session:
        incident = get_incident(session, incident_id, current_actor())
    offered = [(one.value, RESOLUTION_NAMES[one]) for one in resolutions_of(IncidentKind(incident.kind))]
    form = resolve_form(offered)
    if form.accepts(lambda: _resolve(incident_id, form.resolution.data or "", form.note.data or "")):
        told(text("It is resolved. What happened stays in the books."))
        return redirect_to("distribution.list_incidents")
    return page(form=form, incident=incident, kind_names=KIND_NAMES, questions=QUESTIONS)


@blueprint.route("/incidents/queue", methods=["GET", "POST"])
@guarded(_RESOLVE)
def import_queue() -> ResponseReturnValue:
    """Take in what a phone could not send and saved to a file; the same file again changes nothing."""
    form, answers = QueueForm(), None
    if form.is_submitted():
        answers = form.accepts(lambda: _import(form))
    return page(form=form, answers=answers)


def _resolve(incident_id: int, resolution: str, note: str) -> bool:
    with transaction() as session:
        resolve(session, incident_id, resolution=Resolution(resolution), note=note, actor=current_actor(), at=now())
    return True


def _import(form: QueueForm) -> Mapping[str, int]:
    batches = read_queue(form.file.data.read())
    with transaction() as session:
        return take_queue(session, batches, keys=field_keys(), actor=current_actor(), at=now())


def _evidence(session: Session, incident: Incident) -> Evidence:
    quarter, family = incident.facts.get("quarter"), incident.facts.get("family")
    given: Sequence[Row[HandOver, str, Place]] = []
    if isinstance(quarter, str) and isinstance(family, int):
        given = list_hand_overs_of_family(session, Quarter.parse(quarter), family)
    sets = list_sets_given(session, [one.id for one, _operator, _point in given])
    lot = session.get(Lot, incident.lot_id) if incident.lot_id else None
    return Evidence(given, sets, list_events_of(session, incident, _MOST_EVENTS), lot)


def _state_chips(counts: Mapping[tuple[str, str], int], query: ListQuery) -> list[tuple[str | None, str, int]]:
    kind = query.filters.get("kind")

    def number(status: str | None) -> int:
        return sum(n for (state, of), n in counts.items() if status in {None, state} and kind in {None, of})

    words = {None: _("Open"), "resolved": _("Resolved"), "all": _("All")}
    return [(state, word, number(_STATUSES[state])) for state, word in words.items()]


def _kind_chips(counts: Mapping[tuple[str, str], int], status: str | None) -> list[tuple[str | None, str, int]]:
    found: dict[str, int] = {}
    for (state, kind), number in counts.items():
        if status in {None, state}:
            found[kind] = found.get(kind, 0) + number
    known = [(kind.value, str(KIND_NAMES[kind]), found[kind]) for kind in IncidentKind if kind in found]
    return [(None, _("All kinds"), sum(found.values())), *known]


def _export(form: str, rows: Iterable[Row[Incident, Place | None, Device | None, str | None]]) -> ResponseReturnValue:
    header = {
        "status": _("Status"),
        "kind": _("Kind"),
        "point": _("Point"),
        "device": _("Device"),
        "opened_at": _("Found on"),
        "resolved_at": _("Resolved on"),
        "resolved_by": _("Resolved by"),
        "resolution": _("What it was"),
        "note": _("What was found"),
    }
    cells = (
        (
            str(STATUS_WORDS[incident.status][1]),
            str(KIND_NAMES[incident.kind]),
            name_of(place) if place else "",
            device.code if device else "",
            incident.opened_at,
            incident.resolved_at,
            who or "",
            str(RESOLUTION_NAMES[incident.resolution]) if incident.resolution else "",
            incident.note,
        )
        for incident, place, device, who in rows
    )
    return export_response(form, header, cells, name="incidents", scope="", at=now())
