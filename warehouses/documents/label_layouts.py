"""Where everything stands on a label: names, lot, a large expiry day, packs, the code for people, the symbols."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from core.i18n import Text, format_number, text, use_language
from core.pdf import leading, width_of, wrapped
from warehouses.documents.symbols import BAR_MODULE, SQUARE_MODULE, Symbol
from warehouses.errors.labels import LabelDoesNotFit
from warehouses.rules.labels import sscc_said
from warehouses.values.labels import LabelCode, LabelTemplate, LabelWords

_EDGE = 2.5
"""Nothing but the white of a symbol comes nearer to the edge of a label, in millimetres."""

_SIDE_BY_SIDE = 66
"""From this width on, the symbol stands beside the words."""

_SMALL, _BODY, _LOT = 6.0, 7.0, 9.0
_NAME_SIZES = (14.0, 12.0, 10.0, 9.0, 8.0, 7.0, 6.5)
_DAY_SIZES = (40.0, 34.0, 28.0, 24.0, 22.0, 20.0, 18.0, 16.0, 14.0, 12.0)
_LINE_SIZES = (9.0, 8.0, 7.0, 6.5, 6.0, 5.5)
_BAR_HEIGHTS = (13.0, 9.0)
_LEAST_WORDS = 26
_TALL = 45
_CAPTION_LEADING, _ASCENT, _DAY_LEADING = 2.7, 0.27, 0.34
"""Down to the next line, in millimetres; how high letters reach, and down to what follows a day, per point."""

_LOT_WORD, _EXPIRES, _PACKS, _ENDLESS, _OWN = (
    text("Lot"), text("Use by"), text("packs inside"), text("does not expire"), text("Own code, without a GTIN"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A line of words with its baseline at `y`."""

    x: float
    y: float
    words: str
    size: float
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """A symbol without its quiet zone: its corner and size in millimetres."""

    x: float
    y: float
    width: float
    height: float
    symbol: Symbol


@dataclass(frozen=True, slots=True)
class LabelLayout:
    """What is drawn on one label, in millimetres from its top left corner."""

    lines: Sequence[Line]
    symbols: Sequence[Placed]


@dataclass(frozen=True, slots=True)
class LabelParts:
    """What one label holds; a carton has a number and bars."""

    words: LabelWords
    code: LabelCode
    square: Symbol
    number: str = ""
    bars: Symbol | None = field(default=None)


def lay_out(template: LabelTemplate, parts: LabelParts) -> LabelLayout:
    """Return where everything of a label stands.

    Raises:
        LabelDoesNotFit: the symbol is too large for the template.
    """
    bottom, bars, said = template.height, list[Placed](), list[Line]()
    if parts.bars is not None:
        bottom, bars, said = _bars(template, parts.bars, parts.number)
    inner = parts.square.columns * SQUARE_MODULE
    margin = max(_EDGE, parts.square.quiet * SQUARE_MODULE)
    if template.width >= _SIDE_BY_SIDE:
        left, top = template.width - inner - margin, max(margin, (bottom - inner) / 2)
        box = (_EDGE, _EDGE / 2, left - margin, bottom - _EDGE / 2)
        fits = inner + margin <= template.width / 2 and inner + 2 * SQUARE_MODULE * parts.square.quiet <= bottom
        top = min(top, (bottom - inner) / 2)
    else:
        left, top = (template.width - inner) / 2, bottom - inner - margin
        box = (_EDGE, _EDGE, template.width - _EDGE, top - margin)
        fits = inner + 2 * margin <= min(template.width, bottom - _LEAST_WORDS)
    if not fits:
        raise LabelDoesNotFit(text("The symbol is too large for this label. Choose a larger template, or Data Matrix."))
    square = Placed(left, top, inner, inner, parts.square)
    return LabelLayout([*_words(parts, box), *said], [square, *bars])


def _bars(template: LabelTemplate, symbol: Symbol, number: str) -> tuple[float, list[Placed], list[Line]]:
    """Return the top of the bars of a carton's number at the foot of a label, the bars, and the number below them."""
    width = symbol.columns * BAR_MODULE
    if width + 2 * symbol.quiet * BAR_MODULE > template.width:
        raise LabelDoesNotFit(text("The bars of a carton's number do not fit on this label. Choose a wider one."))
    height = _BAR_HEIGHTS[template.height < _TALL]
    top = template.height - height - leading(_LOT) - 1
    said = sscc_said(number)
    x = (template.width - width) / 2
    centred = (template.width - width_of(said, size=_LOT, bold=True)) / 2
    line = Line(centred, top + height + leading(_LOT) - 0.4, said, _LOT, bold=True)
    return top, [Placed(x, top, width, height, symbol)], [line]


