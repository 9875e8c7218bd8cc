"""Print runs as long work: point by point, resumable to the byte, nothing printed twice unknowingly."""

import io
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pypdf
import pypdfium2  # type: ignore[import-untyped]  # it ships no types
import pytest
import zxingcpp
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from app.jobs import job_functions
from app.roles import RIGHTS
from catalog.models import KitKind
from core.audit import AuditEntry
from core.crypto import FieldKeys
from core.database import Database
from core.jobs.models import Job
from core.jobs.working import work_on
from core.stored_files import StoredFile
from distribution.documents.voucher_kits import Room, draw_kits
from distribution.errors import NoVouchers
from distribution.models import Voucher, VoucherPrint
from distribution.queries.voucher_prints import PrintChoice, list_print_runs
from distribution.services.voucher_prints import PRINT, ask_to_print, print_vouchers
from distribution.services.vouchers import issue_vouchers, reissue_voucher
from distribution.values.vouchers import PaperLook, PrintLayout
from tests.conftest import SignIn, on_one_engine
from tests.support.families import AKKOL, QUARTER, a_family, a_ministry, a_point, an_approved_roster, packed_kits
from tests.support.jobs import do_the_jobs
from tests.support.killed import Point, run
from tests.support.vouchers import NOON, TODDLER, Scene, a_scene, a_supervisor
from warehouses.models import Place

ADDRESS = "https://toptama.example/p"
KATO = "113200000"


def two_points(session: Session, keys: FieldKeys) -> list[Place]:
    """Make a district with two points and vouchers at both."""
    points = [a_point(session, settlements=["Ақкөл"]), a_point(session, settlements=["Еңбек"], is_main=False)]
    for number in range(4):
        a_family(session, births=[TODDLER], guardian=f"Әлиева Гүлназ {number}")
        a_family(session, births=[TODDLER], guardian=f"Серікова Асель {number}", settlement="Еңбек")
    for kit in ("F13", "HYG"):
        packed_kits(session, points[0], kit, 20)
    an_approved_roster(session, keys)
    issue_vouchers(session, quarter=QUARTER, actor=a_ministry(session), at=NOON, keys=keys)
    return points


def ask(session: Session, layout: PrintLayout = PrintLayout.SIX, *, only_new: bool = False) -> None:
    choice = PrintChoice(QUARTER, NOON + timedelta(hours=1), AKKOL, only_new=only_new)
    actor = a_supervisor(session)
    ask_to_print(session, choice, PaperLook(layout, ADDRESS), actor=actor, at=NOON)


def hashes(session: Session) -> dict[str, bytes]:
    return {row.name: row.sha256 for row in session.scalars(select(StoredFile))}


@pytest.mark.storm
def test_a_killed_print_run_taken_up_again_gives_the_identical_files(fresh_database: Database, keys: FieldKeys) -> None:
    def work(database: Database) -> None:
        work_on(database, keys, job_functions(), rights=RIGHTS, until_done=True)

    with fresh_database.writing() as session:
        two_points(session, keys)
        ask(session)
    url = fresh_database.url.render_as_string(hide_password=False)
    fresh_database.dispose()
    points = (
        Point("work", "after", "INSERT INTO stored_file_block"),
        Point("work", "before", "INSERT INTO voucher_print"),
        Point("work", "before", number=14),
    )
    died = [run(url, [("work", work)], point) for point in points]
    assert any(died)
    work(fresh_database)
    with fresh_database.reading() as session:
        broken = hashes(session)
        assert [row.voucher_count for row in session.scalars(select(VoucherPrint))] == [4, 4]
        result = session.scalars(select(Job.result).where(Job.kind == PRINT)).one()
        assert result is not None
        assert (result["vouchers"], result["points"]) == (8, 2)
    with fresh_database.writing() as session:
        ask(session)
    work(fresh_database)
    with fresh_database.reading() as session:
        assert hashes(session) == broken
        assert len(broken) == 2


@pytest.fixture
def scene(session: Session, keys: FieldKeys) -> Scene:
    return a_scene(session, keys, families=3)


def test_only_what_was_never_printed_is_offered_and_a_list_to_sign_is_no_print(
    session: Session, scene: Scene, keys: FieldKeys
) -> None:
    actor, at = a_supervisor(session), NOON + timedelta(hours=1)
    new = PrintChoice(QUARTER, at, AKKOL, only_new=True)
    reach = actor.reach("distribution.print_vouchers")
    listed = PaperLook(PrintLayout.LIST)
    print_vouchers(session, io.BytesIO(), quarter=QUARTER, actor=actor, at=NOON, look=listed)
    assert [(one.count, one.new_count) for one in list_print_runs(session, new, reach)] == [(3, 3)]
    print_vouchers(session, io.BytesIO(), quarter=QUARTER, actor=actor, at=NOON)
    assert list_print_runs(session, new, reach) == []
    with pytest.raises(NoVouchers, match="printed before"):
        ask_to_print(session, new, PaperLook(), actor=actor, at=at)
    reissue_voucher(session, scene.voucher, at=NOON + timedelta(minutes=5), actor_id=actor.id, keys=keys)
    assert [(one.count, one.new_count) for one in list_print_runs(session, new, reach)] == [(1, 1)]
    whole = PrintChoice(QUARTER, at, AKKOL)
    assert [(one.count, one.new_count) for one in list_print_runs(session, whole, reach)] == [(3, 1)]


