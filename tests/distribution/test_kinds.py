"""Kinds of sets that are data: who gets them, how often, and a uniform in sizes from the roster to the family."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
import zxingcpp
from pypdfium2 import PdfDocument  # type: ignore[import-untyped]  # it ships no types
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app.demonstration.catalogue import enter_school
from catalog.models import KitKind
from catalog.queries.contents import content_of
from catalog.queries.kits import get_kit
from catalog.queries.sizes import list_sizes
from catalog.queries.versions import version_in_force
from catalog.services.kits import activate_kit, deactivate_kit
from core.crypto import FieldKeys
from core.i18n import use_language
from core.quarters import Quarter
from distribution.errors import NotInStock
from distribution.models import Allotment, Roster, RosterLine, Voucher
from distribution.queries.allotments import reservations_statement
from distribution.queries.board import board, list_stock_there
from distribution.queries.eligibility import count_eligible
from distribution.queries.figures import list_figures
from distribution.queries.hand_overs import list_lines
from distribution.queries.signing_keys import list_token_keys
from distribution.queries.supply import supply_of
from distribution.rules.tokens import verified_claims
from distribution.services.allotments import allot
from distribution.services.approvals import approve_allotment
from distribution.services.giving import HandOverAsked
from distribution.services.hand_overs import hand_over, undo_hand_over
from distribution.services.reservations import reserve_roster
from distribution.services.rosters import freeze_roster
from distribution.services.scans import check_scan
from distribution.services.voucher_prints import print_vouchers
from distribution.services.vouchers import issue_vouchers
from distribution.values import ScanWay
from tests.support.catalogue import a_kit_kind, a_size
from tests.support.families import (
    AKKOL,
    AT,
    QUARTER,
    a_family,
    a_ministry,
    a_place,
    a_point,
    an_approved_roster,
    packed_kits,
)
from tests.support.goods import balance_of
from tests.support.school import OLDER_PUPIL, PUPIL, SCHOOL, a_school_scene
from tests.support.vouchers import NOON, Scene, a_supervisor, an_operator
from warehouses.models import Lot
from warehouses.queries import list_wrong_balances
from warehouses.values import PlaceKind

TODDLER = date(2024, 5, 1)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with use_language("en"):
        yield


@pytest.fixture
def uniform(session: Session) -> KitKind:
    """Give the uniform: yearly, for ages 6 to under 18, activated by the ministry's second person."""
    kind = a_kit_kind(session, code="UNI", ages=SCHOOL, interval_quarters=4, is_active=False)
    activate_kit(session, kind, actor=a_ministry(session), at=AT)
    return kind


@pytest.fixture
def real_uniform(session: Session) -> KitKind:
    """Give the uniform of the demonstration, with its own lines and sizes, activated by a further person."""
    actors = {name: a_ministry(session) for name in ("ministry", "ministry2", "region")}
    enter_school(session, actors=actors, quarter=QUARTER, at=AT)
    kind = get_kit(session, "UNI")
    activate_kit(session, kind, actor=a_ministry(session), at=AT)
    return kind


def freeze(session: Session, keys: FieldKeys, quarter: Quarter = QUARTER) -> Roster:
    return freeze_roster(session, quarter=quarter, actor=a_ministry(session), at=AT, keys=keys)


def lines_of(session: Session, roster: Roster) -> set[tuple[int, str]]:
    rows = select(RosterLine.child_id, KitKind.code).join(KitKind, KitKind.id == RosterLine.kit_kind_id)
    return {(child, kit) for child, kit in session.execute(rows.where(RosterLine.roster_id == roster.id))}


def asked(session: Session, scene: Scene, **sizes: Lot) -> HandOverAsked:
    """Return what a device asks for, with the sizes chosen for the first, second … set."""
    sets = scene.sets(session)
    return scene.asked(session, sizes={sets[int(place[1:])]: lot.item_id for place, lot in sizes.items()})


