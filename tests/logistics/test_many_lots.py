"""Warehouses of thousands of lots and papers of more than a thousand lines: their pages open, search, and act."""

import re
import uuid
from datetime import date, timedelta

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from core.clock import now, today
from logistics.models import Transfer, TransferLine
from logistics.services import dispatch_transfer
from logistics.values import TransferWish
from tests.conftest import SignIn
from tests.support.client import InspectingClient
from tests.support.goods import a_lot, an_item, balance_of, receive
from tests.support.requests import Ends, two_ends
from warehouses.forms.assemblies import lines_of
from warehouses.models import Lot, Place, StockBalance, WriteOffLine
from warehouses.queries import get_outside_place
from warehouses.services import post_movements
from warehouses.values import LotStatus, NewMovement, PlaceKind
from warehouses.values.assemblies import MOST_LINES

MANY = 2_100
LONG = 1_231


def fill(session: Session, place: Place, count: int) -> list[int]:
    """Receive 5 packs each of many lots that expire one after the other."""
    at, item = now(), an_item(session).id
    known = {"item_id": item, "status": "released", "first_received_at": at}
    first = today(at) + timedelta(days=60)
    codes = [f"MANY{number:05}" for number in range(count)]
    days = [first + timedelta(days=number) for number in range(count)]
    rows = [{**known, "code": code, "expires_on": day} for code, day in zip(codes, days, strict=True)]
    session.execute(insert(Lot), rows)
    lots = session.scalars(select(Lot.id).where(Lot.code.in_(codes)).order_by(Lot.code)).all()
    supplier = get_outside_place(session, PlaceKind.SUPPLIER).id
    movements = [NewMovement(uuid.uuid4(), lot, supplier, place.id, 5, at, "test", "1") for lot in lots]
    post_movements(session, movements, actor_id=None, at=at)
    session.commit()
    return list(lots)


def shown(page: str) -> dict[str, str]:
    """Return the lines that stand on a page: lots, packs, in order."""
    found = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = re.search(r'name="((?:lines-\d+-\w+)|page_shown)"', tag), re.search(r'value="([^"]*)"', tag)
        if name:
            found[name[1]] = value[1] if value else ""
    return found


def keeper_of(sign_in: SignIn, place: Place) -> InspectingClient:
    return sign_in(Role.STOREKEEPER, ScopeKind.PLACE, place.id)


def test_goods_are_sent_from_a_warehouse_of_thousands_of_lots(session: Session, sign_in: SignIn) -> None:
    ends = two_ends(session)
    lots = fill(session, ends.source, MANY)
    keeper, path = keeper_of(sign_in, ends.source), f"/logistics/transfers/dispatch?place={ends.source.id}"
    first = keeper.get(path).text
    names = re.findall(r'<(?:input|select|textarea)[^>]*name="([^"]*)"', first.split("<form", maxsplit=1)[1])
    own = [name for name in names if name.startswith("lines-") or name in {"q", "page_shown", "form_key"}]
    assert len(own) == len(set(own)), "a browser would send a field twice"
    assert "page_shown" in own
    assert first.index("MANY00000") < first.index("MANY00049")
    assert "MANY00050" not in first
    second = keeper.send_form(path, **shown(first) | {"lines-1-packs": "2", "act": "page-2"}).text
    assert shown(second)["lines-0-lot_id"] == str(lots[1])
    assert shown(second)["lines-0-packs"] == "2"
    assert "MANY00050" in second
    assert "MANY00099" in second
    found = keeper.send_form(path, **shown(second), q="many02099", act="find").text
    standing = shown(found)
    assert [standing[f"lines-{n}-lot_id"] for n in (0, 1)] == [str(lots[1]), str(lots[-1])]
    assert "lines-2-lot_id" not in standing
    filled = {**standing, "lines-1-packs": "x", "q": "many02099"}
    refused = keeper.send_form(path, **filled, to_place_id=ends.target.id)
    assert "Enter a whole number of packs" in refused.text
    answer = keeper.send_form(path, **filled | {"lines-1-packs": "3"}, to_place_id=ends.target.id)
    assert answer.status_code == 303, answer.text
    lines = session.execute(select(TransferLine.lot_id, TransferLine.quantity)).all()
    assert sorted(map(tuple, lines)) == [(lots[1], 2), (lots[-1], 3)]


