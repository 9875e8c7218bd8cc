"""A quarter whose process is killed again and again comes to the identical end (REL-03)."""

import hashlib
import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.queries import find_actor
from app.roles import RIGHTS
from core.actors import Actor
from core.crypto import FieldKeys
from core.database import Database
from distribution.models import (
    Allotment,
    AllotmentChange,
    Cycle,
    Publication,
    Roster,
    RosterLine,
    RosterQuota,
)
from distribution.queries.allotments import RESERVED, of_its_line
from distribution.queries.publications import find_last_publication
from distribution.queries.quarters import get_roster, list_rosters
from distribution.services.allotments import allot
from distribution.services.announcements import announce
from distribution.services.approvals import approve_allotment
from distribution.services.drops import drop_allotments
from distribution.services.publications import publish
from distribution.services.reservations import reserve_roster
from distribution.services.rosters import freeze_roster
from tests.support.families import AKKOL, ARSHALY, AT, QUARTER, a_family, a_ministry, a_point, packed_kits
from tests.support.killed import Point, Step, run
from warehouses.models import StockReservation

LATER = AT + timedelta(days=30)
FREEZE, ANNOUNCE, ALLOT, APPROVE, RESERVE, DROP, PUBLISH = (
    "freeze",
    "announce",
    "allot",
    "approve",
    "reserve",
    "drop",
    "publish",
)
POINTS = (
    Point(FREEZE, "after", "INSERT INTO frozen_line"),
    Point(FREEZE, "before", "INSERT INTO roster ("),
    Point(FREEZE, "before", "INSERT INTO roster_line"),
    Point(FREEZE, "after", "INSERT INTO roster_line"),
    Point(FREEZE, "commit"),
    Point(FREEZE, "done"),
    Point(ANNOUNCE, "after", "UPDATE roster_supply"),
    Point(ANNOUNCE, "after", "UPDATE roster SET"),
    Point(ANNOUNCE, "done"),
    Point(ALLOT, "before", "INSERT INTO roster_quota"),
    Point(ALLOT, "before", "INSERT INTO allotment "),
    Point(ALLOT, "after", "INSERT INTO allotment "),
    Point(ALLOT, "commit"),
    Point(ALLOT, "done"),
    Point(APPROVE, "after", "UPDATE roster SET"),
    Point(APPROVE, "done"),
    Point(RESERVE, "before", "INSERT INTO stock_reservation"),
    Point(RESERVE, "after", "INSERT INTO stock_reservation"),
    Point(RESERVE, "done"),
    Point(DROP, "after", "UPDATE allotment SET"),
    Point(DROP, "before", "INSERT INTO allotment_change"),
    Point(DROP, "done"),
    Point(PUBLISH, "before", "INSERT INTO publication"),
    Point(PUBLISH, "commit"),
)


@pytest.fixture
def another_database(
    engine_kind: str, template_url: str, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Database]:
    """Give a second database beside the fresh one."""
    if engine_kind == "sqlite":
        file = tmp_path / "another.sqlite3"
        shutil.copyfile(template_url.removeprefix("sqlite:///"), file)
        url = f"sqlite:///{file}"
    else:
        request.getfixturevalue("shared_database").dispose()
        url = request.getfixturevalue("postgres").clone("template")
    database = Database(url)
    yield database
    database.dispose()


def a_country(database: Database, keys: FieldKeys) -> list[int]:
    """Put children of two districts and too few sets into the database; return four people of the ministry."""
    with database.writing() as session:
        for district_id, children in ((AKKOL, 9), (ARSHALY, 5)):
            point = a_point(session, district_id=district_id)
            for number in range(children):
                a_family(session, births=[date(2024, 5, 6) + timedelta(days=number)], district_id=district_id)
            packed_kits(session, point, "F13", 4)
            packed_kits(session, point, "HYG", children)
        # a secret that is known, or every roster would have pseudonyms of its own
        session.add(Cycle(quarter=QUARTER, secret_sealed=keys.seal("ab" * 32), opened_at=AT))
        return [a_ministry(session).id for _ in range(4)]


