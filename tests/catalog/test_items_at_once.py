"""Two people at the same item at the same moment, in threads, on both engines."""

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy.orm import Session

from accounts.values import Role
from catalog.errors import ItemChanged, ItemMalformed, ItemStays, ReplacementUnfit
from catalog.queries.item_history import list_history
from catalog.queries.items import facts_of, get_item
from catalog.services.items import edit_item, enter_item, retire_item
from core.actors import Actor
from core.clock import now
from core.database import Database
from core.errors import Problem
from tests.catalog.test_items import RICE
from tests.support.moments import at_once, writing
from tests.support.people import an_actor

Act = Callable[[Session, Actor], object]


def refusals(database: Database, actor: Actor, *acts: Act) -> list[type[Problem] | None]:
    """Let each act happen in a thread and transaction of its own, and return how each was refused."""

    def doing(act: Act) -> Callable[[], object]:
        return writing(database, lambda session: act(session, actor))

    came_to = at_once([doing(act) for act in acts])
    return [type(one) if isinstance(one, Problem) else None for one in came_to]


def two_items(database: Database) -> Actor:
    with database.writing() as session:
        actor = an_actor(session, role=Role.MINISTRY)
        enter_item(session, replace(RICE, code="ONE", gtins=()), actor=actor, at=now())
        enter_item(session, replace(RICE, code="TWO", gtins=()), actor=actor, at=now())
    return actor


def test_ux_67_of_two_who_save_at_the_same_moment_one_is_told(fresh_database: Database) -> None:
    actor = two_items(fresh_database)

    def note(words: str) -> Act:
        def act(session: Session, actor: Actor) -> None:
            item = get_item(session, "ONE")
            facts = replace(facts_of(item), note=words)
            edit_item(session, item, facts, revision=1, actor=actor, at=now())

        return act

    refused = refusals(fresh_database, actor, note("first"), note("second"))
    assert sorted(map(str, refused)) == sorted(map(str, (None, ItemChanged)))
    with fresh_database.reading() as session:
        item = get_item(session, "ONE")
        assert (item.revision, len(list_history(session, item))) == (2, 2)


def test_two_items_never_replace_each_other(fresh_database: Database) -> None:
    actor = two_items(fresh_database)

    def retire(code: str, other: str) -> Act:
        return lambda session, actor: retire_item(
            session, get_item(session, code), replacement=other, revision=1, actor=actor, at=now()
        )

    refused = refusals(fresh_database, actor, retire("ONE", "TWO"), retire("TWO", "ONE"))
    assert sorted(map(str, refused)) == sorted(map(str, (None, ReplacementUnfit)))


def test_an_item_that_is_being_retired_gets_no_size(fresh_database: Database) -> None:
    actor = two_items(fresh_database)
    size = replace(RICE, code="ONE-1", gtins=(), variant_of="ONE", variant="1")
    refused = refusals(
        fresh_database,
        actor,
        lambda session, actor: retire_item(session, get_item(session, "ONE"), revision=1, actor=actor, at=now()),
        lambda session, actor: enter_item(session, size, actor=actor, at=now()),
    )
    assert refused in ([None, ItemMalformed], [ItemStays, None])
