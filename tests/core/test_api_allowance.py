"""The allowance of programs: shared by all workers, written rarely, never exceeded (SEC-17, ECO-09)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session

from accounts.values import Role
from core.clock import now
from core.database import BoundDatabase, Database
from core.web.api.allowance import Allowance
from core.web.attempts import TooManyAttempts
from tests.support.people import an_actor
from tests.support.programs import a_program


def taken(allowance: Allowance, database: Database, most: int) -> int:
    """Return how many requests were given before one was refused."""
    for number in range(most):
        try:
            allowance.take(database, "token 1", at=now())
        except TooManyAttempts as refused:
            assert 1 <= refused.retry_after <= 60  # noqa: PT017 - the loop ends here or not at all
            return number
    return most


def test_eco_09_two_workers_together_give_no_more_than_the_limit(database: BoundDatabase) -> None:
    one, other = Allowance(most=50, handful=7), Allowance(most=50, handful=7)
    given = sum(taken(worker, database, 5) for _ in range(20) for worker in (one, other))
    assert given == 50
    assert taken(one, database, 5) == taken(other, database, 5) == 0


def test_eco_09_what_is_left_is_told_truly(database: BoundDatabase) -> None:
    allowance = Allowance(most=10, handful=4)
    left = [allowance.take(database, "token 1", at=now()).left for _ in range(10)]
    assert left == [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]


def test_each_token_has_its_own_allowance(database: BoundDatabase) -> None:
    allowance = Allowance(most=3, handful=2)
    assert taken(allowance, database, 9) == 3
    assert allowance.take(database, "token 2", at=now()).left == 2


def test_the_allowance_is_whole_again_when_its_minute_ends(database: BoundDatabase) -> None:
    allowance = Allowance(most=40, handful=20)
    allowance.take(database, "token 1", at=now())
    later = now() + timedelta(seconds=61)
    assert allowance.take(database, "token 1", at=later).seconds >= 1


def test_a_worker_writes_once_for_a_handful(database: BoundDatabase) -> None:
    allowance, written = Allowance(most=600, handful=20), []
    listen = lambda *told: written.append(told[2]) if told[2].startswith("INSERT") else None  # noqa: E731
    event.listen(database._connection, "before_cursor_execute", listen)
    for _ in range(60):
        allowance.take(database, "token 1", at=now())
    assert len(written) == 3


@pytest.mark.storm
def test_many_threads_take_no_more_than_the_limit(fresh_database: Database) -> None:
    allowance = Allowance(most=100, handful=8)

    def ask(_: int) -> bool:
        try:
            allowance.take(fresh_database, "token 1", at=now())
        except TooManyAttempts:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(ask, range(300))) <= 100


def test_eco_09_who_asks_too_often_is_told_when_to_come_back(app: Flask, session: Session) -> None:
    usual = app.extensions["allowance"]
    app.extensions["allowance"] = Allowance(most=3, handful=2)
    try:
        program = a_program(app, session, an_actor(session, role=Role.MINISTRY))
        answers = [program.get("/api/v1/standards") for _ in range(5)]
    finally:
        app.extensions["allowance"] = usual
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    last = answers[-1]
    assert last.mimetype == "application/problem+json"
    assert 1 <= int(last.headers["Retry-After"]) <= 60
    assert last.headers["RateLimit"] == f'"per-minute";r=0;t={last.headers["Retry-After"]}'
