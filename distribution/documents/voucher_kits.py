"""What is due, as lines on a voucher: however many kinds of sets there are, they end above what stands below them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from catalog.models import KitKind
from core.i18n import format_number, name_of, text, use_language
from core.pdf import Paper, leading, width_of, wrapped
from distribution.documents.voucher_words import LANGUAGES_ON_PAPER, SETS

_GREY = 0.35
_GAP = 0.5
_MORE = text("and %(count)s more kinds: see the address below the square")


@dataclass(frozen=True, slots=True)
class Room:
    """Where the lines may stand, in millimetres, and the sizes of type to try, the largest first."""

    x: float
    y: float
    width: float
    height: float
    sizes: Sequence[float]


@dataclass(frozen=True, slots=True)
class _Line:
    """A count in bold words before the lines of a name; `ends` a kind, so that a gap follows."""

    sets: str
    words: Sequence[str]
    is_grey: bool = False
    ends: bool = False


def draw_kits(paper: Paper, kits: Sequence[tuple[int, int]], names: Mapping[int, KitKind], room: Room) -> None:
    """Write what is due: how many in bold words, since a name may begin with a number of its own."""
    size, lines = _fitting(kits, names, room)
    y = room.y
    for line in lines:
        grey = _GREY if line.is_grey else 0
        paper.text(room.x, y, line.sets, size=size, bold=True, grey=grey)
        first, *more = line.words
        paper.text(room.x + _indent(line.sets, size), y, first, size=size, grey=grey)
        y = paper.paragraph(room.x, y + leading(size), more, size=size, grey=grey)
        y += _GAP if line.ends else 0


def _fitting(
    kits: Sequence[tuple[int, int]], names: Mapping[int, KitKind], room: Room
) -> tuple[float, Sequence[_Line]]:
    """Return the size and the lines that fit: whole names in the largest size that does, else shorter and shorter.

    Where even one line for each kind is too much, the last line counts the kinds that are left out.
    """
    for size in room.sizes:
        lines = _both_languages(kits, names, room.width, size=size, most=3)
        if _height(lines, size) <= room.height:
            return size, lines
    size = room.sizes[-1]
    lines = _both_languages(kits, names, room.width, size=size, most=1)
    if _height(lines, size) <= room.height:
        return size, lines
    most = int(room.height / leading(size))
    lines = [_in_one_line(names[kit], count, room.width, size=size) for kit, count in kits]
    if len(lines) <= most:
        return size, lines
    left_out = text(_MORE.message, count=format_number(len(lines) - most + 2))
    told = [
        _Line("", wrapped(f"… {left_out.render(language)}", room.width, size=size, most=1))
        for language in LANGUAGES_ON_PAPER
    ]
    return size, [*lines[: most - 2], *told]


def _height(lines: Sequence[_Line], size: float) -> float:
    return sum(len(line.words) * leading(size) + (_GAP if line.ends else 0) for line in lines)


def _both_languages(
    kits: Sequence[tuple[int, int]], names: Mapping[int, KitKind], width: float, *, size: float, most: int
) -> list[_Line]:
    """Return every kind in each language, on at most so many lines each."""
    lines = []
    for kit_id, count in kits:
        for language in LANGUAGES_ON_PAPER:
            sets, name = _count(count, language), _name(names[kit_id], language)
            indent = _indent(sets, size)
            words = (
                [_shortened(f"– {name}", width - indent, size=size)]
                if most == 1
                else wrapped(f"– {name}", width, size=size, most=most, indent=indent)
            )
            is_last = language == LANGUAGES_ON_PAPER[-1]
            lines.append(_Line(sets, words, is_grey=is_last, ends=is_last and most > 1))
    return lines


def _in_one_line(kit: KitKind, count: int, width: float, *, size: float) -> _Line:
    """Return a kind in both languages on one line, each in half of it."""
    sets = _count(count, LANGUAGES_ON_PAPER[0])
    half = (width - _indent(sets, size) - width_of(" – / ", size=size)) / len(LANGUAGES_ON_PAPER)
    return _Line(
        sets, [f"– {' / '.join(_shortened(_name(kit, language), half, size=size) for language in LANGUAGES_ON_PAPER)}"]
    )


def _shortened(name: str, width: float, *, size: float) -> str:
    """Return a name without words of its middle: what tells kinds apart stands at its beginning or its end."""
    words = name.split()
    head, tail = words[: (len(words) + 1) // 2], words[(len(words) + 1) // 2 :]
    written = name
    while width_of(written, size=size) > width and len(head) + len(tail) > 2:  # noqa: PLR2004 - one word at each end
        (head if len(head) >= len(tail) else tail).pop(-1 if len(head) >= len(tail) else 0)
        written = f"{' '.join(head)} … {' '.join(tail)}"
    return wrapped(written.replace(" ", "\N{NO-BREAK SPACE}"), width, size=size, most=1)[0].replace(
        "…\N{NO-BREAK SPACE}…", "…"
    )


def _count(count: int, language: str) -> str:
    with use_language(language):
        return str(text(SETS.message, count=format_number(count)))


def _name(kit: KitKind, language: str) -> str:
    with use_language(language):
        return name_of(kit)


def _indent(sets: str, size: float) -> float:
    return width_of(f"{sets} ", size=size, bold=True) if sets else 0
