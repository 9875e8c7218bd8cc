"""Pages of alerts: what needs somebody, the worst first, who has taken it over; and a new look."""

from collections.abc import Iterable, Mapping

from flask.typing import ResponseReturnValue
from sqlalchemy import Row, case

from accounts.permissions import AccountRight
from core.actors import EVERYWHERE
from core.clock import now
from core.i18n import gettext as _, name_of, text
from core.jobs.queue import ask_job, find_last_job
from core.web.exports import asked_format, export_response
from core.web.forms import ActForm
from core.web.guards import current_actor, guarded
from core.web.lists import ListQuery, Sorts, ordered, read_list_query, slice_of
from core.web.pages import page, redirect_to, told
from core.web.session import reading, transaction
from distribution.forms.alerts import AcknowledgeForm
from distribution.jobs.watch import WATCH
from distribution.models import Alert
from distribution.permissions import DistributionRight
from distribution.queries.alerts import count_alerts, get_alert, places_of, select_alerts
from distribution.services.alerts import acknowledge_alert as acknowledge
from distribution.values.alerts import AlertKind, AlertState
from distribution.views.alert_words import KIND_NAMES, STATE_WORDS, rows_of, sentence_of
from distribution.views.blueprint import blueprint
from territory.models import District
from territory.queries import list_districts
from warehouses.models import Place

_READ = (DistributionRight.READ_QUARTERS, AccountRight.READ_AUDIT)
_ACKNOWLEDGE = DistributionRight.ACKNOWLEDGE_ALERTS
_COLUMNS = ("state", "kind", "district", "since", "acknowledged")
_GRAVITY = case((Alert.state == AlertState.FIRING, 0), (Alert.state == AlertState.PENDING, 1), else_=2)
_SORTS: Sorts = {"state": _GRAVITY, "since": Alert.since}
_STATES: Mapping[str | None, tuple[AlertState, ...]] = {
    None: (AlertState.FIRING, AlertState.PENDING),
    AlertState.FIRING: (AlertState.FIRING,),
    AlertState.PENDING: (AlertState.PENDING,),
    AlertState.NORMAL: (AlertState.NORMAL,),
    "all": tuple(AlertState),
}


@blueprint.get("/alerts")
@guarded(*_READ)
def list_alerts() -> ResponseReturnValue:
    """List what needs somebody: firing first, then pending; what is over on demand."""
    actor = current_actor()
    query = read_list_query(sorts=_SORTS, default="state", filters={"state", "kind"}, columns=_COLUMNS)
    states = _STATES.get(query.filters.get("state"), ())
    statement = select_alerts(actor, states=states, kind=query.filters.get("kind"))
    statement = ordered(statement, query, _SORTS, Alert.id)
    with reading() as session:
        districts = {row.id: row for row in list_districts(session, EVERYWHERE)}
        if form := asked_format():
            rows = session.execute(statement).all()
            return _export(form, rows, districts, places_of(session, [alert for alert, _who in rows]))
        alerts, counts = slice_of(session, statement, query), count_alerts(session, actor)
        places = places_of(session, [alert for alert, _who in alerts.rows])
        watched = find_last_job(session, kind=WATCH, subject="country")
    return page(
        query=query,
        alerts=alerts,
        districts=districts,
        sentence=lambda alert: sentence_of(alert, districts, places),
        states=_state_chips(counts, query),
        kinds=_kind_chips(counts, states),
        watched=watched,
        **_words(),
    )


@blueprint.route("/alerts/<int:alert_id>/acknowledge", methods=["GET", "POST"])
@guarded(_ACKNOWLEDGE)
def acknowledge_alert(alert_id: int) -> ResponseReturnValue:
    """Ask what is being done about an exception, and take it over."""
    form = AcknowledgeForm()
    with reading() as session:
        alert = get_alert(session, alert_id, current_actor())
        districts = {row.id: row for row in list_districts(session, EVERYWHERE)}
        words = sentence_of(alert, districts, places_of(session, [alert]))
    if form.accepts(lambda: _acknowledge(alert_id, form.note.data or "")):
        told(text("You have taken it over. It stays in the list until it is over."))
        return redirect_to("distribution.list_alerts")
    return page(form=form, alert=alert, words=words, href=rows_of(alert), state_words=STATE_WORDS)


@blueprint.post("/alerts/watch")
@guarded(_ACKNOWLEDGE)
def watch() -> ResponseReturnValue:
    """Ask for a look at everything now."""
    with transaction() as session:
        job_id = ask_job(session, kind=WATCH, subject="country", arguments={}, actor_id=current_actor().id, at=now())
    return redirect_to("app.show_job", job_id=job_id)


def _acknowledge(alert_id: int, note: str) -> bool:
    with transaction() as session:
        acknowledge(session, alert_id=alert_id, note=note, actor=current_actor(), at=now())
    return True


def _words() -> dict[str, object]:
    return {
        "rows_of": rows_of,
        "kind_names": KIND_NAMES,
        "state_words": STATE_WORDS,
        "form": ActForm(),
        "may_acknowledge": current_actor().may(_ACKNOWLEDGE),
    }


def _state_chips(counts: Mapping[tuple[str, str], int], query: ListQuery) -> list[tuple[str | None, str, int]]:
    kind = query.filters.get("kind")

    def number(states: Iterable[str]) -> int:
        return sum(count for (state, of), count in counts.items() if state in states and kind in {None, of})

    words = {
        None: _("Now"),
        AlertState.FIRING: _("Firing"),
        AlertState.PENDING: _("Pending"),
        AlertState.NORMAL: _("Over"),
        "all": _("All"),
    }
    return [(state, word, number(_STATES[state])) for state, word in words.items()]


def _kind_chips(counts: Mapping[tuple[str, str], int], states: Iterable[str]) -> list[tuple[str | None, str, int]]:
    found: dict[str, int] = {}
    for (state, kind), count in counts.items():
        if state in states:
            found[kind] = found.get(kind, 0) + count
    known = [(kind.value, str(KIND_NAMES[kind]), found[kind]) for kind in AlertKind if kind in found]
    return [(None, _("All kinds"), sum(found.values())), *known]


def _export(
    form: str, rows: Iterable[Row[Alert, str]], districts: Mapping[int, District], places: Mapping[int, Place]
) -> ResponseReturnValue:
    header = {
        "state": _("State"),
        "kind": _("Kind"),
        "what": _("Exception"),
        "district": _("District"),
        "since": _("Since"),
        "seen": _("Seen last"),
        "acknowledged_by": _("Taken over by"),
        "acknowledged_at": _("Taken over"),
        "note": _("What is being done"),
    }
    cells = (
        (
            str(STATE_WORDS[alert.state][1]),
            str(KIND_NAMES[alert.kind]),
            str(sentence_of(alert, districts, places)),
            name_of(districts[alert.district_id]) if alert.district_id else "",
            alert.since,
            alert.seen_at,
            who or "",
            alert.acknowledged_at,
            alert.note,
        )
        for alert, who in rows
    )
    return export_response(form, header, cells, name="alerts", scope="", at=now())
