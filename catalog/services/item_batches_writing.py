"""Items entered, changed and retired many at once: columns and trace as one by one, in few statements.

Whoever calls has judged what is written by `rules.item_batches_faults` and holds the items.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Table as SqlTable, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from catalog.models import Item, ItemGtin, ItemNutrient
from catalog.rules.item_batches_faults import Standing
from catalog.rules.items import differences
from catalog.services.items import columns_of, trace_of
from catalog.values import ItemFacts, ItemKind
from core.actors import Actor
from core.audit import record_many

T = TypeVar("T")

_AT_ONCE = 2_000
_ITEMS: SqlTable = Item.metadata.tables[Item.__tablename__]
_GTINS: SqlTable = Item.metadata.tables[ItemGtin.__tablename__]
_NUTRIENTS: SqlTable = Item.metadata.tables[ItemNutrient.__tablename__]


def hold_items(session: Session, codes: Iterable[str]) -> None:
    """Let nobody else change these items before this is done; in one order, so that two never wait for each other."""
    for some in _portions(sorted(set(codes))):
        session.scalars(select(Item.id).where(Item.code.in_(some)).order_by(Item.id).with_for_update()).all()


def enter_items(session: Session, entered: Sequence[ItemFacts], *, actor: Actor, at: datetime) -> Mapping[str, int]:
    """Enter new components, what they are sizes of before the sizes; return their ids by code."""
    found: dict[str, int] = {}
    for is_size in (False, True):
        wanted = [facts for facts in entered if bool(facts.variant_of) == is_size]
        bases = find_ids(session, {facts.variant_of for facts in wanted if facts.variant_of})
        for some in _portions(wanted):
            rows = [
                {"code": facts.code, "kind": ItemKind.COMPONENT.value, **columns_of(facts, bases.get(facts.variant_of))}
                for facts in some
            ]
            session.execute(insert(_ITEMS), rows)
        found |= find_ids(session, {facts.code for facts in wanted})
    _write_parts(session, {found[facts.code]: facts for facts in entered})
    trace = ((facts.code, trace_of(1, differences(None, facts))) for facts in entered)
    record_many(session, actor_id=actor.id, action="catalog.enter_item", subject="item", details=trace, at=at)
    return found


def change_items(
    session: Session, changed: Sequence[tuple[Standing, ItemFacts]], *, actor: Actor, at: datetime
) -> None:
    """Change items; each gets its next revision."""
    if not changed:
        return
    bases = find_ids(session, {facts.variant_of for _, facts in changed if facts.variant_of})
    rows = [{"its_id": known.id, **columns_of(facts, bases.get(facts.variant_of))} for known, facts in changed]
    columns: dict[str, object] = {name: bindparam(name) for name in rows[0] if name != "its_id"}
    statement = update(_ITEMS).where(_ITEMS.c.id == bindparam("its_id"))
    session.connection().execute(statement.values(**columns, revision=_ITEMS.c.revision + 1), rows)
    parts = {known.id: facts for known, facts in changed}
    for some in _portions(sorted(parts)):
        for table in (_GTINS, _NUTRIENTS):
            session.execute(delete(table).where(table.c.item_id.in_(some)))
    _write_parts(session, parts)
    trace = (
        (facts.code, trace_of(known.revision + 1, differences(known.row.facts, facts))) for known, facts in changed
    )
    record_many(session, actor_id=actor.id, action="catalog.edit_item", subject="item", details=trace, at=at)
    forget_items(session)


def retire_items(session: Session, retired: Sequence[Standing], *, actor: Actor, at: datetime) -> None:
    """Retire items that nothing names but each other."""
    for some in _portions(sorted(known.id for known in retired)):
        statement = update(_ITEMS).where(_ITEMS.c.id.in_(some))
        session.execute(statement.values(retired_at=at, revision=_ITEMS.c.revision + 1))
    trace = ((known.row.facts.code, trace_of(known.revision + 1, {})) for known in retired)
    record_many(session, actor_id=actor.id, action="catalog.retire_item", subject="item", details=trace, at=at)
    forget_items(session)


def find_ids(session: Session, codes: Iterable[str]) -> dict[str, int]:
    """Return the ids of items, by their codes."""
    found: dict[str, int] = {}
    for some in _portions(sorted(set(codes))):
        found |= dict(session.execute(select(Item.code, Item.id).where(Item.code.in_(some))).all())
    return found


def forget_items(session: Session) -> None:
    """Let items be read anew: they were written past the session."""
    for thing in session:
        if isinstance(thing, Item):
            session.expire(thing)


def _write_parts(session: Session, parts: Mapping[int, ItemFacts]) -> None:
    gtins = [{"gtin": gtin, "item_id": item_id} for item_id, facts in parts.items() for gtin in facts.gtins]
    nutrients = [
        {"item_id": item_id, "nutrient": str(code), "milli": milli}
        for item_id, facts in parts.items()
        for code, milli in facts.nutrients.items()
    ]
    for table, rows in ((_GTINS, gtins), (_NUTRIENTS, nutrients)):
        for some in _portions(rows):
            session.connection().execute(insert(table), some)


def _portions(values: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]
