"""Packing sets from component lots and taking them apart, on both databases."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from core.clock import now, today
from core.database import BoundDatabase
from tests.conftest import SignIn
from tests.support.assemblies import QUARTER, a_packer, a_packing_place, a_set_of, components, packed
from tests.support.goods import a_lot, a_place, balance_of, receive, some_districts
from tests.support.people import an_actor
from warehouses.errors import LotExpired, LotHeld, PlaceUnknown, StockReserved
from warehouses.errors.assemblies import (
    AssemblyKeyReused,
    AssemblyMalformed,
    AssemblyUnknown,
    ComponentsShort,
    CompositionWrong,
    ContentUnknown,
    LotCodeTaken,
)
from warehouses.models import LotComponent, StockMovement
from warehouses.queries import list_wrong_balances
from warehouses.queries.assemblies import get_assembly, inside_of
from warehouses.services import reserve
from warehouses.services.taking_apart import take_apart_kits
from warehouses.values import LotStatus, Wish
from warehouses.values.assemblies import NewTakingApart, Pick


def test_packing_takes_what_the_version_says_first_expired_first(session: Session) -> None:
    place = a_packing_place(session)
    actor, lots = a_packer(session, place), components(session, place, 10)
    first = next(iter(lots))
    soon = receive(session, place, 3, lot=a_lot(session, item=first, expires_on=today(now()) + timedelta(days=90)))
    act = packed(session, place, 10, actor=actor)
    assert act.number.startswith("AS-")
    assert balance_of(session, place, act.kit_lot) == (10, 0)
    assert act.kit_lot.expires_on == soon.expires_on
    assert act.kit_lot.kit_version_id == act.kit_version_id
    assert balance_of(session, place, soon) == (0, 0)
    assert balance_of(session, place, lots[first]) == (3, 0)
    inside = {
        row.component_lot_id: row.packs
        for row in session.scalars(select(LotComponent))
        if row.kit_lot_id == act.kit_lot_id
    }
    per_set = a_set_of(session)
    assert inside == {soon.id: 3, lots[first].id: per_set[first] * 10 - 3} | {
        lots[code].id: packs * 10 for code, packs in per_set.items() if code != first
    }
    assert list_wrong_balances(session) == []


def test_every_lack_of_every_line_is_said_at_once(session: Session) -> None:
    place = a_packing_place(session)
    codes = list(a_set_of(session))
    components(session, place, 5, but={codes[0]: 1, codes[-1]: 0})
    with pytest.raises(ComponentsShort) as refused:
        packed(session, place, 5, actor=a_packer(session, place))
    assert codes[0] in str(refused.value)
    assert codes[-1] in str(refused.value)
    assert codes[1] not in str(refused.value)


def test_the_same_key_again_is_the_same_act_and_another_content_is_refused(session: Session) -> None:
    place = a_packing_place(session)
    actor = a_packer(session, place)
    components(session, place, 10)
    key = uuid.uuid4()
    first = packed(session, place, 4, actor=actor, key=key)
    assert packed(session, place, 4, actor=actor, key=key) is first
    with pytest.raises(AssemblyKeyReused):
        packed(session, place, 5, actor=actor, key=key)
    assert balance_of(session, place, first.kit_lot) == (4, 0)


def test_a_lot_code_is_proposed_readable_and_of_its_own(session: Session) -> None:
    place = a_packing_place(session)
    actor = a_packer(session, place)
    components(session, place, 10)
    codes = [packed(session, place, 1, actor=actor).kit_lot.code for _ in range(2)]
    day = f"{today(now()):%y%m%d}"
    assert codes == [f"F13-{day}-01", f"F13-{day}-02"]
    assert packed(session, place, 1, actor=actor, lot_code=" Қыс-7 ").kit_lot.code == "Қыс-7"
    with pytest.raises(LotCodeTaken):
        packed(session, place, 1, actor=actor, lot_code="Қыс-7")


def test_what_is_there_and_may_not_be_used_is_named_with_what_lacks(session: Session, sign_in: SignIn) -> None:
    place = a_packing_place(session)
    lots = components(session, place, 4)
    held, recalled, expired = list(lots)[:3]
    lots[held].status, lots[recalled].status = LotStatus.QUARANTINED, LotStatus.RECALLED
    lots[expired].expires_on = today(now()) - timedelta(days=1)
    session.flush()
    with pytest.raises(ComponentsShort) as refused:
        packed(session, place, 4, actor=a_packer(session, place))
    per_set = a_set_of(session)
    said = [
        f"{per_set[held] * 4} more are on hold: lot {lots[held].code}",
        f"{per_set[recalled] * 4} more are recalled: lot {lots[recalled].code}",
        f"{per_set[expired] * 4} more have expired: lot {lots[expired].code}",
    ]
    assert all(words in str(refused.value) for words in said)
    session.commit()
    address = f"/warehouses/assemblies/new?place={place.id}&kit=F13&quarter={QUARTER}&packs=4"
    page = sign_in(Role.STOREKEEPER, ScopeKind.PLACE, place.id).get(address).text
    assert all(words in page for words in said), page


@pytest.mark.parametrize("state", [LotStatus.QUARANTINED, LotStatus.RECALLED])
def test_a_held_or_recalled_component_goes_into_no_set(session: Session, state: LotStatus) -> None:
    place = a_packing_place(session)
    lots = components(session, place, 2)
    code, lot = next(iter(lots.items()))
    lot.status = state
    session.flush()
    actor = a_packer(session, place)
    with pytest.raises(ComponentsShort):
        packed(session, place, 2, actor=actor)
    per_set = a_set_of(session)
    picks = [Pick(lots[one].id, packs * 2) for one, packs in per_set.items()]
    with pytest.raises(LotHeld):
        packed(session, place, 2, actor=actor, picks=picks)
    assert code


def test_an_expired_component_goes_into_no_set_and_on_its_day_it_does(session: Session) -> None:
    place = a_packing_place(session)
    at, per_set = now(), a_set_of(session)
    code = next(iter(per_set))
    lots = components(session, place, 2, expires_on={code: today(at)})
    actor, at = a_packer(session, place), now()
    picks = [Pick(lots[one].id, packs) for one, packs in per_set.items()]
    assert packed(session, place, 1, actor=actor, picks=picks, at=at).kit_lot.expires_on == today(at)
    with pytest.raises(LotExpired):
        packed(session, place, 1, actor=actor, picks=picks, at=at + timedelta(days=1))


def test_reserved_packs_stay_where_they_are(session: Session) -> None:
    place = a_packing_place(session)
    per_set = a_set_of(session)
    lots = components(session, place, 1)
    code = next(iter(per_set))
    wish = Wish(place.id, lots[code].id, 1, place.district_id)
    reserve(session, [wish], quarter=QUARTER, actor_id=None, at=now())
    with pytest.raises(ComponentsShort):
        packed(session, place, 1, actor=a_packer(session, place))
    with pytest.raises((ComponentsShort, StockReserved)):
        packed(
            session,
            place,
            1,
            actor=a_packer(session, place),
            picks=[Pick(lots[one].id, packs) for one, packs in per_set.items()],
        )


def test_what_the_version_does_not_say_is_refused(session: Session) -> None:
    place = a_packing_place(session)
    lots, per_set = components(session, place, 10), a_set_of(session)
    actor = a_packer(session, place)
    code = next(iter(per_set))
    picks = {lots[one].id: packs * 4 for one, packs in per_set.items()}
    for wrong in (picks | {lots[code].id: picks[lots[code].id] - 4}, picks | {lots[code].id: picks[lots[code].id] + 1}):
        with pytest.raises(CompositionWrong):
            packed(session, place, 4, actor=actor, picks=[Pick(*pair) for pair in wrong.items()])
    stranger = receive(session, place, 10)
    with pytest.raises((AssemblyMalformed, ComponentsShort)):
        packed(session, place, 4, actor=actor, picks=[*(Pick(*pair) for pair in picks.items()), Pick(stranger.id, 4)])


@pytest.mark.parametrize("sets", [0, -1, 100_001, 10**9])
def test_bad_07_no_sets_and_a_milliard_of_sets_are_refused(session: Session, sets: int) -> None:
    place = a_packing_place(session)
    with pytest.raises(AssemblyMalformed):
        packed(session, place, sets, actor=a_packer(session, place))


def test_sec_21_a_foreign_place_is_no_place_to_pack_at(session: Session) -> None:
    own, other = some_districts(session)
    place, foreign = a_place(session, district_id=own.id), a_place(session, district_id=other.id)
    components(session, foreign, 2)
    with pytest.raises(PlaceUnknown):
        packed(session, foreign, 1, actor=a_packer(session, place))
    act = packed(session, foreign, 1, actor=a_packer(session, foreign))
    reader = an_actor(session, role=Role.DISTRICT, scope_kind=ScopeKind.DISTRICT, scope_id=own.id)
    with pytest.raises(AssemblyUnknown):
        get_assembly(session, act.id, reader.reach("warehouses.read_stock"))


def test_taking_apart_gives_everything_back(session: Session) -> None:
    place = a_packing_place(session)
    actor, lots = a_packer(session, place), components(session, place, 10)
    before = {code: balance_of(session, place, lot) for code, lot in lots.items()}
    act = packed(session, place, 10, actor=actor)
    for sets in (3, 7):
        apart = take_apart_kits(
            session, NewTakingApart(place.id, act.kit_lot_id, sets), actor=actor, at=now(), key=uuid.uuid4()
        )
        assert apart.kit_version_id == act.kit_version_id
    assert {code: balance_of(session, place, lot) for code, lot in lots.items()} == before
    assert balance_of(session, place, act.kit_lot) == (0, 0)
    assert all(one.left == 0 for one in inside_of(session, act.kit_lot).lots)
    assert list_wrong_balances(session) == []


def test_which_lots_come_out_can_be_corrected_but_not_what(session: Session) -> None:
    place = a_packing_place(session)
    actor, per_set = a_packer(session, place), a_set_of(session)
    code = next(iter(per_set))
    lots = components(session, place, 4, but={code: per_set[code] * 2})
    later = receive(session, place, per_set[code] * 2, lot=a_lot(session, item=code))
    act = packed(session, place, 4, actor=actor)
    picks = {lots[one].id: packs * 2 for one, packs in per_set.items() if one != code} | {later.id: per_set[code] * 2}
    wish = NewTakingApart(place.id, act.kit_lot_id, 2, tuple(Pick(*pair) for pair in picks.items()))
    key = uuid.uuid4()
    apart = take_apart_kits(session, wish, actor=actor, at=now(), key=key)
    assert take_apart_kits(session, wish, actor=actor, at=now(), key=key) is apart
    assert balance_of(session, place, later) == (per_set[code] * 2, 0)
    with pytest.raises(CompositionWrong, match="still inside"):
        take_apart_kits(session, wish, actor=actor, at=now(), key=uuid.uuid4())
    fewer = NewTakingApart(place.id, act.kit_lot_id, 2, wish.picks[:-1] if wish.picks else None)
    with pytest.raises(CompositionWrong):
        take_apart_kits(session, fewer, actor=actor, at=now(), key=uuid.uuid4())


def test_of_a_suppliers_lot_the_lots_that_were_only_named_are_asked_for(session: Session) -> None:
    place = a_packing_place(session)
    actor, per_set = a_packer(session, place), a_set_of(session)
    lot, at = receive(session, place, 5, lot=a_lot(session)), now()
    wish = NewTakingApart(place.id, lot.id, 2)
    with pytest.raises(ContentUnknown):
        take_apart_kits(session, wish, actor=actor, at=at, key=uuid.uuid4())
    named = {code: a_lot(session, item=code) for code in per_set}
    session.add_all(LotComponent(kit_lot_id=lot.id, component_lot_id=one.id, packs=None) for one in named.values())
    session.flush()
    short = tuple(Pick(named[code].id, packs * 2) for code, packs in list(per_set.items())[1:])
    with pytest.raises(CompositionWrong):
        take_apart_kits(session, NewTakingApart(place.id, lot.id, 2, short), actor=actor, at=at, key=uuid.uuid4())
    whole = tuple(Pick(named[code].id, packs * 2) for code, packs in per_set.items())
    take_apart_kits(session, NewTakingApart(place.id, lot.id, 2, whole), actor=actor, at=at, key=uuid.uuid4())
    assert {code: balance_of(session, place, one)[0] for code, one in named.items()} == {
        code: packs * 2 for code, packs in per_set.items()
    }
    assert balance_of(session, place, lot) == (3, 0)


def test_sets_packed_yesterday_are_entered_with_their_time(session: Session) -> None:
    place, at = a_packing_place(session), now()
    per_set = a_set_of(session)
    for code, packs in per_set.items():
        receive(session, place, packs * 3, lot=a_lot(session, item=code), at=at, moved_at=at - timedelta(days=3))
    act = packed(session, place, 2, actor=a_packer(session, place), at=at, assembled_at=at - timedelta(days=1))
    assert act.assembled_at == at - timedelta(days=1)
    assert act.recorded_at == at
    assert act.kit_lot.code.startswith(f"F13-{today(act.assembled_at):%y%m%d}-")
    moved = session.scalars(select(StockMovement.moved_at).where(StockMovement.document_id == str(act.id))).all()
    assert set(moved) == {at - timedelta(days=1)}


def test_a_thousand_sets_of_many_lines_take_few_statements(session: Session, database: BoundDatabase) -> None:
    place = a_packing_place(session)
    components(session, place, 1000, kit="F36")
    actor = a_packer(session, place)
    said: list[str] = []
    event.listen(database._connection, "before_cursor_execute", lambda *given: said.append(given[2]))
    act = packed(session, place, 1000, actor=actor, kit="F36")
    assert balance_of(session, place, act.kit_lot) == (1000, 0)
    assert len(a_set_of(session, "F36")) == 12
    assert len(said) < 45, len(said)
