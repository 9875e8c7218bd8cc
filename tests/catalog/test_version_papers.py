"""The paper of a version: both languages, the whole hash, nothing cut off, whatever is written in it."""

import io
from dataclasses import replace
from functools import partial

import pypdf
import pypdfium2  # type: ignore[import-untyped]  # it ships no types
import pytest
import zxingcpp
from sqlalchemy.orm import Session

from accounts.values import Role
from catalog.documents.papers import PaperFrame, PaperState, write_paper
from catalog.queries.contents import content_of
from catalog.queries.versions import get_version
from catalog.rules.contents import ContentSubstitute, Names, StandardContent, canonical_json, content_hash
from catalog.views.kit_words import ages_told
from core.quarters import Quarter
from tests.conftest import SignIn
from tests.support.client import InspectingClient
from tests.support.people import an_actor
from tests.support.standards import a_draft, an_approved_version

ADDRESS = "https://toptama.example.kz/standards/F36/2"


@pytest.fixture
def content(session: Session) -> StandardContent:
    return content_of(session, get_version(session, "F36", 1))


def paper_of(content: StandardContent, state: PaperState = PaperState.APPROVED) -> bytes:
    """Return the paper of a content, whether any database holds it or not."""
    file = io.BytesIO()
    digest = content_hash(canonical_json(content))
    write_paper(file, content, PaperFrame(digest, ADDRESS, state, partial(ages_told, content.kit)))
    return file.getvalue()


def pages_of(paper: bytes) -> list[str]:
    """Return the words of each page as another program reads them, without spaces: lines may break anywhere."""
    return ["".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(paper)).pages]


def with_lines(content: StandardContent, count: int, names: Names | None = None) -> StandardContent:
    """Return the content with so many lines, all of them called so."""
    lines = []
    for number in range(count):
        line = content.lines[number % len(content.lines)]
        item = replace(line.item, code=f"I{number}", names=names or line.item.names)
        lines.append(replace(line, position=number + 1, item=item))
    return replace(content, lines=tuple(lines))


def test_a_paper_says_everything_in_kazakh_and_russian(content: StandardContent) -> None:
    substitute = ContentSubstitute(
        item=content.lines[0].item.code,
        substitute=content.lines[1].item,
        for_packs=2,
        substitute_packs=3,
        reason=Names("Сүт жоқ кезде", "Когда нет молока", "Without milk"),
        valid_from=Quarter(2027, 1),
        valid_until=Quarter(2027, 2),
    )
    note = Names("Себебі бар", "Есть причина", "There is a reason")
    said = "".join(pages_of(paper_of(replace(content, substitutes=(substitute,), change_note=note))))
    for words in (
        content.kit.names.name_kk,
        content.kit.names.name_ru,
        content.legal_document.name_kk,
        content.legal_document.name_ru,
        f"№ {content.legal_number}",
        "2020 жылғы I тоқсан",
        "I квартал 2020 года",
        "Сүт жоқ кезде",
        "Когда нет молока",
        "2027 жылғы II тоқсан",
        "Себебі бар",
        "Есть причина",
        "Жобаны жасаған / Составил(а)",
        "Бекітті / Утвердил(а)",
        "Аты-жөні / Фамилия, имя, отчество",
        ADDRESS,
        *(line.item.names.name_kk for line in content.lines),
        *(line.item.names.name_ru for line in content.lines),
    ):
        assert "".join(words.split()) in said, words


