"""The board and the lists behind its figures: every number opens rows that sum to it, within reach."""

import re
import uuid
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import Select, event, func, select
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from core.actors import EVERYWHERE, Reach
from core.crypto import FieldKeys
from core.database import BoundDatabase
from distribution.models import Allotment, HandOver, HandOverLine, RosterLine, Voucher
from distribution.queries.allotments import allotments_statement, lines_statement, reservations_statement
from distribution.queries.board import board, list_stock_there
from distribution.rules.map_tiles import in_order_of_the_land, share_step, short_name
from distribution.services.reservations import reserve_roster
from territory.queries import list_districts
from tests.conftest import SignIn
from tests.support.families import (
    AKKOL,
    ARSHALY,
    AT,
    QUARTER,
    a_family,
    a_ministry,
    a_place,
    a_point,
    an_approved_roster,
    packed_kits,
)
from tests.support.jobs import do_the_jobs
from warehouses.models import Lot, StockMovement
from warehouses.values import PlaceKind

TODDLER, PRESCHOOLER = date(2024, 5, 6), date(2022, 1, 2)
TODAY = date(2026, 11, 1)


def two_districts(session: Session, keys: FieldKeys) -> None:
    """Two children in one district with all they need, one in another whose stock lies in the central warehouse."""
    near = a_point(session)
    a_point(session, district_id=ARSHALY)
    central = a_place(session, kind=PlaceKind.CENTRAL)
    a_family(session, births=[TODDLER, PRESCHOOLER])
    a_family(session, births=[TODDLER], district_id=ARSHALY)
    for kit, packs in (("F13", 1), ("F36", 1), ("HYG", 2)):
        packed_kits(session, near, kit, packs)
    for kit in ("F13", "HYG"):
        packed_kits(session, central, kit, 1)
    roster = an_approved_roster(session, keys)
    reserve_roster(session, roster=roster, actor=a_ministry(session), at=AT)


def hand_over_first(session: Session, lot: Lot) -> Allotment:
    """Write down that the first allotment of a district was given, as its hand-over leaves it."""
    allotment = session.scalars(select(Allotment).where(Allotment.district_id == AKKOL).order_by(Allotment.id)).first()
    assert allotment is not None
    line = session.scalars(select(RosterLine).where(RosterLine.child_id == allotment.child_id)).first()
    assert line is not None
    voucher = Voucher(
        district_id=AKKOL,
        quarter=QUARTER,
        family_id=allotment.family_id,
        point_id=line.point_id,
        idx=1,
        rev=1,
        kit_bits=1,
        secret_hash=b"x" * 32,
        token="",
        expires_at=AT,
        issued_at=AT,
    )
    session.add(voucher)
    session.flush()
    movement = session.scalars(select(StockMovement).where(StockMovement.lot_id == lot.id)).first()
    assert movement is not None
    given = HandOver(
        id=uuid.uuid4(),
        district_id=AKKOL,
        quarter=QUARTER,
        voucher_id=voucher.id,
        family_id=allotment.family_id,
        point_id=line.point_id,
        operator_id=a_ministry(session).id,
        claimed_at=AT,
        received_at=AT,
        collector="guardian",
    )
    session.add(given)
    session.flush()
    session.add(
        HandOverLine(
            movement_id=movement.id,
            hand_over_id=given.id,
            district_id=AKKOL,
            allotment_id=allotment.id,
            lot_id=lot.id,
        )
    )
    session.flush()
    return allotment


def rows_behind(session: Session, statement: Select[*tuple[object, ...]]) -> int:
    return session.scalar(select(func.count()).select_from(statement.subquery())) or 0


def test_ux_87_every_figure_of_the_board_equals_the_rows_it_opens(session: Session, keys: FieldKeys) -> None:
    two_districts(session, keys)
    lot = session.scalars(select(Lot)).first()
    assert lot is not None
    hand_over_first(session, lot)
    rows = {row.district.id: row for row in board(session, QUARTER, reach=EVERYWHERE, on=TODAY)}
    assert len(rows) == 85
    assert (rows[AKKOL].eligible, rows[AKKOL].allotted, rows[AKKOL].handed_over) == (4, 4, 1)
    assert (rows[ARSHALY].allotted, rows[ARSHALY].stock, rows[ARSHALY].short) == (2, 0, 2)
    for row in rows.values():
        here = {"district": row.district.kato}
        assert row.eligible == rows_behind(session, lines_statement(QUARTER, EVERYWHERE, here))
        granted = allotments_statement(QUARTER, EVERYWHERE, EVERYWHERE, {**here, "status": "granted"})
        assert row.allotted == rows_behind(session, granted)
        given = allotments_statement(QUARTER, EVERYWHERE, EVERYWHERE, {**here, "given": "yes"})
        assert row.handed_over == rows_behind(session, given)
        assert row.stock == sum(packs for *_, packs in list_stock_there(session, QUARTER, row.district.id, on=TODAY))
        assert row.short == sum(figures.short for figures in row.kits.values())
    assert sum(row.eligible for row in rows.values()) == rows_behind(session, lines_statement(QUARTER, EVERYWHERE, {}))