@contextmanager
def statements(session: Session) -> Iterator[list[str]]:
    said: list[str] = []

    def note(*arguments: object) -> None:
        said.append(str(arguments[2]))

    engine = session.get_bind().engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_a_uniform_goes_from_the_roster_to_the_family_in_the_size_that_fits(
    session: Session, keys: FieldKeys, real_uniform: KitKind
) -> None:
    content = content_of(session, version_in_force(session, real_uniform, QUARTER))
    lines = [(line.item.code, line.packs) for line in content.lines]
    assert lines == [("VEST", 1), ("TROUS", 1), ("SHIRT", 2), ("SOCKS", 3)]
    sizes = [one.variant for one in list_sizes(session, real_uniform)]
    assert sizes == ["122", "128", "134", "140", "146", "152", "158", "164"]
    scene = a_school_scene(session, keys, real_uniform)
    assert [one.variant for one in list_sizes(session, real_uniform)] == sizes  # what is on the shelf is of these
    assert balance_of(session, scene.point, scene.lots["122"]) == (1, 1)  # what expires first is set aside
    file = io.BytesIO()
    assert print_vouchers(session, file, quarter=QUARTER, actor=a_supervisor(session), at=NOON) == 1
    (code,) = zxingcpp.read_barcodes(PdfDocument(file.getvalue())[0].render(scale=3).to_pil())
    assert code.text == scene.voucher.token
    seen = check_scan(
        session, scanned_text=code.text, way=ScanWay.CAMERA, point_id=scene.point.id, operator=scene.operator, at=NOON
    )
    (due,) = seen.due
    assert (due.kit.code, due.child, due.years, due.in_stock) == ("UNI", "Ай••• С.", 7, 1)
    assert [(one.name, one.packs) for one in due.sizes] == [("122", 1), ("134", 2)]
    assert due.size == scene.lots["122"].item_id
    given = hand_over(session, asked(session, scene, _0=scene.lots["134"]), operator=scene.operator, at=NOON)
    assert str(given.verdict.why) == "Handed over: Әл••• Н.. Sizes: UNI 134"
    assert balance_of(session, scene.point, scene.lots["134"]) == (1, 0)
    (line,) = list_lines(session, given.id)
    assert (line[1].code, line[5]) == ("UNI", "134")
    undo_hand_over(session, given.id, reason="Too small", actor=scene.operator, at=NOON + timedelta(minutes=2))
    assert balance_of(session, scene.point, scene.lots["134"]) == (2, 0)
    again = hand_over(session, asked(session, scene, _0=scene.lots["122"]), operator=scene.operator, at=NOON)
    assert balance_of(session, scene.point, scene.lots["122"]) == (0, 0)
    assert "UNI 122" in str(again.verdict.why)
    assert not list_wrong_balances(session)


def test_without_a_chosen_size_what_expires_first_is_given(session: Session, keys: FieldKeys, uniform: KitKind) -> None:
    scene = a_school_scene(session, keys, uniform)
    first = scene.asked(session)
    assert "UNI 122" in str(hand_over(session, first, operator=scene.operator, at=NOON).verdict.why)
    again = hand_over(session, first, operator=scene.operator, at=NOON)
    assert "UNI 122" in str(again.verdict.why)
    assert balance_of(session, scene.point, scene.lots["122"]) == (0, 0)


def test_every_child_is_offered_a_size_of_its_own(session: Session, keys: FieldKeys, uniform: KitKind) -> None:
    scene = a_school_scene(session, keys, uniform, births=(PUPIL, OLDER_PUPIL))
    seen = check_scan(
        session,
        scanned_text=scene.voucher.token,
        way=ScanWay.CAMERA,
        point_id=scene.point.id,
        operator=scene.operator,
        at=NOON,
    )
    assert [one.size for one in seen.due] == [scene.lots["122"].item_id, scene.lots["134"].item_id]
    assert sorted(one.years for one in seen.due) == [7, 12]
    wish = asked(session, scene, _1=scene.lots["122"])  # the last of its size is not taken by the one that has no wish
    given = hand_over(session, wish, operator=scene.operator, at=NOON)
    assert str(given.verdict.why).endswith("UNI 122, UNI 134")


def test_a_size_that_the_point_has_not_is_refused_in_words(session: Session, keys: FieldKeys, uniform: KitKind) -> None:
    scene = a_school_scene(session, keys, uniform)
    elsewhere = packed_kits(session, a_point(session, is_main=False), "UNI", 5, size=a_size(session, uniform, "164"))
    with pytest.raises(NotInStock) as refusal, session.begin_nested():
        hand_over(session, asked(session, scene, _0=elsewhere), operator=scene.operator, at=NOON)
    assert str(refusal.value.verdict.why) == "This point lacks: UNI – UNI, size 164."
    toys = packed_kits(session, scene.point, "HYG", 5)
    with pytest.raises(NotInStock) as refusal, session.begin_nested():  # an item of another kind is no size of it
        hand_over(session, asked(session, scene, _0=toys), operator=scene.operator, at=NOON)
    assert str(refusal.value.verdict.why) == "This point lacks: UNI – UNI."
    assert not list_lines(session, scene.asked(session).key)


