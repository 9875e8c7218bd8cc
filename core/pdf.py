"""Papers drawn directly: fonts with all Kazakh letters, measures in millimetres from the top left, 1-bit codes."""

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import IO

from reportlab import rl_config
from reportlab.lib.pagesizes import A4, A5
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from core.qr import QUIET_ZONE, QrMatrix

MM = 72 / 25.4
PAGE_WIDTH, PAGE_HEIGHT = A4[0] / MM, A4[1] / MM
SMALL_WIDTH, SMALL_HEIGHT = A5[0] / MM, A5[1] / MM
REGULAR, BOLD = "NotoSans", "NotoSans-Bold"
SERIF, SERIF_BOLD = "NotoSerif", "NotoSerif-Bold"
"""Faces of official papers."""

_FONTS = Path(__file__).resolve().parent.parent / "static" / "vendor" / "noto"
_FILES = {
    REGULAR: "NotoSans-Regular.ttf",
    BOLD: "NotoSans-Bold.ttf",
    SERIF: "NotoSerif-Regular.ttf",
    SERIF_BOLD: "NotoSerif-Bold.ttf",
}
_HORN = (
    ((24, 22), ((24, 17.7), (24, 13.3), (24, 9))),
    (
        (24, 10),
        ((24, 4), (15, 1), (10.5, 4.5)),
        ((6.5, 7.5), (8, 13.5), (12.5, 13.5)),
        ((16, 13.5), (17, 9.5), (14.2, 8.6)),
    ),
    (
        (24, 10),
        ((24, 4), (33, 1), (37.5, 4.5)),
        ((41.5, 7.5), (40, 13.5), (35.5, 13.5)),
        ((32, 13.5), (31, 9.5), (33.8, 8.6)),
    ),
    (
        (0, 15),
        ((4, 15), (5, 18), (9, 19)),
        ((14, 20.2), (19, 19), (24, 22)),
        ((29, 19), (34, 20.2), (39, 19)),
        ((43, 18), (44, 15), (48, 15)),
    ),
)
"""One ram's horn on a tile of 48 × 24, as curves: the same drawing as templates/components/ornament.html."""

_HORN_WIDTH, _HORN_HEIGHT = 48, 24
_ESCAPES = {code: f"\\{code:03o}" for code in (*range(32), *b"()\\", *range(127, 256))}
"""What may not stand as itself between the brackets of a line."""


@cache
def _register_fonts() -> None:
    rl_config.useA85 = 0  # plain bytes: files a fifth smaller, written in half the time
    for name, file in _FILES.items():
        pdfmetrics.registerFont(TTFont(name, str(_FONTS / file)))


