"""Sheets of vouchers: every code is read by another decoder, every Kazakh letter by another program."""

import io
import re

import pypdf
import pypdfium2  # type: ignore[import-untyped]  # it ships no types
import pytest
import zxingcpp
from PIL import Image, ImageDraw, ImageFilter
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.audit import AuditEntry
from core.crypto import FieldKeys
from core.qr import encode, encode_single
from distribution.documents.vouchers import MODULE
from distribution.errors import NoVouchers
from distribution.models import VoucherPrint
from distribution.services.voucher_prints import print_one, print_vouchers
from distribution.services.vouchers import reissue_voucher
from tests.support.cut_sheets import read_sheet
from tests.support.families import ARSHALY, QUARTER
from tests.support.vouchers import NOON, Scene, a_scene, a_supervisor, code_of

DPI = 203
LEAST_GAP = 2.0
"""Points of white between what is given and the label below it."""


@pytest.fixture
def scene(session: Session, keys: FieldKeys) -> Scene:
    scene = a_scene(session, keys, families=8)
    scene.point.set_names("Ақкөл ауылдық беру пункті", "Аккольский сельский пункт выдачи", "Akkol point")
    scene.point.address_kk, scene.point.address_ru = "Ақкөл қ., Бейбітшілік көшесі, 12", "г. Акколь, ул. Мира, 12"
    scene.point.hours, scene.point.hand_out_days = "09:00–18:00", "1,3,5"
    session.flush()
    return scene


def printed(session: Session, scene: Scene) -> bytes:
    file = io.BytesIO()
    actor = a_supervisor(session, scene.vouchers[0].district_id)
    assert print_vouchers(session, file, quarter=QUARTER, actor=actor, at=NOON) == len(scene.vouchers)
    return file.getvalue()


def pictures(pdf: bytes) -> list[Image.Image]:
    document = pypdfium2.PdfDocument(pdf)
    return [page.render(scale=DPI / 72).to_pil() for page in document]


def _version(code: zxingcpp.Barcode) -> int:
    extra: dict[str, str] = code.extra  # type: ignore[assignment]  # its stubs say object
    return int(extra["Version"])


def test_every_code_of_a_sheet_is_read_to_the_exact_token(session: Session, scene: Scene) -> None:
    found = [code for picture in pictures(printed(session, scene)) for code in zxingcpp.read_barcodes(picture)]
    assert sorted(code.text for code in found) == sorted(voucher.token for voucher in scene.vouchers)
    for code in found:
        assert code.ec_level == "Q"
        assert _version(code) <= 9


def test_ux_82_a_reader_that_shares_nothing_with_the_encoder_reads_every_voucher(
    session: Session, scene: Scene
) -> None:
    document = pypdfium2.PdfDocument(printed(session, scene))
    found = [text for page in document for text in read_sheet(page)]
    assert sorted(found) == sorted(voucher.token for voucher in scene.vouchers)


def test_ux_82_codes_keep_ten_millimetres_from_the_edge_and_five_dots_to_a_module(
    session: Session, scene: Scene
) -> None:
    assert MODULE * DPI / 25.4 >= 5
    assert MODULE >= 0.6
    for picture in pictures(printed(session, scene)):
        for code in zxingcpp.read_barcodes(picture):
            at = code.position
            corners = [at.top_left, at.top_right, at.bottom_left, at.bottom_right]
            across, down = [corner.x for corner in corners], [corner.y for corner in corners]
            assert min(*across, *down, picture.width - max(across), picture.height - max(down)) * 25.4 / DPI >= 10
            assert (max(across) - min(across)) / 53 >= 4.9


