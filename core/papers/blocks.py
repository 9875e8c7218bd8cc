"""The pieces of official papers that stand under each other."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from core.i18n import Text, text, use_language
from core.papers.layout import BODY, GREY, HEAD, PORTRAIT, SMALL, Layout
from core.pdf import Paper, broken, leading, width_of
from core.qr import QUIET_ZONE, encode_address
from core.text import clean

PAPER_LANGUAGES = ("kk", "ru")
_QR_MODULE = 0.7
_SIGNATURE_STEP = 8.2
BESIDE, _SQUARE_GAP = 36.0, 4.0
"""What the square takes of the width where words stand beside it, and the gap between them."""

Words = Callable[[], str]
"""Words that are asked for in each language of the paper."""

Said = str | Text | Words
"""What stands the same in every language, a sentence, or words that are asked for in each."""

Draw = Callable[[Paper, float], None]


@dataclass(frozen=True, slots=True)
class Block:
    """Something of a height in millimetres that is drawn at a distance from the top; it never tears.

    `head` is drawn above it once more where a page begins with it.
    """

    height: float
    draw: Draw
    head: "Block | None" = None


@dataclass(frozen=True, slots=True)
class Signature:
    """A place to sign: in which role, and what is known of who signs."""

    role: Said
    name: str = ""
    post: Said = ""


def said_in(language: str, words: Said) -> str:
    """Return words in a language of the paper, without signs that no font has."""
    with use_language(language):
        return clean(words() if callable(words) else str(words))


def gap(height: float) -> Block:
    """Return an empty space."""
    return Block(height, lambda _paper, _y: None)


def both(words: Said, *, size: float, bold: bool = False, layout: Layout = PORTRAIT) -> Block:
    """Return words in both languages side by side."""
    columns = [broken(said_in(one, words), layout.half, size=size, bold=bold) for one in PAPER_LANGUAGES]

    def draw(paper: Paper, y: float) -> None:
        for place, lines in enumerate(columns):
            paper.paragraph(layout.column(place), y + leading(size) * 0.8, lines, size=size, bold=bold)

    return Block(max(map(len, columns)) * leading(size) + 0.6, draw)


def titled(title: Said, words: Said, *, layout: Layout = PORTRAIT) -> Block:
    """Return a small title with words under it, in both languages side by side."""
    heads = [said_in(language, title) for language in PAPER_LANGUAGES]
    columns = [broken(said_in(language, words), layout.half, size=BODY) for language in PAPER_LANGUAGES]

    def draw(paper: Paper, y: float) -> None:
        for place, lines in enumerate(columns):
            x = layout.column(place)
            paper.text(x, y + leading(SMALL) * 0.8, heads[place], size=SMALL, grey=GREY)
            paper.paragraph(x, y + leading(SMALL) + leading(BODY) * 0.8, lines, size=BODY)

    return Block(leading(SMALL) + max(map(len, columns)) * leading(BODY) + 1.2, draw)


def signatures(signers: Sequence[Signature], *, layout: Layout = PORTRAIT) -> Iterator[Block]:
    """Yield places to sign, two beside each other: full name, post, signature, date."""
    for start in range(0, len(signers), 2):
        yield _signature_row(signers[start : start + 2], layout)


def _signature_row(signers: Sequence[Signature], layout: Layout) -> Block:
    fields = (text("Full name"), text("Post"), text("Signature"), text("Date"))

    def draw(paper: Paper, y: float) -> None:
        for place, signer in enumerate(signers):
            x = layout.column(place)
            paper.text(x, y + 4, _in_one_line(signer.role), size=HEAD, bold=True)
            known = (signer.name, _in_one_line(signer.post), "", "")
            for row, (field, words) in enumerate(zip(fields, known, strict=True), start=1):
                line = y + 4 + row * _SIGNATURE_STEP
                paper.rule(x, line, x + layout.half, line)
                if words:
                    paper.text(x, line - 1, words, size=_fitting(words, layout.half))
                paper.text(x, line + leading(SMALL) * 0.9, _in_one_line(field), size=SMALL, grey=GREY)

    return Block(4 + len(fields) * _SIGNATURE_STEP + 5, draw)


def _fitting(words: str, width: float) -> float:
    """Return the size in points at which words fill one line at most."""
    return min(BODY, BODY * width / width_of(words, size=BODY, serif=True))


def _in_one_line(words: Said) -> str:
    return " / ".join(dict.fromkeys(said_in(language, words) for language in PAPER_LANGUAGES))


def verification(
    address: str,
    *,
    heading: Sequence[str] = (),
    notes: Sequence[tuple[Said, float]] = (),
    is_code: bool = True,
    layout: Layout = PORTRAIT,
) -> Block:
    """Return the square that leads to an address, and beside it bold lines, the address, and small grey notes.

    Without `is_code` neither the square nor the address is there. A note comes with its size in points.
    """
    matrix = encode_address(address) if is_code else None
    side = (matrix.size + 2 * QUIET_ZONE) * _QR_MODULE if matrix else 0
    shift = side + 4 if matrix else 0
    width = layout.width - shift
    said = [(said_in(language, words), size) for language in PAPER_LANGUAGES for words, size in notes]
    lines = [(line, size) for words, size in said for line in broken(words, width, size=size)]
    bold = [line for words in heading for line in broken(clean(words), width, size=BODY, bold=True)]
    plain = broken(address, width, size=BODY) if matrix else []

    def draw(paper: Paper, y: float) -> None:
        x = layout.left + shift
        below = paper.paragraph(x, y + 6, bold, size=BODY, bold=True)
        if matrix:
            paper.qr(layout.left, y, matrix, module=_QR_MODULE)
            below = paper.paragraph(x, below + 0.5, plain, size=BODY)
        for line, size in lines:
            paper.text(x, below + 0.5, line, size=size, grey=GREY)
            below += leading(size)

    words_height = 6 + (len(bold) + len(plain) + 1) * leading(BODY) + sum(leading(size) for _, size in lines)
    return Block(max(side, words_height), draw)


def beside_square(blocks: Sequence[Block], address: str, *, layout: Layout = PORTRAIT) -> Block:
    """Return blocks under each other as one, and at the right of them the square that leads to an address.

    Why: a paper of few lines stays one sheet. The blocks are made for `layout.narrowed(BESIDE)`.
    """
    matrix = encode_address(address)
    side = BESIDE - _SQUARE_GAP
    lines = broken(address, side, size=SMALL)
    height = sum(block.height for block in blocks)

    def draw(paper: Paper, y: float) -> None:
        x, below = layout.right - side, y
        paper.qr(x, y, matrix, module=side / (matrix.size + 2 * QUIET_ZONE))
        paper.paragraph(x, y + side + leading(SMALL) * 0.8, lines, size=SMALL)
        for block in blocks:
            block.draw(paper, below)
            below += block.height

    return Block(max(height, side + (len(lines) + 1) * leading(SMALL)), draw)


def ruled_row(
    cells: Sequence[Sequence[str]],
    widths: Sequence[float],
    *,
    size: float,
    ranged: Sequence[bool],
    bold: bool = False,
    layout: Layout = PORTRAIT,
    pad: float = 0.7,
) -> Block:
    """Return a ruled row; each cell is its lines, and those that are `ranged` end at the right."""
    height = max(map(len, cells)) * leading(size) + 2 * pad

    def draw(paper: Paper, y: float) -> None:
        x = layout.left
        for width, lines, right in zip(widths, cells, ranged, strict=True):
            for row, line in enumerate(lines):
                shift = width - 2 * pad - width_of(line, size=size, bold=bold, serif=True) if right else 0
                baseline = y + pad + row * leading(size) + leading(size) * 0.8
                paper.text(x + pad + shift, baseline, line, size=size, bold=bold)
            paper.rule(x, y, x, y + height)
            x += width
        paper.rule(x, y, x, y + height)
        paper.rule(layout.left, y, x, y)
        paper.rule(layout.left, y + height, x, y + height)

    return Block(height, draw)
