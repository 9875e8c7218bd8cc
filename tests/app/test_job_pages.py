"""Pages of long work: one's own only, how far it is, stopping it, what came of it."""

import uuid

from flask import Flask
from sqlalchemy.orm import Session

from accounts.values import Role
from core.clock import now
from core.i18n import text
from core.jobs.models import Job, JobState
from core.jobs.queue import ask_job, end_job, take_job, tell_step
from core.jobs.sentences import kept
from tests.conftest import signed_in_client
from tests.support.client import InspectingClient, hidden_fields
from tests.support.people import an_actor

WORKER = "here:1"


def _client(app: Flask, session: Session) -> tuple[InspectingClient, int]:
    actor = an_actor(session, role=Role.MINISTRY, language="en")
    return signed_in_client(app, session, actor), actor.id


def _begun(session: Session, actor_id: int) -> uuid.UUID:
    job_id = ask_job(session, kind="of_a_test", subject="file:1", arguments={}, actor_id=actor_id, at=now())
    take_job(session, worker=WORKER, dead_workers=(), at=now())
    step = text("Long work")
    tell_step(session, job_id=job_id, worker=WORKER, step=step, done=40_000, total=100_000, at=now())
    session.commit()
    return job_id


def test_ux_107_a_page_tells_how_far_it_is_and_stops_it(app: Flask, session: Session) -> None:
    client, actor_id = _client(app, session)
    job_id = _begun(session, actor_id)
    shown = client.get(f"/jobs/{job_id}").text
    assert "40,000 of 100,000" in shown
    assert 'value="40000"' in shown
    assert "left" in shown
    answer = client.post(f"/jobs/{job_id}/cancel", data=hidden_fields(shown))
    assert answer.status_code == 303
    session.expire_all()
    assert session.get_one(Job, job_id).cancel_asked_at is not None
    assert "It stops at its next safe step." in client.get(f"/jobs/{job_id}").text


def test_sec_21_the_work_of_somebody_else_is_not_there(app: Flask, session: Session) -> None:
    _, actor_id = _client(app, session)
    job_id = _begun(session, actor_id)
    other = signed_in_client(app, session, an_actor(session, role=Role.MINISTRY, language="en"))
    assert other.get(f"/jobs/{job_id}").status_code == 404
    assert str(job_id) not in other.get("/jobs").text


def test_a_refusal_is_told_on_the_page_and_in_the_list(app: Flask, session: Session) -> None:
    client, actor_id = _client(app, session)
    job_id = _begun(session, actor_id)
    refusal = {"code": "job_over", "sentence": kept(text("This has ended already."))}
    end_job(session, job_id=job_id, worker=WORKER, state=JobState.REFUSED, at=now(), refusal=refusal)
    session.commit()
    shown = client.get(f"/jobs/{job_id}").text
    assert "This has ended already." in shown
    assert "Stop it" not in shown
    assert "not done" in client.get("/jobs").text
