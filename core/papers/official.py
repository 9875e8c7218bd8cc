"""The usual official paper, put together piece by piece."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import IO

from core.i18n import current_language, format_day, text
from core.papers.blocks import (
    BESIDE,
    PAPER_LANGUAGES,
    Block,
    Said,
    Signature,
    beside_square,
    both,
    gap,
    said_in,
    signatures,
    titled,
    verification,
)
from core.papers.layout import BODY, HEAD, PORTRAIT, SMALL, TITLE, Layout
from core.papers.sheets import Foot, write_sheaf
from core.papers.tables import Cell, Column, table
from core.pdf import joined


@dataclass(frozen=True, slots=True)
class FormName:
    """What the head of a paper says about its form, as it is set; empty where nothing is to be said."""

    name_kk: str = ""
    name_ru: str = ""

    def said(self) -> str:
        """Return the name in the language of the column."""
        return self.name_kk if current_language() == PAPER_LANGUAGES[0] else self.name_ru


class OfficialPaper:
    """A paper with a head, parties, a table, places to sign and a square that leads to its page.

    What is added stands in the order in which it was added:

        paper = OfficialPaper(text("Waybill"), number="TR-2026-0001", on=day, form=FormName("З-2 нысаны", "Форма З-2"))
        paper.parties([(text("From"), place), (text("To"), other)])
        paper.table([Column(text("Item"), 60), Column(text("Packs"), 20, is_number=True)], rows, totals=["", "12"])
        paper.signatures([Signature(text("Handed over by")), Signature(text("Received by"))])
        paper.verification(address)
        paper.write(file)
    """

    def __init__(
        self,
        title: Said,
        *,
        number: str = "",
        on: date | None = None,
        form: FormName | None = None,
        layout: Layout = PORTRAIT,
    ) -> None:
        self.layout = layout
        self._title, self._number = title, number
        self._blocks: list[Block] = []
        if form is not None and (form.name_kk or form.name_ru):
            self.said(form.said, size=SMALL)
            self.space(1.5)
        self.said(title, size=TITLE, bold=True)
        if number or on:
            self.said(lambda: joined([f"№ {number}" if number else "", format_day(on) if on else ""]), size=HEAD)
        self.space(2)

    def add(self, *blocks: Block) -> None:
        """Add blocks of one's own make."""
        self._blocks.extend(blocks)

    def space(self, height: float) -> None:
        """Add an empty space, in millimetres."""
        self.add(gap(height))

    def said(self, words: Said, *, size: float = BODY, bold: bool = False) -> None:
        """Add words in both languages side by side."""
        self.add(both(words, size=size, bold=bold, layout=self.layout))

    def parties(self, rows: Iterable[tuple[Said, Said]]) -> None:
        """Add facts about the paper: who, from where, on which ground; each a small title with words under it."""
        self.add(*(titled(title, words, layout=self.layout) for title, words in rows))
        self.space(2)

    def table(
        self,
        columns: Sequence[Column],
        rows: Iterable[Sequence[Cell]],
        *,
        totals: Sequence[Cell] | None = None,
        size: float = BODY - 0.5,
    ) -> None:
        """Add a table; its head stands again on every further page."""
        self.add(*table(columns, rows, totals=totals, size=size, layout=self.layout))
        self.space(3)

    def signatures(self, signers: Sequence[Signature]) -> None:
        """Add places to sign, two beside each other."""
        self.add(*signatures(signers, layout=self.layout))
        self.space(2)

    def said_beside_square(self, lines: Iterable[Said], address: str, *, size: float = BODY, step: float = 1.2) -> None:
        """Add words in both languages, and beside them the square that leads to the page of this document."""
        narrow = self.layout.narrowed(BESIDE)
        blocks = [block for words in lines for block in (both(words, size=size, layout=narrow), gap(step))]
        self.add(beside_square(blocks, address, layout=self.layout))

    def verification(self, address: str) -> None:
        """Add the square that leads to the page of this document, where it is seen whether the paper is true."""
        note = text("This page of the system shows the document as it is recorded. Compare the paper with it.")
        self.add(verification(address, heading=[self._number], notes=[(note, SMALL)], layout=self.layout))

    def write(self, file: IO[bytes]) -> None:
        """Write the file; equal content makes equal bytes."""
        write_papers(file, [self], title=f"{self._number} {said_in(PAPER_LANGUAGES[0], self._title)}".strip())

    def pages(self) -> tuple[Sequence[Block], Foot]:
        """Return what stands on the paper, and at the foot of its pages."""
        return self._blocks, Foot([self._title, f"№ {self._number}" if self._number else ""])


def write_papers(file: IO[bytes], papers: Sequence[OfficialPaper], *, title: str) -> None:
    """Write papers of one layout into one file; each counts its own pages."""
    write_sheaf(file, [paper.pages() for paper in papers], title=title, layout=papers[0].layout)
