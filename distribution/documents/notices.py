"""Sheets of notices: families one under the other with cut lines, each child with its number and its square."""

from collections.abc import Iterable
from typing import IO

from core.i18n import format_quarter, name_of, text, use_language
from core.pdf import PAGE_HEIGHT, PAGE_WIDTH, Paper, joined, leading, wrapped
from core.qr import encode_address
from core.quarters import Quarter
from distribution.queries.notices import Notice, NoticedChild
from distribution.rules.vouchers import masked_name
from territory.models import District

_LANGUAGES = ("kk", "ru")
_EDGE = 12.0
_MODULE = 0.6
_SQUARE = 31.0
_CELL_WIDTH = (PAGE_WIDTH - 2 * _EDGE) / 2
_SMALL, _BODY, _TITLE = 7.5, 8.5, 10.5
_HEAD = 42.0
_GREY = 0.35

_HEADING = text("Your child is on the list for %(quarter)s")
_WHAT = text(
    "This is not a voucher. The square leads to a page without names that says whether the child gets a set, and why. "
    "Before the draw it says that the child is on the list."
)
_KEEP = text("Keep the number for yourself: who knows it reads the same page.")
_NUMBER = text("Number of the child")


def write_notice_sheets(
    file: IO[bytes], notices: Iterable[Notice], *, quarter: Quarter, district: District, address: str
) -> int:
    """Write the notices one under the other; return how many there are."""
    paper = Paper(file, title=f"{quarter} {district.kato}", language="kk")
    top, count = _EDGE, 0
    for notice in notices:
        height = _height(notice)
        if count and top + height > PAGE_HEIGHT - _EDGE:
            paper.next_page()
            top = _EDGE
        _draw(paper, notice, top, quarter=quarter, district=district, address=address)
        top += height
        paper.dashes(3, top, PAGE_WIDTH - 3, top)
        count += 1
    paper.finish()
    return count


def _height(notice: Notice) -> float:
    return _HEAD + _SQUARE * ((len(notice.children) + 1) // 2) + 3


def _draw(paper: Paper, notice: Notice, top: float, *, quarter: Quarter, district: District, address: str) -> None:
    head = f"head-{district.kato}"
    if paper.begin_part(head):
        y = 8.0
        for language in _LANGUAGES:
            with use_language(language):
                title = str(text(_HEADING.message, quarter=format_quarter(quarter)))
                words = wrapped(f"{_WHAT} {_KEEP}", PAGE_WIDTH - 2 * _EDGE, size=_SMALL, most=3)
            y = paper.paragraph(_EDGE, y, [title], size=_TITLE, bold=True)
            y = paper.paragraph(_EDGE, y, words, size=_SMALL) + 2.4
        paper.end_part()
    paper.part(head, 0, top)
    with use_language("kk"):
        whom = joined([masked_name(notice.guardian_name), notice.settlement, name_of(district)])
    paper.text(
        _EDGE, top + _HEAD - 3, wrapped(whom, PAGE_WIDTH - 2 * _EDGE, size=_BODY, most=1)[0], size=_BODY, bold=True
    )
    for place, child in enumerate(notice.children):
        x, y = _EDGE + place % 2 * _CELL_WIDTH, top + _HEAD + place // 2 * _SQUARE
        _draw_child(paper, child, x, y, address=address)


def _draw_child(paper: Paper, child: NoticedChild, x: float, y: float, *, address: str) -> None:
    paper.qr(x - 2, y - 1, encode_address(f"{address}{child.pseudonym}"), module=_MODULE)
    left, y = x + _SQUARE + 1, y + 6
    name = wrapped(masked_name(child.name), _CELL_WIDTH - _SQUARE - 2, size=_BODY, bold=True, most=1)
    y = paper.paragraph(left, y, name, size=_BODY, bold=True)
    y = paper.paragraph(left, y, [", ".join(child.kits)], size=_BODY) + 1
    both = joined((_NUMBER.render(language) for language in _LANGUAGES), " / ")
    y = paper.paragraph(left, y, [both], size=_SMALL - 1, grey=_GREY)
    groups = [child.pseudonym[at : at + 8] for at in range(0, len(child.pseudonym), 8)]
    paper.paragraph(left, y + leading(1), [" ".join(groups[:2]), " ".join(groups[2:])], size=_BODY)
