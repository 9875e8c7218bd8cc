"""Receiving says what is taken in and what goes back, tells all that is wrong at once, and does what it advises."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.models import DeliveryLine, Supplier
from logistics.rules.pasted_deliveries import read_pasted, words_of_items
from tests.conftest import SignIn
from tests.logistics.test_receiving import ACCEPT, a_keeper, values
from tests.support.goods import a_supplier, an_item

SHORT, OLD, GOOD = "2026-12-01", "2020-01-31", "2031-03-31"


def lines_of(item: int, *days: str) -> dict[str, object]:
    """Return the fields of a line of 3 packs for each day."""
    found: dict[str, object] = {}
    for place, day in enumerate(days):
        line = {"item_id": item, "lot_code": f"LOT{place}", "expires_on": day, "packs": "3"}
        found |= {f"lines-{place}-{name}": value for name, value in line.items()}
    return found


def test_all_that_is_wrong_is_told_at_once(session: Session, sign_in: SignIn) -> None:
    item, keeper = an_item(session), a_keeper(session, sign_in)
    for _ in range(2):
        a_supplier(session)
    session.commit()
    page = keeper.send_form(ACCEPT, act="take", **lines_of(item.id, OLD, SHORT, GOOD)).text
    assert "Choose the supplier." in page
    assert "Lot LOT0 expired on" in page
    assert "Lot LOT1 expires on" in page
    assert "Lot LOT2" not in page


def test_packs_that_do_not_last_go_back_by_one_button_and_the_delivery_stands(
    session: Session, sign_in: SignIn
) -> None:
    item, keeper = an_item(session), a_keeper(session, sign_in)
    supplier = a_supplier(session)
    session.commit()
    fields = lines_of(item.id, OLD, SHORT, GOOD) | {"supplier_id": supplier.id}
    refused = keeper.send_form(ACCEPT, act="take", **fields).text
    assert "Put its 3 packs under «Sent back» with the reason «expired», and 0 under «Taken in»" in refused
    assert 'value="back"' in refused
    back = keeper.send_form(ACCEPT, act="back", **fields).text
    assert "Came in all, packs: <" in back
    standing = values(back) | {"supplier_id": str(supplier.id)}
    reasons = {"lines-0-reject_reason": "expired", "lines-1-reject_reason": "short_life"}
    for name, reason in reasons.items():
        assert f'name="{name}"' in back
        assert f'value="{reason}" selected' in back
    answer = keeper.send_form(ACCEPT, act="take", **standing | reasons)
    assert answer.status_code == 303, answer.text
    rows = session.execute(select(DeliveryLine.accepted, DeliveryLine.rejected).order_by(DeliveryLine.position)).all()
    assert [tuple(row) for row in rows] == [(0, 3), (0, 3), (3, 0)]
    assert "Came in all, packs" in keeper.get(str(answer.location)).text


def test_the_only_supplier_is_chosen(session: Session, sign_in: SignIn) -> None:
    keeper = a_keeper(session, sign_in)
    supplier = a_supplier(session)
    session.commit()
    assert len(session.scalars(select(Supplier)).all()) == 1
    assert f'<option selected value="{supplier.id}">' in keeper.get(ACCEPT).text


def test_pasted_columns_that_are_not_known_are_told(session: Session, sign_in: SignIn) -> None:
    a_supplier(session)
    keeper = a_keeper(session, sign_in)
    pasted = "Товар\tПартия\tСрок годности\tПринято\tЦвет\nF13\tA\t2031-03-31\t5\tсиний"
    page = keeper.send_form(ACCEPT, act="paste", pasted=pasted).text
    assert "These columns were not read: Цвет." in page
    for heading in ("Отказано", "Отклонено", "Қабылданбады", "Rejected", "Sent back"):
        rows = f"Товар\tПринято\t{heading}\tПричина\nF13\t5\t3\tdamaged"
        table = read_pasted(rows, words_of_items([(1, ["F13"])]))
        assert not table.not_read, heading
        assert [(line.packs, line.rejected) for line in table.lines] == [("5", "3")], heading
