"""Commands about stock, as a person runs them."""

import csv
import io
import uuid
from datetime import timedelta

from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from core.clock import now, today
from core.quarters import Quarter
from tests.support.goods import a_place, balance_of, receive, some_districts
from tests.support.people import an_actor
from warehouses.models import Place, StockBalance
from warehouses.services import reserve
from warehouses.values import Wish


def test_verify_proves_every_balance(app: Flask, session: Session) -> None:
    place = a_place(session)
    lot = receive(session, place, 9)
    reserve(
        session,
        [Wish(place.id, lot.id, 4, some_districts(session)[0].id)],
        quarter=Quarter(2026, 4),
        actor_id=None,
        at=now(),
    )
    session.commit()
    result = app.test_cli_runner().invoke(args=["warehouses", "verify"])
    assert (result.exit_code, result.output) == (0, "Every balance is proved by its movements.\n")


def test_verify_names_place_and_lot_of_every_wrong_balance_and_rebuild_puts_them_right(
    app: Flask, session: Session
) -> None:
    place, other = a_place(session), a_place(session)
    lots = receive(session, place, 9), receive(session, other, 5), receive(session, other, 6)
    session.execute(update(StockBalance).where(StockBalance.lot_id == lots[0].id).values(on_hand=10))
    session.execute(update(StockBalance).where(StockBalance.lot_id == lots[1].id).values(reserved=1))
    session.commit()
    runner = app.test_cli_runner()
    result = runner.invoke(args=["warehouses", "verify"])
    assert result.exit_code == 1
    assert (
        f"place {place.code}, item F13, lot {lots[0].code}: on hand 10, proved 9; reserved 0, proved 0" in result.output
    )
    assert (
        f"place {other.code}, item F13, lot {lots[1].code}: on hand 5, proved 5; reserved 1, proved 0" in result.output
    )
    assert lots[2].code not in result.output
    assert runner.invoke(args=["warehouses", "rebuild"]).exit_code == 0
    assert runner.invoke(args=["warehouses", "verify"]).exit_code == 0
    assert balance_of(session, place, lots[0]) == (9, 0)


def test_a_place_is_opened_by_a_command(app: Flask, session: Session) -> None:
    district, actor = some_districts(session)[0], an_actor(session, role=Role.MINISTRY)
    session.commit()
    names = ("--name-kk", "Пункт", "--name-ru", "Пункт", "--name-en", "Point", "--actor", actor.login)
    runner = app.test_cli_runner()

    def opened(*arguments: str) -> tuple[int, str]:
        answer = runner.invoke(args=["warehouses", "open-place", *arguments, *names])
        return answer.exit_code, answer.output

    assert opened("--kind", "central") == (0, "C-0001\n")
    assert opened("--kind", "regional", "--region", "KZ-11") == (0, "R-0001\n")
    assert opened("--kind", "point", "--district", district.kato, "--main") == (0, "P-0001\n")
    point = session.scalars(select(Place).where(Place.code == "P-0001")).one()
    assert (point.district_id, point.is_main, point.name_en) == (district.id, True, "Point")
    assert opened("--kind", "point")[0] == 1
    assert opened("--kind", "point", "--district", "000")[0] == 2


def test_stock_as_of_prints_every_card_of_a_past_day(app: Flask, session: Session) -> None:
    place, at = a_place(session), now()
    early = receive(session, place, 9, at=at, moved_at=at - timedelta(days=10))
    late = receive(session, place, 5, at=at)
    session.commit()
    day = (today(at) - timedelta(days=3)).isoformat()
    output = app.test_cli_runner().invoke(args=["warehouses", "stock-as-of", "--at", day, "--format", "csv"]).output
    rows = list(csv.reader(io.StringIO(output)))
    assert rows[0] == ["place", "item", "lot", "on_hand"]
    assert [place.code, "F13", early.code, "9"] in rows
    assert late.code not in output
    plain = app.test_cli_runner().invoke(args=["warehouses", "stock-as-of", "--at", today(at).isoformat()]).output
    assert early.code in plain
    assert late.code in plain


def test_sec_20_an_actor_named_to_stock_as_of_sees_their_own_scope(app: Flask, session: Session) -> None:
    home, away = some_districts(session)
    own, foreign = a_place(session, district_id=home.id), a_place(session, district_id=away.id)
    lots = receive(session, own, 9), receive(session, foreign, 5)
    actor = an_actor(session, role=Role.DISTRICT, scope_kind=ScopeKind.DISTRICT, scope_id=home.id)
    session.commit()
    asked = ["warehouses", "stock-as-of", "--at", today(now()).isoformat(), "--actor", actor.login]
    output = app.test_cli_runner().invoke(args=asked).output
    assert lots[0].code in output
    assert lots[1].code not in output
    wrong = app.test_cli_runner().invoke(args=["warehouses", "stock-as-of", "--at", "31.10.2026"])
    assert wrong.exit_code == 2
    assert "write the day as 2026-10-31" in wrong.output
    assert app.test_cli_runner().invoke(args=[*asked[:-1], str(uuid.uuid4())]).exit_code != 0
