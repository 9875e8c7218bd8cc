"""Squares: read by a reader that shares nothing with what draws them, and drawn with the mask that is best to read."""

import random
from itertools import groupby, pairwise

import cv2
import numpy as np
import pytest
import zxingcpp

from core.base32 import ALPHABET
from core.qr import QrMatrix, encode, encode_single
from core.qr_masks import MASKS, penalty

_TEXTS = [
    f"KZV1:{''.join(random.Random(seed).choices(ALPHABET, k=length))}"
    for seed, length in enumerate((41, 60, 83, 100, 120, 140, 150, 155, 160, 165))
]


@pytest.mark.parametrize("written", _TEXTS)
def test_ux_82_a_reader_of_another_make_reads_every_square(written: str) -> None:
    """Show each square to OpenCV as a printer of 203 dpi draws it, five dots to a module."""
    picture = np.array(encode(written).image(5).convert("L"))
    assert cv2.QRCodeDetectorAruco().detectAndDecode(picture)[0] == written


@pytest.mark.parametrize("written", _TEXTS[::3])
def test_the_mask_is_the_one_of_the_least_penalty(written: str) -> None:
    """Compare with all eight forms that the native encoder draws, each judged module by module."""
    forms = [_native(written, mask) for mask in range(MASKS)]
    chosen = encode(written)
    assert chosen.rows in [form.rows for form in forms]
    assert _judged(chosen) == min(_judged(form) for form in forms)
    assert _judged(chosen) == penalty(_bits(chosen), chosen.size)


def test_a_second_encoder_draws_as_large_a_square() -> None:
    """Let the encoder in plain Python have its say on the size of the longest text of a voucher."""
    assert encode(_TEXTS[-1]).size == encode_single(_TEXTS[-1]).size


def _native(written: str, mask: int) -> QrMatrix:
    code = zxingcpp.create_barcode(written, zxingcpp.BarcodeFormat.QRCode, ec_level="Q", data_mask=mask)
    picture = np.array(zxingcpp.write_barcode_to_image(code, scale=1, add_quiet_zones=False))
    return QrMatrix(picture.shape[0], picture.tobytes())


def _bits(matrix: QrMatrix) -> int:
    return sum(1 << place for place, module in enumerate(matrix.rows) if module)


def _judged(matrix: QrMatrix) -> int:
    """Return the penalty, counted as the standard tells it: line by line, block by block."""
    size, light = matrix.size, [bool(module) for module in matrix.rows]
    rows = [light[start : start + size] for start in range(0, size * size, size)]
    points = 0
    for line in (*rows, *(list(column) for column in zip(*rows, strict=True))):
        runs = (len(list(run)) for _, run in groupby(line))
        points += sum(length - 2 for length in runs if length >= 5)
        signs = "".join("-" if module else "#" for module in line)
        windows = [signs[start : start + 11] for start in range(size - 10)]
        points += 40 * sum(window in {"#-###-#----", "----#-###-#"} for window in windows)
    for upper, lower in pairwise(rows):
        blocks = zip(upper, upper[1:], lower, lower[1:], strict=False)
        points += 3 * sum(len(set(block)) == 1 for block in blocks)
    share = 100 * light.count(False) / len(light)
    return points + 10 * int(abs(share - 50) / 5)