def test_a_surplus_of_one_set_does_not_hide_the_lack_of_another(session: Session, keys: FieldKeys) -> None:
    two_districts(session, keys)
    packed_kits(session, a_place(session, kind=PlaceKind.DISTRICT, district_id=ARSHALY), "F13", 50)
    row = next(row for row in board(session, QUARTER, reach=EVERYWHERE, on=TODAY) if row.district.id == ARSHALY)
    assert (row.stock, row.short) == (50, 1)


def test_expired_stock_is_not_there(session: Session, keys: FieldKeys) -> None:
    packed_kits(session, a_point(session), "F13", 7, expires_on=TODAY)
    assert sum(row.stock for row in board(session, QUARTER, reach=EVERYWHERE, on=TODAY)) == 7
    assert sum(row.stock for row in board(session, QUARTER, reach=EVERYWHERE, on=date(2026, 11, 2))) == 0


def test_stock_reserved_for_another_quarter_is_not_there(session: Session, keys: FieldKeys) -> None:
    two_districts(session, keys)
    near, later = Reach(scopes=frozenset({("district", AKKOL)})), QUARTER.next()
    for quarter, there in ((QUARTER, 4), (later, 0)):
        (row,) = board(session, quarter, reach=near, on=TODAY)
        assert row.stock == there
        assert sum(packs for *_, packs in list_stock_there(session, quarter, AKKOL, on=TODAY)) == there
    warehouse = a_place(session, kind=PlaceKind.DISTRICT, district_id=AKKOL)
    packed_kits(session, warehouse, "F13", 3, expires_on=later.last_day)
    packed_kits(session, warehouse, "F13", 5, expires_on=later.first_day)
    for quarter, on, there in ((QUARTER, TODAY, 12), (later, TODAY, 3), (later, later.first_day, 8)):
        (row,) = board(session, quarter, reach=near, on=on)
        assert row.stock == there
        assert sum(packs for *_, packs in list_stock_there(session, quarter, AKKOL, on=on)) == there


def test_the_board_takes_a_fixed_number_of_statements(
    session: Session, keys: FieldKeys, database: BoundDatabase
) -> None:
    two_districts(session, keys)
    seen: list[str] = []

    def note(*args: object) -> None:
        seen.append(str(args[2]))

    event.listen(database.writers, "before_cursor_execute", note)
    board(session, QUARTER.next(), reach=EVERYWHERE, on=TODAY)
    event.remove(database.writers, "before_cursor_execute", note)
    assert len(seen) <= 7, "\n".join(seen)


def test_sec_08_a_district_sees_its_own_rows_only(session: Session, keys: FieldKeys, sign_in: SignIn) -> None:
    two_districts(session, keys)
    own = Reach(scopes=frozenset({("district", ARSHALY)}))
    assert [row.district.id for row in board(session, QUARTER, reach=own, on=TODAY)] == [ARSHALY]
    assert rows_behind(session, lines_statement(QUARTER, own, {})) == 2
    assert rows_behind(session, allotments_statement(QUARTER, own, own, {})) == 2
    assert rows_behind(session, reservations_statement(QUARTER, own, {})) == 2
    browser = sign_in(Role.DISTRICT, ScopeKind.DISTRICT, ARSHALY)
    assert browser.get("/distribution/quarters/2026-Q4/districts/113400000").status_code == 200
    assert browser.get("/distribution/quarters/2026-Q4/districts/113200000").status_code == 404
    listed = browser.get("/distribution/quarters/2026-Q4/allotments?district=113200000").get_data(as_text=True)
    assert "<tbody>" not in listed


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_pages_of_a_quarter_are_shown_in_three_languages(
    session: Session, keys: FieldKeys, sign_in: SignIn, language: str
) -> None:
    two_districts(session, keys)
    browser = sign_in(Role.MINISTRY, language=language)
    start = "/distribution/quarters/2026-Q4"
    for tail in ("", "/roster", "/allotments", "/reservations", "/freeze", "/allot", "/approve", "/reserve"):
        assert browser.get(start + tail).status_code == 200, tail
    for path in ("/distribution/quarters", "/distribution/board", f"{start}/districts/113200000"):
        assert browser.get(path).status_code == 200, path
    assert browser.get("/distribution/quarters/2026-Q5").status_code == 404
    assert browser.get("/distribution/quarters/9999-Q1").status_code == 404