@pytest.mark.parametrize("count", [1, 12, 60])
def test_a_paper_of_any_length_says_its_hash_and_page_on_every_page(content: StandardContent, count: int) -> None:
    long = with_lines(content, count)
    pages = pages_of(paper_of(long))
    assert len(pages) == {1: 1, 12: 1, 60: 3}[count]
    for number, page in enumerate(pages, start=1):
        assert content_hash(canonical_json(long)) in page
        assert f"страница{number}из{len(pages)}" in page
        assert f"{number}-бет,барлығы{len(pages)}" in page
    lines = [page for page in pages if "Номенклатура" in page]
    assert len(lines) >= max(1, count // 40)  # the head of the table stands again on each of its pages


def test_a_draft_says_on_every_page_that_it_counts_for_nothing(content: StandardContent) -> None:
    long = with_lines(content, 60)
    assert all("ПРОЕКТ" in page and "ЖОБА" in page for page in pages_of(paper_of(long, PaperState.DRAFT)))
    assert not any("ПРОЕКТ" in page or "ЖОБА:" in page for page in pages_of(paper_of(long)))


@pytest.mark.parametrize("state", [PaperState.DRAFT, PaperState.SUBMITTED])
def test_the_address_stands_only_on_the_paper_of_what_it_answers(content: StandardContent, state: PaperState) -> None:
    """The public address answers approved versions alone; the hash stands on every paper."""
    paper = paper_of(content, state)
    said = "".join(pages_of(paper))
    assert ADDRESS not in said
    assert "sha256sum" not in said
    assert content_hash(canonical_json(content)) in said
    shown = [page.render(scale=3).to_pil() for page in pypdfium2.PdfDocument(paper)]
    assert not any(zxingcpp.read_barcodes(one) for one in shown)
    assert ("ПРОЕКТ" in said) == (state == PaperState.DRAFT)
    assert ("ОТПРАВЛЕНОНАПОДПИСЬ" in said) == (state == PaperState.SUBMITTED)


def test_the_square_leads_to_the_permanent_address(content: StandardContent) -> None:
    document = pypdfium2.PdfDocument(paper_of(content))
    found = [code.text for page in document for code in zxingcpp.read_barcodes(page.render(scale=3).to_pil())]
    assert found == [ADDRESS]


def test_equal_content_makes_equal_bytes(content: StandardContent) -> None:
    assert paper_of(content) == paper_of(content)


@pytest.mark.parametrize(
    "name",
    [
        "ӘҒҚҢӨҰҮІ" * 37,
        "Ұзын атау " * 30,
        "شلوم \u202eכשר\u202c",
        "A\u200bB\u200dC\ufeff",
        "а\u0301" * 100,
        "🥛 \U0001f9c3 \U000e0041",
        "İıſß",
    ],
)
def test_bad_43_odd_names_break_no_paper_and_are_not_cut_off(content: StandardContent, name: str) -> None:
    paper = paper_of(with_lines(content, 3, Names(name, name, name)))
    pages = pages_of(paper)
    document = pypdfium2.PdfDocument(paper)
    assert len(document) == len(pages)
    if name.startswith("Ә"):
        assert "".join(pages).count("Ә") >= 2 * 37 * 3
    assert "\u202e" not in "".join(pages)


def test_names_that_fill_more_than_a_page_go_on_in_the_next(content: StandardContent) -> None:
    name = "Ұзын атау " * 30
    pages = pages_of(paper_of(with_lines(content, 60, Names(name, name, name))))
    assert "".join(pages).count("атау") >= 60 * 2 * 30


def test_the_paper_of_a_draft_and_of_an_approved_version_bear_one_hash(
    session: Session, sign_in: SignIn, client: InspectingClient
) -> None:
    version = an_approved_version(session)
    a_draft(session, an_actor(session, role=Role.MINISTRY))
    session.commit()
    browser = sign_in(Role.AUDITOR)
    paper = browser.get("/catalog/kits/F13/versions/2/paper.pdf")
    assert paper.mimetype == "application/pdf"
    assert str(version.content_hash) in pages_of(paper.data)[0]
    assert "/standards/F13/2" in "".join(pages_of(paper.data))
    assert client.get("/standards/F13/2.pdf").data == paper.data
    assert "ПРОЕКТ" in pages_of(browser.get("/catalog/kits/F13/versions/3/paper.pdf").data)[0]
