"""Pages and programs that enter into closed books: only who may is asked why, and says it."""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind, TokenScope
from core.clock import ALMATY, now
from logistics.models import Transfer
from logistics.services import dispatch_transfers
from logistics.values import NewTransfer, TransferWish
from tests.conftest import SignIn
from tests.support.assemblies import QUARTER, a_set_of
from tests.support.client import InspectingClient
from tests.support.counts import a_count, a_keeper, set_packs
from tests.support.goods import a_lot, a_supplier, an_item, balance_of, receive
from tests.support.late_entries import WHY, close_books, of_region
from tests.support.programs import a_program
from tests.support.requests import Ends, two_ends
from warehouses.models import Lot
from warehouses.services.counts import explain_differences, submit_count
from warehouses.values.counts import DifferenceReason, Explanation

FIELD = 'name="late_reason"'


def typed(moment: datetime) -> str:
    """Return a moment as a field of a page takes it."""
    return moment.astimezone(ALMATY).strftime("%Y-%m-%dT%H:%M")


def a_closed_scene(session: Session, moment: datetime) -> tuple[Ends, Lot]:
    ends, before = two_ends(session), moment - timedelta(days=3)
    lot = receive(session, ends.source, 20, at=before, moved_at=before)
    close_books(session)
    session.commit()
    return ends, lot


def on_the_road(session: Session, ends: Ends, lot: Lot) -> Transfer:
    wish = NewTransfer(uuid.uuid4(), ends.source.id, ends.target.id, (TransferWish(lot.id, 5),))
    transfer = dispatch_transfers(session, [wish], actor=ends.keeper, at=now() - timedelta(days=6))[0]
    session.commit()
    return transfer


def regional(sign_in: SignIn, ends: Ends) -> InspectingClient:
    return sign_in(Role.REGION, ScopeKind.REGION, ends.source.region_id or 0)


def test_only_who_may_enter_after_the_close_is_asked_why(session: Session, sign_in: SignIn) -> None:
    ends, lot = a_closed_scene(session, now() - timedelta(days=5))
    transfer = on_the_road(session, ends, lot)
    region, keeper = regional(sign_in, ends), sign_in(Role.STOREKEEPER, ScopeKind.PLACE, ends.source.id)
    taker = sign_in(Role.STOREKEEPER, ScopeKind.PLACE, ends.target.id)
    pages = {
        "/logistics/deliveries/accept": keeper,
        f"/logistics/transfers/dispatch?place={ends.source.id}": keeper,
        f"/logistics/transfers/{transfer.id}/turn-back": keeper,
        f"/logistics/transfers/{transfer.id}/count": taker,
    }
    for path, other in pages.items():
        assert FIELD in region.get(path).text, path
        assert FIELD not in other.get(path).text, path


def test_while_no_books_are_closed_nobody_is_asked_why(session: Session, sign_in: SignIn) -> None:
    ends = two_ends(session)
    session.commit()
    assert FIELD not in regional(sign_in, ends).get("/logistics/deliveries/accept").text


def test_a_page_takes_a_late_delivery_with_its_reason(session: Session, sign_in: SignIn) -> None:
    moment = now() - timedelta(days=5)
    ends, _ = a_closed_scene(session, moment)
    fields = {
        "supplier_id": a_supplier(session).id,
        "place_id": ends.source.id,
        "received_at": typed(moment),
        "note": "not the reason",
        "lines-0-item_id": an_item(session).id,
        "lines-0-lot_code": "LATE",
        "lines-0-expires_on": "2031-06-30",
        "lines-0-packs": "4",
        "act": "take",
    }
    session.commit()
    region = regional(sign_in, ends)
    refused = region.send_form("/logistics/deliveries/accept", **fields)
    assert "Say why this is entered all the same" in refused.text
    assert region.send_form("/logistics/deliveries/accept", **fields, late_reason=WHY).status_code == 303


