"""Pages of recalls: who sees what of them, what they lead to, their papers."""

import io
import re
import uuid

import pytest
from pypdf import PdfReader
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from core.clock import now
from core.crypto import FieldKeys
from distribution.services.hand_overs import hand_over
from tests.conftest import SignIn
from tests.support.client import InspectingClient
from tests.support.goods import a_lot, a_place, move, receive, some_districts
from tests.support.recalls import REASON, a_ministry, a_recall, contain, state_of
from tests.support.vouchers import NOON, a_scene
from warehouses.models import Lot, Place, Recall
from warehouses.queries import get_outside_place
from warehouses.services.recall_endings import close_recall
from warehouses.values import PlaceKind


def html(client: InspectingClient, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, (path, response.status_code, response.text[:2000])
    return response.get_data(as_text=True)


def pdf_of(client: InspectingClient, path: str) -> PdfReader:
    response = client.get(path)
    assert (response.status_code, response.mimetype) == (200, "application/pdf"), path
    return PdfReader(io.BytesIO(response.get_data()))


def words(reader: PdfReader) -> str:
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in reader.pages))


def two_places(session: Session) -> tuple[Place, Place, Lot]:
    own, foreign = some_districts(session)
    here = a_place(session, district_id=own.id, name="Near point")
    there = a_place(session, district_id=foreign.id, name="Far point")
    lot = receive(session, here, 30, lot=a_lot(session, code="BAD-1"))
    move(session, lot, 12, source=here, target=there)
    return here, there, lot


def test_a_recall_is_opened_from_a_search_with_a_preview(session: Session, sign_in: SignIn) -> None:
    here, _, lot = two_places(session)
    packed = receive(session, here, 3, lot=a_lot(session, code="PACKED-1"))
    contain(session, packed, lot)
    session.commit()
    client = sign_in(Role.MINISTRY)
    assert "No recalls" in html(client, "/warehouses/recalls")
    assert f"lots={lot.id}" in html(client, "/warehouses/recalls/open?q=bad-1")
    assert f"lots={lot.id}" in html(client, "/warehouses/recalls/open?q=]C110BAD-1")
    assert "No lot fits" in html(client, "/warehouses/recalls/open?q=nothing")
    chosen = f"/warehouses/recalls/open?lots={lot.id}"
    shown = html(client, chosen)
    assert "1 packed lot contains them and is frozen too: PACKED-1" in shown
    assert re.search(r"Frozen, packs</span></span>\s*<span class=\"tile-value\">33<", shown)
    refused = client.send_form(chosen, reason=" ")
    assert "Enter the reason" in refused.text
    opened = client.send_form(chosen, reason=REASON)
    assert opened.status_code == 303
    page = html(client, opened.headers["Location"])
    assert "BAD-1" in page
    assert "contains lot BAD-1" in page
    assert {state_of(session, lot), state_of(session, packed)} == {"recalled"}
    for wrong in ("lots=x", "lots=1,2,99999999999"):
        html(client, f"/warehouses/recalls/open?{wrong}", 400)


def test_sec_20_whoever_has_nothing_of_the_lots_sees_no_recall(session: Session, sign_in: SignIn) -> None:
    here, there, lot = two_places(session)
    district = some_districts(session, count=3)[2]
    recall = a_recall(session, [lot])
    session.commit()
    stranger = sign_in(Role.DISTRICT, ScopeKind.DISTRICT, district.id)
    for path in ("", "/letters.pdf", "/notices.pdf", "/report.pdf", "/holders/transfers", f"/letters/{here.id}.pdf"):
        html(stranger, f"/warehouses/recalls/{recall.id}{path}", 404)
    assert recall.number not in html(stranger, "/warehouses/recalls")
    keeper = sign_in(Role.STOREKEEPER, ScopeKind.PLACE, there.id)
    page = html(keeper, f"/warehouses/recalls/{recall.id}")
    assert "12 packs of recalled lots lie at your places" in page
    assert "Far point" in page
    assert "Near point" not in page
    html(keeper, f"/warehouses/recalls/{uuid.uuid4()}", 404)


