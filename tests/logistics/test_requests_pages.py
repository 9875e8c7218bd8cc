"""Pages of requests, picks, arrivals and differences."""

import io
import re
import uuid

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from core.clock import now
from logistics.models import Transfer, TransferDifference, TransferRequest
from logistics.services.picks import pick_lots
from logistics.services.requests import approve_request
from logistics.values.transfers import PickWish
from tests.conftest import SignIn
from tests.support.client import InspectingClient
from tests.support.goods import a_place, an_item, balance_of, receive, some_districts
from tests.support.requests import Ends, a_request, an_approved_request, two_ends
from warehouses.models import Lot


def html(client: InspectingClient, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, (path, response.status_code)
    return response.get_data(as_text=True)


def people(sign_in: SignIn, ends: Ends) -> tuple[InspectingClient, InspectingClient, InspectingClient]:
    """Sign in a storekeeper of the source, an operator of the target and somebody of the district."""
    keeper = sign_in(Role.STOREKEEPER, ScopeKind.PLACE, ends.source.id)
    operator = sign_in(Role.OPERATOR, ScopeKind.PLACE, ends.target.id)
    return keeper, operator, sign_in(Role.DISTRICT, ScopeKind.DISTRICT, ends.source.district_id)


def sent(session: Session, ends: Ends, keeper: InspectingClient, packs: int) -> tuple[Transfer, Lot]:
    lot = receive(session, ends.source, packs)
    session.commit()
    fields = {"to_place_id": ends.target.id, "lines-0-lot_id": lot.id, "lines-0-packs": packs}
    road = {"carrier": "Жол ЖШС", "vehicle": "777 ABC 13", "responsible": "Ерлан Оспан"}
    answer = keeper.send_form(f"/logistics/transfers/dispatch?place={ends.source.id}", **fields, **road)
    assert answer.status_code == 303, answer.text
    return session.scalars(select(Transfer).where(Transfer.from_place_id == ends.source.id)).one(), lot


def test_a_request_goes_its_whole_way_by_pages(session: Session, sign_in: SignIn) -> None:
    ends = two_ends(session)
    lot = receive(session, ends.source, 50)
    session.commit()
    keeper, operator, district = people(sign_in, ends)
    fields = {
        "purpose": "supply",
        "other_id": ends.source.id,
        "lines-0-item_id": an_item(session).id,
        "lines-0-packs": "30",
        "note": "for November",
    }
    asked = operator.send_form("/logistics/requests/ask", **fields)
    assert asked.status_code == 303, asked.text
    path = asked.headers["Location"]
    assert "Another person must approve" in html(operator, path)
    assert "/approve" not in html(operator, path)
    cut = {"lines-0-packs": "20"}
    assert "Say why fewer" in district.send_form(f"{path}/approve", **cut).text
    assert district.send_form(f"{path}/approve", **cut, **{"lines-0-why": "the rest later"}).status_code == 303
    assert "the rest later" in html(operator, path)
    assert 'value="20"' in html(keeper, f"{path}/pick")
    picked = {"lots-0-lot_id": lot.id, "lots-0-packs": "20"}
    assert keeper.send_form(f"{path}/pick", **picked).status_code == 303
    assert balance_of(session, ends.source, lot) == (50, 20)
    paper = keeper.get(f"{path}/pick-list.pdf")
    assert (paper.mimetype, paper.data[:5]) == ("application/pdf", b"%PDF-")
    assert keeper.send_button(f"{path}/unpick", page=path).status_code == 303
    assert balance_of(session, ends.source, lot) == (50, 0)
    assert "Nothing is picked" in html(keeper, f"{path}/dispatch")
    keeper.send_form(f"{path}/pick", **picked)
    part = {"lots-0-lot_id": lot.id, "lots-0-packs": "5", "carrier": "Жол ЖШС"}
    first = keeper.send_form(f"{path}/dispatch", **part)
    assert first.status_code == 303, first.text
    assert balance_of(session, ends.source, lot) == (45, 15)
    assert "Жол ЖШС" in html(operator, first.headers["Location"])
    assert "Send what is picked" in html(keeper, path)
    assert "1 of 1" in html(operator, "/logistics/requests?status=approved")
    rest = operator.send_form(f"{path}/cancel", reason="enough")
    assert rest.status_code == 303
    assert "enough" in html(keeper, path)
    assert balance_of(session, ends.source, lot) == (45, 0)


def test_ux_42_the_list_of_requests_is_found_sorted_and_exported(session: Session, sign_in: SignIn) -> None:
    ends = two_ends(session)
    first, second = a_request(session, ends, 5), an_approved_request(session, ends, 7)
    session.commit()
    client = sign_in(Role.DISTRICT, ScopeKind.DISTRICT, ends.source.district_id)
    assert "2 of 2" in html(client, f"/logistics/requests?q={ends.source.name_en}")
    found = html(client, f"/logistics/requests?status=requested&q={ends.source.name_en}&sort=-needed")
    assert first.number in found
    assert second.number not in found
    table = client.get("/logistics/requests?format=csv&header=keys").get_data(as_text=True)
    assert f"{second.number},approved,supply" in table.replace("\ufeff", "")
    html(client, "/logistics/requests?status=nothing", 400)
    html(client, "/logistics/requests?sort=note", 400)


def test_ux_102_an_empty_list_of_requests_offers_the_first_act(sign_in: SignIn, session: Session) -> None:
    district = some_districts(session)[1]
    assert "No requests yet" in html(sign_in(Role.DISTRICT, ScopeKind.DISTRICT, district.id), "/logistics/requests")


def test_lots_out_of_turn_and_lacks_are_told_on_the_page_and_what_was_typed_stays(
    session: Session, sign_in: SignIn
) -> None:
    ends = two_ends(session)
    lot = receive(session, ends.source, 10)
    request = an_approved_request(session, ends, 30)
    session.commit()
    keeper, _, _ = people(sign_in, ends)
    path = f"/logistics/requests/{request.id}/pick"
    assert "Not everything is here" in html(keeper, path)
    answer = keeper.send_form(path, **{"lots-0-lot_id": lot.id, "lots-0-packs": "11", "lots-0-why": "TYPED"})
    assert "has 10, 11 are asked for" in answer.text
    assert 'value="TYPED"' in answer.text


def test_refusing_needs_a_reason(session: Session, sign_in: SignIn) -> None:
    ends = two_ends(session)
    request = a_request(session, ends, 3)
    session.commit()
    _, _, district = people(sign_in, ends)
    path = f"/logistics/requests/{request.id}"
    assert "Enter the reason" in district.send_form(f"{path}/refuse", reason=" ").text
    assert district.send_form(f"{path}/refuse", reason="nothing is left").status_code == 303
    assert "nothing is left" in html(district, path)
    assert district.send_form(f"{path}/refuse", reason="again").status_code == 200


def test_what_arrives_is_counted_line_by_line_and_settled_by_both_ends(session: Session, sign_in: SignIn) -> None:
    ends = two_ends(session)
    keeper, operator, _ = people(sign_in, ends)
    transfer, lot = sent(session, ends, keeper, 10)
    path = f"/logistics/transfers/{transfer.id}"
    counted = {"lines-0-packs": "8", "lines-0-note": "two were torn"}
    assert operator.send_form(f"{path}/count", **counted).status_code == 303
    assert balance_of(session, ends.target, lot) == (8, 0)
    assert "to settle" in html(keeper, path)
    assert transfer.number in html(keeper, "/logistics/transfers?status=to_settle")
    difference = f"{path}/differences/1"
    assert "two were torn" in html(keeper, difference)
    assert operator.send_form(difference, explanation="sent_more", end="target").status_code == 200
    assert operator.send_form(difference, explanation="lost", end="source").status_code == 200
    assert operator.send_form(difference, explanation="lost", end="target").status_code == 303
    assert "/agree" not in html(operator, difference)
    assert "/agree" in html(keeper, difference)
    wrong = keeper.send_button(f"{difference}/agree", page=difference, explanation="found")
    assert wrong.status_code == 409
    done = keeper.send_button(f"{difference}/agree", page=difference, explanation="lost")
    assert done.status_code == 303, done.text
    assert "settled" in html(operator, difference)
    assert transfer.number in html(keeper, "/logistics/transfers?status=received")


def test_the_load_comes_back_and_what_arrived_is_asked_back(session: Session, sign_in: SignIn) -> None:
    ends = two_ends(session)
    keeper, operator, _ = people(sign_in, ends)
    transfer, lot = sent(session, ends, keeper, 10)
    path = f"/logistics/transfers/{transfer.id}"
    assert "/turn-back" not in html(operator, path)
    assert keeper.send_form(f"{path}/turn-back", reason="snow").status_code == 303
    assert balance_of(session, ends.source, lot) == (10, 0)
    assert "turned back" in html(operator, path)
    other, _ = sent_again(session, ends, keeper, lot)
    path = f"/logistics/transfers/{other.id}"
    assert operator.send_button(f"{path}/receive", page=path).status_code == 303
    asked = operator.send_button(f"{path}/return", page=path)
    assert asked.status_code == 303, asked.text
    assert f"Return of transfer {other.number}" in html(operator, asked.headers["Location"])
    assert other.number in html(operator, path)


def sent_again(session: Session, ends: Ends, keeper: InspectingClient, lot: Lot) -> tuple[Transfer, Lot]:
    fields = {"to_place_id": ends.target.id, "lines-0-lot_id": lot.id, "lines-0-packs": 10}
    keeper.send_form(f"/logistics/transfers/dispatch?place={ends.source.id}", **fields)
    found = select(Transfer).where(Transfer.from_place_id == ends.source.id, Transfer.turned_back_at.is_(None))
    return session.scalars(found).one(), lot


def test_the_waybill_says_who_what_and_how_much_in_both_languages(session: Session, sign_in: SignIn) -> None:
    pypdfium = pytest.importorskip("pypdfium2")
    ends = two_ends(session)
    an_item(session).reference_price_tiyn = 1_234_500
    keeper, _, _ = people(sign_in, ends)
    transfer, lot = sent(session, ends, keeper, 12)
    paper = keeper.get(f"/logistics/transfers/{transfer.id}/waybill.pdf")
    assert (paper.mimetype, paper.data[:5]) == ("application/pdf", b"%PDF-")
    page = pypdfium.PdfDocument(io.BytesIO(paper.data))[0]
    words = page.get_textpage().get_text_range()
    assert page.get_width() > page.get_height()
    plain = re.sub(r"\s+", " ", words)
    for said in (transfer.number, lot.code, "двенадцать упаковок", "он екі қаптама", "Жол ЖШС", "З-2", "148"):
        assert said in plain, said


@pytest.mark.parametrize("act", ["approve", "refuse", "pick", "dispatch"])
def test_bad_20_acts_through_a_parent_of_others_find_nothing(session: Session, sign_in: SignIn, act: str) -> None:
    home = two_ends(session)
    away = two_ends(session, district_id=some_districts(session)[1].id)
    lot = receive(session, away.source, 9)
    request = a_request(session, away, 5) if act in {"approve", "refuse"} else an_approved_request(session, away, 5)
    session.commit()
    stranger = sign_in(Role.DISTRICT, ScopeKind.DISTRICT, home.source.district_id)
    path = f"/logistics/requests/{request.id}"
    for address in (path, f"{path}/{act}", f"{path}/pick-list.pdf"):
        html(stranger, address, 404)
    fields = {"lots-0-lot_id": lot.id, "lots-0-packs": 1, "reason": "mine"}
    assert stranger.post_with_token(f"{path}/{act}", **fields).status_code == 404
    assert balance_of(session, away.source, lot) == (9, 0)


def test_bad_32_a_lot_of_another_request_in_the_body_is_not_touched(session: Session, sign_in: SignIn) -> None:
    ends, other = two_ends(session), two_ends(session, district_id=some_districts(session)[1].id)
    mine, theirs = receive(session, ends.source, 9), receive(session, other.source, 9)
    own, foreign = an_approved_request(session, ends, 5), an_approved_request(session, other, 5)
    pick_lots(session, foreign, [PickWish(theirs.id, 5)], actor=other.keeper, at=now())
    pick_lots(session, own, [PickWish(mine.id, 5)], actor=ends.keeper, at=now())
    session.commit()
    keeper, _, _ = people(sign_in, ends)
    path = f"/logistics/requests/{own.id}"
    fields = {"lots-0-lot_id": theirs.id, "lots-0-packs": "5"}
    for act in ("pick", "dispatch"):
        assert keeper.send_form(f"{path}/{act}", **fields).status_code == 200
    assert (balance_of(session, other.source, theirs), balance_of(session, ends.source, mine)) == ((9, 5), (9, 5))
    assert keeper.post_with_token(f"{path}/unpick", request_id=str(foreign.id)).status_code == 400


def test_bad_32_the_end_in_the_body_is_one_of_ones_own(session: Session, sign_in: SignIn) -> None:
    ends = two_ends(session)
    keeper, operator, _ = people(sign_in, ends)
    transfer, _ = sent(session, ends, keeper, 10)
    path = f"/logistics/transfers/{transfer.id}"
    operator.send_form(f"{path}/count", **{"lines-0-packs": "8"})
    assert operator.send_form(f"{path}/differences/1", explanation="lost", end="source").status_code == 200
    difference = session.get_one(TransferDifference, (transfer.id, 1))
    assert difference.explanation == ""
    html(operator, f"{path}/differences/2", 404)
    assert keeper.post_with_token(f"{path}/differences/2/agree", explanation="lost").status_code == 404
    html(operator, f"/logistics/transfers/{uuid.uuid4()}/differences/1", 404)


def test_the_same_form_sent_twice_asks_once(session: Session, sign_in: SignIn) -> None:
    ends = two_ends(session)
    session.commit()
    _, operator, _ = people(sign_in, ends)
    page = html(operator, "/logistics/requests/ask")
    hidden = dict(re.findall(r'name="(csrf_token|form_key)"[^>]*value="([^"]*)"', page))
    fields = {"purpose": "supply", "other_id": ends.source.id, "lines-0-item_id": an_item(session).id}
    data = {**hidden, **fields, "lines-0-packs": "4"}
    first, second = (operator.post("/logistics/requests/ask", data=data) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert len(session.scalars(select(TransferRequest).where(TransferRequest.to_place_id == ends.target.id)).all()) == 1


def test_own_requests_are_not_approved_by_page_either(session: Session, sign_in: SignIn) -> None:
    ends = two_ends(session)
    place = a_place(session, district_id=ends.source.district_id)
    session.commit()
    _, _, district = people(sign_in, ends)
    fields = {"purpose": "supply", "other_id": ends.source.id, "lines-0-item_id": an_item(session).id}
    asked = district.send_form(f"/logistics/requests/ask?place={place.id}", **fields, **{"lines-0-packs": "2"})
    path = asked.headers["Location"]
    answer = district.send_form(f"{path}/approve", **{"lines-0-packs": "2"})
    assert answer.status_code == 403
    request = session.scalars(select(TransferRequest).where(TransferRequest.to_place_id == place.id)).one()
    assert approve_request(session, request, actor=ends.district, at=now()).approved_by_id == ends.district.id
