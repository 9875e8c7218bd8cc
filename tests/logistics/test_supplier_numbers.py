"""Company prefixes of suppliers (GS1): entered once, and used for the cartons of lots that they brought."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from core.audit import AuditEntry
from core.clock import now
from core.identifiers import is_company_prefix
from logistics.errors.supply import PrefixMalformed, PrefixTaken
from logistics.models import Supplier
from logistics.services.suppliers import change_supplier
from tests.conftest import SignIn
from tests.logistics.test_supply import a_warehouse, accept, an_order, lines_of
from tests.support.client import hidden_fields
from tests.support.goods import a_supplier
from tests.support.labels import set_prefix
from tests.support.people import an_actor
from warehouses.models import Carton, Lot
from warehouses.rules.labels import check_digit, sscc

OWN, THEIRS = "4870001", "487123456"


def change(session: Session, supplier: Supplier, prefix: str) -> Supplier:
    names = {"name_kk": supplier.name_kk, "name_ru": supplier.name_ru, "name_en": supplier.name_en}
    actor = an_actor(session, role=Role.MINISTRY)
    return change_supplier(session, supplier.id, **names, gs1_prefix=prefix, actor=actor, at=now())


@pytest.mark.parametrize("prefix", ["4870", "48700", "487000100", "487000100123"])
def test_eco_02_numbers_of_cartons_have_eighteen_digits_under_any_prefix(prefix: str) -> None:
    assert is_company_prefix(prefix)
    for serial in (0, 9_999):
        number = sscc(prefix, serial)
        assert (len(number), number[1 : 1 + len(prefix)]) == (18, prefix)
        assert number[17] == str(check_digit(number[:17]))


@pytest.mark.parametrize("prefix", ["", "487", "4870001001234", "48a0", "４８７０"])
def test_bad_45_what_is_no_company_prefix_is_told(prefix: str) -> None:
    assert not is_company_prefix(prefix)


def test_eco_02_a_suppliers_prefix_is_its_own(session: Session) -> None:
    one, other = a_supplier(session), a_supplier(session)
    assert change(session, one, " 487 123 456 ").gs1_prefix == THEIRS
    assert change(session, one, THEIRS).gs1_prefix == THEIRS
    for taken in (THEIRS, "4871", f"{THEIRS}01"):
        with pytest.raises(PrefixTaken, match=THEIRS):
            change(session, other, taken)
    with pytest.raises(PrefixMalformed):
        change(session, other, "48")
    set_prefix(session, OWN)
    for taken in (OWN, "48700"):
        with pytest.raises(PrefixTaken, match="the state's warehouses"):
            change(session, other, taken)
    assert change(session, one, "").gs1_prefix == ""
    entries = select(AuditEntry.subject_id).where(AuditEntry.action == "logistics.change_supplier")
    assert set(session.scalars(entries)) == {str(one.id)}


def test_eco_02_the_page_of_a_supplier_takes_its_prefix(session: Session, sign_in: SignIn) -> None:
    supplier = a_supplier(session)
    session.commit()
    ministry, path = sign_in(Role.MINISTRY), f"/logistics/suppliers/{supplier.id}/change"
    names = {"name_kk": "«Береке» ЖШС", "name_ru": "ТОО «Береке»", "name_en": "Bereke LLP"}
    assert "4 to 12 digits" in ministry.send_form(path, **names, gs1_prefix="12").text
    assert ministry.send_form(path, **names, gs1_prefix=THEIRS).status_code == 303
    assert THEIRS in ministry.get("/logistics/suppliers").text
    session.expire_all()
    assert (supplier.name_en, supplier.gs1_prefix) == ("Bereke LLP", THEIRS)
    assert ministry.send_form(path, **names, gs1_prefix="", bin_number="190140990012").status_code == 400
    new = {"bin_number": "190140990012", **names, "gs1_prefix": "48799999"}
    assert ministry.send_form("/logistics/suppliers/create", **new).status_code == 303
    assert sign_in(Role.REGION).get(path).status_code == 404
    assert ministry.get("/logistics/suppliers/2000000000/change").status_code == 404


def test_eco_02_cartons_are_numbered_under_the_prefix_of_who_brought_the_lot(session: Session, sign_in: SignIn) -> None:
    place = a_warehouse(session)
    supplier, stranger = a_supplier(session), a_supplier(session)
    change(session, supplier, THEIRS)
    change(session, stranger, "48755555")
    accept(session, an_order(session, place, supplier=supplier), lines_of(session, 50))
    lot = session.scalars(select(Lot)).first()
    assert lot is not None
    session.commit()
    keeper = sign_in(Role.STOREKEEPER, ScopeKind.PLACE, place.id)
    address = f"/warehouses/labels/cartons/{lot.id}"
    pages = [keeper.get(address).text]
    set_prefix(session, OWN)
    session.commit()
    pages.append(keeper.get(address).text)
    assert "Numbered under the company prefix of" not in pages[0]
    assert f"numbers={supplier.bin}" in pages[1]
    assert stranger.bin not in pages[1]
    for asked, prefix in (("", OWN), (f"?numbers={supplier.bin}", THEIRS), ("?numbers=state", OWN)):
        hidden = hidden_fields(keeper.get(address + asked).text)
        answer = keeper.post(address + asked, data=hidden | {"copies": "2", "packs": "10"})
        assert answer.mimetype == "application/pdf", answer.text
        answer.close()
        numbers = session.scalars(select(Carton.sscc).where(Carton.sscc.like(f"_{prefix}%"))).all()
        assert len(numbers) == (4 if "state" in asked else 2)
    assert keeper.get(f"{address}?numbers={stranger.bin}").status_code == 400
    assert keeper.get(f"/warehouses/labels/carton/{lot.id}/preview.png?numbers={supplier.bin}").status_code == 200


def test_eco_02_without_a_prefix_of_the_state_the_suppliers_is_used(session: Session, sign_in: SignIn) -> None:
    place, supplier = a_warehouse(session), a_supplier(session)
    change(session, supplier, THEIRS)
    accept(session, an_order(session, place, supplier=supplier), lines_of(session, 50))
    lot = session.scalars(select(Lot)).first()
    assert lot is not None
    session.commit()
    keeper = sign_in(Role.STOREKEEPER, ScopeKind.PLACE, place.id)
    address = f"/warehouses/labels/cartons/{lot.id}"
    hidden = hidden_fields(keeper.get(address).text)
    answer = keeper.post(address, data=hidden | {"copies": "1", "packs": "10"})
    assert answer.mimetype == "application/pdf", answer.text
    answer.close()
    assert [number[1:10] for number in session.scalars(select(Carton.sscc))] == [THEIRS]
