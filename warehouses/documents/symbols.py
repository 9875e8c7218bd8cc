"""The symbols of labels as dots, drawn by the native encoder: square ones, and the bars of a carton's number.

Sources: ISO/IEC 18004 (QR, quiet zone 4), ISO/IEC 16022 (Data Matrix, quiet zone 1), GS1 General Specifications, 5.4
(GS1-128: quiet zone 10, modules of 0.495 to 1.016 mm on logistics labels).
"""

from dataclasses import dataclass

import zxingcpp
from PIL import Image

from core.i18n import text
from core.qr import QUIET_ZONE, QrTooLong, encode_address
from warehouses.errors.labels import LabelDoesNotFit
from warehouses.rules.labels import sscc_said
from warehouses.values.labels import CodeKind, LabelCode

DOT = 25.4 / 203
"""Millimetres of a dot of a usual label printer (203 dpi)."""

SQUARE_MODULE = 5 * DOT
"""Five dots to a module of a square symbol (UX-82)."""

BAR_MODULE = 4 * DOT
"""Four dots, 0.5 mm, to the narrowest bar: the least that GS1 allows on a logistics label."""

_DATA_MATRIX_QUIET, _BARS_QUIET = 1, 10
_LARGEST_QR = 9


@dataclass(frozen=True, slots=True)
class Symbol:
    """A symbol of `columns` × `rows` modules without its quiet zone; `dots` holds a byte per module, 0 for dark."""

    columns: int
    rows: int
    dots: bytes
    quiet: int

    def picture(self) -> Image.Image:
        """Return the modules as a 1-bit picture, a dot each."""
        grey = Image.frombytes("L", (self.columns, self.rows), self.dots)
        return grey.convert("1", dither=Image.Dither.NONE)

    @property
    def side(self) -> float:
        """How wide a square symbol is with its quiet zone, in millimetres."""
        return (self.columns + 2 * self.quiet) * SQUARE_MODULE


def square_symbol(kind: str, code: LabelCode) -> Symbol:
    """Return the square symbol of a label.

    Raises:
        LabelDoesNotFit: the code is longer than the symbol of the planned size holds.
    """
    if kind == CodeKind.QR and not code.is_gs1:
        try:
            matrix = encode_address(code.content, largest=_LARGEST_QR)
        except QrTooLong as error:
            raise _too_long() from error
        return Symbol(matrix.size, matrix.size, matrix.rows, QUIET_ZONE)
    return _written(code, zxingcpp.BarcodeFormat.DataMatrix, _DATA_MATRIX_QUIET)


def carton_bars(number: str) -> Symbol:
    """Return the GS1-128 symbol of a carton's number, one module high."""
    code = LabelCode(f"[00]{number}", sscc_said(number), is_gs1=True, is_own=False)
    whole = _written(code, zxingcpp.BarcodeFormat.Code128, _BARS_QUIET)
    return Symbol(whole.columns, 1, whole.dots[: whole.columns], _BARS_QUIET)


def _written(code: LabelCode, form: zxingcpp.BarcodeFormat, quiet: int) -> Symbol:
    square = {"force_square": True} if form == zxingcpp.BarcodeFormat.DataMatrix else {}
    try:
        written = zxingcpp.create_barcode(code.content, form, gs1=code.is_gs1, **square)
    except ValueError as error:
        raise _too_long() from error
    picture = zxingcpp.write_barcode_to_image(written, scale=1, add_quiet_zones=False)
    modules = memoryview(picture)  # type: ignore[arg-type]  # a buffer, which its stubs do not say
    rows, columns = modules.shape or (0, 0)
    return Symbol(columns, rows, modules.tobytes(), quiet)


def _too_long() -> LabelDoesNotFit:
    return LabelDoesNotFit(text("The lot code is too long for a symbol on a label. Shorten it, or use another symbol."))
