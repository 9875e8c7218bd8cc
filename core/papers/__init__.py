"""Official papers on A4: Kazakh and Russian side by side, nothing cut off, page x of y.

A paper is a row of blocks that never tear over a page. `OfficialPaper` puts the usual ones together; a paper of another
make yields its own blocks to `write_pages`. Nothing is fetched: a name with markup in it is text.
"""

from core.papers.blocks import (
    PAPER_LANGUAGES,
    Block,
    Said,
    Signature,
    Words,
    both,
    gap,
    said_in,
    signatures,
    titled,
    verification,
)
from core.papers.layout import BODY, GREY, HEAD, LANDSCAPE, PORTRAIT, SMALL, TITLE, Layout
from core.papers.official import FormName, OfficialPaper, write_papers
from core.papers.sheets import Foot, write_pages
from core.papers.tables import Cell, Column, table

__all__ = [
    "BODY",
    "GREY",
    "HEAD",
    "LANDSCAPE",
    "PAPER_LANGUAGES",
    "PORTRAIT",
    "SMALL",
    "TITLE",
    "Block",
    "Cell",
    "Column",
    "Foot",
    "FormName",
    "Layout",
    "OfficialPaper",
    "Said",
    "Signature",
    "Words",
    "both",
    "gap",
    "said_in",
    "signatures",
    "table",
    "titled",
    "verification",
    "write_pages",
    "write_papers",
]