def test_a_hand_over_in_sizes_makes_six_statements(session: Session, keys: FieldKeys, uniform: KitKind) -> None:
    scene = a_school_scene(session, keys, uniform, births=(PUPIL, OLDER_PUPIL))
    wish = asked(session, scene, _0=scene.lots["134"])
    session.expunge_all()
    with statements(session) as said:
        hand_over(session, wish, operator=scene.operator, at=NOON)
    assert len(said) <= 6, said


def test_sizes_count_in_supply_board_stock_and_reservations(
    session: Session, keys: FieldKeys, uniform: KitKind
) -> None:
    scene = a_school_scene(session, keys, uniform)
    reach = a_ministry(session).reach("distribution.read_quarters")
    assert supply_of(session, QUARTER, [uniform]) == {"UNI": 2}
    row = next(row for row in board(session, QUARTER, reach=reach, on=NOON.date()) if row.district.id == AKKOL)
    assert (row.kits["UNI"].stock, row.kits["UNI"].short) == (3, 0)
    there = list_stock_there(session, QUARTER, AKKOL, on=NOON.date(), kit="UNI")
    assert sorted((lot.id, packs) for _, lot, _, packs in there) == sorted(
        [(scene.lots["122"].id, 1), (scene.lots["134"].id, 2)]
    )
    reserved = session.execute(reservations_statement(QUARTER, reach, {"kit": "UNI"})).all()
    assert [(kit, packs) for _, kit, _, _, packs in reserved] == [("UNI", 1)]
    figures = {one.kit.code: one for one in list_figures(session, QUARTER, reach=reach, rosters=[])}
    assert (figures["UNI"].granted, figures["UNI"].reserved) == (1, 1)


def test_a_pupil_gets_uniform_and_supplies_and_nothing_for_small_children(
    session: Session, keys: FieldKeys, uniform: KitKind
) -> None:
    a_kit_kind(session, code="SCH", ages=SCHOOL, interval_quarters=4)
    pupil, toddler = a_family(session, births=[PUPIL, TODDLER])
    assert lines_of(session, freeze(session, keys)) == {
        (pupil.id, "UNI"),
        (pupil.id, "SCH"),
        (toddler.id, "F13"),
        (toddler.id, "HYG"),
    }


def test_a_set_for_girls_goes_to_girls(session: Session, keys: FieldKeys) -> None:
    a_kit_kind(session, code="GIRL", ages=SCHOOL, for_sex="female")
    a_kit_kind(session, code="BOY", ages=SCHOOL, for_sex="male")
    (girl,), (boy,) = a_family(session, births=[PUPIL]), a_family(session, births=[PUPIL], sex="male")
    a_family(session, births=[PUPIL], sex="")  # the registry does not say: neither
    assert lines_of(session, freeze(session, keys)) == {(girl.id, "GIRL"), (boy.id, "BOY")}


def test_a_set_of_one_kind_of_assistance_goes_to_its_families(session: Session, keys: FieldKeys) -> None:
    a_kit_kind(session, code="COND", ages=SCHOOL, for_award="conditional")
    a_kit_kind(session, code="FREE", ages=SCHOOL, for_award="unconditional")
    (conditional,) = a_family(session, births=[PUPIL], kind="conditional")
    (unconditional,) = a_family(session, births=[PUPIL])
    assert lines_of(session, freeze(session, keys)) == {(conditional.id, "COND"), (unconditional.id, "FREE")}


def test_a_yearly_set_is_due_again_after_four_quarters(session: Session, keys: FieldKeys, uniform: KitKind) -> None:
    (pupil, _) = a_family(session, births=[PUPIL, TODDLER])
    packed_kits(session, a_place(session, kind=PlaceKind.CENTRAL), "UNI", 5, expires_on=None)
    roster = freeze(session, keys)
    assert (pupil.id, "UNI") in lines_of(session, roster)
    grant(session, roster, pupil.id, uniform)
    for step in (1, 2, 3):
        quarter = Quarter.from_ordinal(QUARTER.ordinal + step)
        assert (pupil.id, "UNI") not in lines_of(session, freeze(session, keys, quarter)), quarter
    a_year_later = Quarter.from_ordinal(QUARTER.ordinal + 4)
    assert (pupil.id, "UNI") in lines_of(session, freeze(session, keys, a_year_later))


def grant(session: Session, roster: Roster, child_id: int, kind: KitKind) -> None:
    family_id = session.scalars(select(RosterLine.family_id).where(RosterLine.child_id == child_id)).first()
    session.add(
        Allotment(
            district_id=AKKOL,
            quarter=roster.quarter,
            roster_id=roster.id,
            child_id=child_id,
            kit_kind_id=kind.id,
            family_id=family_id,
            status="granted",
        )
    )
    session.flush()


