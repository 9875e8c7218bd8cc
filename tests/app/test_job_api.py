"""Long work for programs: one's own only, told with its refusal, stopped once."""

from flask import Flask
from sqlalchemy.orm import Session

from accounts.values import Role, TokenScope
from core.clock import now
from core.i18n import text
from core.jobs.models import Job, JobState
from core.jobs.queue import ask_job, end_job, take_job
from core.jobs.sentences import kept
from tests.support.people import an_actor
from tests.support.programs import a_program


def test_eco_07_a_program_follows_its_work_and_stops_it_once(app: Flask, session: Session) -> None:
    actor = an_actor(session, role=Role.MINISTRY)
    program = a_program(app, session, actor, scope=TokenScope.WRITE)
    stranger = a_program(app, session, an_actor(session, role=Role.MINISTRY))
    job_id = ask_job(session, kind="of_a_test", subject="file:1", arguments={}, actor_id=actor.id, at=now())
    session.commit()
    assert program.get(f"/api/v1/jobs/{job_id}").get_json()["state"] == "waiting"
    assert stranger.get(f"/api/v1/jobs/{job_id}").status_code == 404
    assert stranger.get("/api/v1/jobs").get_json()["jobs"] == []
    for _ in range(2):
        answer = program.post(f"/api/v1/jobs/{job_id}/cancel", headers={"Idempotency-Key": "stop-this-once"})
        assert (answer.status_code, answer.get_json()["state"]) == (200, "cancelled")
    session.expire_all()
    assert session.get_one(Job, job_id).state == JobState.CANCELLED


def test_a_refusal_is_told_by_code_and_sentence(app: Flask, session: Session) -> None:
    actor = an_actor(session, role=Role.MINISTRY)
    program = a_program(app, session, actor)
    job_id = ask_job(session, kind="of_a_test", subject="file:2", arguments={}, actor_id=actor.id, at=now())
    take_job(session, worker="here:1", dead_workers=(), at=now())
    refusal = {"code": "supply_short", "sentence": kept(text("This has ended already."))}
    end_job(session, job_id=job_id, worker="here:1", state=JobState.REFUSED, at=now(), refusal=refusal)
    session.commit()
    told = program.get(f"/api/v1/jobs/{job_id}", headers={"Accept-Language": "en"}).get_json()
    assert (told["refusal_code"], told["refusal"]) == ("supply_short", "This has ended already.")
