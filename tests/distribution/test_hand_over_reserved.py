"""A family is served from what is free or its own quarter's, never from what is set aside for others."""

import pytest
from sqlalchemy.orm import Session

from app.invariants import INVARIANTS
from core.crypto import FieldKeys
from core.proofs import find_faults
from distribution.errors import NotInStock
from distribution.services.hand_overs import hand_over
from tests.support.families import QUARTER
from tests.support.goods import balance_of
from tests.support.vouchers import NOON, Scene, a_scene
from warehouses.services import free_packs, hold_packs, reserve
from warehouses.values import DocumentRef, Wish

PAPER = DocumentRef("paper", "1")


@pytest.fixture
def scene(session: Session, keys: FieldKeys) -> Scene:
    return a_scene(session, keys)


def set_all_aside(session: Session, scene: Scene, *, but: int) -> Wish:
    """Hold all packs of F13 at the point for a paper, but so many; return what is held."""
    lot = scene.lots["F13"]
    wish = Wish(scene.point.id, lot.id, balance_of(session, scene.point, lot)[0] - but, None)
    hold_packs(session, [wish], document=PAPER, actor_id=None, at=NOON)
    return wish


def test_packs_held_for_a_paper_stay_and_free_ones_are_given(session: Session, scene: Scene) -> None:
    wish = set_all_aside(session, scene, but=1)
    hand_over(session, scene.asked(session), operator=scene.operator, at=NOON)
    assert balance_of(session, scene.point, scene.lots["F13"]) == (wish.quantity, wish.quantity)
    free_packs(session, [wish], document=PAPER, actor_id=None, at=NOON)
    assert find_faults(session, INVARIANTS) == []


def test_where_all_packs_are_held_for_a_paper_none_is_there_to_give(session: Session, scene: Scene) -> None:
    set_all_aside(session, scene, but=0)
    with pytest.raises(NotInStock):
        hand_over(session, scene.asked(session), operator=scene.operator, at=NOON)


def test_packs_of_the_next_quarter_stay_and_those_of_this_one_are_given(session: Session, scene: Scene) -> None:
    lot, district = scene.lots["F13"], scene.point.district_id
    ours, next_ones = Wish(scene.point.id, lot.id, 1, district), Wish(scene.point.id, lot.id, 49, district)
    reserve(session, [ours], quarter=QUARTER, actor_id=None, at=NOON)
    reserve(session, [next_ones], quarter=QUARTER.next(), actor_id=None, at=NOON)
    hand_over(session, scene.asked(session), operator=scene.operator, at=NOON)
    assert balance_of(session, scene.point, lot) == (49, 49)
    assert find_faults(session, INVARIANTS) == []
