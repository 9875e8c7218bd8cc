"""Online hand-overs and batches of two phones at once on the same vouchers: each set counts once, no fact is lost."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import pytest
from sqlalchemy import func, select

from core.clock import now
from core.crypto import FieldKeys
from core.database import Database
from core.errors import Problem
from distribution.models import DoubleLine, HandOver, HandOverLine, Lease
from distribution.services.device_batches import take_batch
from distribution.services.leases import close_lease
from tests.distribution.test_hand_over_storm import attempt
from tests.support.devices import Phone, a_phone, lease_to
from tests.support.moments import at_once
from tests.support.offline import batch_of, packs_at
from tests.support.vouchers import Scene, a_scene_of_today
from warehouses.queries import list_wrong_balances
from warehouses.values import PlaceKind

pytestmark = pytest.mark.storm


@dataclass
class Storm:
    """A point whose vouchers two phones gave against without a network, one after the other lost its lease."""

    scene: Scene
    phones: list[Phone]
    keys: FieldKeys


def gathered(database: Database, keys: FieldKeys, *, families: int) -> Storm:
    with database.writing() as session:
        scene = a_scene_of_today(session, keys, families=families, stock=families * 6)
        phones = [a_phone(session, scene.point, scene.operator, at=now()) for _ in range(2)]
        for phone in phones:
            lease_to(session, phone, scene.operator, at=now(), keys=keys)
            for voucher in scene.vouchers:
                phone.hand_over(voucher.token)
            lease = session.get_one(Lease, phone.lease_id)
            close_lease(session, lease, how="lost", actor=scene.operator, at=now())
        return Storm(scene, phones, keys)


def upload(database: Database, storm: Storm, phone: Phone) -> list[str]:
    """Send all events of a phone in batches cut anywhere, each batch twice."""
    told: list[str] = []
    cut = random.randrange(1, len(phone.events))
    for events in (phone.events[:cut], phone.events[cut:]) * 2:
        with database.writing() as session:
            answer = take_batch(session, batch_of(phone, events), keys=storm.keys, at=now())
        told += [one.result.value for one in answer.answers]
    return told


@pytest.mark.parametrize(("families", "clients"), [(6, 16), pytest.param(125, 64, marks=pytest.mark.soak)])
def test_rel_07_bad_42_a_mixed_storm_gives_every_set_once_and_keeps_every_fact(
    fresh_database: Database, keys: FieldKeys, families: int, clients: int
) -> None:
    storm = gathered(fresh_database, keys, families=families)
    with fresh_database.reading() as session:
        wishes = [storm.scene.asked(session, voucher=voucher) for voucher in storm.scene.vouchers]

    def online() -> list[str]:
        return [attempt(fresh_database, storm.scene, wish) for wish in random.sample(wishes, len(wishes))]

    uploads = [partial(upload, fresh_database, storm, phone) for phone in storm.phones for _ in range(2)]
    acts: list[Callable[[], list[str]]] = [*[online] * clients, *uploads]
    told = [[words.code] if isinstance(words, Problem) else words for words in at_once(acts)]
    results = Counter(word for words in told for word in words)
    assert set(results) <= {"given", "already_handed_over", "accepted", "repeated", "conflict"}, results
    with fresh_database.reading() as session:
        lines = session.scalar(select(func.count()).select_from(HandOverLine))
        doubles = session.scalar(select(func.count()).select_from(DoubleLine))
        rows = session.scalar(select(func.count()).select_from(HandOver))
        assert lines == families * 4
        assert session.scalar(select(func.count(HandOverLine.allotment_id.distinct()))) == lines
        assert rows == families * 2 + results["given"]
        assert (lines or 0) + (doubles or 0) == (rows or 0) * 4
        assert packs_at(session, PlaceKind.FAMILIES) == (rows or 0) * 4
        assert not list_wrong_balances(session)