def test_short_codes_masked_names_and_kazakh_letters_are_text(session: Session, scene: Scene) -> None:
    pages = pypdf.PdfReader(io.BytesIO(printed(session, scene))).pages
    assert len(pages) == 2
    words = " ".join(page.extract_text() for page in pages)
    for voucher in scene.vouchers:
        assert code_of(voucher) in words
    assert words.count("Әл••• Г.") == 8
    assert "Гүлназ" not in words
    plain = re.sub(r"\s+", " ", words)
    for part in ("2026 жылғы IV тоқсан", "Ақкөл ауылдық беру пункті", "Бейбітшілік", "г. Акколь", "дүйсенбі", "09:00"):
        assert part in plain


def test_counts_are_words_and_what_is_given_ends_above_where(session: Session, scene: Scene) -> None:
    page = pypdfium2.PdfDocument(printed(session, scene))[0].get_textpage()
    words = re.sub(r"\s+", " ", page.get_text_range())
    assert "×" not in words
    for part in ("1 дана – 3 жастан", "2 дана – 1 жастан", "1 шт. – Продуктовый", "2 шт. – Набор"):
        assert part in words
    place = page.search("Қайда").get_next()
    assert place
    left, _, _, top = page.get_charbox(place[0])
    boxes = [page.get_charbox(number) for number in range(page.count_chars())]
    above = [bottom for x, bottom, _, _ in boxes if left - 1 <= x < left + 140 and top - 1.5 < bottom < top + 30]
    assert above
    assert min(above) - top > LEAST_GAP


def test_what_is_printed_is_noted_and_reach_is_kept(session: Session, scene: Scene, keys: FieldKeys) -> None:
    printed(session, scene)
    note = session.scalars(select(VoucherPrint)).one()
    assert (note.voucher_count, note.point_id, note.district_id) == (8, scene.point.id, scene.voucher.district_id)
    assert session.scalar(select(AuditEntry.detail).where(AuditEntry.action == "vouchers.printed")) == {
        "vouchers": 8,
        "point": scene.point.id,
        "layout": "six",
    }
    stranger = a_supervisor(session, ARSHALY)
    with pytest.raises(NoVouchers):
        print_vouchers(session, io.BytesIO(), quarter=QUARTER, actor=stranger, at=NOON)
    with pytest.raises(NoVouchers):
        print_one(session, io.BytesIO(), scene.voucher, actor=stranger, at=NOON)
    new = reissue_voucher(session, scene.voucher, at=NOON, actor_id=scene.operator.id, keys=keys)
    file = io.BytesIO()
    assert print_one(session, file, new, actor=a_supervisor(session, new.district_id), at=NOON) == 1
    assert [code.text for code in zxingcpp.read_barcodes(pictures(file.getvalue())[0])] == [new.token]


def test_a_second_print_of_the_same_revision_shows_the_same_codes(session: Session, scene: Scene) -> None:
    first, second = (
        {code.text for picture in pictures(printed(session, scene)) for code in zxingcpp.read_barcodes(picture)}
        for _ in range(2)
    )
    assert first == second


def test_ux_82_a_code_survives_blur_rotation_and_a_stain(session: Session, keys: FieldKeys) -> None:
    token = a_scene(session, keys).voucher.token
    clean = encode(token).image(5).convert("L")
    side = clean.width
    stained = clean.copy()
    edge = int(side * 0.2)
    ImageDraw.Draw(stained).ellipse((side // 2, side // 2, side // 2 + edge, side // 2 + edge), fill=90)
    damaged = {
        "blurred": clean.filter(ImageFilter.GaussianBlur(2)),
        "turned": clean.rotate(17, expand=True, fillcolor=255),
        "stained": stained,
        "small": clean.resize((side // 2, side // 2)),
    }
    for name, picture in damaged.items():
        found = zxingcpp.read_barcodes(picture)
        assert [code.text for code in found] == [token], name


def test_both_encoders_make_codes_of_the_same_size_that_are_read(session: Session, keys: FieldKeys) -> None:
    token = a_scene(session, keys).voucher.token
    for matrix in (encode(token), encode_single(token)):
        assert matrix.version == 9
        assert zxingcpp.read_barcodes(matrix.image(3).convert("L"))[0].text == token
