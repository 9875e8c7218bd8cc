"""What waits in warehouses and on the road for whoever is signed in: each a sentence that leads to its rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import url_for
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from accounts.permissions import AccountRight
from core.actors import EVERYWHERE, Actor
from core.clock import today
from core.i18n import Text, text_plural
from distribution.models import AssistanceCase, CaseEnding, Incident, PersonReading
from distribution.permissions import DistributionRight
from distribution.queries.alerts import count_alerts, list_firing, places_of
from distribution.queries.cases import CaseFilter, cases_statement
from distribution.queries.incidents import select_incidents
from distribution.queries.leads import count_open_leads
from distribution.services.person_reading import MOST_IN_AN_HOUR
from distribution.values.alerts import AlertState
from distribution.views.alert_words import rows_of, sentence_of
from logistics.models import Transfer, TransferRequest
from logistics.permissions import LogisticsRight
from logistics.queries import transfer_condition
from logistics.queries.requests import request_condition
from logistics.queries.transfers import state_column
from logistics.values.transfers import RequestStatus, TransferState
from territory.queries import district_condition, list_districts
from warehouses.models import StockCount, WriteOff
from warehouses.permissions import WarehouseRight
from warehouses.queries import at_place_condition
from warehouses.values.counts import CountStatus
from warehouses.values.write_offs import WriteOffStatus

_MOST_EXCEPTIONS = 5

_LATELY = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Need:
    """Something to do, in a sentence that leads there."""

    sentence: Text
    href: str


def count_rows(session: Session, statement: Select[*tuple[object, ...]]) -> int:
    """Return how many rows a statement finds."""
    return session.scalar(select(func.count()).select_from(statement.order_by(None).subquery())) or 0


def exceptions_that_fire(session: Session, actor: Actor) -> Iterator[Need]:
    """Yield the oldest exceptions that fire and nobody has taken over, then how many more there are."""
    firing = list_firing(session, actor, _MOST_EXCEPTIONS + 1)
    shown = firing[:_MOST_EXCEPTIONS]
    districts = {row.id: row for row in list_districts(session, EVERYWHERE)} if shown else {}
    places = places_of(session, shown)
    for alert in shown:
        yield Need(sentence_of(alert, districts, places), rows_of(alert))
    if len(firing) > len(shown):
        counts = count_alerts(session, actor)
        count = sum(number for (state, _kind), number in counts.items() if state == AlertState.FIRING)
        yield Need(
            text_plural("%(n)s exception needs somebody in all.", "%(n)s exceptions need somebody in all.", count),
            url_for("distribution.list_alerts", state=AlertState.FIRING),
        )


def leads_to_decide(session: Session, actor: Actor) -> Iterator[Need]:
    """Yield the possible doubles of the territory."""
    count = count_open_leads(session, actor.reach(DistributionRight.DECIDE_LEADS))
    if count:
        yield Need(
            text_plural(
                "%(n)s possible double waits for a decision.", "%(n)s possible doubles wait for decisions.", count
            ),
            url_for("distribution.list_leads"),
        )


def counts_to_close(session: Session, actor: Actor) -> Iterator[Need]:
    """Yield the counts that others handed in."""
    waiting = select(StockCount.id).where(
        StockCount.status == CountStatus.SUBMITTED,
        StockCount.submitted_by_id != actor.id,
        at_place_condition(actor.reach(WarehouseRight.CLOSE_COUNTS), StockCount.place_id),
    )
    count = count_rows(session, waiting)
    if count:
        yield Need(
            text_plural("%(n)s count waits to be closed by you.", "%(n)s counts wait to be closed by you.", count),
            url_for("warehouses.list_counts", status=CountStatus.SUBMITTED),
        )


def write_offs_to_approve(session: Session, actor: Actor) -> Iterator[Need]:
    """Yield the write-offs that others drafted."""
    waiting = select(WriteOff.id).where(
        WriteOff.status == WriteOffStatus.DRAFT,
        WriteOff.drafted_by_id != actor.id,
        at_place_condition(actor.reach(WarehouseRight.APPROVE_WRITE_OFFS), WriteOff.place_id),
    )
    count = count_rows(session, waiting)
    if count:
        yield Need(
            text_plural("%(n)s write-off waits for your decision.", "%(n)s write-offs wait for your decision.", count),
            url_for("warehouses.list_write_offs", status=WriteOffStatus.DRAFT),
        )


def requests_to_approve(session: Session, actor: Actor) -> Iterator[Need]:
    """Yield the requests for goods that others made."""
    waiting = select(TransferRequest.id).where(
        TransferRequest.status == RequestStatus.REQUESTED,
        TransferRequest.requested_by_id != actor.id,
        request_condition(actor.reach(LogisticsRight.APPROVE_TRANSFERS)),
    )
    count = count_rows(session, waiting)
    if count:
        yield Need(
            text_plural(
                "%(n)s request for goods waits for your approval.",
                "%(n)s requests for goods wait for your approval.",
                count,
            ),
            url_for("logistics.list_requests", status=RequestStatus.REQUESTED),
        )


def requests_to_send(session: Session, actor: Actor) -> Iterator[Need]:
    """Yield the approved requests whose goods leave from the actor's places."""
    waiting = select(TransferRequest.id).where(
        TransferRequest.status == RequestStatus.APPROVED,
        at_place_condition(actor.reach(LogisticsRight.DISPATCH_TRANSFERS), TransferRequest.from_place_id),
    )
    count = count_rows(session, waiting)
    if count:
        yield Need(
            text_plural(
                "%(n)s approved request is to be picked and sent.",
                "%(n)s approved requests are to be picked and sent.",
                count,
            ),
            url_for("logistics.list_requests", status=RequestStatus.APPROVED),
        )