class Paper:
    """A PDF of A4 or A5 pages, upright or lying, that is drawn from the top down.

    Parts that repeat are drawn once and placed often. Equal content makes equal bytes: the file holds no instant of
    its making. `serif` is for official papers, `small` for pages of A5,
    `page` for others: width and height in millimetres.
    """

    def __init__(
        self,
        file: IO[bytes],
        *,
        title: str,
        language: str,
        serif: bool = False,
        landscape: bool = False,
        small: bool = False,
        page: tuple[float, float] | None = None,
    ) -> None:
        _register_fonts()
        size = (page[0] * MM, page[1] * MM) if page else A5 if small else A4
        size = (size[1], size[0]) if landscape else size
        self._height = size[1] / MM
        self._serif = serif
        self._canvas = Canvas(file, pagesize=size, pageCompression=1, lang=language, invariant=1)
        self._canvas.setTitle(title)
        self._canvas.setCreator("Toptama")
        self._parts: set[str] = set()

    def text(self, x: float, y: float, words: str, *, size: float, bold: bool = False, grey: float = 0) -> None:
        """Write one line with its baseline at `y`; `size` in points, `grey` 0 for black.

        The operators are written here: reportlab's own way to them takes three times as long, and print runs write
        hundreds of thousands of lines.
        """
        font: TTFont = pdfmetrics.getFont(_face(bold=bold, serif=self._serif))  # type: ignore[assignment]
        document = self._canvas._doc  # type: ignore[attr-defined]  # noqa: SLF001 - where a font's letters are counted
        shown = " ".join(
            f"{font.getSubsetInternalName(subset, document)} {size:g} Tf ({_escaped(letters)}) Tj"
            for subset, letters in font.splitString(words, document)
        )
        self._operators(f"{grey:g} g BT {x * MM:.4f} {(self._height - y) * MM:.4f} Td {shown} ET")

    def centred(self, x: float, y: float, words: str, *, size: float, bold: bool = False) -> None:
        """Write one line around `x`."""
        self.text(x - width_of(words, size=size, bold=bold) / 2, y, words, size=size, bold=bold)

    def paragraph(
        self, x: float, y: float, lines: Sequence[str], *, size: float, bold: bool = False, grey: float = 0
    ) -> float:
        """Write lines under each other and return the baseline of the next one."""
        for line in lines:
            self.text(x, y, line, size=size, bold=bold, grey=grey)
            y += leading(size)
        return y

    def qr(self, x: float, y: float, matrix: QrMatrix, *, module: float) -> None:
        """Draw a code with its quiet zone; `x` and `y` are the corner of the quiet zone, `module` is in millimetres."""
        side, zone = matrix.size * module, QUIET_ZONE * module
        left, bottom = (x + zone) * MM, (self._height - y - zone - side) * MM
        picture = f"BI /W {matrix.size} /H {matrix.size} /BPC 1 /CS /G /F /AHx ID {matrix.packed().hex()}> EI"
        self._operators(f"q {side * MM:.4f} 0 0 {side * MM:.4f} {left:.4f} {bottom:.4f} cm {picture} Q")

    def dashes(self, x: float, y: float, to_x: float, to_y: float) -> None:
        """Draw a line to cut along."""
        self._canvas.saveState()
        self._canvas.setStrokeGray(0.55)
        self._canvas.setLineWidth(0.4)
        self._canvas.setDash(3, 3)
        self._canvas.line(x * MM, (self._height - y) * MM, to_x * MM, (self._height - to_y) * MM)
        self._canvas.restoreState()

    def rule(self, x: float, y: float, to_x: float, to_y: float, *, width: float = 0.4) -> None:
        """Draw a straight line; `width` in points."""
        self._canvas.setStrokeGray(0)
        self._canvas.setLineWidth(width)
        self._canvas.line(x * MM, (self._height - y) * MM, to_x * MM, (self._height - to_y) * MM)

    def ornament(self, x: float, y: float, width: float, height: float) -> None:
        """Draw a band of ram's horn."""
        scale = height / _HORN_HEIGHT
        self._canvas.saveState()
        clip = self._canvas.beginPath()
        clip.rect(x * MM, (self._height - y - height) * MM, width * MM, height * MM)
        self._canvas.clipPath(clip, stroke=0)
        self._canvas.setLineWidth(2 * scale * MM)
        self._canvas.setLineCap(1)
        horn = self._horn(scale)
        for tile in range(int(width / (_HORN_WIDTH * scale)) + 1):
            left = (x + tile * _HORN_WIDTH * scale) * MM
            self._operators(f"q 1 0 0 1 {left:.4f} {(self._height - y) * MM:.4f} cm {horn} Q")
        self._canvas.restoreState()

    def part(self, name: str, x: float, y: float) -> None:
        """Place a part that `begin_part` and `end_part` drew around the top left corner."""
        self._operators(f"q 1 0 0 1 {x * MM:.4f} {-y * MM:.4f} cm")
        self._canvas.doForm(name)
        self._operators("Q")

    def begin_part(self, name: str) -> bool:
        """Begin to draw a part; False when it was drawn before."""
        if name in self._parts:
            return False
        self._parts.add(name)
        self._canvas.beginForm(name, 0, 0, *A4)
        return True

    def end_part(self) -> None:
        """End the part that was begun."""
        self._canvas.endForm()

    def next_page(self) -> None:
        """Finish the page."""
        self._canvas.showPage()

    def finish(self) -> None:
        """Write the file."""
        self._canvas.save()

    def _operators(self, written: str) -> None:
        self._canvas._code.append(written)  # type: ignore[attr-defined]  # noqa: SLF001 - no other way to an inline picture

    def _horn(self, scale: float) -> str:
        """Return the operators that draw one tile of the ornament below and right of the origin."""
        path = self._canvas.beginPath()

        def at(point: tuple[float, float]) -> tuple[float, float]:
            return point[0] * scale * MM, -point[1] * scale * MM

        for start, *curves in _HORN:
            path.moveTo(*at(start))
            for first, second, end in curves:
                path.curveTo(*at(first), *at(second), *at(end))
        return f"{path.getCode()} S"


