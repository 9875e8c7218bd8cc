"""A voucher on a sheet of its own, A5: for one that is printed again, and for whoever reads large type better."""

from collections.abc import Iterable, Mapping, Sequence
from typing import IO

from catalog.models import KitKind
from core.base32 import write_code
from core.i18n import Text, format_quarter
from core.pdf import SMALL_HEIGHT, SMALL_WIDTH, Paper, joined, leading, width_of, wrapped
from core.qr import encode
from distribution.documents.voucher_kits import Room, draw_kits
from distribution.documents.voucher_words import (
    BRING,
    FOR,
    KEEP,
    LANGUAGES_ON_PAPER,
    STATUS,
    TITLE,
    WHAT,
    WHEN,
    WHERE,
    SheetRun,
    in_both,
    said,
    shown_address,
    when_words,
    where_words,
)
from distribution.queries.voucher_prints import PrintedVoucher
from distribution.rules.tokens import secret_of_own
from distribution.rules.vouchers import masked_name

MODULE = 1.0
"""Millimetres: eight dots of a printer of 203 dpi."""

_EDGE = 12.0
_WIDTH = SMALL_WIDTH - 2 * _EDGE
_SIDE = 61 * MODULE
_RIGHT = _EDGE + _SIDE + 4
_RIGHT_WIDTH = SMALL_WIDTH - _RIGHT - _EDGE
_SMALL, _BODY, _NAME, _CODE = 8, 10, 15, 15
_TITLE_SIZES = (13, 12, 11, 10, 9, 8)
_TOP, _CODE_TOP, _WHAT_TOP, _WHERE_TOP = 31.0, 99.5, 118.0, 160.0
_KITS = Room(_EDGE, _WHAT_TOP + 5, _WIDTH, _WHERE_TOP - _WHAT_TOP - 10, (10, 9, 8, 7))
_ADDRESS_SIZES = (12, 11, 10, 9, 8, 7, 6)
_GREY = 0.35


def write_voucher_singles(file: IO[bytes], runs: Iterable[SheetRun], kits: Sequence[KitKind], *, title: str) -> int:
    """Write one voucher to a sheet of A5; return how many there are."""
    paper = Paper(file, title=title, language=LANGUAGES_ON_PAPER[0], small=True)
    names = {kit.id: kit for kit in kits}
    count = 0
    for run in runs:
        for voucher in run.vouchers:
            _draw(paper, run, voucher, names)
            paper.next_page()
            count += 1
    paper.finish()
    return count


def _draw(paper: Paper, run: SheetRun, voucher: PrintedVoucher, names: Mapping[int, KitKind]) -> None:
    frame = f"frame-{run.point.id}"
    if paper.begin_part(frame):
        _draw_frame(paper, run)
        paper.end_part()
    # a part is drawn for a page as high as A4; here it hangs from the top of a lower page
    paper.part(frame, 0, 0)
    paper.qr(_EDGE, _TOP, encode(voucher.token), module=MODULE)
    code = write_code(secret_of_own(voucher.token))
    paper.centred(_EDGE + _SIDE / 2, _CODE_TOP, code, size=_CODE, bold=True)
    y = _label(paper, _TOP + 6, FOR, x=_RIGHT) + 2
    name = wrapped(masked_name(voucher.guardian_name), _RIGHT_WIDTH, size=_NAME, bold=True, most=2)
    paper.paragraph(_RIGHT, y, name, size=_NAME, bold=True)
    draw_kits(paper, voucher.kits, names, _KITS)


def _draw_frame(paper: Paper, run: SheetRun) -> None:
    """Draw what all vouchers of a point share."""
    paper.ornament(_EDGE, 7, _WIDTH, 6)
    for number, language in enumerate(LANGUAGES_ON_PAPER):
        title = joined([TITLE.render(language), said(language, format_quarter, run.quarter)])
        size = _fitting(title, _TITLE_SIZES[number:], bold=number == 0)
        paper.text(_EDGE, 20 + number * 6, title, size=size, bold=number == 0)
    _draw_right(paper, run)
    if run.address:
        words = shown_address(run.address)
        size = _fitting(words, _ADDRESS_SIZES, bold=True)
        paper.text(_EDGE, _CODE_TOP + 6.5, in_both(STATUS), size=_SMALL, grey=_GREY)
        paper.text(_EDGE, _CODE_TOP + 11.5, words, size=size, bold=True)
    _label(paper, _WHAT_TOP, WHAT)
    y = _label(paper, _WHERE_TOP, WHERE)
    for language in LANGUAGES_ON_PAPER:
        lines = wrapped(where_words(run.point, language), _WIDTH, size=_BODY, most=3)
        y = paper.paragraph(_EDGE, y, lines, size=_BODY, bold=language == LANGUAGES_ON_PAPER[0])
    y = SMALL_HEIGHT - 12
    for number, sentence in enumerate((BRING, KEEP)):
        for row, language in enumerate(LANGUAGES_ON_PAPER):
            line = wrapped(sentence.render(language), _WIDTH, size=_SMALL, most=1)
            paper.paragraph(_EDGE, y + (2 * row + number - 1.5) * leading(_SMALL), line, size=_SMALL, grey=_GREY)


def _draw_right(paper: Paper, run: SheetRun) -> None:
    y = _label(paper, _TOP + 30, WHEN, x=_RIGHT)
    for language in LANGUAGES_ON_PAPER:
        lines = wrapped(when_words(run, language), _RIGHT_WIDTH, size=_BODY - 1, most=5)
        y = paper.paragraph(_RIGHT, y, lines, size=_BODY - 1, bold=language == LANGUAGES_ON_PAPER[0]) + 1


def _label(paper: Paper, y: float, words: Text, *, x: float = _EDGE) -> float:
    return paper.paragraph(x, y, [in_both(words)], size=_SMALL, grey=_GREY) + 1


def _fitting(words: str, sizes: Sequence[float], *, bold: bool) -> float:
    """Return the largest size in which the words stand on one line, or the smallest."""
    return next((size for size in sizes if width_of(words, size=size, bold=bold) <= _WIDTH), sizes[-1])