def test_ux_102_pages_of_a_quarter_say_why_they_are_empty(sign_in: SignIn) -> None:
    browser = sign_in(Role.AUDITOR)
    for tail in ("roster", "allotments", "reservations"):
        shown = browser.get(f"/distribution/quarters/2031-Q1/{tail}")
        assert shown.status_code == 200
        assert 'class="empty"' in shown.get_data(as_text=True)


def test_ux_42_the_exports_hold_all_that_is_filtered(session: Session, keys: FieldKeys, sign_in: SignIn) -> None:
    two_districts(session, keys)
    browser = sign_in(Role.AUDITOR)
    start = "/distribution/quarters/2026-Q4"
    for path, rows in (
        (f"{start}/roster?format=csv", 6),
        (f"{start}/roster?format=csv&kit=F13", 2),
        (f"{start}/allotments?format=csv&district=113400000", 2),
        (f"{start}/reservations?format=csv", 5),
        ("/distribution/board?format=csv&quarter=2026-Q4", 85),
        ("/distribution/board?format=csv&quarter=2026-Q4&region=KZ-11&short=yes", 1),
    ):
        lines = browser.get(path, buffered=True).get_data(as_text=True).strip().splitlines()
        assert len(lines) == rows + 1, path


def test_names_are_masked_and_only_for_those_who_may_read_families(
    session: Session, keys: FieldKeys, sign_in: SignIn
) -> None:
    two_districts(session, keys)
    shown = sign_in(Role.AUDITOR).get("/distribution/quarters/2026-Q4/allotments").get_data(as_text=True)
    assert "Ай•••" in shown
    assert "Айша" not in shown
    nobody = allotments_statement(QUARTER, EVERYWHERE, Reach(), {})
    assert {row[4] for row in session.execute(nobody)} == {""}


def test_the_ministry_walks_a_quarter_through_its_pages(
    app: Flask, session: Session, keys: FieldKeys, sign_in: SignIn
) -> None:
    point = a_point(session)
    a_family(session, births=[TODDLER])
    start = "/distribution/quarters/2026-Q4"
    first, second = sign_in(Role.MINISTRY), sign_in(Role.MINISTRY)
    assert first.send_form(f"{start}/freeze").status_code == 303
    do_the_jobs(app)
    session.expire_all()
    refused = first.send_form(f"{start}/allot")
    assert "are missing." in refused.get_data(as_text=True)
    packed_kits(session, point, "F13", 1)
    session.commit()
    wrong = first.send_form(f"{start}/allot", seed="04 17", seed_source="lottery", announced_HYG="many")
    assert "Enter a whole number of sets" in wrong.get_data(as_text=True)
    assert first.send_form(f"{start}/allot", seed="04", seed_source="draw", announced_HYG="1").status_code == 303
    do_the_jobs(app)
    session.expire_all()
    assert f'href="{start}/approve"' not in first.get(start).get_data(as_text=True)
    for shown in (start, f"{start}/approve"):
        assert "announced" in second.get(shown).get_data(as_text=True)
    assert "1 set was counted in before it was delivered" in second.get(f"{start}/approve").get_data(as_text=True)
    assert "Another person" in first.send_form(f"{start}/approve").get_data(as_text=True)
    assert f'href="{start}/approve"' in second.get(start).get_data(as_text=True)
    assert second.send_form(f"{start}/approve").status_code == 303
    assert second.send_form(f"{start}/reserve").status_code == 303
    page = second.get(start).get_data(as_text=True)
    assert "1 set has no stock yet." in page
    assert len(re.findall(r'class="button"', page)) <= 1


def test_tiles_lie_as_the_land_does_and_none_is_lost(session: Session) -> None:
    districts = list(list_districts(session, EVERYWHERE))
    placed = in_order_of_the_land(districts)
    assert {district.id for district in placed} == {district.id for district in districts}
    assert placed[0].latitude > placed[-1].latitude


@pytest.mark.parametrize(
    ("part", "whole", "step"), [(0, 0, 0), (0, 10, 1), (1, 10, 1), (2, 10, 2), (5, 10, 3), (8, 10, 5), (10, 10, 5)]
)
def test_a_share_has_its_colour_step(part: int, whole: int, step: int) -> None:
    assert share_step(part, whole) == step


def test_a_tile_shows_what_tells_a_district_apart() -> None:
    assert short_name("район имени Габита Мусрепова") == "Габи"
    assert short_name("Ақкөл ауданы") == "Ақкө"
