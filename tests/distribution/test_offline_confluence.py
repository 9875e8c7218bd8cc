"""REL-13: the same events in any order, repeated, split, cut and merged end in the same facts and open incidents."""

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from core.crypto import FieldKeys
from distribution.services.device_batches import take_batch
from tests.conftest import on_one_engine
from tests.support.devices import Phone, PhoneEvent, a_phone
from tests.support.offline import Facts, OfflineScene, an_offline_scene, batch_of, facts_of
from tests.support.vouchers import NOON
from warehouses.queries import list_wrong_balances

FAMILIES = 4
Told = list[tuple[Phone, PhoneEvent]]


def a_history(there: OfflineScene, session: Session, chance: random.Random) -> Told:
    """Let phones hand over, take back and close days; one of them is copied, so that chains split and sets go twice."""
    phones = [there.phone, there.phones[1]]
    told: Told = []
    for _ in range(chance.randint(3, 12)):
        place = chance.randrange(len(phones))
        phone = phones[place]
        if chance.random() < 0.15:
            phones.append(replace(phone, events=list(phone.events)))
        made = [event for event in phone.events if event.kind == "hand_over"]
        act = chance.random()
        if act < 0.65 or not made:
            voucher = chance.choice(there.scene.vouchers)
            sets = there.scene.sets(session, voucher)
            given = chance.sample(sets, chance.randint(1, len(sets)))
            told.append((phone, phone.hand_over(voucher.token, given)))
        elif act < 0.9:
            told.append((phone, phone.undo(chance.choice(made))))
        else:
            packs = chance.randint(8, 9)
            told.append((phone, phone.day_seal("2026-10-14", {"F13": packs}, {"F13": 9}, {"F13": 1})))
    return told


def in_some_order(told: Told, chance: random.Random) -> Sequence[tuple[Phone, Sequence[PhoneEvent]]]:
    """Return batches of the events: mixed, repeated, cut; at the end whatever was left out."""
    mixed = [*told, *chance.choices(told, k=chance.randint(0, len(told)))]
    chance.shuffle(mixed)
    batches: list[tuple[Phone, list[PhoneEvent]]] = []
    for phone, event in mixed:
        same = batches and batches[-1][0].device_id == phone.device_id and chance.random() < 0.6
        if same:
            batches[-1][1].append(event)
        else:
            batches.append((phone, [event]))
    return batches


def outcome(session: Session, there: OfflineScene, batches: Sequence[tuple[Phone, Sequence[PhoneEvent]]]) -> Facts:
    """Return what is true after the batches, and forget them."""
    with session.begin_nested() as trial:
        for phone, events in batches:
            answer = take_batch(session, batch_of(phone, events), keys=there.keys, at=there.at)
            assert all(one.result != "refused" for one in answer.answers)
        found = facts_of(session)
        assert not list_wrong_balances(session)
        trial.rollback()
    session.expire_all()
    return found


def check(session: Session, there: OfflineScene, seeds: Sequence[int], orders: int) -> None:
    for seed in seeds:
        chance = random.Random(seed)
        there.phone, second = replace(there.phone, events=[]), there.phones[1]
        there.phones[1] = replace(second, events=[], seq=0, prev=bytes(32))
        there.phone.seq, there.phone.prev = 0, bytes(32)
        told = a_history(there, session, chance)
        expected = outcome(session, there, [(phone, [event]) for phone, event in told])
        for _ in range(orders):
            assert outcome(session, there, in_some_order(told, chance)) == expected, f"seed {seed}"


@pytest.fixture
def there(session: Session, keys: FieldKeys) -> OfflineScene:
    return two_phones(session, keys, stock=30)


def two_phones(session: Session, keys: FieldKeys, *, stock: int) -> OfflineScene:
    found = an_offline_scene(session, keys, families=FAMILIES, stock=stock)
    second = a_phone(session, found.scene.point, found.scene.operator, at=NOON)
    second.manifest = found.phone.manifest
    found.phones.append(second)
    return found


@pytest.fixture
def scarce(session: Session, keys: FieldKeys) -> OfflineScene:
    """Return a point where more is due than its book has."""
    return two_phones(session, keys, stock=3)


@on_one_engine
def test_rel_13_any_order_ends_in_the_same_incidents_where_stock_is_scarce(
    session: Session, scarce: OfflineScene
) -> None:
    check(session, scarce, range(8), 3)


@on_one_engine
def test_rel_13_any_order_ends_in_the_same_facts(session: Session, there: OfflineScene) -> None:
    check(session, there, range(12), 3)


@pytest.mark.soak
@on_one_engine
def test_rel_13_any_order_of_many_histories_ends_in_the_same_facts(session: Session, there: OfflineScene) -> None:
    check(session, there, range(1000, 3500), 4)


@pytest.mark.soak
@on_one_engine
def test_rel_13_any_order_of_many_histories_with_scarce_stock(session: Session, scarce: OfflineScene) -> None:
    check(session, scarce, range(1000, 3500), 4)
