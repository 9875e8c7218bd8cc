"""Pages of packing sets and taking them apart."""

import csv
import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from catalog.models import KitVersion
from core.clock import now, today
from core.quarters import Quarter
from tests.conftest import SignIn
from tests.support.assemblies import a_packer, a_packing_place, a_set_of, components, packed
from tests.support.client import InspectingClient, hidden_fields
from tests.support.goods import a_lot, a_place, balance_of, receive, some_districts
from warehouses.models import Assembly, Bin, BinContent, Lot, Place

QUARTER = Quarter.of(today(now()))


def html(client: InspectingClient, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, (path, response.status_code)
    return response.get_data(as_text=True)


def plan_address(place: Place, packs: object = 2, kit: str = "F13", **more: str) -> str:
    extra = "".join(f"&{name}={value}" for name, value in more.items())
    return f"/warehouses/assemblies/new?place={place.id}&kit={kit}&quarter={QUARTER}&packs={packs}{extra}"


def fields_of(page: str) -> dict[str, str]:
    """Return the fields of the form that acts, as the page has them filled in."""
    form = page[page.rindex('<form class="form"') :]
    found = {}
    for tag in re.findall(r"<input[^>]*>", form[: form.index("</form>")]):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name:
            found[name[1]] = value[1] if value else ""
    return found


@pytest.fixture
def place(session: Session) -> Place:
    return a_packing_place(session)


@pytest.fixture
def client(session: Session, sign_in: SignIn, place: Place) -> InspectingClient:
    session.commit()
    return sign_in(Role.STOREKEEPER, ScopeKind.PLACE, place.id)


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_ux_102_the_empty_list_says_what_it_is_and_how_to_begin(
    session: Session, sign_in: SignIn, place: Place, language: str
) -> None:
    session.commit()
    page = html(sign_in(Role.STOREKEEPER, ScopeKind.PLACE, place.id, language=language), "/warehouses/assemblies")
    assert "/warehouses/assemblies/new" in page
    assert "/warehouses/assemblies/new" not in html(sign_in(Role.AUDITOR), "/warehouses/assemblies")


def test_a_storekeeper_sees_the_plan_by_lot_and_bin_and_packs(
    session: Session, client: InspectingClient, place: Place
) -> None:
    lots = components(session, place, 5)
    code, lot = next(iter(lots.items()))
    shelf = Bin(place_id=place.id, code="A-01-3")
    session.add(shelf)
    session.flush()
    session.add(BinContent(bin_id=shelf.id, lot_id=lot.id, place_id=place.id, packs=4))
    session.commit()
    page = html(client, plan_address(place))
    assert "A-01-3" in page
    assert all(one.code in page for one in lots.values())
    answer = client.post(plan_address(place), data=fields_of(page))
    assert answer.status_code == 303, answer.text
    act = session.scalars(select(Assembly)).one()
    assert answer.location.endswith(f"/warehouses/assemblies/{act.id}")
    assert balance_of(session, place, lot) == (a_set_of(session)[code] * 3, 0)
    shown = html(client, answer.location)
    assert act.number in shown
    assert f"/warehouses/labels/lots/{act.kit_lot_id}" in shown
    again = client.post(plan_address(place), data=fields_of(page))
    assert again.status_code == 303
    assert session.scalars(select(Assembly)).one() is act


def test_all_that_is_missing_stands_in_one_table_and_nothing_can_be_packed(
    session: Session, client: InspectingClient, place: Place
) -> None:
    per_set = a_set_of(session)
    codes = list(per_set)
    components(session, place, 3, but={codes[0]: 1, codes[2]: 0})
    session.commit()
    page = html(client, plan_address(place, 3))
    table = page[page.index("What is missing") :]
    assert table.count('<th scope="row">') == 2
    assert f">{per_set[codes[0]] * 3 - 1}<" in table
    assert 'name="lot_code"' not in page


def test_other_lots_are_taken_by_changing_the_packs_and_what_was_typed_stays(
    session: Session, client: InspectingClient, place: Place
) -> None:
    per_set = a_set_of(session)
    lots = components(session, place, 2)
    code = next(iter(per_set))
    later = receive(session, place, 9, lot=a_lot(session, item=code, expires_on=today(now()) + timedelta(days=900)))
    session.commit()
    fields = fields_of(html(client, plan_address(place)))
    line = {value: name for name, value in fields.items() if name.endswith("lot_id")}
    old, new = (line[str(lot.id)].replace("lot_id", "packs") for lot in (lots[code], later))
    fields |= {old: "", new: str(per_set[code] * 2 - 1), "lot_code": "MINE-1"}
    refused = client.post(plan_address(place), data=fields)
    assert refused.status_code == 200
    assert "MINE-1" in refused.text
    assert "Every set of a lot holds the same" in refused.text
    fields |= hidden_fields(refused.text) | {new: str(per_set[code] * 2)}
    assert client.post(plan_address(place), data=fields).status_code == 303
    assert balance_of(session, place, later) == (9 - per_set[code] * 2, 0)
    assert session.scalars(select(Lot).where(Lot.code == "MINE-1")).one().kit_version_id is not None


@pytest.mark.parametrize("packs", ["1000000000", "100001", "0", "x", "-1", "9" * 400])
def test_bad_07_a_milliard_of_sets_is_refused_with_a_sentence(
    session: Session, client: InspectingClient, place: Place, packs: str
) -> None:
    components(session, place, 1)
    session.commit()
    page = html(client, plan_address(place, packs))
    assert "Pack from 1 to" in page or "Enter a whole number" in page
    assert 'name="lot_code"' not in page


def test_odd_arguments_of_the_plan_are_refused(session: Session, client: InspectingClient, place: Place) -> None:
    components(session, place, 1)
    session.commit()
    for more in ({"use0": "x"}, {"use99999999999999999999": "1"}, {"use0": "9" * 30}):
        html(client, plan_address(place, 1, **more), 400)
    strange_quarter = plan_address(place, 1).replace(str(QUARTER), "2026-Q9")
    for odd in (plan_address(place, 1, use7="1"), plan_address(place, 1, kit="NO"), strange_quarter):
        assert 'name="lot_code"' not in html(client, odd)


def test_sec_21_a_foreign_place_act_and_lot_do_not_exist(
    session: Session, sign_in: SignIn, client: InspectingClient, place: Place
) -> None:
    foreign = a_place(session, district_id=some_districts(session)[1].id)
    components(session, foreign, 3)
    act = packed(session, foreign, 2, actor=a_packer(session, foreign))
    components(session, place, 3)
    session.commit()
    assert 'name="lot_code"' not in html(client, plan_address(foreign))
    html(client, f"/warehouses/assemblies/{act.id}", 404)
    assert act.number not in html(client, "/warehouses/assemblies")
    html(client, f"/warehouses/assemblies/take-apart?lot={act.kit_lot_id}&place={foreign.id}&packs=1", 404)
    html(client, f"/warehouses/assemblies/take-apart?lot={act.kit_lot_id}&place={place.id}&packs=1", 404)
    fields = fields_of(html(client, plan_address(place)))
    refused = client.post(plan_address(foreign), data=fields)
    assert refused.status_code in {400, 404}
    assert len(session.scalars(select(Assembly)).all()) == 1
    html(sign_in(Role.AUDITOR), "/warehouses/assemblies/new", 404)


def test_sets_are_taken_apart_into_the_lots_that_are_proposed(
    session: Session, client: InspectingClient, place: Place
) -> None:
    lots = components(session, place, 4)
    act = packed(session, place, 4, actor=a_packer(session, place))
    session.commit()
    assert act.kit_lot.code in html(client, "/warehouses/assemblies/take-apart")
    address = f"/warehouses/assemblies/take-apart?lot={act.kit_lot_id}&place={place.id}"
    assert 'name="happened_at"' not in html(client, address)
    answer = client.post(f"{address}&packs=3", data=fields_of(html(client, f"{address}&packs=3")))
    assert answer.status_code == 303, answer.text
    per_set = a_set_of(session)
    assert {code: balance_of(session, place, lot)[0] for code, lot in lots.items()} == {
        code: packs * 3 for code, packs in per_set.items()
    }
    assert "taken apart" in html(client, answer.location)


def test_the_list_is_searched_filtered_and_taken_home(session: Session, client: InspectingClient, place: Place) -> None:
    components(session, place, 4)
    act = packed(session, place, 4, actor=a_packer(session, place))
    session.commit()
    assert act.number in html(client, f"/warehouses/assemblies?q={act.kit_lot.code.lower()}")
    assert "Nothing is found" in html(client, "/warehouses/assemblies?kind=take_apart")
    for wrong in ("kind=moon", "sort=price", "place=x"):
        html(client, f"/warehouses/assemblies?{wrong}", 400)
    response = client.get("/warehouses/assemblies?format=csv&header=keys&delimiter=comma")
    rows = list(csv.DictReader(io.StringIO(response.get_data().decode("utf-8-sig"))))
    response.close()
    assert [(row["number"], row["lot"], row["packs"]) for row in rows] == [(act.number, act.kit_lot.code, "4")]


def test_the_movements_of_an_act_lead_to_its_page(session: Session, client: InspectingClient, place: Place) -> None:
    components(session, place, 1)
    act = packed(session, place, 1, actor=a_packer(session, place))
    session.commit()
    assert f"/warehouses/assemblies/{act.id}" in html(client, f"/warehouses/lots/{act.kit_lot_id}")
    assert session.get_one(KitVersion, act.kit_version_id).number == 1
