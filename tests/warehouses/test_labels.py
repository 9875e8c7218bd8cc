"""Labels: every symbol is read back from the printed page by another decoder, sharp and blurred."""

import io
import time
from datetime import timedelta
from urllib.parse import unquote

import pypdf
import pytest
import zxingcpp
from PIL import Image, ImageFilter
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from core.actors import Actor
from core.audit import AuditEntry
from core.clock import now
from core.gs1 import read_code
from tests.support.goods import a_place, some_districts
from tests.support.labels import EXPIRES, PREFIX, a_labelled_lot, codes_of, pages_of, set_prefix, written
from tests.support.people import an_actor
from warehouses.errors import LotUnknown
from warehouses.errors.labels import LabelMalformed, NoCompanyPrefix
from warehouses.models import Carton, LabelPrint, Lot, Place
from warehouses.services.labels import preview_label, print_carton_labels, print_lot_labels, reprint_carton_labels
from warehouses.values.labels import CARTON_TEMPLATES, LOT_TEMPLATES, CodeKind, LabelKind, LabelWish

BASE = "https://toptama.example.kz"
DPI = 203


@pytest.fixture
def place(session: Session) -> Place:
    return a_place(session)


@pytest.fixture
def actor(session: Session, place: Place) -> Actor:
    return an_actor(session, role=Role.STOREKEEPER, scope_kind=ScopeKind.PLACE, scope_id=place.id)


def lot_labels(session: Session, lot: Lot, wish: LabelWish, actor: Actor) -> bytes:
    return written(lambda file: print_lot_labels(session, file, lot, wish, base_url=BASE, actor=actor, at=now()))


def carton_labels(session: Session, lot: Lot, wish: LabelWish, actor: Actor) -> bytes:
    return written(lambda file: print_carton_labels(session, file, lot, wish, actor=actor, at=now()))


def read_all(picture: Image.Image) -> set[str]:
    return {code.text for code in codes_of(picture)}


@pytest.mark.parametrize("kind", list(CodeKind))
@pytest.mark.parametrize("template", list(LOT_TEMPLATES))
def test_ux_82_every_lot_label_is_read_back_from_its_page_sharp_and_blurred(
    session: Session, place: Place, actor: Actor, template: str, kind: CodeKind
) -> None:
    lot, gtin = a_labelled_lot(session, place)
    pdf = lot_labels(session, lot, LabelWish(template, kind, 2, packs=24), actor)
    link = f"{BASE}/01/{gtin.zfill(14)}/10/{lot.code}?17=270301"
    message = f"(01){gtin.zfill(14)}(17)270301(10){lot.code}"
    expected = {CodeKind.QR: link, CodeKind.DATA_MATRIX: message}[kind]
    for picture in pages_of(pdf):
        for seen in (picture, picture.filter(ImageFilter.GaussianBlur(1.2))):
            found = codes_of(seen)
            assert {code.text for code in found} == {expected}
        code = codes_of(picture)[0]
        across = [code.position.top_left.x, code.position.top_right.x]
        modules = {CodeKind.QR: 33, CodeKind.DATA_MATRIX: 20}[kind]
        assert (max(across) - min(across)) / modules == pytest.approx(5, abs=0.15)
    read = read_code(expected).codes[0]
    assert (read.gtin, read.lot, read.expires_on) == (gtin.zfill(14), lot.code, EXPIRES)


@pytest.mark.parametrize("template", list(LOT_TEMPLATES))
def test_ux_84_names_in_both_languages_lot_expiry_packs_and_the_code_are_words(
    session: Session, place: Place, actor: Actor, template: str
) -> None:
    lot, gtin = a_labelled_lot(session, place)
    pdf = lot_labels(session, lot, LabelWish(template, CodeKind.QR, 1, packs=24), actor)
    words = " ".join(pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text().split())
    assert words.index(lot.item.name_kk.split()[0]) < words.index(lot.item.name_ru.split()[0])
    for part in (lot.code, "01.03.2027", "24", gtin):
        assert part in words


def test_ux_84_an_item_without_a_trade_number_says_so_and_bears_our_own_reference(
    session: Session, place: Place, actor: Actor
) -> None:
    lot, _ = a_labelled_lot(session, place, item="F13", with_gtin=False)
    for kind in CodeKind:
        pdf = lot_labels(session, lot, LabelWish("a4-24", kind, 1), actor)
        assert read_all(pages_of(pdf)[0]) == {f"{BASE}/warehouses/lots/{lot.id}"}
        assert "без GTIN" in " ".join(pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text().split())