def _escaped(letters: bytes) -> str:
    """Return the bytes of a line as they stand in a file."""
    return letters.decode("latin-1").translate(_ESCAPES)


def leading(size: float) -> float:
    """Return the distance of two baselines in millimetres for a size in points."""
    return size * 1.25 / MM


def width_of(words: str, *, size: float, bold: bool = False, serif: bool = False) -> float:
    """Return the width of a line in millimetres."""
    return sum(map(_letters_of(_face(bold=bold, serif=serif)).__getitem__, words)) * size / MM


class _LetterWidths(dict[str, float]):
    """The widths of a face's letters at a size of one point, each asked of the face once."""

    def __init__(self, face: str) -> None:
        super().__init__()
        self._face = face

    def __missing__(self, letter: str) -> float:
        self[letter] = width = float(pdfmetrics.stringWidth(letter, self._face, 1))
        return width


@cache
def _letters_of(face: str) -> _LetterWidths:
    _register_fonts()
    return _LetterWidths(face)


def _face(*, bold: bool, serif: bool) -> str:
    if serif:
        return SERIF_BOLD if bold else SERIF
    return BOLD if bold else REGULAR


def broken(words: str, width: float, *, size: float, bold: bool = False) -> list[str]:
    """Return a text of an official paper as lines of at most `width` millimetres; nothing is ever cut off.

    A word that is wider than a line goes on in the next one.
    """
    lines: list[str] = []
    for word in words.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(longer, size=size, bold=bold, serif=True) <= width:
            lines[-1] = longer
        else:
            lines.extend(_pieces(word, width, size=size, bold=bold))
    return lines or [""]


def _pieces(word: str, width: float, *, size: float, bold: bool) -> list[str]:
    pieces = [""]
    for letter in word:
        if pieces[-1] and width_of(pieces[-1] + letter, size=size, bold=bold, serif=True) > width:
            pieces.append("")
        pieces[-1] += letter
    return pieces


def wrapped(
    words: str, width: float, *, size: float, bold: bool = False, most: int = 9, indent: float = 0
) -> list[str]:
    """Return a text as lines of at most `width` millimetres; the rest after `most` lines is cut off.

    The first line is shorter by `indent` millimetres, for words in another weight before it.
    """
    lines: list[str] = []
    for word in words.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(longer, size=size, bold=bold) <= width - (indent if len(lines) == 1 else 0):
            lines[-1] = longer
        else:
            lines.append(word)
    if len(lines) > most:
        lines = [*lines[: most - 1], f"{lines[most - 1]} …"]
    return [_cut(line, width - (0 if number else indent), size=size, bold=bold) for number, line in enumerate(lines)]


def _cut(line: str, width: float, *, size: float, bold: bool) -> str:
    while len(line) > 1 and width_of(line, size=size, bold=bold) > width:
        line = f"{line[:-2].rstrip()}…"
    return line


def joined(parts: Iterable[str], between: str = " · ") -> str:
    """Return the parts that are not empty, with a dot between them."""
    return between.join(part for part in parts if part)
