"""Journals: the history of a warehouse enters the ledger exactly as it was written, or not at all."""

import codecs
import csv
import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from core.clock import now
from core.sorting import SortedOnDisk
from tests.support.goods import a_place, move, receive, some_districts
from tests.support.journals import DAY, HEADER, as_of, written
from tests.support.people import an_actor
from warehouses.models import Lot, PeriodClose, Place, StockJournal, StockMovement
from warehouses.queries import get_outside_place, list_wrong_balances
from warehouses.values import PlaceKind


def run(app: Flask, *arguments: object) -> Result:
    """Run the command."""
    return app.test_cli_runner().invoke(args=["warehouses", "import-journal", *map(str, arguments)])


@pytest.fixture
def place(session: Session) -> Place:
    """Give a place."""
    return a_place(session, name="Абай")


@pytest.fixture
def login(session: Session, place: Place) -> str:
    """Give the login of somebody at the ministry."""
    del place
    login = an_actor(session, role=Role.MINISTRY).login
    session.commit()
    return login


def test_a_journal_enters_in_its_own_order_and_a_count_sets_the_balance(
    app: Flask, session: Session, place: Place, login: str, tmp_path: Path
) -> None:
    rows = [
        ("2026-03-02", "2026-03-02", place.code, "F13", "A", "count", 5, "", ""),
        ("2026-03-02", "2026-03-02", place.code, "F13", "A", "out", 4, "school", "N 7"),
        ("2026-03-01", "2026-03-05", place.code, "F13", "A", "in", 10, "", "N 1"),
        ("2026-03-03", "2026-03-03", place.code, "F13", "", "in", 3, "", ""),
        ("2026-03-03", "2026-03-04", place.code, "F13", "", "count", 3, "", ""),
    ]
    result = run(app, written(tmp_path / "j.csv", rows), "--actor", login)
    assert result.exit_code == 0, result.output
    assert "Entered 5 rows as 4 movements" in result.output
    assert "Unexplained: 0 packs in 0 rows." in result.output
    assert as_of(session, date(2026, 3, 1), place) == {("F13", "A"): 10}
    assert as_of(session, date(2026, 3, 2), place) == {("F13", "A"): 5}
    assert as_of(session, date(2026, 3, 3), place) == {("F13", "A"): 5, ("F13", ""): 3}
    kinds = session.execute(
        select(Place.kind, func.sum(StockMovement.quantity))
        .join(StockMovement, StockMovement.from_place_id == Place.id)
        .where(StockMovement.document_kind == "journal")
        .group_by(Place.kind)
    ).all()
    assert {row[0]: row[1] for row in kinds} == {"opening": 13, "point": 5}
    journal = session.scalars(select(StockJournal)).one()
    assert (journal.rows, journal.movements, journal.unexplained, journal.file_name) == (5, 4, 0, "j.csv")
    first = session.scalars(select(StockMovement).where(StockMovement.quantity == 10)).one()
    assert first.recorded_at == datetime(2026, 3, 4, 19, tzinfo=UTC)
    assert session.scalars(select(Lot.first_received_at).where(Lot.code == "A")).one() == first.moved_at
    assert list_wrong_balances(session) == []


def test_the_same_file_again_is_refused(app: Flask, session: Session, place: Place, login: str, tmp_path: Path) -> None:
    file = written(tmp_path / "j.csv", [(DAY, DAY, place.code, "F13", "A", "in", 10, "", "")])
    assert run(app, file, "--actor", login).exit_code == 0
    again = run(app, file, "--actor", login)
    assert again.exit_code == 1
    assert "Nothing was written twice" in again.output
    assert as_of(session, DAY, place) == {("F13", "A"): 10}


