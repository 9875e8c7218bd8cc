"""Sheets of vouchers: six on A4 with cut lines. Left the square and its code; right for whom, what, where, when."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import IO, TypeVar

from babel.dates import get_day_names

from catalog.models import KitKind
from core.base32 import write_code
from core.i18n import LANGUAGES, Text, format_day, format_number, format_quarter, name_of, text, use_language
from core.pdf import PAGE_HEIGHT, PAGE_WIDTH, Paper, joined, leading, width_of, wrapped
from core.qr import encode
from core.quarters import Quarter
from distribution.queries.vouchers import PrintedVoucher
from distribution.rules.tokens import secret_of_own
from distribution.rules.vouchers import masked_name
from territory.models import District
from warehouses.models import Place

Value = TypeVar("Value")

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
_KITS_SIZES = (_SMALL, 6, 5.5)
_KITS_TOP, _KITS_GAP, _WHERE_TOP = 28.2, 0.5, 66
_GREY = 0.35
_PAPER_LANGUAGES = tuple(language for language in LANGUAGES if language != "en")

_TITLE = text("Guaranteed social package")
_FOR, _WHAT, _WHERE, _WHEN = text("For"), text("What"), text("Where"), text("When")
_WORKING_DAYS = text("working days")
_SETS = text("%(count)s pcs")
_UNTIL = text("until %(day)s")
_KEEP = text("Keep it until you collect, and give it to nobody.")


@dataclass(frozen=True, slots=True)
class SheetRun:
    """The vouchers of one point, in the order in which they are printed."""

    quarter: Quarter
    district: District
    point: Place
    vouchers: Iterable[PrintedVoucher]


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
        for number, language in enumerate(_PAPER_LANGUAGES):
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
        _draw_kits(paper, voucher.kits, names)
        paper.end_part()
    paper.part(what, x, y)
    paper.qr(x + _EDGE, y + 12, encode(voucher.token), module=MODULE)
    paper.centred(x + _EDGE + _SIDE / 2, y + 54.5, write_code(secret_of_own(voucher.token)), size=_CODE, bold=True)
    name = wrapped(masked_name(voucher.guardian_name), _RIGHT_WIDTH, size=_NAME, bold=True, most=1)
    paper.paragraph(x + _RIGHT, y + 19.5, name, size=_NAME, bold=True)


def _draw_frame(paper: Paper, run: SheetRun) -> None:
    """Draw what all vouchers of a point share, around the top left corner."""
    for number, language in enumerate(_PAPER_LANGUAGES):
        title = joined([_TITLE.render(language), _said(language, format_quarter, run.quarter)])
        line = wrapped(title, _CELL_WIDTH - _EDGE - 4, size=_BODY, bold=number == 0, most=1)
        paper.paragraph(_EDGE, 6 + number * 3.6, line, size=_BODY, bold=number == 0)
    _label(paper, 15, _FOR)
    _label(paper, 24.5, _WHAT)
    y = _label(paper, _WHERE_TOP, _WHERE)
    for language in _PAPER_LANGUAGES:
        y = paper.paragraph(_RIGHT, y, _where(run.point, language), size=_BODY)
    y = _label(paper, 60.5, _WHEN, x=_EDGE)
    for language in _PAPER_LANGUAGES:
        y = paper.paragraph(_EDGE, y, wrapped(_when(run, language), _SIDE, size=_SMALL, most=4), size=_SMALL)
    for number, language in enumerate(_PAPER_LANGUAGES):
        keep = wrapped(_KEEP.render(language), _CELL_WIDTH - _EDGE - 4, size=_SMALL, most=1)
        paper.paragraph(_EDGE, _CELL_HEIGHT - 5.2 + number * leading(_SMALL), keep, size=_SMALL, grey=_GREY)


def _draw_kits(paper: Paper, kits: Sequence[tuple[int, int]], names: dict[int, KitKind]) -> None:
    """Write what is due: how many in bold words, since a name may begin with a number of its own."""
    y = _KITS_TOP
    size, words = _fitting_words(kits, names)
    for place, (sets, (first, *more)) in enumerate(words):
        is_last = place % len(_PAPER_LANGUAGES) == len(_PAPER_LANGUAGES) - 1
        grey = _GREY if is_last else 0
        paper.text(_RIGHT, y, sets, size=size, bold=True, grey=grey)
        paper.text(_RIGHT + _indent(sets, size), y, first, size=size, grey=grey)
        y = paper.paragraph(_RIGHT, y + leading(size), more, size=size, grey=grey)
        y += _KITS_GAP if is_last else 0


def _fitting_words(
    kits: Sequence[tuple[int, int]], names: dict[int, KitKind]
) -> tuple[float, list[tuple[str, list[str]]]]:
    """Return counts and lines of names in the largest size that ends above the label of the place, and that size.

    Where even the smallest is too large for whole names, each gets one line that keeps what tells the sets apart.
    """
    room = _WHERE_TOP - _KITS_TOP - (len(kits) + 1) * _KITS_GAP
    for size in _KITS_SIZES:
        words = _kit_words(kits, names, size=size, most=3)
        if sum(len(lines) for _, lines in words) * leading(size) <= room:
            return size, words
    return _KITS_SIZES[-1], _kit_words(kits, names, size=_KITS_SIZES[-1], most=1)


def _one_line(name: str, language: str, *, size: float, indent: float) -> str:
    """Return a name on one line: Kazakh names a thing last and Russian first, so the other end is cut off."""
    cut = name
    while language == "kk" and " " in cut and width_of(f"… {cut}", size=size) > _RIGHT_WIDTH - indent:
        cut = cut.partition(" ")[2]
    written = f"– {name}" if cut == name else f"… {cut}"
    return wrapped(written, _RIGHT_WIDTH, size=size, most=1, indent=indent)[0]


def _kit_words(
    kits: Sequence[tuple[int, int]], names: dict[int, KitKind], *, size: float, most: int
) -> list[tuple[str, list[str]]]:
    words: list[tuple[str, list[str]]] = []
    for kit_id, count in kits:
        for language in _PAPER_LANGUAGES:
            with use_language(language):
                sets = str(text(_SETS.message, count=format_number(count)))
                name, indent = name_of(names[kit_id]), _indent(sets, size)
            lines = (
                [_one_line(name, language, size=size, indent=indent)]
                if most == 1
                else wrapped(f"– {name}", _RIGHT_WIDTH, size=size, most=most, indent=indent)
            )
            words.append((sets, lines))
    return words


def _indent(sets: str, size: float) -> float:
    return width_of(f"{sets} ", size=size, bold=True)


def _label(paper: Paper, y: float, words: Text, *, x: float = _RIGHT) -> float:
    both = joined((words.render(language) for language in _PAPER_LANGUAGES), " / ")
    return paper.paragraph(x, y, [both], size=_SMALL, grey=_GREY) + 0.4


def _where(point: Place, language: str) -> list[str]:
    address = {"kk": point.address_kk, "ru": point.address_ru}[language]
    with use_language(language):
        return wrapped(joined([name_of(point), address], ", "), _RIGHT_WIDTH, size=_BODY, most=3)


def _when(run: SheetRun, language: str) -> str:
    days = [int(day) for day in run.point.hand_out_days.split(",") if day.strip().isdigit()]
    names = get_day_names("wide", locale=language)
    said = ", ".join(str(names[day - 1]) for day in days if day - 1 in names) or _WORKING_DAYS.render(language)
    until = text(_UNTIL.message, day=_said(language, format_day, run.quarter.last_day)).render(language)
    return joined([said, run.point.hours, until], ", ")


def _said(language: str, form: Callable[[Value], str], value: Value) -> str:
    with use_language(language):
        return form(value)
