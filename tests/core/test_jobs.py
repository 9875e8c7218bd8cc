"""Long work: asked for once, taken once, told, stopped, and taken up again when its worker died."""

import subprocess
import sys
import uuid
from collections.abc import Mapping

import pytest
from sqlalchemy.orm import Session

from core.clock import now
from core.crypto import FieldKeys
from core.database import Database
from core.errors import Conflict
from core.i18n import text, use_language
from core.jobs.errors import JobAlreadyAsked, JobOver
from core.jobs.models import Job, JobState
from core.jobs.queue import ask_job, cancel_job, find_live_job, get_job
from core.jobs.sentences import kept, reread
from core.jobs.working import JobRun, this_worker, work_on

KEYS = FieldKeys(field_key="a key of thirty-two signs and more", index_key="another key of thirty-two signs")


class TooMuch(Conflict):
    """A refusal of this test."""

    code = "too_much"


def _asked(database: Database, subject: str = "file:1", **arguments: object) -> uuid.UUID:
    with database.writing() as session:
        return ask_job(session, kind="count", subject=subject, arguments=arguments, actor_id=7, at=now())


def _job(database: Database, job_id: uuid.UUID) -> Job:
    with database.reading() as session:
        job = get_job(session, job_id, actor_id=7)
        session.expunge(job)
        return job


def test_ux_107_work_is_done_told_and_its_result_kept(database: Database) -> None:
    def count(run: JobRun) -> Mapping[str, object]:
        run.tell(text("Rows are read."), 3, 10)
        with run.database.reading() as session:
            job = session.get_one(Job, run.id)
            assert (job.state, job.done, job.total) == (JobState.RUNNING, 3, 10)
        return {"link": {"batch_id": run.arguments["batch"]}}

    job_id = _asked(database, batch=12)
    work_on(database, KEYS, {"count": count}, until_done=True)
    job = _job(database, job_id)
    assert (job.state, job.result) == (JobState.DONE, {"link": {"batch_id": 12}})


def test_the_same_work_waits_or_runs_once(database: Database) -> None:
    job_id = _asked(database)
    with pytest.raises(JobAlreadyAsked), database.writing() as session:
        ask_job(session, kind="count", subject="file:1", arguments={}, actor_id=8, at=now())
    work_on(database, KEYS, {"count": lambda _: {}}, until_done=True)
    assert _job(database, job_id).state == JobState.DONE
    assert _asked(database) != job_id


def test_a_refusal_is_kept_to_be_read_in_any_language(database: Database) -> None:
    def refuse(run: JobRun) -> Mapping[str, object]:
        del run
        raise TooMuch(text("This has ended already."))

    job_id = _asked(database)
    work_on(database, KEYS, {"count": refuse}, until_done=True)
    job = _job(database, job_id)
    assert job.state == JobState.REFUSED
    assert job.refusal is not None
    sentence = job.refusal["sentence"]
    assert isinstance(sentence, dict)
    with use_language("ru"):
        assert str(reread(sentence)) == "Это уже завершено."


def test_a_job_stops_where_it_is_safe_and_a_waiting_one_never_starts(database: Database) -> None:
    steps: list[int] = []

    def long(run: JobRun) -> Mapping[str, object]:
        for step in range(5):
            run.tell(text("Rows are read."), step, 5)
            steps.append(step)
            with run.database.writing() as session:
                if step == 2:
                    cancel_job(session, job=session.get_one(Job, run.id), at=now())
        return {}

    running, waiting = _asked(database), _asked(database, "file:2")
    with database.writing() as session:
        cancel_job(session, job=session.get_one(Job, waiting), at=now())
        with pytest.raises(JobOver):
            cancel_job(session, job=session.get_one(Job, waiting), at=now())
    work_on(database, KEYS, {"count": long}, until_done=True)
    assert steps == [0, 1, 2]
    assert {_job(database, one).state for one in (running, waiting)} == {JobState.CANCELLED}


def test_what_a_dead_worker_left_is_taken_up_again(database: Database) -> None:
    gone = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    job_id = _asked(database)
    host = this_worker().rpartition(":")[0]
    with database.writing() as session:
        job = session.get_one(Job, job_id)
        job.state, job.worker = JobState.RUNNING, f"{host}:{int(gone.stdout)}"
    work_on(database, KEYS, {"count": lambda _: {}}, until_done=True)
    assert _job(database, job_id).state == JobState.DONE


def test_one_broken_job_does_not_stop_the_next(database: Database) -> None:
    def breaks(run: JobRun) -> Mapping[str, object]:
        if run.arguments["breaks"]:
            message = "a fault of the program"
            raise RuntimeError(message)
        return {}

    first, second = _asked(database, breaks=True), _asked(database, "file:2", breaks=False)
    work_on(database, KEYS, {"count": breaks}, until_done=True)
    assert (_job(database, first).state, _job(database, second).state) == (JobState.BROKEN, JobState.DONE)


def test_a_job_that_was_not_committed_does_not_exist(database: Database) -> None:
    with pytest.raises(TooMuch):
        _ask_and_fail(database)
    with database.reading() as session:
        assert find_live_job(session, kind="count", subject="file:9") is None


def _ask_and_fail(database: Database) -> None:
    with database.writing() as session:
        ask_job(session, kind="count", subject="file:9", arguments={}, actor_id=7, at=now())
        raise TooMuch(text("This has ended already."))


def test_sentences_inside_sentences_survive(session: Session) -> None:
    del session
    told = text("This is %(what)s.", what=text("done"), n=3)
    assert reread(kept(told)) == told