def test_pages_send_receive_and_turn_back_late_with_a_reason(session: Session, sign_in: SignIn) -> None:
    moment = now() - timedelta(days=5)
    ends, lot = a_closed_scene(session, moment)
    region, path = regional(sign_in, ends), f"/logistics/transfers/dispatch?place={ends.source.id}"
    fields = {"to_place_id": ends.target.id, "lines-0-lot_id": lot.id, "lines-0-packs": "2"}
    late = {"dispatched_at": typed(moment)}
    assert "Say why this is entered" in region.send_form(path, **fields, **late).text
    assert region.send_form(path, **fields, **late, late_reason=WHY).status_code == 303
    session.expire_all()
    assert balance_of(session, ends.source, lot) == (18, 0)


def test_a_page_closes_a_count_of_closed_books_with_a_reason(session: Session, sign_in: SignIn) -> None:
    ends, before = two_ends(session), now() - timedelta(days=6)
    lot, counter = receive(session, ends.source, 9, at=before, moved_at=before), a_keeper(session, ends.source)
    count = a_count(session, ends.source, counter, at=before)
    set_packs(session, count, {lot: 7}, actor=counter, at=before)
    submit_count(session, count, actor=counter, at=before)
    explained = [Explanation(lot.id, DifferenceReason.DAMAGED, "")]
    explain_differences(session, count, explained, actor=counter, at=before)
    close_books(session)
    session.commit()
    region, page = regional(sign_in, ends), f"/warehouses/counts/{count.id}/differences"
    assert FIELD in region.get(page).text
    assert FIELD not in sign_in(Role.STOREKEEPER, ScopeKind.PLACE, ends.source.id).get(page).text
    region.send_button(f"/warehouses/counts/{count.id}/close", page=page, late_reason="")
    assert "Say why this is entered all the same" in region.get(page).text
    region.send_button(f"/warehouses/counts/{count.id}/close", page=page, late_reason=WHY)
    session.expire_all()
    assert balance_of(session, ends.source, lot) == (7, 0)


def test_programs_enter_late_with_a_reason(app: Flask, session: Session) -> None:
    moment = now() - timedelta(days=5)
    ends, lot = a_closed_scene(session, moment)
    before = moment - timedelta(days=2)
    for code, packs in a_set_of(session).items():
        receive(session, ends.source, packs, lot=a_lot(session, item=code), at=before, moved_at=before)
    transfers = [on_the_road(session, ends, lot) for _ in range(2)]
    supplier = a_supplier(session)
    session.commit()
    program = a_program(app, session, of_region(session, ends.source), scope=TokenScope.WRITE)
    at, place = moment.isoformat().replace("+00:00", "Z"), ends.source.code
    line = {"item": "F13", "lot": "A", "expires_on": "2031-06-30", "packs": 3}
    sets = {"place": place, "kit": "F13", "quarter": str(QUARTER), "sets": 1, "lot_code": "LATE-1"}
    bodies: dict[str, Mapping[str, object]] = {
        "deliveries": {"supplier": supplier.bin, "place": place, "received_at": at, "lines": [line]},
        "transfers": {
            "source": place,
            "target": ends.target.code,
            "lines": [{"lot": lot.id, "packs": 1}],
            "dispatched_at": at,
        },
        f"transfers/{transfers[0].id}/receive": {"received_at": at},
        f"transfers/{transfers[1].id}/turn-back": {"reason": "no road", "turned_back_at": at},
        "assemblies": {**sets, "assembled_at": at},
    }
    for address, body in bodies.items():
        for reason, code in (("", "late_reason_missing"), (WHY, "")):
            key = {"Idempotency-Key": str(uuid.uuid4())}
            answer = program.post(f"/api/v1/{address}", json={**body, "late_reason": reason}, headers=key)
            assert (answer.get_json().get("code", ""), answer.status_code < 300) == (code, not code), answer.text