def differences_to_settle(session: Session, actor: Actor) -> Iterator[Need]:
    """Yield the transfers of which both ends have to say what happened."""
    within = transfer_condition(actor.reach(LogisticsRight.READ_TRANSFERS))
    waiting = select(Transfer.id).where(state_column() == TransferState.TO_SETTLE, within)
    count = count_rows(session, waiting)
    if count:
        yield Need(
            text_plural(
                "%(n)s transfer arrived with a difference: both ends settle it.",
                "%(n)s transfers arrived with differences: both ends settle them.",
                count,
            ),
            url_for("logistics.list_transfers", status=TransferState.TO_SETTLE),
        )


def endings_to_confirm(session: Session, actor: Actor) -> Iterator[Need]:
    """Yield the ends of awards that others proposed."""
    waiting = (
        select(CaseEnding.id)
        .join(AssistanceCase, AssistanceCase.id == CaseEnding.case_id)
        .where(
            CaseEnding.status == "open",
            CaseEnding.proposed_by_id != actor.id,
            district_condition(actor.reach(DistributionRight.DECIDE_CASES), AssistanceCase.district_id),
        )
    )
    count = count_rows(session, waiting)
    if count:
        yield Need(
            text_plural(
                "%(n)s end of an award waits for your confirmation.",
                "%(n)s ends of awards wait for your confirmation.",
                count,
            ),
            url_for("distribution.list_cases", ending="yes"),
        )


def late_examinations(session: Session, actor: Actor, at: datetime) -> Iterator[Need]:
    """Yield the applications whose commission is late."""
    reach = actor.reach(DistributionRight.EDIT_CASES)
    late = cases_statement(reach, CaseFilter(late=True), today(at)).with_only_columns(AssistanceCase.id)
    count = count_rows(session, late)
    if count:
        yield Need(
            text_plural(
                "%(n)s application is late with its commission.",
                "%(n)s applications are late with their commissions.",
                count,
            ),
            url_for("distribution.list_cases", late="yes"),
        )


def many_people_read(session: Session, actor: Actor, at: datetime) -> Iterator[Need]:
    """Yield, to those who watch over the whole country's trail, accounts that read of very many people lately."""
    if not actor.reach(AccountRight.READ_AUDIT).everywhere:
        return
    read = select(PersonReading.actor_id).where(PersonReading.alerted_at >= at - _LATELY).distinct()
    count = count_rows(session, read)
    if count:
        yield Need(
            text_plural(
                "%(n)s account read of more than %(most)s people within an hour in the last 7 days.",
                "%(n)s accounts read of more than %(most)s people within an hour in the last 7 days.",
                count,
                most=MOST_IN_AN_HOUR,
            ),
            url_for("accounts.list_audit", q="read_many_people"),
        )


def incidents_to_resolve(session: Session, actor: Actor) -> Iterator[Need]:
    """Yield the incidents of hand-overs that rules could not settle."""
    statement = select_incidents(actor, status="open").with_only_columns(Incident.id)
    count = count_rows(session, statement)
    if count:
        yield Need(
            text_plural("%(n)s incident waits for you.", "%(n)s incidents wait for you.", count),
            url_for("distribution.list_incidents"),
        )
