"""Many at once on one voucher: exactly one hands over, everybody else learns when and where. With real commits."""

import random
import threading
import uuid
from collections import Counter
from functools import partial

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from core.clock import now
from core.crypto import FieldKeys
from core.database import Database
from distribution.errors import AlreadyHandedOver, ScanRefused
from distribution.errors.allotments import DropRefused
from distribution.models import Allotment, HandOver, HandOverLine
from distribution.queries.allotments import given_to
from distribution.services.drops import drop_allotments
from distribution.services.giving import HandOverAsked
from distribution.services.hand_overs import hand_over
from distribution.values import Collector
from distribution.views.scans import looking_again
from tests.support.families import a_ministry
from tests.support.moments import at_once
from tests.support.vouchers import Scene, a_scene_of_today
from warehouses.queries import get_outside_place, list_usable_lots_at, list_wrong_balances
from warehouses.services import post_movements
from warehouses.values import NewMovement, PlaceKind

CLIENTS = 64

pytestmark = pytest.mark.storm


def prepared(database: Database, keys: FieldKeys, *, families: int, stock: int) -> tuple[Scene, list[HandOverAsked]]:
    with database.writing() as session:
        scene = a_scene_of_today(session, keys, families=families, stock=stock)
        return scene, [scene.asked(session, voucher=voucher) for voucher in scene.vouchers]


def attempt(database: Database, scene: Scene, asked: HandOverAsked) -> str:
    """Try once, as a client of its own: with its own key."""
    own = HandOverAsked(
        key=uuid.uuid4(),
        text=asked.text,
        point_id=asked.point_id,
        allotment_ids=asked.allotment_ids,
        collector=asked.collector,
        note=asked.note,
        device=asked.device,
        claimed_at=now(),
    )

    def act() -> str:
        with database.writing() as session:
            return hand_over(session, own, operator=scene.operator, at=now()).verdict.answer

    try:
        return looking_again(act)
    except AlreadyHandedOver as refusal:
        told_where = any(name in str(refusal.message) for name in (scene.point.name_kk, scene.point.name_en))
        return refusal.code if told_where else "without first facts"


def effective(session: Session) -> int:
    lines = select(func.count()).select_from(HandOverLine).where(HandOverLine.reversed_at.is_(None))
    return session.scalar(lines) or 0


@pytest.mark.parametrize("stock", [2, 50])
def test_64_attempts_at_once_on_one_voucher_give_exactly_one(
    fresh_database: Database, keys: FieldKeys, stock: int
) -> None:
    scene, [asked] = prepared(fresh_database, keys, families=1, stock=stock)
    results = Counter(at_once([lambda: attempt(fresh_database, scene, asked)] * CLIENTS))
    assert results == {"given": 1, "already_handed_over": CLIENTS - 1}
    with fresh_database.reading() as session:
        assert effective(session) == 4
        assert session.scalar(select(func.count()).select_from(HandOver)) == 1
        assert not list_wrong_balances(session)


@pytest.mark.parametrize("share", [4, pytest.param(1, marks=pytest.mark.soak)])
def test_rel_07_a_storm_of_clients_gives_every_set_once(fresh_database: Database, keys: FieldKeys, share: int) -> None:
    families, tries = 20, 3
    scene, wishes = prepared(fresh_database, keys, families=families, stock=families * 2)

    def client() -> str:
        mine = wishes * tries
        random.shuffle(mine)
        answers = [attempt(fresh_database, scene, wish) for wish in mine[: len(mine) // share]]
        return " ".join(answers)

    results = Counter(word for line in at_once([client] * CLIENTS) for word in str(line).split())
    assert results["given"] == families
    assert results["already_handed_over"] == CLIENTS * (families * tries // share) - families
    assert len(results) == 2
    with fresh_database.reading() as session:
        assert effective(session) == families * 4
        assert not list_wrong_balances(session)


def test_rel_07_looking_before_writing_fails_the_same_storm(fresh_database: Database, keys: FieldKeys) -> None:
    """Show what the unique index is for: the naive way hands over many times."""
    scene, [asked] = prepared(fresh_database, keys, families=1, stock=CLIENTS * 2)
    with fresh_database.writing() as session:
        session.execute(text("DROP INDEX uq_hand_over_line_effective"))
    looked = threading.Barrier(CLIENTS)

    def naive() -> str:
        wish = asked.allotment_ids[0]
        with fresh_database.reading() as session:
            found = session.scalar(select(HandOverLine.movement_id).where(HandOverLine.allotment_id == wish))
        looked.wait()
        if found is not None:
            return "already_handed_over"
        with fresh_database.writing() as session:
            _write_naively(session, scene, wish)
        return "given"

    results = Counter(at_once([naive] * CLIENTS))
    assert results["given"] > 1
    with fresh_database.reading() as session:
        assert effective(session) > 1


def _write_naively(session: Session, scene: Scene, allotment_id: int) -> None:
    key, at = uuid.uuid4(), now()
    lot = list_usable_lots_at(session, scene.point.id, [scene.lots["F13"].item_id], at.date())[0]
    voucher = scene.voucher
    session.add(
        HandOver(
            id=key,
            district_id=voucher.district_id,
            quarter=voucher.quarter,
            voucher_id=voucher.id,
            family_id=voucher.family_id,
            point_id=scene.point.id,
            operator_id=scene.operator.id,
            claimed_at=at,
            received_at=at,
            collector=Collector.GUARDIAN,
        )
    )
    families = get_outside_place(session, PlaceKind.FAMILIES).id
    movement = NewMovement(key, lot.lot_id, scene.point.id, families, 1, at, "test", str(key))
    post_movements(session, [movement], actor_id=None, at=at)
    session.flush()
    session.add(
        HandOverLine(
            movement_id=key,
            hand_over_id=key,
            district_id=voucher.district_id,
            allotment_id=allotment_id,
            lot_id=lot.lot_id,
        )
    )


def test_nobody_drops_out_of_what_is_being_handed_over(fresh_database: Database, keys: FieldKeys) -> None:
    """Each set is given or dropped, never both; or supply would be granted twice."""
    families = 12
    scene, wishes = prepared(fresh_database, keys, families=families, stock=families * 4)
    with fresh_database.writing() as session:
        ministry = a_ministry(session)

    def drop(wish: HandOverAsked) -> str:
        try:
            with fresh_database.writing() as session:
                ids = [wish.allotment_ids[0]]
                drop_allotments(session, allotment_ids=ids, reason="died", note="", actor=ministry, at=now())
        except DropRefused as refusal:
            return refusal.code
        return "dropped"

    def give(wish: HandOverAsked) -> str:
        try:
            return attempt(fresh_database, scene, wish)
        except ScanRefused as refusal:
            return refusal.code

    acts = [partial(act, wish) for wish in wishes for act in (give, drop)]
    results = Counter(at_once(acts))
    assert results["given"] + results["dropped"] == families, results
    with fresh_database.reading() as session:
        both = select(func.count()).select_from(Allotment).join(HandOverLine, given_to())
        assert session.scalar(both.where(Allotment.status == "dropped")) == 0
        assert not list_wrong_balances(session)
