"""Kits packed with a substitute that their version approves: handed over as that kit, with and without a network."""

import uuid
from datetime import UTC, date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.values import Role
from catalog.models import KitVersion
from catalog.services.approvals import approve_version, submit_draft
from catalog.services.substitutes import SubstituteWish, add_substitute
from core.clock import now
from core.crypto import FieldKeys
from distribution.models import HandOverLine
from distribution.services.hand_overs import hand_over
from tests.conftest import on_one_engine
from tests.support.assemblies import QUARTER, a_packer, a_packing_place, packed
from tests.support.devices import a_phone, lease_to
from tests.support.goods import a_lot, receive
from tests.support.offline import OfflineScene
from tests.support.people import an_actor
from tests.support.standards import a_draft
from tests.support.vouchers import a_scene_of_today
from warehouses.models import Lot, Place
from warehouses.queries import list_wrong_balances
from warehouses.services import post_movements
from warehouses.values import NewMovement

WRITTEN = datetime(2026, 6, 1, 6, 0, tzinfo=UTC)
WISH = SubstituteWish(
    item="BUCKW", substitute="OATFL", for_packs=1, substitute_packs=1,
    reason_kk="Тапшы", reason_ru="Нехватка", reason_en="Shortage",
)  # fmt: skip


def a_version_with_a_substitute(session: Session) -> KitVersion:
    """Approve a version that lets oat flakes stand for buckwheat."""
    author, approver = an_actor(session, role=Role.MINISTRY), an_actor(session, role=Role.MINISTRY)
    draft = a_draft(session, author, effective_from=QUARTER, at=WRITTEN)
    add_substitute(session, draft, wish=WISH, revision=draft.revision, actor=author, at=WRITTEN)
    version = submit_draft(session, draft, revision=draft.revision, actor=author, at=WRITTEN)
    return approve_version(session, version, seen=version.content_hash or "", actor=approver, at=WRITTEN)


def with_oat_flakes(session: Session, point: Place, version: KitVersion, sets: int) -> Lot:
    """Pack sets of the version with the substitute and bring them to a point."""
    place = a_packing_place(session, district_id=point.district_id)
    for code, packs in (("MILK25", 7), ("OATFL", 2)):
        receive(session, place, packs * sets, lot=a_lot(session, item=code, expires_on=date(2027, 6, 30)))
    assembly = packed(session, place, sets, actor=a_packer(session, place), uses={0: 2})
    lot = assembly.kit_lot
    assert lot.kit_version_id == version.id
    at = assembly.assembled_at
    road = NewMovement(uuid.uuid4(), lot.id, place.id, point.id, sets, at, "transfer", "test")
    post_movements(session, [road], actor_id=None, at=at)
    return lot


@on_one_engine
def test_a_kit_packed_with_an_approved_substitute_is_handed_over_as_that_kit_with_and_without_a_network(
    session: Session, keys: FieldKeys
) -> None:
    version = a_version_with_a_substitute(session)
    scene = a_scene_of_today(session, keys, families=2, stock=0)
    lot = with_oat_flakes(session, scene.point, version, 2)
    at = now()
    first, second = scene.vouchers
    toddlers = {voucher.id: scene.sets(session, voucher)[:1] for voucher in scene.vouchers}
    at_desk = hand_over(
        session, scene.asked(session, voucher=first, sets=toddlers[first.id]), operator=scene.operator, at=at
    )
    phone = a_phone(session, scene.point, scene.operator, at=at)
    lease_to(session, phone, scene.operator, at=at, keys=keys)
    stock = {one["lot"]: one["packs"] for one in phone.manifest["stock"]}
    assert stock == {lot.id: 1}
    there = OfflineScene(scene, phone, keys, at)
    event = phone.hand_over(second.token, toddlers[second.id])
    assert there.told(session, [event]) == [("accepted", "")]
    lines = session.execute(select(HandOverLine.hand_over_id, HandOverLine.lot_id)).all()
    assert set(map(tuple, lines)) == {(at_desk.id, lot.id), (event.id, lot.id)}
    assert not list_wrong_balances(session)
