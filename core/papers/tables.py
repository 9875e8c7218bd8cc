"""Tables of official papers: heads in both languages, repeated on every further page."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from core.papers.blocks import PAPER_LANGUAGES, Block, Said, ruled_row, said_in
from core.papers.layout import BODY, PORTRAIT, SMALL, Layout
from core.pdf import Paper, broken

_PAD = 0.7
_CELL = BODY - 0.5

Cell = Said
"""What stands in a cell: the same in both languages, or each under the other."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its head in both languages, its share of the width, and whether it holds numbers, ranged right."""

    title: Said
    share: float
    is_number: bool = False


def table(
    columns: Sequence[Column],
    rows: Iterable[Sequence[Cell]],
    *,
    totals: Sequence[Cell] | None = None,
    size: float = _CELL,
    layout: Layout = PORTRAIT,
) -> Iterator[Block]:
    """Yield the head, the rows, and bold totals; a row never tears, and a page that begins with one repeats the head.

    The shares of the columns fill the width. A head on its own never ends a page: it is part of its first row.
    """
    whole = sum(column.share for column in columns)
    widths = [column.share * layout.width / whole for column in columns]
    ranged = [column.is_number for column in columns]

    def row(cells: Sequence[Cell], *, size: float, ranged: Sequence[bool], bold: bool = False) -> Block:
        lines = [_lines(cell, width, size=size, bold=bold) for cell, width in zip(cells, widths, strict=True)]
        return ruled_row(lines, widths, size=size, ranged=ranged, bold=bold, layout=layout, pad=_PAD)

    head = row([column.title for column in columns], size=SMALL - 1, ranged=[False] * len(columns), bold=True)
    bodies = [row(cells, size=size, ranged=ranged) for cells in rows]
    if totals is not None:
        bodies.append(row(totals, size=size, ranged=ranged, bold=True))
    if not bodies:
        yield head
        return
    yield _under(head, bodies[0])
    yield from (replace(body, head=head) for body in bodies[1:])


def _under(head: Block, first: Block) -> Block:
    """Return the head and the first row as one block."""

    def draw(paper: Paper, y: float) -> None:
        head.draw(paper, y)
        first.draw(paper, y + head.height)

    return Block(head.height + first.height, draw)


def _lines(cell: Cell, width: float, *, size: float, bold: bool) -> list[str]:
    words = dict.fromkeys(said_in(language, cell) for language in PAPER_LANGUAGES)
    return [line for one in words for line in broken(one, width - 2 * _PAD, size=size, bold=bold)]