def test_a_deactivated_kind_leaves_rosters_that_are_frozen_alone(
    session: Session, keys: FieldKeys, uniform: KitKind
) -> None:
    point = a_point(session, settlements=["Ақкөл"])
    (pupil,) = a_family(session, births=[PUPIL])
    lot = packed_kits(session, point, "UNI", 3, size=a_size(session, uniform, "128"))
    roster = freeze(session, keys)
    deactivate_kit(session, uniform, actor=a_ministry(session), at=AT)
    (late,) = a_family(session, births=[OLDER_PUPIL])
    toddler = a_family(session, births=[TODDLER])[0]
    assert not {one.kit for one in count_eligible(session, QUARTER)} & {"UNI"}
    seed = {"seed": "", "seed_source": "", "announced": {}}
    granted = allot(session, roster=roster, **seed, actor=a_ministry(session), at=AT)  # type: ignore[arg-type]
    assert granted == {"UNI": 1}
    approve_allotment(session, roster=roster, actor=a_ministry(session), at=AT)
    reserve_roster(session, roster=roster, actor=a_ministry(session), at=AT)
    assert balance_of(session, point, lot) == (3, 1)
    second = freeze(session, keys)
    assert lines_of(session, second) == {(toddler.id, "F13"), (toddler.id, "HYG")}
    assert late.id not in {child for child, _ in lines_of(session, second)}
    reach = a_ministry(session).reach("distribution.read_quarters")
    figures = {one.kit.code: one for one in list_figures(session, QUARTER, reach=reach, rosters=[roster, second])}
    assert (figures["UNI"].need, figures["UNI"].granted) == (1, 1)
    issue_vouchers(session, quarter=QUARTER, actor=a_ministry(session), at=NOON, keys=keys)
    (voucher,) = session.scalars(select(Voucher))
    scene = Scene(point, an_operator(session, point), [voucher], {"UNI": lot})
    hand_over(session, scene.asked(session), operator=scene.operator, at=NOON)
    assert balance_of(session, point, lot) == (2, 0)
    assert pupil.id in {child for child, _ in lines_of(session, roster)}


def test_a_kind_whose_standard_begins_later_is_on_no_roster_before(session: Session, keys: FieldKeys) -> None:
    a_kit_kind(session, code="LATER", ages=SCHOOL, effective_from=QUARTER.next())
    pupil, _ = a_family(session, births=[PUPIL, TODDLER])
    assert (pupil.id, "LATER") not in lines_of(session, freeze(session, keys))
    assert (pupil.id, "LATER") in lines_of(session, freeze(session, keys, QUARTER.next()))


def test_the_bits_of_further_kinds_stand_in_the_voucher(session: Session, keys: FieldKeys, uniform: KitKind) -> None:
    supplies = a_kit_kind(session, code="SCH", ages=SCHOOL, interval_quarters=4)
    assert (uniform.voucher_bit, supplies.voucher_bit) == (8, 16)
    packed_kits(session, a_place(session, kind=PlaceKind.CENTRAL), "SCH", 3)
    scene = a_school_scene(session, keys, uniform)
    find = lambda kid: list_token_keys(session, kid)  # noqa: E731 - a look-up of this test
    assert verified_claims(scene.voucher.token, find).kit_bits == 24


def test_a_family_of_five_kinds_reads_on_paper_what_each_set_is(session: Session, keys: FieldKeys) -> None:
    for code, kk, ru in (("UNI", "мектеп формасы", "Школьная форма"), ("SCH", "керек-жарақтары", "Принадлежности")):
        kind = a_kit_kind(session, code=code, ages=SCHOOL)
        ages = ("6 жастан 18 жасқа дейінгі балаларға арналған", "для детей от 6 до 18 лет, обучающихся в школе")
        kind.set_names(f"{ages[0]} {kk}", f"{ru} {ages[1]}", code)
    a_point(session, settlements=["Ақкөл"])
    a_family(session, births=[TODDLER, date(2021, 5, 1), PUPIL])
    elsewhere = a_place(session, kind=PlaceKind.CENTRAL)
    for code in ("F13", "F36", "HYG", "UNI", "SCH"):
        packed_kits(session, elsewhere, code, 5)
    an_approved_roster(session, keys)
    issue_vouchers(session, quarter=QUARTER, actor=a_ministry(session), at=NOON, keys=keys)
    file = io.BytesIO()
    print_vouchers(session, file, quarter=QUARTER, actor=a_supervisor(session), at=NOON)
    told = PdfDocument(file.getvalue())[0].get_textpage().get_text_range()
    for words in ("мектеп формасы", "керек-жарақтары", "Школьная форма", "Принадлежности", "тауарларының жиынтығы"):
        assert words in told, words
