"""REL-18: one poisoned event never holds up the others; a batch takes few statements, however many events it has."""

import uuid

import pytest
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.crypto import FieldKeys
from tests.support.devices import PhoneEvent
from tests.support.offline import OfflineScene, an_offline_scene, open_incidents_of
from warehouses.queries import list_wrong_balances

ACCEPTED = ("accepted", "")


@pytest.fixture
def there(session: Session, keys: FieldKeys) -> OfflineScene:
    return an_offline_scene(session, keys, families=2)


class Breaking:
    """Lets the database refuse one row, as a fault of ours that nobody foresaw would."""

    def __init__(self, session: Session, hand_over_id: uuid.UUID) -> None:
        self._session = session
        self._id = hand_over_id

    def __enter__(self) -> None:
        event.listen(self._session.connection(), "before_cursor_execute", self._refuse)

    def __exit__(self, *_: object) -> None:
        event.remove(self._session.connection(), "before_cursor_execute", self._refuse)

    def _refuse(self, _connection: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        is_hand_over = statement.startswith("INSERT INTO hand_over ")
        if is_hand_over and (self._id.hex in str(parameters) or str(self._id) in str(parameters)):
            raise IntegrityError(statement, None, ValueError("a fault that nobody foresaw"))


def test_rel_18_one_poisoned_event_of_500_never_holds_up_the_others(session: Session, there: OfflineScene) -> None:
    first, second = there.scene.vouchers
    events = [there.phone.hand_over(first.token)]
    for number in range(248):
        given = there.phone.hand_over(second.token, there.scene.sets(session, second)[:1])
        events += [given, there.phone.undo(given)] if number % 50 == 0 else [given]
    events += [there.phone.day_seal("2026-10-14", {}, {}, {}) for _ in range(499 - len(events))]
    poison = PhoneEvent(uuid.uuid4(), 300, "hand_over", 0, b"", b"\x00" * 300)
    with Breaking(session, events[0].id):
        told = there.told(session, [*events, poison])
    assert len(told) == 500
    assert told[0] == ("refused", "not_applied")
    assert told[-1] == ("refused", "unreadable")
    assert all(result in {"accepted", "conflict"} for result, _ in told[1:-1])
    assert len(open_incidents_of(session, "refused")) == 1
    after = there.phone.hand_over(first.token)
    assert there.told(session, [after])[0][0] in {"accepted", "conflict"}
    assert not list_wrong_balances(session)


def test_a_batch_takes_few_statements_however_many_events(session: Session, there: OfflineScene) -> None:
    counted: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        counted.append(statement)

    events = [there.phone.hand_over(voucher.token) for voucher in there.scene.vouchers for _ in range(10)]
    event.listen(session.connection(), "before_cursor_execute", count)
    there.send(session, events[:1])
    one, counted[:] = len(counted), []
    there.send(session, events)
    event.remove(session.connection(), "before_cursor_execute", count)
    assert one <= 45
    assert len(counted) <= one + 25