def test_a_row_that_would_make_a_balance_negative_is_refused_by_its_number_and_nothing_is_written(
    app: Flask, session: Session, place: Place, login: str, tmp_path: Path
) -> None:
    rows = [
        (DAY, DAY, place.code, "F13", "A", "in", 5, "", ""),
        (DAY, DAY, place.code, "F13", "A", "out", 8, "", ""),
        (DAY, DAY, place.code, "F13", "A", "out", 3, "", ""),
        (DAY, DAY, "nowhere", "F13", "A", "in", 1, "", ""),
        (DAY, DAY, place.code, "XXX", "A", "in", 1, "", ""),
        (DAY, DAY, place.code, "F13", "B", "in", "1.5", "", ""),
        (DAY, DAY, place.code, "F13", "B", "out", 2, "", ""),
        ("2026-02-30", DAY, place.code, "F13", "C", "in", 2, "", ""),
        ("2100-01-01", DAY, place.code, "F13", "C", "in", 2, "", ""),
        (DAY, DAY, place.code, "F13", "C", "gift", 2, "", ""),
        (DAY, DAY, place.code, "F13", "C", "in", 0, "", ""),
        (DAY, DAY, place.code, "F13", "C" * 41, "in", 2, "", ""),
    ]
    copy = tmp_path / "faults.csv"
    result = run(app, written(tmp_path / "j.csv", rows), "--actor", login, "--faults", copy)
    assert result.exit_code == 1
    told = [line.split(":")[0] for line in result.output.splitlines() if line.startswith("row ")]
    assert told == [f"row {n}" for n in (3, 5, 6, 7, 9, 10, 11, 12, 13)]  # row 8 only lacks what row 7 should bring
    assert "Абай has 5 packs of lot A then, 3 too few." in result.output
    assert "Nothing was written: 9 rows cannot be entered." in result.output
    assert session.scalar(select(func.count()).where(StockMovement.document_kind == "journal")) == 0
    assert session.scalar(select(func.count()).select_from(StockJournal)) == 0
    with copy.open(encoding="utf-8-sig") as file:
        lines = list(csv.reader(file))
    assert lines[0] == [*HEADER, "Error"]
    assert [number for number, line in enumerate(lines, start=1) if line[-1]] == [1, 3, 5, 6, 7, 9, 10, 11, 12, 13]


def test_more_faults_than_fifty_are_told_in_the_copy_only(app: Flask, place: Place, login: str, tmp_path: Path) -> None:
    rows = [(DAY, DAY, place.code, "F13", "A", "out", 1, "", "")] * 60
    copy = tmp_path / "faults.csv"
    result = run(app, written(tmp_path / "j.csv", rows), "--actor", login, "--faults", copy)
    assert sum(line.startswith("row ") for line in result.output.splitlines()) == 50
    assert "… and 10 rows more" in result.output
    with copy.open(encoding="utf-8-sig") as file:
        assert sum(bool(line[-1]) for line in csv.reader(file)) == 61


def test_what_lacks_is_booked_from_to_explain_when_it_is_allowed(
    app: Flask, session: Session, place: Place, login: str, tmp_path: Path
) -> None:
    rows = [
        (DAY, DAY, place.code, "F13", "A", "in", 5, "", ""),
        (DAY, DAY, place.code, "F13", "A", "out", 8, "", ""),
        (DAY, DAY, place.code, "F13", "A", "out", 1, "", ""),
    ]
    result = run(app, written(tmp_path / "j.csv", rows), "--actor", login, "--allow-unexplained")
    assert "Unexplained: 4 packs in 2 rows." in result.output
    assert as_of(session, DAY, place) == {("F13", "A"): 0}
    outside = get_outside_place(session, PlaceKind.TO_EXPLAIN).id
    booked = session.scalars(select(StockMovement).where(StockMovement.from_place_id == outside)).all()
    assert sorted(one.quantity for one in booked) == [1, 3]
    assert session.scalars(select(StockJournal.unexplained)).one() == 4


def test_the_named_place_is_the_other_end(
    app: Flask, session: Session, place: Place, login: str, tmp_path: Path
) -> None:
    other = a_place(session, name="Шардара")
    session.commit()
    rows = [
        (DAY, DAY, place.code, "F13", "A", "in", 9, "Өнім беруші", ""),
        (DAY, DAY, "абай", "F13", "A", "out", 4, "", other.code),
        (DAY, DAY, place.code, "F13", "A", "out", 1, "списано", "N 3"),
        (DAY, DAY, other.code, "F13", "A", "in", 2, "", "Абай"),
        (DAY, DAY, place.code, "F13", "A", "out", 1, "to a school", place.code),
    ]
    result = run(app, written(tmp_path / "j.csv", rows), "--actor", login)
    assert result.exit_code == 0, result.output
    assert as_of(session, DAY, place) == {("F13", "A"): 1}
    assert as_of(session, DAY, other) == {("F13", "A"): 6}
    source = select(Place.kind, StockMovement.quantity).join(StockMovement, StockMovement.from_place_id == Place.id)
    assert ("supplier", 9) in [tuple(row) for row in session.execute(source)]
    assert list_wrong_balances(session) == []


def test_a_transfer_that_both_ends_wrote_down_is_one_transfer(
    app: Flask, session: Session, place: Place, login: str, tmp_path: Path
) -> None:
    other = a_place(session)
    session.commit()
    rows = [
        (DAY, DAY, place.code, "F13", "A", "in", 9, "", ""),
        (DAY, DAY, place.code, "F13", "A", "out", 4, "", other.code),
        (DAY, "2026-03-02", other.code, "F13", "A", "in", 4, "", place.code),
        (DAY, DAY, place.code, "F13", "A", "out", 4, "", other.code),
    ]
    result = run(app, written(tmp_path / "j.csv", rows), "--actor", login)
    assert result.exit_code == 0, result.output
    assert "Stated by a row of each end and taken as one transfer: 1." in result.output
    assert (as_of(session, DAY, place), as_of(session, DAY, other)) == ({("F13", "A"): 1}, {("F13", "A"): 8})
    assert list_wrong_balances(session) == []