def _words(parts: LabelParts, box: tuple[float, float, float, float]) -> Iterator[Line]:
    """Yield the lines: the day as large as leaves room for whole names, these as large as there is room for then."""
    x, y, right, bottom = box
    width = right - x
    for day in (size for size in _DAY_SIZES if width_of(_day(parts.words), size=size, bold=True) <= width):
        below = list(_facts(parts, width, day))
        room = bottom - y - sum(step for _, _, _, step in below)
        names = _whole_names(parts.words, width, room)
        if names is not None:
            break
    else:
        below = list(_facts(parts, width, _DAY_SIZES[-1]))
        names = _cut_names(parts.words, width, bottom - y - sum(step for _, _, _, step in below))
    for words, size, bold, step in [*names, *below]:
        yield Line(x, y + (step + size * _ASCENT) / 2, words, size, bold=bold)
        y += step


_Row = tuple[str, float, bool, float]
"""Words, their size, whether they are bold, how far down the next row stands."""


def _whole_names(words: LabelWords, width: float, room: float) -> list[_Row] | None:
    """Return both names in the largest size in which they are whole, or None."""
    for size in _NAME_SIZES:
        kazakh = wrapped(words.name_kk, width, size=size, bold=True, most=99)
        russian = wrapped(words.name_ru, width, size=size, most=99)
        is_whole = not any(line.endswith("…") for line in (*kazakh, *russian))
        if is_whole and (len(kazakh) + len(russian)) * leading(size) <= room:
            return _rows(kazakh, russian, size)
    return None


def _cut_names(words: LabelWords, width: float, room: float) -> list[_Row]:
    """Return both names in the smallest size, cut off where there is no room."""
    size = _NAME_SIZES[-1]
    lines = max(2, int(room / leading(size)))
    kazakh = wrapped(words.name_kk, width, size=size, bold=True, most=-(-lines // 2))
    russian = wrapped(words.name_ru, width, size=size, most=max(1, lines - len(kazakh)))
    return _rows(kazakh, russian, size)


def _rows(kazakh: Sequence[str], russian: Sequence[str], size: float) -> list[_Row]:
    return [(line, size, number < len(kazakh), leading(size)) for number, line in enumerate([*kazakh, *russian])]


def _facts(parts: LabelParts, width: float, day: float) -> Iterator[_Row]:
    """Yield the rows below the names; lot and packs share one where both fit."""
    lot, packs = f"{_both(_LOT_WORD)} {parts.words.lot or '–'}", _packs(parts.words)
    together = f"{lot} · {packs}"
    share = bool(packs) and width_of(together, size=_BODY, bold=True) <= width
    yield _fitted(together if share else lot, width, extra=0.5)
    yield _both(_EXPIRES), _SMALL, False, _CAPTION_LEADING
    yield _day(parts.words), day, True, day * _DAY_LEADING
    if packs and not share:
        yield _fitted(packs, width, extra=0.3)
    said = wrapped(parts.code.said, width, size=_SMALL, most=3) if parts.code.said else []
    if parts.code.is_own:
        said = [*wrapped(_both(_OWN), width, size=_SMALL, most=2), *said]
    for line in said:
        yield line, _SMALL, False, _CAPTION_LEADING


def _fitted(words: str, width: float, *, extra: float) -> _Row:
    """Return a bold row in the largest size in which it is whole, with a little white beside it."""
    size = next((size for size in _LINE_SIZES if width_of(words, size=size, bold=True) <= width), _LINE_SIZES[-1])
    return wrapped(words, width, size=size, bold=True, most=1)[0], size, True, leading(size) + extra


def _day(words: LabelWords) -> str:
    return words.expires or _both(_ENDLESS)


def _packs(words: LabelWords) -> str:
    if words.packs is None:
        return ""
    with use_language("ru"):
        return f"{format_number(words.packs)} {_both(_PACKS)}"


def _both(words: Text) -> str:
    said = [words.render("kk"), words.render("ru")]
    return " / ".join(dict.fromkeys(said))
