"""The paper of a version of a standard, to print and sign: Kazakh and Russian side by side, nothing cut off.

It is laid out in blocks that never tear over a page; when all are placed, the number of pages is known and drawn.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from functools import partial
from typing import IO

from catalog.rules.allergens import contained, traced
from catalog.rules.contents import ContentLine, ContentSubstitute, StandardContent
from catalog.rules.items import net_content
from catalog.rules.totals import totals_of
from catalog.values import ALLERGENS, UNITS
from core.i18n import Text, format_day, format_number, format_quarter, name_of, text, use_language
from core.pdf import PAGE_HEIGHT, PAGE_WIDTH, Paper, broken, joined, leading, width_of
from core.qr import QUIET_ZONE, encode_address
from core.text import clean

_LEFT, _RIGHT, _TOP, _BOTTOM = 18.0, PAGE_WIDTH - 15.0, 13.0, PAGE_HEIGHT - 19.0
_WIDTH = _RIGHT - _LEFT
_GUTTER = 6.0
_HALF = (_WIDTH - _GUTTER) / 2
_SMALL, _BODY, _HEAD, _TITLE = 7.0, 9.0, 10.0, 12.5
_GREY = 0.35
_QR_MODULE = 0.7
_LANGUAGES = ("kk", "ru")
_COLUMNS = (8.0, 59.5, 59.5, 14.0, 18.5, _WIDTH - 159.5)
_PAD = 0.7

Words = Callable[[], str]
Draw = Callable[[Paper, float], None]


class PaperState(StrEnum):
    """Whether the paper of a version is for reading, for signing, or counts."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"


_WARNINGS: Mapping[PaperState, Text] = {
    PaperState.DRAFT: text("DRAFT: not approved, counts for nothing"),
    PaperState.SUBMITTED: text("SUBMITTED, FOR SIGNING: counts once it is approved"),
}
_PROOFS: Mapping[PaperState, Text] = {
    PaperState.DRAFT: text("This is a draft: what it says may still change, and this hash with it."),
    PaperState.SUBMITTED: text("Just what has this hash is approved: compare it with the hash on the screen."),
    PaperState.APPROVED: text("The file at this address has this hash: download it and run sha256sum to compare."),
}


@dataclass(frozen=True, slots=True)
class PaperFrame:
    """What a paper says beside the content: its hash, its permanent address, whether it counts, and the ages told.

    The address answers once the version is approved, so no other paper names it.
    """

    digest: str
    address: str
    state: PaperState
    ages: Words


@dataclass(frozen=True, slots=True)
class _Block:
    """Something of a height in millimetres that is drawn at a distance from the top; it never tears.

    `head` is drawn above it once more where a page begins with it.
    """

    height: float
    draw: Draw
    head: "_Block | None" = None


def write_paper(file: IO[bytes], content: StandardContent, frame: PaperFrame) -> None:
    """Write the paper of a version; equal content makes equal bytes."""
    paper = Paper(file, title=f"{content.kit.code} {content.number}", language="kk", serif=True)
    pages = list(_pages(_blocks(content, frame)))
    for number, blocks in enumerate(pages, start=1):
        y = _TOP
        for block in blocks:
            block.draw(paper, y)
            y += block.height
        _draw_foot(paper, content, frame, number=number, count=len(pages))
        paper.next_page()
    paper.finish()


def _pages(blocks: Iterable[_Block]) -> Iterator[list[_Block]]:
    page: list[_Block] = []
    used = _TOP
    for block in blocks:
        if page and used + block.height > _BOTTOM:
            yield page
            page, used = [], _TOP
            if block.head is not None:
                page.append(block.head)
                used += block.head.height
        page.append(block)
        used += block.height
    yield page


def _blocks(content: StandardContent, frame: PaperFrame) -> Iterator[_Block]:
    if frame.state in _WARNINGS:
        yield _both(_said(_WARNINGS[frame.state]), size=_HEAD, bold=True)
        yield _gap(2)
    yield _both(_said(text("Standard of a set of the guaranteed social package")), size=_HEAD)
    yield _both(lambda: name_of(content.kit.names), size=_TITLE, bold=True)
    version = text("%(code)s, version %(number)s", code=content.kit.code, number=content.number)
    yield _both(_said(version), size=_TITLE, bold=True)
    yield _gap(2)
    for title, words in _facts(content, frame):
        yield _titled(title, words)
    yield _gap(3)
    yield _both(_said(text("What is in the set")), size=_HEAD, bold=True)
    yield _gap(1)
    head = _table_head()
    yield head
    yield from (replace(_table_row(line), head=head) for line in content.lines)
    yield _gap(1)
    yield _both(partial(_mass, content), size=_BODY)
    yield _gap(3)
    yield _both(_said(text("Substitutes")), size=_HEAD, bold=True)
    yield from _substitutes(content)
    yield _gap(3)
    yield _signatures()
    yield _gap(2)
    yield _proof(frame)


