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

_SMALL, _BODY, _LOT = 6, 7, 9
_NAME_SIZES = (10, 9, 8, 7, 6.5, 6)
_DAY_SIZES = (22, 20, 18, 16, 14, 12, 11, 10, 9)
_BAR_HEIGHTS = (13.0, 9.0)
_TALL = 45
_CAPTION_LEADING, _ASCENT = 2.7, 0.27
"""Of a line, in millimetres; how far above its baseline letters reach, in millimetres per point."""

_LOT_WORD, _EXPIRES, _PACKS, _ENDLESS, _OWN = (
    text("Lot"), text("Use by"), text("Packs inside"), text("does not expire"), text("Own code, without a GTIN"),
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
    side = parts.square.side
    white = parts.square.quiet * SQUARE_MODULE
    inner = parts.square.columns * SQUARE_MODULE
    if template.width >= _SIDE_BY_SIDE:
        left, top = template.width - side, max(0, (bottom - side) / 2)
        box = (_EDGE, _EDGE, template.width - side - _EDGE, bottom - _EDGE / 2)
        room = (template.width / 2, bottom)
    else:
        left, top = (template.width - side) / 2, bottom - side
        box = (_EDGE, _EDGE, template.width - 2 * _EDGE, top)
        room = (template.width, bottom - 20)
    if side > min(room):
        raise LabelDoesNotFit(text("The symbol is too large for this label. Choose a larger template, or Data Matrix."))
    square = Placed(left + white, top + white, inner, inner, parts.square)
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
    """Yield the lines: names as large as there is room for, then what a storekeeper looks for."""
    x, y, right, bottom = box
    width = right - x
    below = list(_facts(parts, width))
    room = bottom - y - sum(step for _, _, _, step in below)
    names, size = _names(parts.words, width, room)
    for number, words in enumerate(names[0] + names[1]):
        y += leading(size)
        yield Line(x, y - leading(size) + size * _ASCENT, words, size, bold=number < len(names[0]))
    for words, size_, bold, step in below:
        y += step
        yield Line(x, y - step + size_ * _ASCENT + (step - size_ * _ASCENT) / 3, words, size_, bold=bold)


def _names(words: LabelWords, width: float, room: float) -> tuple[tuple[list[str], list[str]], float]:
    """Return both names as lines in the largest size in which they are whole, else cut off, and that size."""
    for size in _NAME_SIZES:
        kazakh = wrapped(words.name_kk, width, size=size, bold=True, most=99)
        russian = wrapped(words.name_ru, width, size=size, most=99)
        if (len(kazakh) + len(russian)) * leading(size) <= room:
            return (kazakh, russian), size
    lines = max(2, int(room / leading(size)))
    most = -(-lines // 2)
    kazakh = wrapped(words.name_kk, width, size=size, bold=True, most=most)
    return (kazakh, wrapped(words.name_ru, width, size=size, most=max(1, lines - len(kazakh)))), size


def _facts(parts: LabelParts, width: float) -> Iterator[tuple[str, float, bool, float]]:
    """Yield the lines below the names: words, size, whether bold, how far down the next one stands."""
    lot = f"{_both(_LOT_WORD)} {parts.words.lot or '–'}"
    size = _fitting(lot, width)
    yield wrapped(lot, width, size=size, bold=True, most=1)[0], size, True, leading(_LOT) + 0.3
    yield _both(_EXPIRES), _SMALL, False, _CAPTION_LEADING
    day = parts.words.expires or _both(_ENDLESS)
    size = next((one for one in _DAY_SIZES if width_of(day, size=one, bold=True) <= width), _SMALL)
    yield day, size, True, leading(size) * 0.85
    if parts.words.packs is not None:
        with use_language("ru"):
            packs = format_number(parts.words.packs)
        words = f"{_both(_PACKS)}: {packs}"
        yield wrapped(words, width, size=_BODY, bold=True, most=1)[0], _BODY, True, leading(_BODY)
    said = wrapped(parts.code.said, width, size=_SMALL, most=3) if parts.code.said else []
    if parts.code.is_own:
        said = [*wrapped(_both(_OWN), width, size=_SMALL, most=2), *said]
    for line in said:
        yield line, _SMALL, False, _CAPTION_LEADING


def _fitting(words: str, width: float) -> float:
    return next((size for size in (float(_LOT), 8, 7, 6) if width_of(words, size=size, bold=True) <= width), 6)


def _both(words: Text) -> str:
    said = [words.render("kk"), words.render("ru")]
    return " / ".join(dict.fromkeys(said))