@pytest.mark.parametrize("code", ["Қыс-7", "A" * 21, "L 7"])
def test_a_lot_code_that_gs1_does_not_allow_bears_our_own_reference(
    session: Session, place: Place, actor: Actor, code: str
) -> None:
    lot, _ = a_labelled_lot(session, place, code=code)
    pdf = lot_labels(session, lot, LabelWish("roll-80", CodeKind.QR, 1), actor)
    assert read_all(pages_of(pdf)[0]) == {f"{BASE}/warehouses/lots/{lot.id}"}


@pytest.mark.parametrize("code", ["A/7?x=1&y", "50%-#7"])
def test_odd_signs_of_a_lot_code_stay_in_their_place_of_the_address(
    session: Session, place: Place, actor: Actor, code: str
) -> None:
    lot, gtin = a_labelled_lot(session, place, code=code)
    if "#" in code:
        lot_code = f"{BASE}/warehouses/lots/{lot.id}"
    else:
        lot_code = f"{BASE}/01/{gtin.zfill(14)}/10/A%2F7%3Fx%3D1%26y?17=270301"
        assert unquote("A%2F7%3Fx%3D1%26y") == code
    pdf = lot_labels(session, lot, LabelWish("a4-14", CodeKind.QR, 1), actor)
    assert read_all(pages_of(pdf)[0]) == {lot_code}


def test_skipped_labels_stay_empty_and_the_rest_goes_on_over_the_page(
    session: Session, place: Place, actor: Actor
) -> None:
    lot, _ = a_labelled_lot(session, place)
    pictures = pages_of(lot_labels(session, lot, LabelWish("a4-24", CodeKind.DATA_MATRIX, 24, skip=5), actor))
    assert [len(codes_of(picture)) for picture in pictures] == [19, 5]
    first = min(code.position.top_left.y for code in codes_of(pictures[0]))
    assert first > 37 / 25.4 * DPI


@pytest.mark.parametrize(
    "wish",
    [
        LabelWish("a4-24", "qr", 10**9),
        LabelWish("a4-24", "qr", 1001),
        LabelWish("a4-24", "qr", 0),
        LabelWish("a4-24", "qr", 1, skip=10**9),
        LabelWish("a4-24", "qr", 1, skip=24),
        LabelWish("roll-58", "qr", 1, skip=1),
        LabelWish("a4-24", "qr", 1, packs=10**9),
        LabelWish("a3", "qr", 1),
        LabelWish("a4-24", "barcode", 1),
    ],
)
def test_bad_07_sec_34_what_is_out_of_bounds_is_refused_with_a_sentence(
    session: Session, place: Place, actor: Actor, wish: LabelWish
) -> None:
    lot, _ = a_labelled_lot(session, place)
    with pytest.raises(LabelMalformed) as refused:
        lot_labels(session, lot, wish, actor)
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize("name", ["<img src=http://127.0.0.1:9/x>", "file:///etc/passwd", "<b>&amp;</b> %(n)s {0}"])
def test_sec_39_a_name_with_an_address_or_markup_is_words(
    session: Session, place: Place, actor: Actor, name: str
) -> None:
    lot, _ = a_labelled_lot(session, place)
    lot.item.set_names(name, name, name)
    pdf = lot_labels(session, lot, LabelWish("roll-80", CodeKind.QR, 1), actor)
    words = "".join(pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text().split())
    assert "".join(name.split()) in words
    assert b"/URI" not in pdf
    assert b"/Annots" not in pdf


def test_ux_83_five_hundred_labels_take_less_than_ten_seconds(session: Session, place: Place, actor: Actor) -> None:
    lot, _ = a_labelled_lot(session, place)
    set_prefix(session)
    for template in ("a4-24", "roll-58"):
        begun = time.perf_counter()
        pdf = lot_labels(session, lot, LabelWish(template, CodeKind.QR, 500), actor)
        assert time.perf_counter() - begun < 10
        assert len(pdf) < 2_000_000
    begun = time.perf_counter()
    carton_labels(session, lot, LabelWish("a4-14", CodeKind.DATA_MATRIX, 500, packs=12), actor)
    assert time.perf_counter() - begun < 10


