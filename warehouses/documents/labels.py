"""Labels as PDF: sheets and rolls. Nothing is fetched: a name with an address or markup in it is words (SEC-39)."""

from collections.abc import Iterable
from math import ceil
from typing import IO

from reportlab.pdfgen.canvas import Canvas

from core.pdf import BOLD, MM, REGULAR, width_of
from warehouses.documents.label_layouts import LabelLayout, Placed
from warehouses.values.labels import LabelTemplate


def write_labels(
    file: IO[bytes], template: LabelTemplate, labels: Iterable[LabelLayout], *, skip: int, title: str
) -> int:
    """Write labels onto pages, the first `skip` places left empty; return how many pages there are.

    A layout that comes again at once is drawn once and placed often. Equal content makes equal bytes.
    """
    width_of("0", size=9)  # the fonts are made known with the first measure
    wide, high = template.page[0] * MM, template.page[1] * MM
    canvas = Canvas(file, pagesize=(wide, high), pageCompression=1, lang="kk", invariant=1)
    canvas.setTitle(title)
    canvas.setCreator("Toptama")
    last, count, pages, place = None, 0, 0, skip
    for label in labels:
        if place == template.per_page:
            canvas.showPage()
            pages, place = pages + 1, 0
        if label is not last:
            last, count = label, count + 1
            canvas.beginForm(f"label-{count}", 0, -ceil(template.height * MM), ceil(template.width * MM), 0)
            _draw(canvas, label)
            canvas.endForm()
        canvas.saveState()
        canvas.translate(*_origin(template, place))
        if template.turned:
            canvas.rotate(-90)
        canvas.doForm(f"label-{count}")
        canvas.restoreState()
        place += 1
    canvas.showPage()
    canvas.save()
    return pages + 1


def _origin(template: LabelTemplate, place: int) -> tuple[float, float]:
    """Return the point of a page onto which the point (0, 0) of a label's drawing falls, in points."""
    wide, high = template.page[0] * MM, template.page[1] * MM
    if template.turned:
        return wide, high
    row, column = divmod(place, template.columns)
    x = template.left + column * (template.width + template.gap)
    return x * MM, high - (template.top + row * template.height) * MM


def _draw(canvas: Canvas, label: LabelLayout) -> None:
    """Draw a label below and right of the point (0, 0)."""
    canvas.setFillGray(0)
    for line in label.lines:
        canvas.setFont(BOLD if line.bold else REGULAR, line.size)
        canvas.drawString(line.x * MM, -line.y * MM, line.words)
    for placed in label.symbols:
        _draw_symbol(canvas, placed)


def _draw_symbol(canvas: Canvas, placed: Placed) -> None:
    """Draw the modules as a 1-bit picture: whole, sharp, and small in the file."""
    bits = placed.symbol.picture().tobytes().hex()
    picture = f"BI /W {placed.symbol.columns} /H {placed.symbol.rows} /BPC 1 /CS /G /F /AHx ID {bits}> EI"
    size = f"{placed.width * MM:.4f} 0 0 {placed.height * MM:.4f}"
    at = f"{placed.x * MM:.4f} {-(placed.y + placed.height) * MM:.4f}"
    canvas._code.append(f"q {size} {at} cm {picture} Q")  # type: ignore[attr-defined]  # noqa: SLF001 - no other way to an inline picture