def test_bad_09_bad_20_a_letter_is_for_a_place_of_ones_own_and_of_this_recall(
    session: Session, sign_in: SignIn
) -> None:
    here, there, lot = two_places(session)
    other = a_recall(session, [receive(session, here, 5)])
    recall = a_recall(session, [lot])
    session.commit()
    keeper = sign_in(Role.STOREKEEPER, ScopeKind.PLACE, there.id)
    letter = words(pdf_of(keeper, f"/warehouses/recalls/{recall.id}/letters/{there.id}.pdf"))
    assert "BAD-1" in letter
    assert "Far point" in letter
    assert REASON in letter
    html(keeper, f"/warehouses/recalls/{recall.id}/letters/{here.id}.pdf", 404)
    html(keeper, f"/warehouses/recalls/{other.id}/letters/{there.id}.pdf", 404)
    all_of_keeper = words(pdf_of(keeper, f"/warehouses/recalls/{recall.id}/letters.pdf"))
    assert "Near point" not in all_of_keeper
    everything = pdf_of(sign_in(Role.MINISTRY), f"/warehouses/recalls/{recall.id}/letters.pdf")
    assert len(everything.pages) == 2
    assert "Near point" in words(everything)


@pytest.mark.parametrize("role", [Role.REGION, Role.STOREKEEPER, Role.AUDITOR])
def test_sec_21_only_the_ministry_acts_on_recalls(session: Session, sign_in: SignIn, role: Role) -> None:
    here, _, lot = two_places(session)
    recall = a_recall(session, [lot])
    session.commit()
    scope = {
        Role.REGION: (ScopeKind.REGION, here.region_id or 0),
        Role.STOREKEEPER: (ScopeKind.PLACE, here.id),
        Role.AUDITOR: (ScopeKind.COUNTRY, 0),
    }[role]
    client = sign_in(role, *scope)
    html(client, "/warehouses/recalls/open", 404)
    for path in ("/add", "/close", f"/lots/{lot.id}/withdraw"):
        html(client, f"/warehouses/recalls/{recall.id}{path}", 404)
    assert client.post_with_token(f"/warehouses/recalls/{recall.id}/free").status_code == 404


def test_bad_20_a_lot_of_another_recall_is_not_withdrawn_through_this_one(session: Session, sign_in: SignIn) -> None:
    one, two = receive(session, a_place(session), 1), receive(session, a_place(session), 1)
    first, second = a_recall(session, [one]), a_recall(session, [two])
    session.commit()
    html(sign_in(Role.MINISTRY), f"/warehouses/recalls/{first.id}/lots/{two.id}/withdraw", 404)
    assert second.closed_at is None


def test_eco_04_families_are_counted_for_all_and_named_for_those_who_read_families(
    session: Session, sign_in: SignIn, keys: FieldKeys
) -> None:
    scene = a_scene(session, keys)
    hand_over(session, scene.asked(session), operator=scene.operator, at=NOON)
    recall = a_recall(session, list(scene.lots.values()))
    session.commit()
    path = f"/warehouses/recalls/{recall.id}"
    keeper = sign_in(Role.STOREKEEPER, ScopeKind.PLACE, scene.point.id)
    page = html(keeper, path)
    assert re.search(r"Families</span></span>\s*<span class=\"tile-value\">1<", page)
    assert "Әлиева" not in page
    html(keeper, f"{path}/holders/families", 404)
    supervisor = sign_in(Role.DISTRICT, ScopeKind.DISTRICT, scene.point.district_id or 0)
    assert "Әлиева Гүлназ 0" in html(supervisor, f"{path}/holders/families")
    assert "Әлиева" not in html(sign_in(Role.AUDITOR), f"{path}/holders/families")
    notice = words(pdf_of(keeper, f"{path}/notices.pdf"))
    assert "Әлиева" not in notice
    assert next(iter(scene.lots.values())).code in notice


