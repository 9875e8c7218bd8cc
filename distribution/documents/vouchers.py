"""Sheets of vouchers: six on A4 with cut lines. Left the square and its code; right for whom, what, where, when."""

from collections.abc import Iterable, Sequence
from typing import IO

from catalog.models import KitKind
from core.base32 import write_code
from core.i18n import Text, format_quarter, name_of, use_language
from core.pdf import PAGE_HEIGHT, PAGE_WIDTH, Paper, joined, leading, width_of, wrapped
from core.qr import encode
from distribution.documents.voucher_kits import Room, draw_kits
from distribution.documents.voucher_words import (
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

MODULE = 5 / 203 * 25.4
"""Millimetres: five dots of a printer of 203 dpi, so that even a label printer draws every module whole."""

PER_SHEET = 6
_COLUMNS = 2
_HEAD = 15.0
_CELL_WIDTH, _CELL_HEIGHT = PAGE_WIDTH / _COLUMNS, 92.0
_EDGE = 10.0
"""No module comes nearer to the edge of the sheet: printers leave that much white."""

_SIDE = 61 * MODULE
_RIGHT = _EDGE + _SIDE + 3
_RIGHT_WIDTH = _CELL_WIDTH - _RIGHT - 5
_SMALL, _BODY, _NAME, _CODE = 6.5, 7.5, 11, 9.8
_ADDRESS_SIZES, _WHERE_SIZES = (8, 7, 6, 5), (_BODY, _SMALL)
_LAST_LINES = 5.2
_TINY = 5
_QR_TOP, _CODE_TOP, _WHEN_TOP, _WHERE_TOP = 10.5, 52.5, 63.2, 66
_KITS_ROOM = Room(_RIGHT, 28.2, _RIGHT_WIDTH, _WHERE_TOP - 28.2 - 0.5, (_SMALL, 6, 5.5))
_GREY = 0.35


def write_voucher_sheets(file: IO[bytes], runs: Iterable[SheetRun], kits: Sequence[KitKind], *, title: str) -> int:
    """Write the sheets of the runs, each point beginning a new sheet; return how many vouchers there are.

    What repeats is drawn once as a part: the frame per point, the list of sets per combination.
    """
    paper = Paper(file, title=title, language="kk")
    names = {kit.id: kit for kit in kits}
    count = 0
    for run in runs:
        place = 0
        for voucher in run.vouchers:
            if place == PER_SHEET:
                paper.next_page()
                place = 0
            if place == 0:
                _draw_sheet(paper, run)
            _draw_voucher(paper, run, voucher, names=names, place=place)
            place += 1
            count += 1
        if place:
            paper.next_page()
    paper.finish()
    return count


def _draw_sheet(paper: Paper, run: SheetRun) -> None:
    """Draw the head of a sheet and the lines to cut along."""
    if paper.begin_part(f"sheet-{run.point.id}"):
        paper.ornament(_EDGE, 5, PAGE_WIDTH - 2 * _EDGE, 5)
        for number, language in enumerate(LANGUAGES_ON_PAPER):
            with use_language(language):
                words = joined([format_quarter(run.quarter), name_of(run.district), name_of(run.point)])
            line = wrapped(words, PAGE_WIDTH / 2 - _EDGE - 2, size=_SMALL, most=1)
            paper.paragraph(_EDGE + number * _CELL_WIDTH, 13.2, line, size=_SMALL, grey=_GREY)
        for row in range(PER_SHEET // _COLUMNS + 1):
            paper.dashes(3, _HEAD + row * _CELL_HEIGHT, PAGE_WIDTH - 3, _HEAD + row * _CELL_HEIGHT)
        paper.dashes(_CELL_WIDTH, _HEAD, _CELL_WIDTH, min(PAGE_HEIGHT - 3, _HEAD + 3 * _CELL_HEIGHT))
        paper.end_part()
    paper.part(f"sheet-{run.point.id}", 0, 0)


def _draw_voucher(
    paper: Paper, run: SheetRun, voucher: PrintedVoucher, *, names: dict[int, KitKind], place: int
) -> None:
    x, y = place % _COLUMNS * _CELL_WIDTH, _HEAD + place // _COLUMNS * _CELL_HEIGHT
    frame = f"frame-{run.point.id}"
    if paper.begin_part(frame):
        _draw_frame(paper, run)
        paper.end_part()
    paper.part(frame, x, y)
    what = "what-" + "-".join(f"{kit}x{count}" for kit, count in voucher.kits)
    if paper.begin_part(what):
        draw_kits(paper, voucher.kits, names, _KITS_ROOM)
        paper.end_part()
    paper.part(what, x, y)
    paper.qr(x + _EDGE, y + _QR_TOP, encode(voucher.token), module=MODULE)
    paper.centred(x + _EDGE + _SIDE / 2, y + _CODE_TOP, write_code(secret_of_own(voucher.token)), size=_CODE, bold=True)
    name = wrapped(masked_name(voucher.guardian_name), _RIGHT_WIDTH, size=_NAME, bold=True, most=1)
    paper.paragraph(x + _RIGHT, y + 19.5, name, size=_NAME, bold=True)


def _draw_frame(paper: Paper, run: SheetRun) -> None:
    """Draw what all vouchers of a point share, around the top left corner."""
    for number, language in enumerate(LANGUAGES_ON_PAPER):
        title = joined([TITLE.render(language), said(language, format_quarter, run.quarter)])
        line = wrapped(title, _CELL_WIDTH - _EDGE - 4, size=_BODY, bold=number == 0, most=1)
        paper.paragraph(_EDGE, 6 + number * 3.6, line, size=_BODY, bold=number == 0)
    _label(paper, 15, FOR)
    _label(paper, 24.5, WHAT)
    _draw_where(paper, run)
    if run.address:
        _draw_address(paper, run.address)
    y = _label(paper, _WHEN_TOP, WHEN, x=_EDGE)
    for language in LANGUAGES_ON_PAPER:
        y = paper.paragraph(_EDGE, y, wrapped(when_words(run, language), _SIDE, size=_SMALL, most=4), size=_SMALL)
    for number, language in enumerate(LANGUAGES_ON_PAPER):
        keep = wrapped(KEEP.render(language), _CELL_WIDTH - _EDGE - 4, size=_SMALL, most=1)
        paper.paragraph(_EDGE, _CELL_HEIGHT - _LAST_LINES + number * leading(_SMALL), keep, size=_SMALL, grey=_GREY)


def _draw_where(paper: Paper, run: SheetRun) -> None:
    """Write the point and its address in the largest size that ends above the last lines."""
    y = _label(paper, _WHERE_TOP, WHERE)
    room = _CELL_HEIGHT - _LAST_LINES - y
    written = ((size, _where_lines(run, size)) for size in _WHERE_SIZES)
    size, lines = next(
        ((size, lines) for size, lines in written if len(lines) * leading(size) <= room),
        (_WHERE_SIZES[-1], _where_lines(run, _WHERE_SIZES[-1])),
    )
    paper.paragraph(_RIGHT, y, lines, size=size)


def _where_lines(run: SheetRun, size: float) -> list[str]:
    return [
        line
        for language in LANGUAGES_ON_PAPER
        for line in wrapped(where_words(run.point, language), _RIGHT_WIDTH, size=size, most=3)
    ]


def _draw_address(paper: Paper, address: str) -> None:
    """Write the address of the families' page below the code, whole: in the largest size that fits."""
    words = shown_address(address)
    size = next((one for one in _ADDRESS_SIZES if width_of(words, size=one, bold=True) <= _SIDE), _ADDRESS_SIZES[-1])
    paper.centred(_EDGE + _SIDE / 2, _CODE_TOP + 3.2, in_both(STATUS), size=_TINY)
    paper.centred(_EDGE + _SIDE / 2, _CODE_TOP + 6.2, words, size=size, bold=True)


def _label(paper: Paper, y: float, words: Text, *, x: float = _RIGHT) -> float:
    return paper.paragraph(x, y, [in_both(words)], size=_SMALL, grey=_GREY) + 0.4
