"""QR codes as matrices of modules: native for long runs, and checked to be what a scanner of this country expects."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import qrcode
import zxingcpp
from PIL import Image
from qrcode.util import MODE_ALPHA_NUM, QRData

from core.errors import Unavailable
from core.i18n import text
from core.qr_masks import MASKS, least_penalised

QUIET_ZONE = 4
"""Modules of white around a code (ISO/IEC 18004)."""

_ALPHANUMERIC = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")
_LEVEL = "Q"


class QrTooLong(Unavailable):
    """The text does not fit into a code of the size that paper and cameras were planned for."""

    code = "qr_too_long"


@dataclass(frozen=True, slots=True)
class QrMatrix:
    """The modules of a code without its quiet zone; `rows` holds one byte per module, 0 for dark."""

    size: int
    rows: bytes

    @property
    def version(self) -> int:
        """The version of the symbol: 1 has 21 modules a side, each further one four more."""
        return (self.size - 17) // 4

    @property
    def side(self) -> int:
        """The modules of a side with its quiet zone."""
        return self.size + 2 * QUIET_ZONE

    def packed(self) -> bytes:
        """Return the modules as bits, a dark one as 0, each row filled up to whole bytes."""
        return Image.frombytes("L", (self.size, self.size), self.rows).convert("1", dither=Image.Dither.NONE).tobytes()

    def path(self) -> str:
        """Return the dark modules as the path of an SVG, one unit to a module, with the quiet zone on the top left."""
        runs: list[str] = []
        for y in range(self.size):
            row = self.rows[y * self.size : (y + 1) * self.size]
            dark = "".join("1" if module == 0 else "0" for module in row)
            runs += [
                f"M{run.start() + QUIET_ZONE} {y + QUIET_ZONE}h{run.end() - run.start()}v1h-{run.end() - run.start()}z"
                for run in re.finditer("1+", dark)
            ]
        return "".join(runs)

    def image(self, dots: int) -> Image.Image:
        """Return the code with its quiet zone as a 1-bit picture, `dots` printer dots to a module."""
        side = self.size + 2 * QUIET_ZONE
        picture = Image.new("1", (side, side), 1)
        code = Image.frombytes("L", (self.size, self.size), self.rows).convert("1", dither=Image.Dither.NONE)
        picture.paste(code, (QUIET_ZONE, QUIET_ZONE))
        return picture.resize((side * dots, side * dots), Image.Resampling.NEAREST)


def is_alphanumeric(content: str) -> bool:
    """Say whether every sign can be written in alphanumeric mode, five and a half bits each."""
    return _ALPHANUMERIC.issuperset(content)


def encode(content: str, *, largest: int = 9) -> QrMatrix:
    """Return the code of an alphanumeric text at error correction level Q, by the native encoder.

    Raises:
        QrTooLong: the text needs a version above `largest`, or signs that alphanumeric mode does not have.
    """
    if not is_alphanumeric(content):
        raise QrTooLong(text("This text cannot be written as a compact code."))
    bare = _checked(_native(content, _LEVEL, mask=0), largest)
    light = _bits(bare)
    mask = least_penalised([light ^ changed for changed in _changed_by_masks(bare.version)], bare.size)
    return _of_bits(light ^ _changed_by_masks(bare.version)[mask], bare.size)


def encode_address(address: str, *, largest: int = 9) -> QrMatrix:
    """Return the code of an address of the web, with its small letters, at error correction level M.

    Raises:
        QrTooLong: the address needs a version above `largest`.
    """
    return _drawn(address, "M", largest)


def _drawn(content: str, level: str, largest: int) -> QrMatrix:
    return _checked(_native(content, level), largest)


def _native(content: str, level: str, *, mask: int | None = None, version: int | None = None) -> QrMatrix:
    """Return the code as the native encoder draws it; without a mask it looks for the best one, which takes long."""
    asked = {"data_mask": mask, "version": version}
    chosen = {name: value for name, value in asked.items() if value is not None}
    written = zxingcpp.create_barcode(content, zxingcpp.BarcodeFormat.QRCode, ec_level=level, **chosen)
    picture = zxingcpp.write_barcode_to_image(written, scale=1, add_quiet_zones=False)
    modules = memoryview(picture)  # type: ignore[arg-type]  # a buffer, which its stubs do not say
    return QrMatrix(modules.shape[0] if modules.shape else 0, modules.tobytes())


@cache
def _changed_by_masks(version: int) -> Sequence[int]:
    """Return, for each mask, the modules in which a code of this version differs from itself under the first mask.

    They are the same for every text and every level, so any text tells them.
    """
    drawn = [_bits(_native("0", _LEVEL, mask=mask, version=version)) for mask in range(MASKS)]
    return [one ^ drawn[0] for one in drawn]


def _bits(matrix: QrMatrix) -> int:
    """Return the modules as one whole number, 1 for a light one."""
    line = Image.frombytes("L", (len(matrix.rows), 1), matrix.rows).convert("1", dither=Image.Dither.NONE)
    return int.from_bytes(line.tobytes()) >> -len(matrix.rows) % 8


def _of_bits(light: int, size: int) -> QrMatrix:
    modules = size * size
    line = (light << -modules % 8).to_bytes((modules + 7) // 8)
    return QrMatrix(size, Image.frombytes("1", (modules, 1), line).convert("L").tobytes())


def encode_single(content: str, *, largest: int = 9) -> QrMatrix:
    """Return the code by an encoder in plain Python: the second opinion that tests compare with."""
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_Q, border=0)
    written = QRData(content.encode("ascii"), mode=MODE_ALPHA_NUM)  # type: ignore[call-overload]  # a literal there
    code.add_data(written, optimize=0)
    code.make()
    matrix = code.get_matrix()
    rows = bytes(0 if dark else 255 for row in matrix for dark in row)
    return _checked(QrMatrix(len(matrix), rows), largest)


def _checked(matrix: QrMatrix, largest: int) -> QrMatrix:
    if matrix.version > largest:
        raise QrTooLong(text("This text is too long for a code of the planned size."))
    return matrix