def test_lots_are_found_by_name_by_code_and_by_what_a_scanner_sends(session: Session, sign_in: SignIn) -> None:
    ends = two_ends(session)
    lot = receive(session, ends.source, 7, lot=a_lot(session, item="F36", code="SCAN7"))
    receive(session, ends.source, 7, lot=a_lot(session, item="F13", code="OTHER"))
    session.commit()
    keeper, path = keeper_of(sign_in, ends.source), f"/logistics/transfers/dispatch?place={ends.source.id}"
    for searched in ("SCAN7", "f36", f"(01)04870001234560(17){lot.expires_on:%y%m%d}(10)SCAN7"):
        page = keeper.send_form(path, q=searched, act="find").text
        assert "SCAN7" in page, searched
        assert "OTHER</span>" not in page, searched
    assert "OTHER</span>" not in keeper.get(f"{path}&q=scan7").text
    assert "No lot here fits the search" in keeper.get(f"{path}&q=nowhere").text


def test_what_is_held_or_expired_is_marked_and_only_written_off(session: Session, sign_in: SignIn) -> None:
    ends = two_ends(session)
    held, old = a_lot(session, code="HELD"), a_lot(session, code="OLD")
    for lot in (held, old):
        receive(session, ends.source, 7, lot=lot)
    held.status, old.expires_on = LotStatus.QUARANTINED, date(2020, 1, 31)
    session.commit()
    keeper = keeper_of(sign_in, ends.source)
    send = keeper.get(f"/logistics/transfers/dispatch?place={ends.source.id}").text
    assert "in quarantine" in send
    assert "expired" in send
    assert not [name for name in shown(send) if name.endswith("-packs")]
    off = keeper.get(f"/warehouses/write-offs/draft?place={ends.source.id}").text
    assert "in quarantine" in off
    assert len([name for name in shown(off) if name.endswith("-packs")]) == 2


def test_goods_of_a_warehouse_of_thousands_of_lots_are_written_off(session: Session, sign_in: SignIn) -> None:
    ends = two_ends(session)
    lots = fill(session, ends.source, MANY)
    keeper, path = keeper_of(sign_in, ends.source), f"/warehouses/write-offs/draft?place={ends.source.id}"
    found = keeper.send_form(path, q="MANY01500", act="find").text
    words = {"reason": "THEFT", "note": "broken lock", "happened_at": ""}
    answer = keeper.send_form(path, **shown(found) | {"lines-0-packs": "4"}, **words)
    assert answer.status_code == 303, answer.text
    lines = session.execute(select(WriteOffLine.lot_id, WriteOffLine.packs)).all()
    assert [tuple(line) for line in lines] == [(lots[1500], 4)]


def a_long_transfer(session: Session, ends: Ends) -> tuple[Transfer, list[int]]:
    lots = fill(session, ends.source, LONG)
    ids = {"from_place_id": ends.source.id, "to_place_id": ends.target.id}
    lines = [TransferWish(lot, 5) for lot in lots]
    transfer = dispatch_transfer(session, **ids, lines=lines, actor=ends.keeper, at=now(), key=uuid.uuid4())
    session.commit()
    return transfer, lots


def test_a_paper_of_1231_lines_is_counted_and_taken_in(session: Session, sign_in: SignIn) -> None:
    ends = two_ends(session)
    transfer, lots = a_long_transfer(session, ends)
    keeper, path = keeper_of(sign_in, ends.target), f"/logistics/transfers/{transfer.id}/count"
    page = keeper.get(path)
    assert page.status_code == 200
    counted = shown(page.text)
    assert counted[f"lines-{LONG - 1}-packs"] == "5"
    answer = keeper.send_form(path, **counted)
    assert answer.status_code == 303, answer.text
    taken = select(func.count()).where(StockBalance.place_id == ends.target.id, StockBalance.on_hand == 5)
    assert session.scalar(taken) == LONG
    last = session.get(Lot, lots[-1])
    assert last is not None
    assert balance_of(session, ends.target, last) == (5, 0)


def test_a_form_of_an_assembly_holds_what_is_proposed_of_however_many_lots() -> None:
    lines = lines_of(range(1, 5_001), {4_000: 7})
    assert len(lines) == MOST_LINES
    assert lines[0] == {"lot_id": 1, "packs": None}
    assert lines[-1] == {"lot_id": 4_000, "packs": 7}
