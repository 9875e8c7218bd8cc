"""Looking a family up by its name: who may, how little is enough, how much is shown, and what the trail keeps."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from core.actors import Actor
from core.audit import AuditEntry
from core.crypto import FieldKeys
from distribution.errors.hand_overs import SearchTooShort
from distribution.permissions import DistributionRight
from distribution.services.hand_overs import hand_over
from distribution.services.scan_details import details_of_scan
from distribution.services.scans import check_scan
from distribution.services.waiting_families import search_families
from distribution.values import ScanWay
from tests.support.people import an_actor
from tests.support.vouchers import NOON, Scene, a_scene


@pytest.fixture
def scene(session: Session, keys: FieldKeys) -> Scene:
    return a_scene(session, keys, families=22)


def manager_of(session: Session, scene: Scene) -> Actor:
    return an_actor(session, role=Role.MANAGER, scope_kind=ScopeKind.PLACE, scope_id=scene.point.id)


def test_ux_20_a_name_is_searched_by_three_letters_shows_twenty_and_stays_in_the_trail(
    session: Session, scene: Scene
) -> None:
    manager = manager_of(session, scene)
    assert not scene.operator.may(DistributionRight.SEARCH_FAMILIES)
    for short in ("", "ал", "1234", "%%%"):
        with pytest.raises(SearchTooShort):
            search_families(session, short, actor=manager, at=NOON)
    hand_over(session, scene.asked(session), operator=scene.operator, at=NOON)
    found = search_families(session, "әлиева", actor=manager, at=NOON)
    assert len(found) == 20
    assert {(one.waiting, one.given) for one in found} == {(4, 0), (0, 4)}
    assert search_families(session, "Сейітқали", actor=manager, at=NOON) == []
    assert search_families(session, "әлиева", actor=manager, at=NOON + timedelta(days=120)) == []
    kept = session.scalars(select(AuditEntry).where(AuditEntry.action == "search_families")).all()
    assert len(kept) == 3
    assert all("лиева" not in str(entry.detail) for entry in kept)


def test_ux_20_a_manager_of_another_point_finds_nobody(session: Session, scene: Scene) -> None:
    elsewhere = an_actor(session, role=Role.MANAGER, scope_kind=ScopeKind.PLACE, scope_id=scene.point.id + 100_000)
    assert search_families(session, "әлиева", actor=elsewhere, at=NOON) == []


def test_beside_a_scan_stand_who_may_come_and_the_codes_of_boxes(
    session: Session, scene: Scene, keys: FieldKeys
) -> None:
    voucher = scene.voucher
    result = check_scan(
        session,
        scanned_text=voucher.token,
        way=ScanWay.CAMERA,
        point_id=scene.point.id,
        operator=scene.operator,
        at=NOON,
    )
    details = details_of_scan(session, result, keys=keys, at=NOON)
    assert [(one.proxy_id, one.name, one.last4) for one in details.comers] == [(0, "Әл••• Г.", "")]
    assert {box.code for box in details.lots.values()} == {lot.code for lot in scene.lots.values()}
    assert details.attention == []
    voucher.rev = 1
    session.flush()
    assert details_of_scan(session, result, keys=keys, at=NOON).attention == ["replaced"]