def _facts(content: StandardContent, frame: PaperFrame) -> Iterator[tuple[Text, Words]]:
    items = [line.item for line in content.lines]
    yield text("For children"), frame.ages
    yield text("In force from"), partial(format_quarter, content.effective_from)
    yield text("Legal basis"), partial(_legal_basis, content)
    if content.change_note.name_kk:
        yield text("What changes and why"), partial(name_of, content.change_note)
    yield text("Contains"), partial(_allergens, contained(items))
    yield text("May contain"), partial(_allergens, traced(items) - contained(items))


def _legal_basis(content: StandardContent) -> str:
    number = f"№ {content.legal_number}" if content.legal_number else ""
    return joined([name_of(content.legal_document), number, format_day(content.legal_on)])


def _allergens(codes: Iterable[str]) -> str:
    return ", ".join(str(ALLERGENS.get(code, code)) for code in sorted(codes)) or "–"


def _mass(content: StandardContent) -> str:
    grams = totals_of(content).grams
    weight = format_number(Decimal(int(grams.amount)) / 1000)
    if grams.unknown:
        return str(text("Net mass of the set: at least %(weight)s kg", weight=weight))
    return str(text("Net mass of the set: %(weight)s kg", weight=weight))


def _said(sentence: Text) -> Words:
    return lambda: str(sentence)


def _in(language: str, words: Words) -> str:
    with use_language(language):
        return clean(words())


def _gap(height: float) -> _Block:
    return _Block(height, lambda _paper, _y: None)


def _both(words: Words, *, size: float, bold: bool = False) -> _Block:
    """Return words in both languages side by side."""
    columns = [broken(_in(language, words), _HALF, size=size, bold=bold) for language in _LANGUAGES]

    def draw(paper: Paper, y: float) -> None:
        for place, lines in enumerate(columns):
            paper.paragraph(_column(place), y + leading(size) * 0.8, lines, size=size, bold=bold)

    return _Block(max(map(len, columns)) * leading(size) + 0.6, draw)


def _column(place: int) -> float:
    return _LEFT + place * (_HALF + _GUTTER)


def _titled(title: Text, words: Words) -> _Block:
    """Return a small title with words under it, in both languages side by side."""
    heads = [_in(language, _said(title)) for language in _LANGUAGES]
    columns = [broken(_in(language, words), _HALF, size=_BODY) for language in _LANGUAGES]

    def draw(paper: Paper, y: float) -> None:
        for place, lines in enumerate(columns):
            paper.text(_column(place), y + leading(_SMALL) * 0.8, heads[place], size=_SMALL, grey=_GREY)
            paper.paragraph(_column(place), y + leading(_SMALL) + leading(_BODY) * 0.8, lines, size=_BODY)

    return _Block(leading(_SMALL) + max(map(len, columns)) * leading(_BODY) + 1.2, draw)


def _cells(cells: Sequence[Sequence[str]], *, size: float, bold: bool = False, numbers: int = 3) -> _Block:
    """Return a row of the table; the last `numbers` cells are ranged right."""
    height = max(map(len, cells)) * leading(size) + 2 * _PAD

    def draw(paper: Paper, y: float) -> None:
        x = _LEFT
        for place, (width, lines) in enumerate(zip(_COLUMNS, cells, strict=True)):
            ranged = place >= len(cells) - numbers
            for row, line in enumerate(lines):
                shift = width - 2 * _PAD - width_of(line, size=size, bold=bold, serif=True) if ranged else 0
                baseline = y + _PAD + row * leading(size) + leading(size) * 0.8
                paper.text(x + _PAD + shift, baseline, line, size=size, bold=bold)
            paper.rule(x, y, x, y + height)
            x += width
        paper.rule(_RIGHT, y, _RIGHT, y + height)
        paper.rule(_LEFT, y, _RIGHT, y)
        paper.rule(_LEFT, y + height, _RIGHT, y + height)

    return _Block(height, draw)


def _fitted(words: Sequence[str], *, size: float, bold: bool = False) -> list[list[str]]:
    return [broken(one, width - 2 * _PAD, size=size, bold=bold) for one, width in zip(words, _COLUMNS, strict=True)]


def _table_head() -> _Block:
    item = text("Item")
    numbers = [text("Packs"), text("Net content of a pack"), text("In the set")]
    cells = _fitted(["№", *(_in(one, _said(item)) for one in _LANGUAGES), "", "", ""], size=_SMALL, bold=True)
    for place, words in enumerate(numbers, start=3):
        cells[place] = [
            line
            for language in _LANGUAGES
            for line in broken(_in(language, _said(words)), _COLUMNS[place] - 2 * _PAD, size=5.5, bold=True)
        ]
    return _cells(cells, size=_SMALL - 1, bold=True, numbers=0)


