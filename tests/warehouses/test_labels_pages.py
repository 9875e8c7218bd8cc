"""Pages of labels, and the public address of the Digital Link."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from core.audit import AuditEntry
from tests.conftest import SignIn
from tests.support.client import InspectingClient, hidden_fields
from tests.support.goods import a_place, some_districts
from tests.support.labels import a_labelled_lot, codes_of, pages_of, set_prefix
from warehouses.models import Carton, LabelPrint, Place


def html(client: InspectingClient, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, (path, response.status_code)
    return response.get_data(as_text=True)


@pytest.fixture
def place(session: Session) -> Place:
    return a_place(session)


@pytest.fixture
def client(session: Session, sign_in: SignIn, place: Place) -> InspectingClient:
    session.commit()
    return sign_in(Role.STOREKEEPER, ScopeKind.PLACE, place.id)


def sent(client: InspectingClient, address: str, **fields: object) -> bytes:
    hidden = hidden_fields(html(client, address))
    response = client.post(address, data=hidden | fields)
    assert response.status_code == 200, response.text
    assert response.mimetype == "application/pdf", response.text
    data = response.get_data()
    response.close()
    return data


def test_ux_84_labels_are_looked_at_printed_remembered_and_a_second_print_is_told(
    session: Session, client: InspectingClient, place: Place
) -> None:
    lot, gtin = a_labelled_lot(session, place)
    session.commit()
    address = f"/warehouses/labels/lots/{lot.id}"
    first = html(client, address)
    assert f"/warehouses/labels/lot/{lot.id}/preview.png?template=a4-24&amp;code=qr" in first
    assert "printed" not in first.lower().replace("printed on", "")
    look = client.get(f"/warehouses/labels/lot/{lot.id}/preview.png?template=roll-58&code=datamatrix")
    assert look.mimetype == "image/png"
    look.close()
    pdf = sent(client, f"{address}?template=roll-58&code=datamatrix", copies=2)
    assert [len(codes_of(page)) for page in pages_of(pdf)] == [1, 1]
    assert gtin in codes_of(pages_of(pdf)[0])[0].text
    again = html(client, address)
    assert "template=roll-58&amp;code=datamatrix" in again
    assert "were printed 1 times before" in again
    assert "Print labels again" in again
    sent(client, address, copies=1)
    actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.at)).all()
    assert [one for one in actions if "label" in one] == ["warehouses.print_labels", "warehouses.reprint_labels"]


@pytest.mark.parametrize(
    "fields",
    [
        {"copies": "1000000000"},
        {"copies": "1001"},
        {"copies": "0"},
        {"copies": "9" * 5000},
        {"copies": "1", "skip": "1000000000"},
        {"copies": "1", "skip": "-1"},
        {"copies": ""},
    ],
)
def test_bad_07_sec_34_counts_out_of_bounds_are_refused_with_a_sentence(
    session: Session, client: InspectingClient, place: Place, fields: dict[str, str]
) -> None:
    lot, _ = a_labelled_lot(session, place)
    session.commit()
    address = f"/warehouses/labels/lots/{lot.id}?template=a4-24&code=qr"
    response = client.post(address, data=hidden_fields(html(client, address)) | fields)
    assert response.status_code == 200
    assert "There is a problem" in response.text
    assert session.scalars(select(LabelPrint)).all() == []


def test_eco_02_cartons_are_numbered_and_printed_again_with_the_same_numbers(
    session: Session, client: InspectingClient, place: Place
) -> None:
    lot, _ = a_labelled_lot(session, place)
    session.commit()
    address = f"/warehouses/labels/cartons/{lot.id}"
    assert "none is set" in html(client, address)
    set_prefix(session)
    session.commit()
    pdf = sent(client, f"{address}?template=roll-80", copies=3, packs=24)
    numbers = session.scalars(select(Carton.sscc).order_by(Carton.sscc)).all()
    assert len(numbers) == 3
    page = html(client, address)
    assert numbers[0] in page
    response = client.post(f"{address}/again", data=hidden_fields(page) | {"number": numbers[1]})
    assert response.mimetype == "application/pdf", response.text
    again = response.get_data()
    response.close()
    printed = [{code.text for one in pages_of(file) for code in codes_of(one)} for file in (pdf, again)]
    assert printed[0] == printed[1]
    assert len(session.scalars(select(Carton)).all()) == 3
    wrong = client.post(f"{address}/again", data=hidden_fields(page) | {"number": "0" * 18})
    assert wrong.status_code == 404


def test_bad_09_sec_21_labels_of_a_foreign_lot_do_not_exist(
    session: Session, sign_in: SignIn, client: InspectingClient, place: Place
) -> None:
    foreign = a_place(session, district_id=some_districts(session)[1].id)
    lot, gtin = a_labelled_lot(session, foreign, code="FAR-1")
    own, _ = a_labelled_lot(session, place, code="NEAR-1")
    set_prefix(session)
    session.commit()
    for kind in ("lot", "carton"):
        html(client, f"/warehouses/labels/{kind}s/{lot.id}", 404)
        html(client, f"/warehouses/labels/{kind}/{lot.id}/preview.png", 404)
        hidden = hidden_fields(html(client, f"/warehouses/labels/{kind}s/{own.id}"))
        answer = client.post(f"/warehouses/labels/{kind}s/{lot.id}", data=hidden | {"copies": "1", "packs": "1"})
        assert answer.status_code == 404
    html(client, f"/01/{gtin}/10/FAR-1", 404)
    assert session.scalars(select(LabelPrint)).all() == []
    html(sign_in(Role.AUDITOR), f"/warehouses/labels/lots/{own.id}", 404)


def test_the_digital_link_leads_to_the_lot_or_to_signing_in(
    session: Session, client: InspectingClient, app: object, place: Place
) -> None:
    lot, gtin = a_labelled_lot(session, place, code="A/7?x")
    session.commit()
    for number in (gtin, gtin.zfill(14)):
        answer = client.get(f"/01/{number}/10/A%2F7%3Fx?17=270301")
        assert answer.status_code == 303
        assert answer.location.endswith(f"/warehouses/lots/{lot.id}")
    for wrong in (f"/01/{gtin}/10/NO", "/01/00000000000000/10/A", f"/01/{gtin}x/10/A%2F7%3Fx", "/01/%D9%A1/10/A"):
        html(client, wrong, 404)
    stranger = app.test_client()  # type: ignore[attr-defined]  # the application of the test
    answer = stranger.get(f"/01/{gtin}/10/A%2F7%3Fx?17=270301")
    assert answer.status_code == 303
    assert "/accounts/sign-in?next=" in answer.location


@pytest.mark.parametrize("wrong", ["template=a3", "code=ean", "template=roll-58&code=x"])
def test_unknown_templates_are_refused(session: Session, client: InspectingClient, place: Place, wrong: str) -> None:
    lot, _ = a_labelled_lot(session, place)
    session.commit()
    html(client, f"/warehouses/labels/lots/{lot.id}?{wrong}", 400)
    html(client, f"/warehouses/labels/lot/{lot.id}/preview.png?{wrong}", 400)
