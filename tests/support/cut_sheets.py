"""Printed sheets as families get them: drawn as a printer draws, cut into vouchers, each read by OpenCV.

OpenCV finds and reads squares by code of its own; it shares nothing with the encoder that drew them.
"""

from collections.abc import Iterator

import cv2
import numpy as np
import pypdfium2  # type: ignore[import-untyped]  # it ships no types
from numpy.typing import NDArray

DPI = 203
_DOTS = DPI / 25.4
"""Dots of a millimetre."""

_LEFT, _TOP, _WIDTH, _HEIGHT, _COLUMNS, _ROWS = 0, 15, 105, 92, 2, 3
_SQUARE = slice(8, 52)
"""Millimetres from the edges of a voucher within which its square lies with its quiet zone, both ways."""

_DARK = 100


def read_sheet(page: pypdfium2.PdfPage) -> Iterator[str]:
    """Yield what each voucher of a page reads as, left to right and top to bottom, "" for one that is not read."""
    drawn: NDArray[np.uint8] = page.render(scale=DPI / 72, grayscale=True).to_numpy()
    drawn = drawn.reshape(drawn.shape[:2])
    reader = cv2.QRCodeDetectorAruco()
    for cell in range(_COLUMNS * _ROWS):
        left, top = _LEFT + cell % _COLUMNS * _WIDTH, _TOP + cell // _COLUMNS * _HEIGHT
        square = np.ascontiguousarray(drawn[_dots(top), _dots(left)])
        if square.min() < _DARK:
            yield reader.detectAndDecode(square)[0]


def _dots(start: float) -> slice:
    return slice(int((start + _SQUARE.start) * _DOTS), int((start + _SQUARE.stop) * _DOTS))