def _table_row(line: ContentLine) -> _Block:
    def amount(number: int) -> str:
        with use_language("ru"):
            return f"{format_number(number)} {UNITS[line.item.pack_unit]}"

    words = [
        str(line.position),
        *(_in(language, partial(name_of, line.item.names)) for language in _LANGUAGES),
        str(line.packs),
        amount(line.item.pack_net),
        amount(net_content(line.packs, line.item.pack_net)),
    ]
    return _cells(_fitted(words, size=_BODY - 0.5), size=_BODY - 0.5)


def _substitutes(content: StandardContent) -> Iterator[_Block]:
    if not content.substitutes:
        yield _both(_said(text("Nothing may stand in for an item of this version.")), size=_BODY)
    names = {line.item.code: line.item.names for line in content.lines}
    for one in content.substitutes:
        yield _both(partial(_substitute, one, partial(name_of, names[one.item])), size=_BODY)


def _substitute(one: ContentSubstitute, item: Words) -> str:
    told = text(
        "Instead of “%(item)s”: “%(substitute)s”, %(given)s packs for every %(packs)s. %(reason)s",
        item=item(),
        substitute=name_of(one.substitute.names),
        given=one.substitute_packs,
        packs=one.for_packs,
        reason=name_of(one.reason),
    )
    first = format_quarter(one.valid_from) if one.valid_from else "…"
    last = format_quarter(one.valid_until) if one.valid_until else "…"
    return f"{told} ({first} – {last})" if one.valid_from or one.valid_until else str(told)


def _signatures() -> _Block:
    """Return two places to sign: who drafted it, and who approves it."""
    titles = (text("Drafted by"), text("Approved by"))
    fields = (text("Full name"), text("Post"), text("Signature"), text("Date"))
    step = 8.2

    def draw(paper: Paper, y: float) -> None:
        for place, title in enumerate(titles):
            x = _column(place)
            head = " / ".join(_in(language, _said(title)) for language in _LANGUAGES)
            paper.text(x, y + 4, head, size=_HEAD, bold=True)
            for row, field in enumerate(fields, start=1):
                line = y + 4 + row * step
                paper.rule(x, line, x + _HALF, line)
                words = " / ".join(_in(language, _said(field)) for language in _LANGUAGES)
                paper.text(x, line + leading(_SMALL) * 0.9, words, size=_SMALL, grey=_GREY)

    return _Block(4 + len(fields) * step + 5, draw)


def _proof(frame: PaperFrame) -> _Block:
    """Return the hash in full; of an approved version also the square that leads to the permanent address."""
    matrix = encode_address(frame.address) if frame.state == PaperState.APPROVED else None
    side = (matrix.size + 2 * QUIET_ZONE) * _QR_MODULE if matrix else 0
    left = side + 4 if matrix else 0
    width = _WIDTH - left
    said = ((text("Hash of the content (SHA-256)"), _SMALL), (_PROOFS[frame.state], _BODY - 1))
    blocks = [(_in(language, _said(words)), size) for language in _LANGUAGES for words, size in said]
    lines = [(line, size) for words, size in blocks for line in broken(words, width, size=size)]

    def draw(paper: Paper, y: float) -> None:
        digest = broken(frame.digest, width, size=_BODY, bold=True)
        below = paper.paragraph(_LEFT + left, y + 6, digest, size=_BODY, bold=True)
        if matrix:
            paper.qr(_LEFT, y, matrix, module=_QR_MODULE)
            address = broken(frame.address, width, size=_BODY)
            below = paper.paragraph(_LEFT + left, below + 0.5, address, size=_BODY)
        for line, size in lines:
            paper.text(_LEFT + left, below + 0.5, line, size=size, grey=_GREY)
            below += leading(size)

    return _Block(max(side, 6 + 4 * leading(_BODY) + sum(leading(size) for _, size in lines)), draw)


def _draw_foot(paper: Paper, content: StandardContent, frame: PaperFrame, *, number: int, count: int) -> None:
    """Draw what stands under every page: which version, its hash, and the page of how many."""
    y = PAGE_HEIGHT - 12
    paper.rule(_LEFT, y - 4, _RIGHT, y - 4)
    page = text("page %(page)s of %(pages)s", page=number, pages=count)
    version = text("%(code)s, version %(number)s", code=content.kit.code, number=content.number)
    said = [version, _WARNINGS[frame.state]] if frame.state in _WARNINGS else [version]
    for row, language in enumerate(_LANGUAGES):
        parts = [_in(language, _said(one)) for one in said]
        paper.text(_LEFT, y + row * 3.2, joined(parts), size=_SMALL)
        words = _in(language, _said(page))
        paper.text(_RIGHT - width_of(words, size=_SMALL, serif=True), y + row * 3.2, words, size=_SMALL)
    paper.text(_LEFT, y + 6.4, f"SHA-256 {frame.digest}", size=6, grey=_GREY)
