"""Sets that come in sizes, packed end to end: the item of the size, its own components, given out, taken apart."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from catalog.models import Item, KitKind
from catalog.values import ItemKind, PackUnit
from core.clock import now, today
from core.database import named
from tests.conftest import SignIn
from tests.support.assemblies import QUARTER, a_packer, a_packing_place, packed
from tests.support.catalogue import a_kit_kind, a_size
from tests.support.client import hidden_fields
from tests.support.goods import a_lot, balance_of, receive
from tests.support.school import SCHOOL
from warehouses.errors.assemblies import (
    AssemblyMalformed,
    ComponentsShort,
    CompositionWrong,
)
from warehouses.models import Assembly, Lot, Place
from warehouses.queries import list_wrong_balances
from warehouses.queries.assemblies import get_set_content
from warehouses.services.taking_apart import take_apart_kits
from warehouses.values.assemblies import NewTakingApart, Pick

SIZES = ("122", "134")


def a_uniform(session: Session) -> tuple[KitKind, Item]:
    """Add a uniform in two sizes, whose one component (a jacket) comes in the same sizes; return both."""

    def a_jacket(size: str, base: Item | None) -> Item:
        code = f"JACKET{size}"
        item = Item(code=code, kind=ItemKind.COMPONENT, pack_net=1, pack_unit=PackUnit.PIECE, **named(code, code, code))
        if base is not None:
            item.variant, item.variant_of_id = size, base.id
        session.add(item)
        session.flush()
        return item

    jacket = a_jacket("", None)
    for size in SIZES:
        a_jacket(size, jacket)
    kind = a_kit_kind(session, code="UNI", ages=SCHOOL, interval_quarters=4, component=jacket)
    for size in SIZES:
        a_size(session, kind, size)
    return kind, jacket


def jackets(session: Session, place: Place, item: Item, size: str, packs: int) -> Lot:
    """Receive jackets of a size."""
    lot = a_lot(session, item=f"{item.code}{size}", expires_on=today(now()) + timedelta(days=300))
    return receive(session, place, packs, lot=lot)


def test_a_set_of_a_size_is_packed_from_components_of_that_size_and_taken_apart(session: Session) -> None:
    kind, jacket = a_uniform(session)
    place = a_packing_place(session)
    actor = a_packer(session, place)
    lots = {size: jackets(session, place, jacket, size, 10) for size in SIZES}
    per_set = get_set_content(session, kind, QUARTER).lines[0].packs
    act = packed(session, place, 4, actor=actor, kit="UNI", size="134")
    assert (act.kit_lot.item.code, act.kit_lot.item.variant) == ("UNI-134", "134")
    assert balance_of(session, place, lots["134"]) == (10 - 4 * per_set, 0)
    assert balance_of(session, place, lots["122"]) == (10, 0)
    assert balance_of(session, place, act.kit_lot) == (4, 0)
    back = take_apart_kits(
        session, NewTakingApart(place.id, act.kit_lot_id, 1), actor=actor, at=now(), key=uuid.uuid4()
    )
    assert back.packs == 1
    assert balance_of(session, place, lots["134"]) == (10 - 3 * per_set, 0)
    assert list_wrong_balances(session) == []


def test_a_set_in_sizes_needs_a_size_and_its_own_components(session: Session) -> None:
    _, jacket = a_uniform(session)
    place = a_packing_place(session)
    actor, small = a_packer(session, place), jackets(session, place, jacket, "122", 10)
    for size in ("", "999"):
        with pytest.raises(AssemblyMalformed, match="122, 134"):
            packed(session, place, 1, actor=actor, kit="UNI", size=size)
    with pytest.raises(ComponentsShort, match=jacket.code):
        packed(session, place, 1, actor=actor, kit="UNI", size="134")
    with pytest.raises((AssemblyMalformed, ComponentsShort, CompositionWrong)):
        packed(session, place, 1, actor=actor, kit="UNI", size="134", picks=[Pick(small.id, 1)])
    assert balance_of(session, place, small) == (10, 0)


def test_a_component_without_sizes_goes_into_every_size(session: Session) -> None:
    kind = a_kit_kind(session, code="UNI", ages=SCHOOL, interval_quarters=4)
    for size in SIZES:
        a_size(session, kind, size)
    line = get_set_content(session, kind, QUARTER).lines[0]
    place = a_packing_place(session)
    lot, actor = receive(session, place, 9, lot=a_lot(session, item=line.item.code)), a_packer(session, place)
    made = [packed(session, place, 2, actor=actor, kit="UNI", size=size).kit_lot.item.code for size in SIZES]
    assert made == ["UNI-122", "UNI-134"]
    assert balance_of(session, place, lot) == (9 - 4 * line.packs, 0)


def test_the_page_packs_a_size(session: Session, sign_in: SignIn) -> None:
    _, jacket = a_uniform(session)
    place = a_packing_place(session)
    lot = jackets(session, place, jacket, "134", 10)
    session.commit()
    keeper = sign_in(Role.STOREKEEPER, ScopeKind.PLACE, place.id)
    path = f"/warehouses/assemblies/new?place={place.id}&kit=UNI/134&quarter={QUARTER}&packs=3"
    page = keeper.get(path).text
    assert "UNI · 122" in page
    assert lot.code in page
    fields = {"lines-0-lot_id": lot.id, "lines-0-packs": 3, "lot_code": "U-134-1"}
    assert keeper.post(path, data=hidden_fields(page) | fields).status_code == 303
    act = session.scalars(select(Assembly)).one()
    assert (act.kit_lot.code, act.kit_lot.item.variant, act.packs) == ("U-134-1", "134", 3)
    assert keeper.get(f"/warehouses/assemblies/{act.id}").status_code == 200
