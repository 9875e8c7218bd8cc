"""The trace of lots: three statements that follow indices, however much others move."""

import itertools
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Select, event, func, insert, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from core.actors import EVERYWHERE
from core.clock import now
from core.dialects import gather_statistics
from tests.support.goods import a_lot, a_place, receive
from tests.support.recalls import contain
from warehouses.models import Lot, StockMovement
from warehouses.queries import get_outside_place
from warehouses.queries.tracing import flows_statement, list_containing_lots, trace_lots
from warehouses.values import PlaceKind

MOVEMENTS, LOTS = 20_000, 400


@contextmanager
def statements(session: Session) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(session.get_bind(), "before_cursor_execute", note)
    yield seen
    event.remove(session.get_bind(), "before_cursor_execute", note)


def others_move(session: Session) -> None:
    """Write movements of other lots straight into the table, as a busy country would."""
    store, supplier = a_place(session, kind=PlaceKind.CENTRAL), get_outside_place(session, PlaceKind.SUPPLIER)
    lots = [a_lot(session).id for _ in range(LOTS)]
    at = now()
    rows = [
        {
            "id": uuid.uuid4(),
            "lot_id": lots[number % LOTS],
            "from_place_id": supplier.id,
            "to_place_id": store.id,
            "quantity": 1,
            "moved_at": at,
            "recorded_at": at,
            "document_kind": "test",
            "document_id": "1",
            "reason": "",
        }
        for number in range(MOVEMENTS)
    ]
    session.execute(insert(StockMovement), rows)
    gather_statistics(session, StockMovement, Lot)


def plan_of(session: Session, statement: Select[int, int, str, int, int, int]) -> str:
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    dialect = sqlite.dialect() if is_sqlite else postgresql.dialect()  # type: ignore[no-untyped-call]
    compiled = statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True})
    explain = "EXPLAIN QUERY PLAN" if is_sqlite else "EXPLAIN"
    return "\n".join(" ".join(map(str, row)) for row in session.execute(text(f"{explain} {compiled}")))


def test_eco_04_the_trace_reads_nothing_of_other_lots(session: Session) -> None:
    inner = a_lot(session)
    lot = receive(session, a_place(session), 10)
    contain(session, lot, inner)
    with statements(session) as before:
        few = trace_lots(session, [inner.id], EVERYWHERE)
    others_move(session)
    with statements(session) as after:
        many = trace_lots(session, [inner.id], EVERYWHERE)
    assert many == few
    assert len(before) == len(after) == 3
    plan = plan_of(session, flows_statement(session, [lot.id], EVERYWHERE))
    assert "ix_stock_movement_lot" in plan, plan
    assert "SCAN stock_movement" not in plan, plan
    assert "Seq Scan on stock_movement" not in plan, plan
    assert session.scalar(select(func.count()).select_from(StockMovement)) == MOVEMENTS + 1


def test_the_depth_of_what_contains_a_lot_costs_no_statement(session: Session) -> None:
    chain = [a_lot(session) for _ in range(12)]
    for inner, outer in itertools.pairwise(chain):
        contain(session, outer, inner)
    with statements(session) as seen:
        found = list_containing_lots(session, [chain[0].id])
    assert {one.lot_id for one in found} == {lot.id for lot in chain[1:]}
    assert len(seen) == 1
