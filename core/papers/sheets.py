"""Blocks placed on pages, and what stands under each page."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO

from core.i18n import text
from core.papers.blocks import PAPER_LANGUAGES, Block, Said, said_in
from core.papers.layout import GREY, PORTRAIT, SMALL, Layout
from core.pdf import Paper, joined, width_of

_FOOT = 12.0


@dataclass(frozen=True, slots=True)
class Foot:
    """What stands under every page besides its number: words in both languages, and one small line as it is."""

    words: Sequence[Said]
    line: str = ""


def write_pages(file: IO[bytes], blocks: Iterable[Block], foot: Foot, *, title: str, layout: Layout = PORTRAIT) -> None:
    """Write blocks on as many pages as they need; equal blocks make equal bytes."""
    write_sheaf(file, [(blocks, foot)], title=title, layout=layout)


def write_sheaf(
    file: IO[bytes], papers: Iterable[tuple[Iterable[Block], Foot]], *, title: str, layout: Layout = PORTRAIT
) -> None:
    """Write several papers into one file; each begins on a page of its own and counts its own pages."""
    paper = Paper(file, title=title, language=PAPER_LANGUAGES[0], serif=True, landscape=layout.landscape)
    for blocks, foot in papers:
        _write_on(paper, blocks, foot, layout)
    paper.finish()


def _write_on(paper: Paper, blocks: Iterable[Block], foot: Foot, layout: Layout) -> None:
    pages = list(_pages(blocks, layout))
    for number, placed in enumerate(pages, start=1):
        y = layout.top
        for block in placed:
            block.draw(paper, y)
            y += block.height
        _draw_foot(paper, foot, layout, number=number, count=len(pages))
        paper.next_page()


def _pages(blocks: Iterable[Block], layout: Layout) -> Iterator[list[Block]]:
    page: list[Block] = []
    used = layout.top
    for block in blocks:
        if page and used + block.height > layout.bottom:
            yield page
            page, used = [], layout.top
            if block.head is not None:
                page.append(block.head)
                used += block.head.height
        page.append(block)
        used += block.height
    yield page


def _draw_foot(paper: Paper, foot: Foot, layout: Layout, *, number: int, count: int) -> None:
    y = layout.page_height - _FOOT
    paper.rule(layout.left, y - 4, layout.right, y - 4)
    page = text("page %(page)s of %(pages)s", page=number, pages=count)
    for row, language in enumerate(PAPER_LANGUAGES):
        words = joined(said_in(language, one) for one in foot.words)
        paper.text(layout.left, y + row * 3.2, words, size=SMALL)
        words = said_in(language, page)
        paper.text(layout.right - width_of(words, size=SMALL, serif=True), y + row * 3.2, words, size=SMALL)
    if foot.line:
        paper.text(layout.left, y + 6.4, foot.line, size=6, grey=GREY)
