"""Leases beside hand-overs with a network, at once: a voucher goes to one of them, never to both. With real commits."""

import random
from collections import Counter
from functools import partial

import pytest
from sqlalchemy import select

from core.clock import now
from core.crypto import FieldKeys
from core.database import Database
from distribution.errors import ScanRefused
from distribution.models import HandOverLine, Lease, LeaseIndex, Voucher
from distribution.services.giving import HandOverAsked
from distribution.services.hand_overs import hand_over
from distribution.services.leases import LeaseShare
from distribution.views.scans import looking_again
from tests.support.devices import Phone, a_phone, lease_to
from tests.support.moments import at_once
from tests.support.vouchers import Scene, a_scene_of_today

FAMILIES, PHONES = 12, 3

pytestmark = pytest.mark.storm


def give(database: Database, scene: Scene, asked: HandOverAsked) -> str:
    def act() -> str:
        with database.writing() as session:
            return hand_over(session, asked, operator=scene.operator, at=now()).verdict.answer

    try:
        return looking_again(act)
    except ScanRefused as refusal:
        return refusal.verdict.answer


def take_along(database: Database, scene: Scene, keys: FieldKeys, phone: Phone) -> str:
    with database.writing() as session:
        share = LeaseShare(most=FAMILIES // PHONES)
        lease_to(session, phone, scene.operator, at=now(), keys=keys, share=share)
    return "listed"


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(2, 40))])
def test_rel_07_a_voucher_is_leased_or_given_at_the_counter_never_both(
    fresh_database: Database, keys: FieldKeys, seed: int
) -> None:
    with fresh_database.writing() as session:
        scene = a_scene_of_today(session, keys, families=FAMILIES, stock=FAMILIES * 2)
        phones = [a_phone(session, scene.point, scene.operator, at=now()) for _ in range(PHONES)]
        wishes = [scene.asked(session, voucher=voucher) for voucher in scene.vouchers]
        lease_to(session, phones[0], scene.operator, at=now(), keys=keys, share=LeaseShare(most=1))
    acts = [partial(give, fresh_database, scene, one) for one in wishes]
    acts += [partial(take_along, fresh_database, scene, keys, phone) for phone in phones[1:]]
    random.Random(seed).shuffle(acts)

    told = Counter(at_once(acts))

    with fresh_database.reading() as session:
        held = set(session.scalars(select(LeaseIndex.idx).where(LeaseIndex.released_at.is_(None))))
        leases = session.scalars(select(Lease)).all()
        given = set(session.scalars(select(HandOverLine.allotment_id)))
        vouchers = session.scalars(select(Voucher)).all()
        listed = [
            (voucher.idx, row.allotments)
            for phone in phones
            for voucher in vouchers
            if (row := phone.open_row(voucher.token)) is not None
        ]
    assert told["given"] + told["leased"] == FAMILIES
    assert sorted(idx for idx, _ in listed) == sorted(held)
    assert len(leases) == PHONES
    assert told["given"] == FAMILIES - len(held)
    assert not [one for _, allotments in listed for one in allotments if one in given]