def test_a_row_of_a_place_at_the_other_end_that_lacks_is_refused(
    app: Flask, session: Session, place: Place, login: str, tmp_path: Path
) -> None:
    other = a_place(session, name="Other")
    session.commit()
    rows = [(DAY, DAY, place.code, "F13", "A", "in", 4, "", other.code)]
    result = run(app, written(tmp_path / "j.csv", rows), "--actor", login)
    assert "row 2: Other has 0 packs of lot A then, 4 too few." in result.output


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: text.encode(),
        lambda text: codecs.BOM_UTF8 + text.replace(",", ";").encode(),
        lambda text: text.replace(",", "\t").encode("utf-16"),
        lambda text: text.replace(",", ";").encode("cp1251"),
    ],
    ids=["comma", "bom", "utf-16", "cp1251"],
)
@pytest.mark.parametrize(
    ("header", "row"),
    [
        (
            "Дата операции,Дата записи,Склад,Код товара,Серия,Вид операции,Количество,Причина,Документ",
            "31.01.2026,01.02.2026 09:30,{code},F13,Партия 7,приход,1 200,по накладной,№ 5",
        ),
        (
            "куни,жазылган куни,койма,тауар,партия номири,тури,саны,себеби,кужат",
            "2026-01-31T23:30,2026-02-01T09:30:00+05:00,абай,f13,Партия 7,кирис,1200.0,накладной бойынша,№ 5",
        ),
    ],
    ids=["ru", "kk"],
)
def test_a_journal_is_read_as_people_write_it(
    *, app: Flask, session: Session, place: Place, login: str, tmp_path: Path, header: str, row: str, encode: object
) -> None:
    assert callable(encode)
    file = tmp_path / "j.csv"
    file.write_bytes(encode(f"{header}\r\n\r\n{row.format(code=place.code)}\r\n"))
    result = run(app, file, "--actor", login)
    assert result.exit_code == 0, result.output
    assert as_of(session, date(2026, 1, 30), place) == {}
    assert as_of(session, date(2026, 1, 31), place) == {("F13", "Партия 7"): 1200}


def test_columns_that_are_missing_are_told_of_row_one(app: Flask, place: Place, login: str, tmp_path: Path) -> None:
    file = written(tmp_path / "j.csv", [(DAY, place.code)], ("when", "place"))
    result = run(app, file, "--actor", login)
    assert result.exit_code == 1
    assert result.output.count("is missing") == 4


def test_columns_that_are_not_read_are_told(app: Flask, place: Place, login: str, tmp_path: Path) -> None:
    file = written(tmp_path / "j.csv", [(DAY, "", place.code, "F13", "A", "in", 1, "", "", "x")], [*HEADER, "colour"])
    assert "Columns that are not read: colour" in run(app, file, "--actor", login).output


def test_days_end_in_kazakhstan_also_while_it_had_two_zones(
    app: Flask, session: Session, place: Place, login: str, tmp_path: Path
) -> None:
    rows = [
        ("2023-05-10T17:59:00Z", "", place.code, "F13", "A", "in", 1, "", ""),  # 23:59 in Almaty, six hours ahead
        ("2023-05-10T18:00:00Z", "", place.code, "F13", "A", "in", 2, "", ""),
        ("2026-05-10T18:59:59.999999Z", "", place.code, "F13", "A", "in", 4, "", ""),
        ("2026-05-10T19:00:00+00", "", place.code, "F13", "A", "in", 8, "", ""),
    ]
    assert run(app, written(tmp_path / "j.csv", rows), "--actor", login).exit_code == 0
    days = (date(2023, 5, 10), date(2023, 5, 11), date(2026, 5, 10), date(2026, 5, 11))
    assert [as_of(session, day, place)["F13", "A"] for day in days] == [1, 3, 7, 15]


