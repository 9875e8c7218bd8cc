"""Alerts: pending, firing, over; what is watched; who sees and takes over (UX-86, UX-91)."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from core.actors import EVERYWHERE
from core.crypto import FieldKeys
from core.database import BoundDatabase
from distribution.errors.alerts import AlertOver, AlertUnknown
from distribution.jobs.watch import watch
from distribution.models import Alert
from distribution.queries.board import board
from distribution.services.alerts import acknowledge_alert, update_alerts
from distribution.values.alerts import AlertKind, AlertState, Exceptional
from tests.conftest import SignIn
from tests.distribution.test_board import TODAY, two_districts
from tests.support.families import AKKOL, ARSHALY, AT, QUARTER
from tests.support.jobs import do_the_jobs
from tests.support.people import an_actor

HOUR = timedelta(hours=1)
LATE = Exceptional(AlertKind.LATE_ORDER, "order:1", AKKOL, {"order": 1, "number": "Z-1", "days": 3})


def the_alert(session: Session) -> Alert:
    return session.scalars(select(Alert).execution_options(populate_existing=True)).one()


def test_ux_91_an_exception_is_pending_then_fires_then_is_over_and_begins_anew(session: Session) -> None:
    update_alerts(session, [LATE], at=AT)
    assert the_alert(session).state == AlertState.PENDING
    update_alerts(session, [LATE], at=AT + HOUR)
    assert (the_alert(session).state, the_alert(session).since) == (AlertState.FIRING, AT)
    actor = an_actor(session, role=Role.DISTRICT, scope_kind=ScopeKind.DISTRICT, scope_id=AKKOL)
    acknowledge_alert(session, alert_id=the_alert(session).id, note="Called them", actor=actor, at=AT + HOUR)
    assert (the_alert(session).acknowledged_by_id, the_alert(session).note) == (actor.id, "Called them")
    with pytest.raises(AlertOver):
        acknowledge_alert(session, alert_id=the_alert(session).id, note="Me too", actor=actor, at=AT + HOUR)
    update_alerts(session, [LATE], at=AT + 2 * HOUR)
    assert (the_alert(session).state, the_alert(session).note) == (AlertState.FIRING, "Called them")
    update_alerts(session, [], at=AT + 3 * HOUR)
    assert the_alert(session).state == AlertState.NORMAL
    with pytest.raises(AlertOver):
        acknowledge_alert(session, alert_id=the_alert(session).id, note="", actor=actor, at=AT + 3 * HOUR)
    update_alerts(session, [LATE], at=AT + 4 * HOUR)
    alert = the_alert(session)
    assert (alert.state, alert.since, alert.acknowledged_at) == (AlertState.PENDING, AT + 4 * HOUR, None)


def test_what_an_act_told_fires_for_a_day(session: Session) -> None:
    read = Alert(
        kind=AlertKind.MANY_PEOPLE_READ, subject="user:1", values={}, state=AlertState.FIRING, since=AT, seen_at=AT
    )
    session.add(read)
    session.flush()
    update_alerts(session, [], at=AT + HOUR)
    assert the_alert(session).state == AlertState.FIRING
    update_alerts(session, [], at=AT + 25 * HOUR)
    assert the_alert(session).state == AlertState.NORMAL


def test_sec_21_an_alert_is_seen_and_taken_over_within_its_territory(session: Session) -> None:
    update_alerts(session, [LATE], at=AT)
    stranger = an_actor(session, role=Role.DISTRICT, scope_kind=ScopeKind.DISTRICT, scope_id=ARSHALY)
    for actor in (stranger, an_actor(session, role=Role.ADMINISTRATOR)):
        with pytest.raises(AlertUnknown):
            acknowledge_alert(session, alert_id=the_alert(session).id, note="", actor=actor, at=AT)


def test_ux_86_and_87_alerts_of_short_sets_are_the_rows_of_the_board(
    database: BoundDatabase, session: Session, keys: FieldKeys
) -> None:
    two_districts(session, keys)
    watch(database, AT)
    told = {
        alert.district_id: alert.values["sets"]
        for alert in session.scalars(select(Alert).where(Alert.kind == AlertKind.SHORT_SETS))
    }
    rows = board(session, QUARTER, reach=EVERYWHERE, on=TODAY)
    assert told == {row.district.id: row.short for row in rows if row.short}
    assert told


def test_ux_90_and_91_the_page_lists_takes_over_and_gives_a_file(
    app: Flask, database: BoundDatabase, session: Session, keys: FieldKeys, sign_in: SignIn
) -> None:
    two_districts(session, keys)
    watch(database, AT)
    session.expire_all()
    alert = session.scalars(select(Alert).where(Alert.kind == AlertKind.SHORT_SETS)).first()
    assert alert is not None
    client = sign_in(Role.MINISTRY)
    page = client.get("/distribution/alerts?state=pending").text
    assert f"/distribution/quarters/2026-Q4/districts/{alert.values['kato']}" in page
    assert client.send_form(f"/distribution/alerts/{alert.id}/acknowledge", note="").status_code == 200
    assert client.send_form(f"/distribution/alerts/{alert.id}/acknowledge", note="Lorry ordered").status_code == 303
    assert "Lorry ordered" in client.get("/distribution/alerts").text
    file = client.get("/distribution/alerts?format=csv").text
    assert "Lorry ordered" in file
    assert client.send_button("/distribution/alerts/watch", page="/distribution/alerts").status_code == 303
    do_the_jobs(app)
    assert "As of" in client.get("/distribution/alerts").text
