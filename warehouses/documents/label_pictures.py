"""One label as a picture of black and white dots, as a printer of 203 dpi would print it: for the preview."""

from functools import cache
from pathlib import Path
from typing import IO

from PIL import Image, ImageDraw, ImageFont

from warehouses.documents.label_layouts import LabelLayout
from warehouses.documents.symbols import DOT
from warehouses.values.labels import LabelTemplate

_FONTS = Path(__file__).resolve().parents[2] / "static" / "vendor" / "noto"
_POINT = 127 / 360


def write_picture(file: IO[bytes], template: LabelTemplate, label: LabelLayout) -> None:
    """Write one label as PNG."""
    size = (round(template.width / DOT), round(template.height / DOT))
    picture = Image.new("1", size, 1)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 0, size[0] - 1, size[1] - 1), outline=0)
    for line in label.lines:
        at = (line.x / DOT, line.y / DOT)
        pen.text(at, line.words, fill=0, font=_font(bold=line.bold, size=line.size), anchor="ls")
    for placed in label.symbols:
        dots = (round(placed.width / DOT), round(placed.height / DOT))
        symbol = placed.symbol.picture().resize(dots, Image.Resampling.NEAREST)
        picture.paste(symbol, (round(placed.x / DOT), round(placed.y / DOT)))
    picture.save(file, "PNG", optimize=True)


@cache
def _font(*, bold: bool, size: float) -> ImageFont.FreeTypeFont:
    name = "NotoSans-Bold.ttf" if bold else "NotoSans-Regular.ttf"
    return ImageFont.truetype(_FONTS / name, size * _POINT / DOT)
