"""The waybill of few lines is one sheet, and says who permitted and who released."""

import io
import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.models import User
from logistics.models import Transfer, TransferRequest
from tests.conftest import SignIn
from tests.logistics.test_requests_pages import people, sent
from tests.support.goods import an_item, receive
from tests.support.requests import two_ends


def said_on(paper: bytes) -> list[str]:
    pypdfium = pytest.importorskip("pypdfium2")
    pages = pypdfium.PdfDocument(io.BytesIO(paper))
    return [re.sub(r"\s+", " ", page.get_textpage().get_text_range()) for page in pages]


def test_the_waybill_of_one_line_is_one_sheet_with_who_sent_it(session: Session, sign_in: SignIn) -> None:
    ends = two_ends(session)
    keeper, _, _ = people(sign_in, ends)
    transfer, _ = sent(session, ends, keeper, 12)
    pages = said_on(keeper.get(f"/logistics/transfers/{transfer.id}/waybill.pdf").data)
    sender = session.get_one(User, transfer.dispatched_by_id).name
    assert len(pages) == 1
    assert sender in pages[0]


def test_the_waybill_of_a_request_names_who_approved_it(session: Session, sign_in: SignIn) -> None:
    ends = two_ends(session)
    lot = receive(session, ends.source, 50)
    session.commit()
    keeper, operator, district = people(sign_in, ends)
    line = {"lines-0-item_id": an_item(session).id, "lines-0-packs": "5"}
    asked = operator.send_form("/logistics/requests/ask", purpose="supply", other_id=ends.source.id, **line)
    path = str(asked.location)
    assert district.send_form(f"{path}/approve", **{"lines-0-packs": "5"}).status_code == 303
    picked = {"lots-0-lot_id": lot.id, "lots-0-packs": "5"}
    assert keeper.send_form(f"{path}/pick", **picked).status_code == 303
    assert keeper.send_form(f"{path}/dispatch", **picked).status_code == 303
    transfer = session.scalars(select(Transfer)).one()
    assert transfer.request_id is not None
    pages = said_on(keeper.get(f"/logistics/transfers/{transfer.id}/waybill.pdf").data)
    assert len(pages) == 1
    asked_for = session.get_one(TransferRequest, transfer.request_id)
    for person in (asked_for.approved_by_id, transfer.dispatched_by_id):
        assert session.get_one(User, person).name in pages[0]
