"""The shared pieces of official papers: both languages, heads that repeat, nothing cut off, nothing fetched."""

import io
from collections.abc import Sequence
from datetime import date

import pypdf
import pypdfium2  # type: ignore[import-untyped]  # it ships no types
import pytest
import zxingcpp

from core.i18n import text
from core.papers import LANDSCAPE, PORTRAIT, Column, FormName, Layout, OfficialPaper, Signature

ADDRESS = "https://toptama.example.kz/logistics/transfers/7"
HEAD_KK, HEAD_RU = "Тауаратауы", "Номенклатура"
NASTY = "<img src=http://127.0.0.1:9/x> <b>file:///etc/passwd</b> &amp;"


def a_paper(rows: int, *, layout: Layout = PORTRAIT, name: str = "Сүт") -> bytes:
    """Return a paper with all the pieces and so many rows."""
    form = FormName("Нысан З-2", "Форма З-2")
    paper = OfficialPaper(text("Stock"), number="TR-2026-0001", on=date(2026, 11, 22), form=form, layout=layout)
    paper.parties([(text("Place"), name)])
    columns = [Column("№", 10), Column(text("Item"), 100), Column(text("Packs"), 20, is_number=True)]
    lines = [[str(number), name, str(number * 7)] for number in range(1, rows + 1)]
    paper.table(columns, lines, totals=["", text("Total"), "12 345"])
    paper.signatures([Signature(text("Drafted by"), name="Ахметова Айгерім"), Signature(text("Approved by"))])
    paper.verification(ADDRESS)
    file = io.BytesIO()
    paper.write(file)
    return file.getvalue()


def words_of(paper: bytes) -> Sequence[str]:
    """Return the words of each page without spaces: lines may break anywhere."""
    return ["".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(paper)).pages]


@pytest.mark.parametrize("layout", [PORTRAIT, LANDSCAPE])
def test_a_paper_has_both_languages_and_repeats_its_head(layout: Layout) -> None:
    pages = words_of(a_paper(120, layout=layout))
    assert len(pages) > 2
    for number, page in enumerate(pages, start=1):
        assert f"{number}-бет,барлығы{len(pages)}" in page
        assert f"страница{number}из{len(pages)}" in page
    whole = "".join(pages)
    for words in ("НысанЗ-2", "ФормаЗ-2", "№TR-2026-0001", "22.11.2026", "АхметоваАйгерім", "12345", ADDRESS):
        assert words in whole
    assert all(HEAD_KK in page and HEAD_RU in page for page in pages if page.count("Сүт") > 2)


def test_a_head_never_ends_a_page_without_a_row() -> None:
    for rows in range(25, 50):
        for page in words_of(a_paper(rows, name="Шаш")):
            assert (HEAD_KK in page and HEAD_RU in page) == (page.count("Шаш") > 0 or "12345" in page)


def test_sec_39_markup_in_a_name_is_text_and_nothing_is_fetched() -> None:
    paper = a_paper(2, name=NASTY)
    assert "".join(NASTY.split()) in "".join(words_of(paper))
    reader = pypdf.PdfReader(io.BytesIO(paper))
    assert not any("/Annots" in page or page.images for page in reader.pages if "/XObject" in page)
    assert b"/URI" not in paper


def test_the_square_leads_to_the_page_of_the_document() -> None:
    pages = pypdfium2.PdfDocument(a_paper(3))
    found = zxingcpp.read_barcodes(pages[len(pages) - 1].render(scale=4).to_pil())
    assert [one.text for one in found] == [ADDRESS]


def test_equal_papers_are_equal_bytes() -> None:
    assert a_paper(5) == a_paper(5)


def test_lying_pages_are_wider_than_high() -> None:
    box = pypdf.PdfReader(io.BytesIO(a_paper(1, layout=LANDSCAPE))).pages[0].mediabox
    assert box.width > box.height