def test_ux_82_a_district_prints_by_its_page_and_saves_the_file(
    app: Flask, session: Session, scene: Scene, sign_in: SignIn
) -> None:
    district = sign_in(Role.DISTRICT, ScopeKind.DISTRICT, AKKOL)
    address = f"/distribution/vouchers/print/{QUARTER}/{KATO}"
    assert f"{address}?point={scene.point.id}" in district.get(f"/distribution/vouchers/print?quarter={QUARTER}").text
    job = district.send_form(address, which="all", layout="one").headers["Location"]
    do_the_jobs(app)
    shown = district.get(f"/distribution/vouchers/prints/{job.rsplit('/', 1)[-1]}").text
    note = session.scalars(select(VoucherPrint)).one()
    assert (note.voucher_count, note.layout) == (3, "one")
    assert f"/prints/{note.id}/file" in shown
    answer = district.get(f"/distribution/vouchers/prints/{note.id}/file")
    assert "attachment" in answer.headers["Content-Disposition"]
    pages = [page.render(scale=203 / 72).to_pil() for page in pypdfium2.PdfDocument(answer.data)]
    read = [code.text for page in pages for code in zxingcpp.read_barcodes(page)]
    assert sorted(read) == sorted(one.token for one in scene.vouchers)
    assert session.scalar(select(AuditEntry.actor_id).where(AuditEntry.action == "vouchers.saved"))
    assert "Only those never printed" not in shown
    again = district.get(address).text
    assert "3 vouchers were printed on" in again
    stranger = sign_in(Role.DISTRICT, ScopeKind.DISTRICT, 113400000)
    for path in (
        address,
        f"/distribution/vouchers/prints/{note.id}/file",
        f"/distribution/vouchers/prints/{note.job_id}",
    ):
        assert stranger.get(path).status_code in {404, 409}


@on_one_engine
def test_the_list_to_sign_names_nobody_and_counts_every_kind(session: Session, scene: Scene, tmp_path: Path) -> None:
    file = io.BytesIO()
    look = PaperLook(PrintLayout.LIST, ADDRESS)
    print_vouchers(session, file, quarter=QUARTER, actor=a_supervisor(session), at=NOON, look=look)
    words = " ".join(page.extract_text() for page in pypdf.PdfReader(file).pages)
    assert "Гүлназ" not in words
    assert words.count("Әл••• Г.") == 3
    for part in ("Жиынтықтарды беру тізімдемесі", "Ведомость выдачи наборов", "Қолы", "Подпись"):
        assert part in words


@on_one_engine
def test_ux_80_both_papers_say_where_the_family_reads_more_in_two_languages(session: Session, scene: Scene) -> None:
    for layout in (PrintLayout.SIX, PrintLayout.ONE):
        file = io.BytesIO()
        look = PaperLook(layout, ADDRESS)
        print_vouchers(session, file, quarter=QUARTER, actor=a_supervisor(session), at=NOON, look=look)
        words = pypdf.PdfReader(file).pages[0].extract_text()
        for part in ("toptama.example/p", "Жағдайы", "Состояние", "Қайда / Где"):
            assert part in words, (layout, part)


@pytest.mark.parametrize("kinds", [1, 6, 7, 8, 12, 16, 40])
def test_however_many_kinds_there_are_they_end_within_their_room(kinds: int) -> None:
    names = {
        one: KitKind(id=one, name_kk=f"{one}-сынып оқушысына арналған мектеп формасы", name_ru=f"Форма {one} класса")
        for one in range(1, kinds + 1)
    }
    room = Room(50.0, 28.2, 48.0, 37.3, (6.5, 6, 5.5))
    drawn: list[float] = []
    words: list[str] = []

    def text(_x: float, y: float, said: str, **_more: object) -> None:
        drawn.append(y)
        words.append(said)

    def paragraph(_x: float, y: float, lines: list[str], *, size: float, **_more: object) -> float:
        for line in lines:
            text(0, y, line)
            y += size * 1.25 / 72 * 25.4
        return y

    paper = SimpleNamespace(text=text, paragraph=paragraph)
    draw_kits(paper, [(one, 2) for one in names], names, room)  # type: ignore[arg-type]  # all that it draws with
    assert max(drawn) <= room.y + room.height
    if kinds <= 15:
        assert sum("2 дана" in one for one in words) == kinds
    else:
        assert any("см. адрес под квадратом" in one for one in words)


def test_vouchers_issued_after_the_moment_are_not_in_the_run(session: Session, scene: Scene) -> None:
    reach = a_supervisor(session).reach("distribution.print_vouchers")
    before = PrintChoice(QUARTER, NOON - timedelta(seconds=1), AKKOL)
    assert list_print_runs(session, before, reach) == []
    assert len(session.scalars(select(Voucher)).all()) == 3