def test_sec_20_families_of_another_territory_are_not_listed(
    session: Session, sign_in: SignIn, keys: FieldKeys
) -> None:
    scene = a_scene(session, keys)
    hand_over(session, scene.asked(session), operator=scene.operator, at=NOON)
    foreign = some_districts(session)[1]
    lot = next(iter(scene.lots.values()))
    move(session, lot, 1, source=scene.point, target=a_place(session, district_id=foreign.id))
    recall = a_recall(session, [lot])
    session.commit()
    stranger = sign_in(Role.DISTRICT, ScopeKind.DISTRICT, foreign.id)
    assert re.search(
        r"Families</span></span>\s*<span class=\"tile-value\">0<", html(stranger, f"/warehouses/recalls/{recall.id}")
    )
    assert "Nobody of your territory" in html(stranger, f"/warehouses/recalls/{recall.id}/holders/families")


def test_ux_50_figures_lead_to_their_movements(session: Session, sign_in: SignIn) -> None:
    here, _, lot = two_places(session)
    move(session, lot, 2, source=here, target=get_outside_place(session, PlaceKind.LOSS))
    recall = a_recall(session, [lot])
    session.commit()
    page = html(sign_in(Role.MINISTRY), f"/warehouses/recalls/{recall.id}")
    assert page.count(f"/warehouses/places/{here.id}?lot={lot.id}") == 5
    assert f"/warehouses/lots/{lot.id}" in page


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_a_closed_recall_shows_its_report(session: Session, sign_in: SignIn, language: str) -> None:
    _, _, lot = two_places(session)
    actor = a_ministry(session)
    recall: Recall = a_recall(session, [lot], actor=actor)
    session.commit()
    client = sign_in(Role.MINISTRY, language=language)
    closing = f"/warehouses/recalls/{recall.id}/close"
    assert client.send_form(closing).status_code == 303
    session.refresh(recall)
    assert recall.closed_at is not None
    report = words(pdf_of(client, f"/warehouses/recalls/{recall.id}/report.pdf"))
    assert "BAD-1" in report
    assert "report.pdf" in html(client, f"/warehouses/recalls/{recall.id}")
    assert client.send_form(f"/warehouses/recalls/{recall.id}/add?lots={lot.id}").status_code in {200, 409}


def test_the_report_names_all_places_and_so_is_for_the_whole_country(session: Session, sign_in: SignIn) -> None:
    here, _, lot = two_places(session)
    actor = a_ministry(session)
    recall = a_recall(session, [lot], actor=actor)
    close_recall(session, recall.id, holders={}, actor=actor, at=now())
    session.commit()
    html(sign_in(Role.STOREKEEPER, ScopeKind.PLACE, here.id), f"/warehouses/recalls/{recall.id}/report.pdf", 404)
    pdf_of(sign_in(Role.AUDITOR), f"/warehouses/recalls/{recall.id}/report.pdf")


def test_a_place_with_recalled_lots_is_told_so_at_home(session: Session, sign_in: SignIn) -> None:
    here, there, lot = two_places(session)
    session.commit()
    keeper = sign_in(Role.STOREKEEPER, ScopeKind.PLACE, there.id)
    assert "recalled" not in html(keeper, "/")
    a_recall(session, [lot])
    session.commit()
    assert "1 lot at your places is recalled: set its packs aside." in html(keeper, "/")
    move(session, lot, 12, source=there, target=here)
    session.commit()
    assert "recalled" not in html(keeper, "/")


def test_the_list_of_recalls_is_searched_filtered_and_taken_home(session: Session, sign_in: SignIn) -> None:
    _, _, lot = two_places(session)
    recall = a_recall(session, [lot])
    session.commit()
    client = sign_in(Role.MINISTRY)
    for found in ("?q=bad-1", f"?q={recall.number}", "?state=open", "?sort=number"):
        assert recall.number in html(client, f"/warehouses/recalls{found}")
    assert recall.number not in html(client, "/warehouses/recalls?state=closed")
    html(client, "/warehouses/recalls?state=lost", 400)
    assert recall.number in client.get("/warehouses/recalls?format=csv").text
