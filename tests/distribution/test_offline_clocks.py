"""REL-19: clocks of phones that are wrong, that were turned, and that were set right (docs/offline.md, "Clocks")."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.crypto import FieldKeys
from distribution.models import Device, HandOver
from tests.support.offline import OfflineScene, an_offline_scene, facts_of, open_incidents_of
from tests.support.vouchers import NOON
from warehouses.models import StockMovement

ACCEPTED = ("accepted", "")


@pytest.fixture
def there(session: Session, keys: FieldKeys) -> OfflineScene:
    return an_offline_scene(session, keys, families=2)


@pytest.mark.parametrize(
    "skew",
    [timedelta(minutes=10), timedelta(hours=3), timedelta(days=400), -timedelta(hours=3), -timedelta(days=400)],
    ids=str,
)
def test_rel_19_a_wrong_clock_is_kept_and_changes_nothing_else(
    session: Session, there: OfflineScene, skew: timedelta
) -> None:
    told = NOON + timedelta(hours=1)
    phone = replace(there.phone, clock=lambda: told + skew)
    event = phone.hand_over(there.scene.voucher.token)
    assert there.told(session, [event], phone=phone) == [ACCEPTED]
    given = session.get_one(HandOver, event.id)
    assert given.claimed_at == told + skew
    assert given.quarter == there.scene.voucher.quarter
    moved = session.scalars(select(StockMovement.moved_at).where(StockMovement.document_id == str(event.id))).all()
    assert all(NOON <= at <= there.at for at in moved)
    assert session.get_one(Device, phone.device_id).offset_seconds == round((told + skew - there.at).total_seconds())
    assert not open_incidents_of(session, "clock")


@pytest.mark.parametrize(
    ("true_one", "turned", "skew"),
    [
        (timedelta(minutes=-9), 0, timedelta()),
        (timedelta(minutes=-11), 1, timedelta(days=-400)),
        (timedelta(days=3, minutes=9), 0, timedelta(days=400)),
        (timedelta(days=3, minutes=11), 1, timedelta()),
    ],
    ids=str,
)
def test_rel_19_a_clock_that_was_turned_is_a_fact_and_one_incident_of_the_lease(
    session: Session, there: OfflineScene, true_one: timedelta, turned: int, skew: timedelta
) -> None:
    at = NOON + timedelta(days=4)
    phone = replace(there.phone, clock=lambda: at + skew)
    claimed = round((NOON + skew + true_one).timestamp() * 1000)
    first = phone.hand_over(there.scene.voucher.token, claimed=claimed)
    later = phone.hand_over(there.scene.vouchers[1].token, claimed=claimed)
    expected = ("conflict", "clock") if turned else ACCEPTED
    assert there.told(session, [first, later], phone=phone, at=at) == [expected] * 2
    assert facts_of(session)[1] == {one for each in there.scene.vouchers for one in there.scene.sets(session, each)}
    assert session.get_one(HandOver, first.id).claimed_at == NOON + skew + true_one
    lease = f"clock:{phone.device_id.hex}:{phone.lease_id.hex}"
    assert [one.subject for one in open_incidents_of(session, "clock")] == [lease] * turned


def test_rel_19_a_wrong_clock_that_was_set_right_raises_nothing_and_a_right_one_turned_back_does(
    session: Session, there: OfflineScene
) -> None:
    there.phone.clock = lambda: there.at
    session.get_one(Device, there.phone.device_id).offset_seconds = -3 * 3600
    back = round((there.at - timedelta(hours=3, minutes=20)).timestamp() * 1000)
    given = there.phone.hand_over(there.scene.voucher.token, claimed=back)
    assert there.told(session, [given]) == [ACCEPTED]
    there.phone.clock = lambda: there.at - timedelta(hours=4)
    turned = there.phone.undo(given, claimed=back - 4 * 3_600_000)
    assert there.told(session, [turned]) == [("conflict", "clock")]
    sealed = there.phone.day_seal("2026-10-14", {"F13": 8}, {"F13": 9}, {"F13": 1}, claimed=1)
    assert there.told(session, [sealed]) == [("conflict", "clock")]
    assert len(open_incidents_of(session, "clock")) == len(open_incidents_of(session, "miscount")) == 1
