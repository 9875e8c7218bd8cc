"""The commands of a quarter, as an operator of the ministry types them."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from distribution.models import Roster
from tests.support.families import AKKOL, a_family, a_point, packed_kits
from tests.support.people import an_actor

SEED = ("--seed", "04 17 23", "--seed-source", "lottery")


def run(app: Flask, *arguments: str) -> tuple[int, str]:
    answer = app.test_cli_runner().invoke(args=["distribution", *arguments])
    return answer.exit_code, answer.output


@pytest.fixture
def people(session: Session) -> tuple[str, str]:
    first, second = (an_actor(session, role=Role.MINISTRY) for _ in range(2))
    return first.login, second.login


def test_a_quarter_is_led_by_commands(app: Flask, session: Session, people: tuple[str, str]) -> None:
    point = a_point(session)
    a_family(session, births=[date(2024, 5, 6)])
    packed_kits(session, point, "F13", 1)
    session.commit()
    first, second = people
    assert run(app, "eligible", "2026-Q4") == (0, "kato,kit,children\n113200000,F13,1\n113200000,HYG,1\n")
    code, said = run(app, "freeze", "2026-Q4", "--actor", first, "--language", "en")
    assert code == 0, said
    assert "1 children of 1 families" in said
    assert "HYG 1" in said
    code, said = run(app, "allot", "2026-Q4", "--actor", first, "--language", "en")
    assert code == 1
    assert "HYG: 1 sets are needed, 0 are there, 1 are missing." in said
    code, said = run(app, "allot", "2026-Q4", *SEED, "--announced", "HYG=1", "--actor", first)
    assert code == 0, said
    assert "F13 1" in said
    assert run(app, "approve", "2026-Q4", "--actor", first)[0] == 1
    assert run(app, "approve", "2026-Q4", "--actor", second)[0] == 0
    code, said = run(app, "reserve", "2026-Q4", "--actor", first, "--language", "en")
    assert code == 0, said
    assert "113200000 HYG: 1 sets have no stock yet." in said
    assert run(app, "freeze", "2026-Q4", "--actor", first)[0] == 1


def test_without_rationing_a_quarter_needs_no_seed(app: Flask, session: Session, people: tuple[str, str]) -> None:
    point = a_point(session)
    a_family(session, births=[date(2024, 5, 6)])
    packed_kits(session, point, "F13", 1)
    session.commit()
    actor = ("--actor", people[0], "--language", "en")
    assert run(app, "freeze", "2026-Q4", *actor)[0] == 0
    code, said = run(app, "allot", "2026-Q4", *actor)
    assert (code, "HYG: 1 sets are needed, 0 are there" in said) == (1, True)
    packed_kits(session, point, "HYG", 1)
    session.commit()
    code, said = run(app, "allot", "2026-Q4", "--seed", "04 17", *actor)
    assert (code, "or neither" in said) == (1, True)
    code, said = run(app, "allot", "2026-Q4", *actor)
    assert code == 0, said
    assert "No seed was given: nobody can recompute a draw, and none was needed." in said


def test_sec_14_commands_obey_the_rights_of_their_actor(app: Flask, session: Session) -> None:
    a_point(session)
    a_family(session, births=[date(2024, 5, 6)])
    actor = an_actor(session, role=Role.DISTRICT, scope_kind=ScopeKind.DISTRICT, scope_id=AKKOL)
    session.commit()
    code, said = run(app, "freeze", "2026-Q4", "--actor", actor.login, "--language", "en")
    assert code == 1
    assert "may not take this step" in said
    assert run(app, "freeze", "2026-Q4", "--actor", "nobody")[0] == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("freeze", "2026-Q5", "--actor", "x"),
        ("freeze", "2026-Q4"),
        ("allot", "2026-Q4", *SEED, "--announced", "F13", "--actor", "x"),
        ("allot", "2026-Q4", *SEED, "--announced", "F13=-1", "--actor", "x"),
    ],
)
def test_what_is_typed_wrong_is_told(app: Flask, arguments: tuple[str, ...]) -> None:
    code, said = run(app, *arguments)
    assert code == 2
    assert "Traceback" not in said


def test_a_quarter_is_announced_drawn_and_closed_by_commands(
    app: Flask, session: Session, people: tuple[str, str]
) -> None:
    point = a_point(session)
    for _ in range(2):
        a_family(session, births=[date(2024, 5, 6)])
    packed_kits(session, point, "F13", 1)
    packed_kits(session, point, "HYG", 2)
    session.commit()
    first, second = (("--actor", login, "--language", "en") for login in people)
    assert run(app, "freeze", "2026-Q4", *first)[0] == 0
    code, said = run(app, "announce", "2026-Q4", "--seed-source", "lottery", *first)
    assert (code, "F13 1" in said, "Families may object through" in said) == (0, True, True), said
    code, said = run(app, "draw", "2026-Q4", "--seed", "04 17", *first)
    assert (code, "object through" in said) == (1, True)
    session.execute(update(Roster).values(objections_until=date(2020, 1, 1)))
    session.commit()
    assert run(app, "draw", "2026-Q4", "--seed", "04 17", *first)[0] == 0
    code, said = run(app, "close", "2026-Q4", *first)
    assert (code, "not allotted and approved yet" in said) == (1, True)
    assert run(app, "allot", "2026-Q4", *first)[0] == 0
    assert run(app, "approve", "2026-Q4", *second)[0] == 0
    code, said = run(app, "close", "2026-Q4", *first)
    assert code == 0, said
    assert "lapsed 3\nwaiting 1" in said
    assert run(app, "close", "2026-Q4", *first)[0] == 1
