"""Leads and alerts of a district, ready to be decided or taken over."""

import itertools

from sqlalchemy.orm import Session

from distribution.models import Alert, Incident, Lead
from distribution.values.alerts import AlertKind, AlertState
from distribution.values.leads import LeadKind, LeadStatus
from tests.support.families import AT

_numbers = itertools.count(1)


def a_lead_in(session: Session, *, district_id: int) -> Lead:
    """Add an open lead about nobody."""
    lead = Lead(
        kind=LeadKind.SHARED_PHONE,
        key=f"sample {next(_numbers)}",
        district_id=district_id,
        score=50,
        reasons={"families": 3},
        found_at=AT,
        seen_at=AT,
        status=LeadStatus.OPEN,
    )
    session.add(lead)
    session.flush()
    return lead


def an_incident_in(session: Session, *, district_id: int) -> Incident:
    """Add an open incident."""
    incident = Incident(
        kind="no_stock", subject=f"sample {next(_numbers)}", district_id=district_id, opened_at=AT, facts={}
    )
    session.add(incident)
    session.flush()
    return incident


def an_alert_in(session: Session, *, district_id: int) -> Alert:
    """Add a firing alert."""
    alert = Alert(
        kind=AlertKind.LATE_COMMISSION,
        subject=f"sample {next(_numbers)}",
        district_id=district_id,
        values={"families": 2},
        state=AlertState.FIRING,
        since=AT,
        seen_at=AT,
    )
    session.add(alert)
    session.flush()
    return alert