def test_rows_of_a_journal_follow_the_rule_of_late_entries(
    app: Flask, session: Session, place: Place, login: str, tmp_path: Path
) -> None:
    lot = receive(session, place, 10, moved_at=now() - timedelta(days=9))
    move(session, lot, 8, source=place, target=get_outside_place(session, PlaceKind.FAMILIES),
         moved_at=now() - timedelta(days=2))  # fmt: skip
    session.commit()
    day = (now() - timedelta(days=5)).date()
    file = written(tmp_path / "j.csv", [(day, day, place.code, "F13", lot.code, "out", 3, "", "")])
    result = run(app, file, "--actor", login)
    assert result.exit_code == 1
    assert "row 2: Later, at" in result.output
    allowed = run(app, file, "--actor", login, "--allow-unexplained")
    assert "Unexplained: 1 packs in 1 rows." in allowed.output
    assert as_of(session, day, place) == {("F13", lot.code): 7}
    assert as_of(session, now().date(), place) == {("F13", lot.code): 0}
    assert list_wrong_balances(session) == []


def test_a_count_counts_what_stands_in_the_ledger_already(
    app: Flask, session: Session, place: Place, login: str, tmp_path: Path
) -> None:
    lot = receive(session, place, 10, moved_at=now() - timedelta(days=9))
    session.commit()
    day = (now() - timedelta(days=5)).date()
    file = written(tmp_path / "j.csv", [(day, day, place.code, "F13", lot.code, "count", 7, "", "")])
    assert run(app, file, "--actor", login).exit_code == 0
    assert as_of(session, day, place) == {("F13", lot.code): 7}


def test_a_card_that_was_only_ever_counted_empty_stands_with_nothing(
    app: Flask, session: Session, place: Place, login: str, tmp_path: Path
) -> None:
    file = written(tmp_path / "j.csv", [(DAY, DAY, place.code, "F13", "A", "count", 0, "", "")])
    assert run(app, file, "--actor", login).exit_code == 0
    assert as_of(session, DAY, place) == {("F13", "A"): 0}


def test_a_closed_period_takes_rows_only_from_who_may_and_says_why(
    app: Flask, session: Session, place: Place, login: str, tmp_path: Path
) -> None:
    actor = an_actor(session, role=Role.MINISTRY)
    session.add(PeriodClose(through=DAY, reason="year", at=now(), actor_id=actor.id))
    session.commit()
    file = written(tmp_path / "j.csv", [(DAY, DAY, place.code, "F13", "A", "in", 1, "", "")])
    assert "row 2: The books are closed through" in run(app, file, "--actor", login).output
    assert run(app, file, "--actor", login, "--after-close", "history of the old system").exit_code == 0


def test_sec_21_a_journal_is_entered_only_for_places_of_ones_own(
    app: Flask, session: Session, place: Place, tmp_path: Path
) -> None:
    home, away = some_districts(session)
    foreign = a_place(session, district_id=away.id)
    region = an_actor(session, role=Role.REGION, scope_kind=ScopeKind.REGION, scope_id=home.region_id)
    keeper = an_actor(session, role=Role.STOREKEEPER, scope_kind=ScopeKind.PLACE, scope_id=place.id)
    session.commit()
    rows = [
        (DAY, DAY, foreign.code, "F13", "A", "in", 1, "", ""),
        (DAY, DAY, place.code, "F13", "A", "in", 1, "", foreign.code),
    ]
    file = written(tmp_path / "j.csv", rows)
    result = run(app, file, "--actor", region.login)
    assert f"row 2: There is no place «{foreign.code}» here." in result.output
    assert "row 3: The place at the other end is not one of yours." in result.output
    assert "the right warehouses.import_journals is missing" in run(app, file, "--actor", keeper.login).output


def test_more_rows_than_memory_holds_are_sorted_on_the_disk() -> None:
    with SortedOnDisk[tuple[int, str]](lambda row: f"{row[0]} {row[1]}", _read, most=7) as rows:
        for number in range(100):
            rows.add((number * 37 % 100, "x"))
        assert [row[0] for row in rows] == list(range(100))
        assert [row[0] for row in rows] == list(range(100))


def _read(line: str) -> tuple[int, str]:
    number, word = line.split()
    return int(number), word


def test_stock_as_of_prints_the_cards_in_the_order_of_their_bytes(
    app: Flask, session: Session, place: Place, login: str, tmp_path: Path
) -> None:
    codes = ["b", "A", "a", "B", "Ә", "", "1"]
    rows = [(DAY, DAY, place.code, "F13", code, "in", 1, "", "") for code in codes]
    assert run(app, written(tmp_path / "j.csv", rows), "--actor", login).exit_code == 0
    asked = ["warehouses", "stock-as-of", "--at", DAY.isoformat(), "--format", "csv"]
    output = app.test_cli_runner().invoke(args=asked).output
    lines = list(csv.reader(io.StringIO(output)))
    assert lines[0] == ["place", "item", "lot", "on_hand"]
    assert [line[2] for line in lines[1:]] == sorted(codes, key=str.encode)
