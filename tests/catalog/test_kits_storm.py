"""Two people at the same moment: kinds get bits of their own, and of two that overlap one is activated."""

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import select

from accounts.values import Role
from catalog.errors import KitsOverlap
from catalog.models import KitKind
from catalog.queries.kits import get_kit
from catalog.services.kits import KitDefinition, activate_kit, open_kit
from core.actors import Actor
from core.database import Database
from tests.support.catalogue import a_kit_kind
from tests.support.moments import at_once, writing
from tests.support.people import an_actor
from tests.support.standards import AT

SCHOOL = KitDefinition("UNI", "Форма", "Форма", "Uniform", 72, 216)


def a_ministry(database: Database) -> Actor:
    with database.writing() as session:
        return an_actor(session, role=Role.MINISTRY)


def test_kinds_opened_at_the_same_moment_have_bits_of_their_own(fresh_database: Database) -> None:
    actor = a_ministry(fresh_database)

    def opening(code: str) -> Callable[[], KitKind]:
        wanted = replace(SCHOOL, code=code)
        return writing(fresh_database, lambda session: open_kit(session, wanted, actor=actor, at=AT))

    opened = at_once([opening(f"K{number}") for number in range(6)])
    assert all(isinstance(one, KitKind) for one in opened)
    with fresh_database.reading() as session:
        bits = sorted(session.scalars(select(KitKind.voucher_bit)))
    assert bits == [1 << place for place in range(9)]


def test_of_two_that_overlap_one_is_activated(fresh_database: Database) -> None:
    actor = a_ministry(fresh_database)
    with fresh_database.writing() as session:
        for code in ("AA", "BB"):
            a_kit_kind(session, code=code, group="wear", ages=(72, 216), is_active=False)

    def activating(code: str) -> Callable[[], None]:
        return writing(
            fresh_database, lambda session: activate_kit(session, get_kit(session, code), actor=actor, at=AT)
        )

    came_to = at_once([activating("AA"), activating("BB")])
    assert sum(isinstance(one, KitsOverlap) for one in came_to) == 1
    with fresh_database.reading() as session:
        active = select(KitKind.code).where(KitKind.is_active, KitKind.group == "wear")
        assert len(session.scalars(active).all()) == 1