@pytest.mark.parametrize("template", list(CARTON_TEMPLATES))
def test_eco_02_a_carton_bears_its_number_the_trade_number_lot_expiry_and_count(
    session: Session, place: Place, actor: Actor, template: str
) -> None:
    lot, gtin = a_labelled_lot(session, place)
    set_prefix(session)
    pdf = carton_labels(session, lot, LabelWish(template, CodeKind.DATA_MATRIX, 3, packs=24), actor)
    numbers = sorted(session.scalars(select(Carton.sscc).where(Carton.lot_id == lot.id)))
    assert len(numbers) == 3
    inside = f"(02){gtin.zfill(14)}(17)270301(37)24(10){lot.code}"
    for blurred in (False, True):
        found: set[str] = set()
        for page in pages_of(pdf):
            picture = page.filter(ImageFilter.GaussianBlur(1)) if blurred else page
            found |= read_all(picture)
        assert found == {f"(00){number}" for number in numbers} | {f"(00){number}{inside}" for number in numbers}
    bars = [code for page in pages_of(pdf) for code in codes_of(page) if code.format == zxingcpp.BarcodeFormat.Code128]
    assert {code.symbology_identifier for code in bars} == {"]C1"}
    for number in numbers:
        assert number[1:8] == PREFIX
        read = read_code(f"(00){number}{inside}").codes[0]
        assert (read.sscc, read.lot) == (number, lot.code)
        carton = session.get(Carton, number)
        assert carton is not None
        assert carton.packs == 24
    words = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)
    assert f"(00) {numbers[0][0]} {numbers[0][1:9]}" in " ".join(words.split())


def test_eco_02_without_a_company_prefix_cartons_are_not_numbered(session: Session, place: Place, actor: Actor) -> None:
    lot, _ = a_labelled_lot(session, place)
    with pytest.raises(NoCompanyPrefix):
        carton_labels(session, lot, LabelWish("a4-14", CodeKind.DATA_MATRIX, 1, packs=1), actor)


def test_cartons_printed_again_have_the_same_numbers_and_it_is_noted(
    session: Session, place: Place, actor: Actor
) -> None:
    lot, _ = a_labelled_lot(session, place)
    set_prefix(session)
    wish = LabelWish("roll-80", CodeKind.DATA_MATRIX, 2, packs=24)
    first = {text for page in pages_of(carton_labels(session, lot, wish, actor)) for text in read_all(page)}
    number = session.scalars(select(Carton.sscc)).first() or ""
    again = written(
        lambda file: reprint_carton_labels(
            session, file, lot, wish, number=number, actor=actor, at=now() + timedelta(1)
        )
    )
    assert {text for page in pages_of(again) for text in read_all(page)} == first
    assert len(session.scalars(select(Carton.sscc)).all()) == 2
    trail = session.scalars(select(AuditEntry.action).where(AuditEntry.subject == "lot").order_by(AuditEntry.at)).all()
    assert [action for action in trail if "label" in action] == [
        "warehouses.print_labels",
        "warehouses.reprint_labels",
    ]
    assert len(session.scalars(select(LabelPrint)).all()) == 2
    other, _ = a_labelled_lot(session, place, code="OTHER")
    with pytest.raises(LotUnknown):
        reprint_carton_labels(session, io.BytesIO(), other, wish, number=number, actor=actor, at=now())


def test_bad_09_labels_of_a_foreign_lot_are_not_printed(session: Session, place: Place, actor: Actor) -> None:
    foreign = a_place(session, district_id=some_districts(session)[1].id)
    lot, _ = a_labelled_lot(session, foreign, code="FOREIGN")
    set_prefix(session)
    with pytest.raises(LotUnknown):
        lot_labels(session, lot, LabelWish("a4-24", CodeKind.QR, 1), actor)
    with pytest.raises(LotUnknown):
        carton_labels(session, lot, LabelWish("a4-14", CodeKind.DATA_MATRIX, 1, packs=1), actor)


@pytest.mark.parametrize("kind", list(LabelKind))
def test_ux_84_the_preview_is_black_and_white_and_its_symbols_are_read(
    session: Session, place: Place, kind: LabelKind
) -> None:
    lot, _ = a_labelled_lot(session, place)
    set_prefix(session)
    for template in {LabelKind.LOT: LOT_TEMPLATES, LabelKind.CARTON: CARTON_TEMPLATES}[kind]:
        file = io.BytesIO()
        wish = LabelWish(template, CodeKind.DATA_MATRIX, 1, packs=24)
        preview_label(session, file, lot, wish, kind=kind, base_url=BASE)
        picture = Image.open(file)
        assert picture.mode == "1"
        assert len(codes_of(picture.convert("L"))) == {LabelKind.LOT: 1, LabelKind.CARTON: 2}[kind]
