"""Lots: the list, the page with everything about one, holding and releasing."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from core.actors import Actor
from core.audit import AuditEntry
from core.clock import now, today
from core.crypto import FieldKeys
from core.database import Database
from core.errors import Problem
from distribution.services.hand_overs import hand_over
from tests.conftest import SignIn
from tests.support.client import InspectingClient, hidden_fields
from tests.support.goods import a_lot, a_place, an_item, move, receive, some_districts
from tests.support.moments import at_once, writing
from tests.support.people import an_actor
from tests.support.vouchers import a_scene_of_today
from tests.warehouses.test_pages import csv_of, html
from warehouses import errors
from warehouses.errors.lots import LotActKeyReused, LotReasonMissing, LotStateUnfit
from warehouses.models import Lot, LotComponent, LotEvent, Place, StockMovement
from warehouses.queries import get_outside_place
from warehouses.services import receive_lot
from warehouses.services.lot_states import hold_lot, release_lot
from warehouses.values import LotStatus, PlaceKind
from warehouses.values.lot_acts import LOT_REASONS, LotAct, LotReason, WrittenReason, read_reason

WET = WrittenReason(LotReason.PACKAGING, "wet on one side")
GOOD = WrittenReason(LotReason.FOUND_GOOD)


def a_keeper(session: Session, place: Place) -> Actor:
    return an_actor(session, role=Role.STOREKEEPER, scope_kind=ScopeKind.PLACE, scope_id=place.id)


def hold(session: Session, lot: Lot, actor: Actor, *, key: uuid.UUID | None = None) -> Lot:
    return hold_lot(session, lot.id, WET, key=key or uuid.uuid4(), actor=actor, at=now())


def send_form(client: InspectingClient, path: str, **values: str) -> str:
    fields = hidden_fields(client.get(path).get_data(as_text=True))
    response = client.post(path, data={**fields, **values}, follow_redirects=True)
    assert response.status_code == 200
    return response.get_data(as_text=True)


def test_a_held_lot_goes_to_no_family_until_it_is_released(session: Session) -> None:
    here, families = a_place(session), get_outside_place(session, PlaceKind.FAMILIES)
    lot, ministry = receive(session, here, 10), an_actor(session, role=Role.MINISTRY)
    hold(session, lot, a_keeper(session, here))
    with pytest.raises(errors.LotHeld), session.begin_nested():
        move(session, lot, 1, source=here, target=families)
    release_lot(session, lot.id, GOOD, key=uuid.uuid4(), actor=ministry, at=now())
    move(session, lot, 1, source=here, target=families)
    events = session.execute(select(LotEvent.kind, LotEvent.reason).where(LotEvent.lot_id == lot.id)).all()
    assert {tuple(row) for row in events} == {("hold", "packaging: wet on one side"), ("release", "found_good")}
    actions = set(session.scalars(select(AuditEntry.action).where(AuditEntry.subject_id == str(lot.id))))
    assert {"warehouses.hold_lot", "warehouses.release_lot"} <= actions


def test_the_same_key_holds_once_and_is_not_taken_for_another_lot(session: Session) -> None:
    here, key = a_place(session), uuid.uuid4()
    lot, other, keeper = receive(session, here, 10), receive(session, here, 10), a_keeper(session, here)
    for _ in range(2):
        hold(session, lot, keeper, key=key)
    assert len(session.scalars(select(LotEvent).where(LotEvent.lot_id == lot.id)).all()) == 1
    with pytest.raises(LotActKeyReused):
        hold(session, other, keeper, key=key)


def test_a_lot_is_held_and_released_only_from_the_other_state(session: Session) -> None:
    here = a_place(session)
    lot, ministry = receive(session, here, 10), an_actor(session, role=Role.MINISTRY)
    with pytest.raises(LotStateUnfit):
        release_lot(session, lot.id, GOOD, key=uuid.uuid4(), actor=ministry, at=now())
    hold(session, lot, ministry)
    with pytest.raises(LotStateUnfit):
        hold(session, lot, ministry)
    lot.status = LotStatus.RECALLED
    session.flush()
    with pytest.raises(LotStateUnfit):
        release_lot(session, lot.id, GOOD, key=uuid.uuid4(), actor=ministry, at=now())


@pytest.mark.parametrize("reason", [WrittenReason(LotReason.OTHER), WrittenReason(LotReason.FOUND_GOOD)])
def test_a_lot_is_held_for_a_typed_reason_and_other_needs_words(session: Session, reason: WrittenReason) -> None:
    here = a_place(session)
    lot = receive(session, here, 10)
    with pytest.raises(LotReasonMissing):
        hold_lot(session, lot.id, reason, key=uuid.uuid4(), actor=a_keeper(session, here), at=now())


def test_a_written_reason_is_read_as_it_was_written() -> None:
    for reasons in LOT_REASONS.values():
        for reason in reasons:
            for note in ("", "seen: by two people"):
                written = WrittenReason(reason, note)
                assert read_reason(str(written)) == written
    assert read_reason("RE-2026-0001: glass in it") is None


def test_sec_21_nobody_holds_a_lot_that_never_was_at_a_place_of_theirs(session: Session, sign_in: SignIn) -> None:
    home, away = some_districts(session)
    own, foreign = a_place(session, district_id=home.id), a_place(session, district_id=away.id)
    lot = receive(session, foreign, 10)
    with pytest.raises(errors.LotUnknown):
        hold(session, lot, a_keeper(session, own))
    session.commit()
    client = sign_in(Role.STOREKEEPER, ScopeKind.PLACE, own.id)
    html(client, f"/warehouses/lots/{lot.id}", 404)
    html(client, f"/warehouses/lots/{lot.id}/hold", 404)
    html(client, f"/warehouses/lots/{lot.id}/release", 404)


def test_a_lot_is_held_and_released_on_its_page(session: Session, sign_in: SignIn) -> None:
    here = a_place(session, name="Asar")
    lot = receive(session, here, 10)
    session.commit()
    path = f"/warehouses/lots/{lot.id}"
    keeper, ministry = sign_in(Role.STOREKEEPER, ScopeKind.PLACE, here.id), sign_in(Role.MINISTRY)
    assert "Choose a reason." in send_form(keeper, f"{path}/hold", note="wet")
    page = send_form(keeper, f"{path}/hold", reason="packaging", note="wet")
    assert "In quarantine" in page
    assert "Packaging is damaged: wet" in page
    assert "Release the lot" not in page
    html(keeper, f"{path}/release", 404)
    assert "Release the lot" in html(ministry, path)
    page = send_form(ministry, f"{path}/release", reason="found_good", note="")
    assert "It was checked and found good" in page
    assert "In quarantine:" not in page
    assert lot.code in html(ministry, "/warehouses/lots?status=released")
    assert lot.code not in html(ministry, "/warehouses/lots?status=quarantined")


def test_ux_41_the_list_of_lots_filters_counts_and_exports(session: Session, sign_in: SignIn) -> None:
    here = a_place(session)
    soon = receive(session, here, 5, lot=a_lot(session, code="SOON-1", expires_on=today(now()) + timedelta(days=9)))
    receive(session, here, 7, lot=a_lot(session, code="LATE-1", expires_on=today(now()) + timedelta(days=900)))
    gone = receive(session, here, 2, lot=a_lot(session, code="GONE-1"))
    move(session, gone, 2, source=here, target=get_outside_place(session, PlaceKind.LOSS))
    session.commit()
    client = sign_in(Role.STOREKEEPER, ScopeKind.PLACE, here.id)
    page = html(client, "/warehouses/lots")
    assert all(code in page for code in ("SOON-1", "LATE-1", "GONE-1"))
    assert "GONE-1" not in html(client, "/warehouses/lots?there=yes")
    narrowed = html(client, "/warehouses/lots?freshness=soon&sort=-expires&q=soon")
    assert "SOON-1" in narrowed
    assert "LATE-1" not in narrowed
    rows = csv_of(client, "/warehouses/lots?format=csv&sort=lot")
    assert [(row[2], row[7]) for row in rows[1:]] == [("GONE-1", "0"), ("LATE-1", "7"), ("SOON-1", "5")]
    assert soon.id
    for wrong in ("status=moon", "freshness=x", "sort=price", "there=no"):
        html(client, f"/warehouses/lots?{wrong}", 400)


def test_the_page_of_a_lot_tells_where_it_is_what_is_inside_and_into_what_it_went(
    session: Session, sign_in: SignIn
) -> None:
    here, at = a_place(session, name="Asar"), now()
    milk = session.scalars(select(an_item(session).__class__.code).where(~an_item(session).__class__.code.in_(["F13"])))
    part = receive_lot(
        session,
        item_id=an_item(session, milk.first() or "").id,
        code="PART-1",
        expires_on=None,
        kit_version_id=None,
        at=at,
    )
    foreign = receive_lot(
        session, item_id=an_item(session, "F36").id, code="PART-2", expires_on=None, kit_version_id=None, at=at
    )
    receive(session, here, 20, lot=part)
    kit = receive(session, here, 4)
    session.add_all(
        [
            LotComponent(kit_lot_id=kit.id, component_lot_id=part.id, packs=8),
            LotComponent(kit_lot_id=kit.id, component_lot_id=foreign.id, packs=None),
        ]
    )
    session.commit()
    client = sign_in(Role.STOREKEEPER, ScopeKind.PLACE, here.id)
    page = html(client, f"/warehouses/lots/{kit.id}")
    assert f'href="/warehouses/lots/{part.id}"' in page
    assert "PART-2" in page
    assert f'href="/warehouses/lots/{foreign.id}"' not in page
    assert f'href="/warehouses/lots/{kit.id}"' in html(client, f"/warehouses/lots/{part.id}")


def test_ux_50_a_line_names_its_document_who_and_the_device(session: Session, keys: FieldKeys, sign_in: SignIn) -> None:
    scene = a_scene_of_today(session, keys)
    hand_over(session, scene.asked(session), operator=scene.operator, at=now())
    movement = session.scalars(select(StockMovement).where(StockMovement.document_kind == "hand_over")).first()
    assert movement is not None
    session.commit()
    page = html(sign_in(Role.MINISTRY), f"/warehouses/lots/{movement.lot_id}")
    assert f'<a href="/distribution/hand-overs/{movement.document_id}">Hand-over</a>' in page
    assert "Асель Серік · 4F2K" in page
    keeper = sign_in(Role.STOREKEEPER, ScopeKind.PLACE, scene.point.id)
    assert "/distribution/hand-overs/" not in html(keeper, f"/warehouses/lots/{movement.lot_id}")


@pytest.mark.storm
def test_a_lot_that_is_held_goes_nowhere_afterwards(fresh_database: Database) -> None:
    """Whoever holds a lot sees every movement that came before, and none comes after, however close they are."""
    with fresh_database.writing() as session:
        here = a_place(session)
        families = get_outside_place(session, PlaceKind.FAMILIES)
        ministry = an_actor(session, role=Role.MINISTRY)
        lots = [receive(session, here, 100) for _ in range(20)]

    def gone(session: Session, lot: Lot) -> int:
        return len(
            session.scalars(
                select(StockMovement.id).where(StockMovement.lot_id == lot.id, StockMovement.to_place_id == families.id)
            ).all()
        )

    for lot in lots:

        def give(session: Session, lot: Lot = lot) -> int:
            move(session, lot, 1, source=here, target=families)
            return -1

        def stop(session: Session, lot: Lot = lot) -> int:
            hold(session, lot, ministry)
            return gone(session, lot)

        ends = at_once([*(writing(fresh_database, give) for _ in range(4)), writing(fresh_database, stop)])
        seen = ends[-1]
        assert not isinstance(seen, Problem)
        given = [end for end in ends[:-1] if not isinstance(end, Problem)]
        assert all(isinstance(end, errors.LotHeld) for end in ends[:-1] if isinstance(end, Problem))
        assert len(given) == seen, "what came before the hold was seen by it, and nothing came after"
        with fresh_database.reading() as session:
            assert gone(session, lot) == seen


def test_every_act_on_a_lot_has_reasons() -> None:
    assert set(LOT_REASONS) == {LotAct.HOLD, LotAct.RELEASE}
