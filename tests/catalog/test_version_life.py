"""Whatever people do with drafts, exactly one version is in force in every quarter from the first one on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from hypothesis.strategies import integers, sampled_from
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.values import Role
from catalog.models import KitVersion
from catalog.queries.versions import find_version_in_force, list_versions
from catalog.rules.contents import content_hash
from catalog.rules.versions import states_of
from catalog.services.approvals import approve_version, return_draft, submit_draft, withdraw_draft
from catalog.services.versions import discard_draft, draft_version, edit_draft, fix_standards, set_lines
from catalog.values import LineWish, VersionState
from core.database import BoundDatabase
from core.errors import Conflict, Invalid
from core.quarters import Quarter
from tests.support.people import an_actor
from tests.support.standards import AT, the_kit, words

_FIRST, _LAST = Quarter(2020, 1), Quarter(2029, 4)
_PEOPLE = 3


@dataclass
class Known:
    """An approved version as it was when it was approved."""

    effective_from: Quarter
    digest: str


class Life(RuleBasedStateMachine):
    """People of the ministry who draft, submit, withdraw, return, approve and discard, in any order."""

    open_database: Callable[[], BoundDatabase]

    @initialize()
    def begin(self) -> None:
        self.session = Session(
            type(self).open_database()._connection, join_transaction_mode="create_savepoint", expire_on_commit=False
        )
        self.turn = self.session.begin_nested()
        self.people = [an_actor(self.session, role=Role.MINISTRY) for _ in range(_PEOPLE)]
        self.kit = the_kit(self.session)
        self.approved = {
            one.number: Known(one.effective_from, one.content_hash or "")
            for one in list_versions(self.session, self.kit)
        }
        self.at, self.asked = AT, dict[int, int]()

    def attempt(self, act: Callable[[], object]) -> bool:
        """Do something that may be refused; what is refused leaves nothing behind."""
        self.at += timedelta(minutes=1)
        try:
            with self.session.begin_nested():
                act()
        except (Conflict, Invalid):
            return False
        return True

    def pick(self, place: int) -> KitVersion:
        versions = list_versions(self.session, self.kit)
        return versions[place % len(versions)]

    @rule(who=integers(0, 2), place=integers(0, 20))
    def draft(self, who: int, place: int) -> None:
        source = self.pick(place)
        self.attempt(lambda: draft_version(self.session, self.kit, source=source, actor=self.people[who], at=self.at))

    @rule(who=integers(0, 2), place=integers(0, 20), quarter=integers(2026 * 4, 2028 * 4 + 3))
    def edit(self, who: int, place: int, quarter: int) -> None:
        version, wanted = self.pick(place), words(Quarter.from_ordinal(quarter))
        self.attempt(
            lambda: edit_draft(
                self.session, version, words=wanted, revision=version.revision, actor=self.people[who], at=self.at
            )
        )

    @rule(who=integers(0, 2), place=integers(0, 20), packs=integers(-1, 3))
    def write(self, who: int, place: int, packs: int) -> None:
        version, lines = self.pick(place), [LineWish("MILK25", packs)]
        self.attempt(
            lambda: set_lines(
                self.session, version, lines=lines, revision=version.revision, actor=self.people[who], at=self.at
            )
        )

    @rule(who=integers(0, 2), place=integers(0, 20), step=sampled_from(["submit", "withdraw", "return", "discard"]))
    def move(self, who: int, place: int, step: str) -> None:
        version, actor = self.pick(place), self.people[who]
        revision = version.revision
        acts: dict[str, Callable[[], object]] = {
            "submit": lambda: submit_draft(self.session, version, revision=revision, actor=actor, at=self.at),
            "withdraw": lambda: withdraw_draft(self.session, version, revision=revision, actor=actor, at=self.at),
            "return": lambda: return_draft(
                self.session, version, words="No.", revision=revision, actor=actor, at=self.at
            ),
            "discard": lambda: discard_draft(self.session, version, revision=revision, actor=actor, at=self.at),
        }
        self.attempt(acts[step])

    @rule(who=integers(0, 2), place=integers(0, 20))
    def approve(self, who: int, place: int) -> None:
        version = self.pick(place)
        seen = version.content_hash or ""
        if self.attempt(lambda: approve_version(self.session, version, seen=seen, actor=self.people[who], at=self.at)):
            self.approved[version.number] = Known(version.effective_from, seen)

    @rule(who=integers(0, 2), quarter=integers(2026 * 4, 2027 * 4 + 3))
    def write_through(self, who: int, quarter: int) -> None:
        """Take a whole draft to approval, so that sequences often get that far."""
        author, other = self.people[who], self.people[(who + 1) % _PEOPLE]

        def act() -> None:
            version = draft_version(self.session, self.kit, source=self.pick(0), actor=author, at=self.at)
            wanted = words(Quarter.from_ordinal(quarter))
            edit_draft(self.session, version, words=wanted, revision=version.revision, actor=author, at=self.at)
            submit_draft(self.session, version, revision=version.revision, actor=author, at=self.at)
            seen = version.content_hash or ""
            approve_version(self.session, version, seen=seen, actor=other, at=self.at)
            done.append(version)

        done: list[KitVersion] = []
        if self.attempt(act):
            self.approved[done[0].number] = Known(done[0].effective_from, done[0].content_hash or "")

    @rule(quarter=integers(2026 * 4, 2027 * 4))
    def fix(self, quarter: int) -> None:
        self.attempt(lambda: fix_standards(self.session, quarter=Quarter.from_ordinal(quarter), at=self.at))

    @invariant()
    def exactly_one_version_is_in_force_in_every_quarter(self) -> None:
        versions, expected = list_versions(self.session, self.kit), self.in_force_by_rows()
        assert set(expected) == set(range(_FIRST.ordinal, _LAST.ordinal + 1))
        for ordinal, number in expected.items():
            states = states_of(versions, Quarter.from_ordinal(ordinal))
            assert [one for one, state in states.items() if state == VersionState.IN_FORCE] == [number]
        if (
            expected != self.asked
        ):  # when something was approved: where one version ends or begins; at the end: every one
            self.asked = expected
            self.ask_for({one: number for one, number in expected.items() if is_border(expected, one)})

    def ask_for(self, expected: dict[int, int]) -> None:
        """Ask the database for the version in force as pages and rosters do, in one quarter after the other."""
        for ordinal, number in expected.items():
            found = find_version_in_force(self.session, self.kit, Quarter.from_ordinal(ordinal))
            assert found is not None
            assert found.number == number

    def in_force_by_rows(self) -> dict[int, int]:
        """Return what is in force by quarter, walked from the approved rows: each rules until the next one begins."""
        rows = select(KitVersion.effective_from, KitVersion.number).where(
            KitVersion.kit_kind_id == self.kit.id, KitVersion.status == "approved"
        )
        begins: dict[int, int] = {}
        for quarter, number in self.session.execute(rows).all():
            assert quarter.ordinal not in begins  # no two begin in one quarter
            begins[quarter.ordinal] = number
        assert set(begins.values()) == set(self.approved)
        ruling: dict[int, int] = {}
        for ordinal in range(_FIRST.ordinal, _LAST.ordinal + 1):
            if ordinal in begins:
                ruling[ordinal] = begins[ordinal]
            elif ordinal - 1 in ruling:
                ruling[ordinal] = ruling[ordinal - 1]
        return ruling

    @invariant()
    def what_is_approved_never_changes(self) -> None:
        for one in list_versions(self.session, self.kit):
            if one.number in self.approved:
                assert one.effective_from == self.approved[one.number].effective_from
                assert content_hash(one.content or "") == one.content_hash == self.approved[one.number].digest

    def teardown(self) -> None:
        """Take back what this run wrote."""
        if hasattr(self, "session"):
            self.ask_for(self.in_force_by_rows())
            self.session.rollback()
            self.session.close()


def is_border(ruling: dict[int, int], ordinal: int) -> bool:
    """Say whether another version rules in the quarter before or after, or none."""
    return not ruling.get(ordinal - 1) == ruling[ordinal] == ruling.get(ordinal + 1)


@pytest.mark.parametrize("runs", [20])
def test_any_life_of_versions_leaves_exactly_one_in_force(database: BoundDatabase, runs: int) -> None:
    class Here(Life):
        open_database = staticmethod(lambda: database)

    quick = settings(
        max_examples=runs, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    run_state_machine_as_test(Here, settings=quick)