@dataclass(frozen=True, slots=True)
class Story:
    """The steps of a quarter and who takes them; each looks first whether it was done."""

    people: Sequence[int]
    keys: FieldKeys

    def steps(self) -> list[Step]:
        """Return the steps in their order."""
        later = {
            ANNOUNCE: self._announce,
            ALLOT: self._allot,
            APPROVE: self._approve,
            RESERVE: self._reserve,
            DROP: self._drop,
            PUBLISH: self._publish,
        }
        return [
            (FREEZE, partial(in_one, self._freeze)),
            *((name, partial(on_roster, do)) for name, do in later.items()),
        ]

    def _freeze(self, session: Session) -> None:
        if not list_rosters(session, QUARTER):
            freeze_roster(session, quarter=QUARTER, actor=person(session, self.people[0]), at=AT, keys=self.keys)

    def _announce(self, session: Session, roster: Roster) -> None:
        if roster.root_published_at is None:
            who = person(session, self.people[1])
            announce(session, roster=roster, seed_source="lottery", announced={}, actor=who, at=AT)

    def _allot(self, session: Session, roster: Roster) -> None:
        if roster.allotted_at is None:
            who = person(session, self.people[2])
            allot(session, roster=roster, seed="04 17 23", seed_source="", announced={}, actor=who, at=LATER)

    def _approve(self, session: Session, roster: Roster) -> None:
        if not roster.is_approved:
            approve_allotment(session, roster=roster, actor=person(session, self.people[3]), at=LATER)

    def _reserve(self, session: Session, roster: Roster) -> None:
        if roster.reserved_at is None:
            reserve_roster(session, roster=roster, actor=person(session, self.people[0]), at=LATER)

    def _drop(self, session: Session, roster: Roster) -> None:
        if session.scalar(select(func.count()).select_from(AllotmentChange)) == 0:
            statement = select(Allotment.id).where(Allotment.roster_id == roster.id, Allotment.rank == 1)
            ids = session.scalars(statement).all()
            who = person(session, self.people[0])
            drop_allotments(session, allotment_ids=ids, reason="died", note="", actor=who, at=LATER)

    def _publish(self, session: Session, roster: Roster) -> None:
        if find_last_publication(session, roster) is None:
            publish(session, roster=roster, actor=person(session, self.people[0]), at=LATER)


def in_one(do: Callable[[Session], None], database: Database) -> None:
    with database.writing() as session:
        do(session)


def on_roster(do: Callable[[Session, Roster], None], database: Database) -> None:
    with database.writing() as session:
        do(session, get_roster(session, QUARTER, 1))


def person(session: Session, user_id: int) -> Actor:
    found = find_actor(session, rights=RIGHTS, user_id=user_id)
    assert found is not None
    return found


def the_end(database: Database) -> str:
    """Return a hash over everything the quarter came to; ids and keys that chance makes are left out."""
    with database.reading() as session:
        parts = [
            session.execute(select(Roster.merkle_root, Roster.seed, Roster.line_count)),
            session.execute(
                select(RosterLine.pseudonym, RosterLine.kit_kind_id, Allotment.rank, Allotment.draw, Allotment.status)
                .outerjoin(Allotment, of_its_line())
                .order_by(RosterLine.pseudonym, RosterLine.kit_kind_id)
            ),
            session.execute(
                select(RosterQuota.kit_kind_id, RosterQuota.district_id, RosterQuota.need, RosterQuota.quota).order_by(
                    RosterQuota.kit_kind_id, RosterQuota.district_id
                )
            ),
            session.execute(
                select(StockReservation.place_id, StockReservation.lot_id, StockReservation.district_id, RESERVED)
                .group_by(StockReservation.place_id, StockReservation.lot_id, StockReservation.district_id)
                .order_by(StockReservation.place_id, StockReservation.lot_id)
            ),
            session.execute(
                select(AllotmentChange.reason, func.count()).group_by(AllotmentChange.reason).order_by("reason")
            ),
            session.execute(select(Publication.number, Publication.stage, Publication.files)),
        ]
        told = repr([[tuple(row) for row in part] for part in parts])
    return hashlib.sha256(told.encode()).hexdigest()


def address(database: Database) -> str:
    return database.url.render_as_string(hide_password=False)


def test_rel_03_killed_at_each_of_twenty_points_a_quarter_comes_to_the_identical_end(
    fresh_database: Database, another_database: Database, keys: FieldKeys
) -> None:
    """The same children and sets twice: one run is left alone, the other is killed at every point on its way."""
    people = a_country(fresh_database, keys)
    assert a_country(another_database, keys) == people
    steps = Story(people, keys).steps()
    assert not run(address(another_database), steps, None)
    for point in POINTS:
        assert run(address(fresh_database), steps, point), f"{point} was never reached"
    assert not run(address(fresh_database), steps, None)
    assert the_end(fresh_database) == the_end(another_database)


@pytest.mark.soak
def test_rel_03_killed_at_200_random_points_a_quarter_comes_to_the_identical_end(
    fresh_database: Database, another_database: Database, keys: FieldKeys
) -> None:
    people = a_country(fresh_database, keys)
    assert a_country(another_database, keys) == people
    steps, chance, killed = Story(people, keys).steps(), random.Random(200), 0
    assert not run(address(another_database), steps, None)
    for _ in range(200):
        killed += run(address(fresh_database), steps, Point("", "before", number=chance.randint(1, 40)))
    assert killed
    run(address(fresh_database), steps, None)
    assert the_end(fresh_database) == the_end(another_database)
