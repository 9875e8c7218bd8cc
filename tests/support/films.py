"""What a camera sees of printed vouchers: cut from rendered sheets, clean, turned, dim, stained or blurred, as a film.

While a voucher is held into the picture, its left upper corner is white, else black: so a page knows from the frame
itself since when it can be read.
"""

import io
from collections.abc import Sequence
from itertools import cycle
from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]  # it ships no types
import zxingcpp
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter
from sqlalchemy.orm import Session

from distribution.services.voucher_prints import print_vouchers
from tests.support.vouchers import Scene, a_supervisor

CONDITIONS = ("clean", "turned", "dim", "stained", "blurred")
_DPI = 200
_FRAME = (1280, 720)
_TABLE, _MARK = 120, 48
_AROUND = 0.5
"""How much of the paper around the code is in the picture, as a share of the code."""


def pictures_of_vouchers(session: Session, scene: Scene) -> dict[str, Image.Image]:
    """Print the vouchers of a scene, render the sheets, and return a picture around each code by its text."""
    file = io.BytesIO()
    first = scene.vouchers[0]
    print_vouchers(
        session, file, quarter=first.quarter, actor=a_supervisor(session, first.district_id), at=first.issued_at
    )
    found: dict[str, Image.Image] = {}
    for page in pypdfium2.PdfDocument(file.getvalue()):
        sheet = page.render(scale=_DPI / 72).to_pil().convert("L")
        for code in zxingcpp.read_barcodes(sheet):
            corners = code.position
            left, top = corners.top_left.x, corners.top_left.y
            side = corners.bottom_right.x - left
            edge = int(side * _AROUND)
            found[code.text] = sheet.crop((left - edge, top - edge, left + side + edge, top + side + edge))
    return found


def as_seen(paper: Image.Image, condition: str) -> Image.Image:
    """Return a picture of the camera in which the paper is held, under a condition of CONDITIONS."""
    seen = paper.copy()
    if condition == "turned":
        seen = seen.rotate(23, expand=True, fillcolor=_TABLE, resample=Image.Resampling.BICUBIC)
    elif condition == "stained":
        middle, spot = seen.width // 2, seen.width // 12
        ImageDraw.Draw(seen).ellipse((middle, middle, middle + spot, middle + spot), fill=95)
    elif condition == "blurred":
        seen = seen.filter(ImageFilter.GaussianBlur(1.6))
    frame = Image.new("L", _FRAME, _TABLE)
    seen.thumbnail((_FRAME[1] - 40, _FRAME[1] - 40))
    frame.paste(seen, ((frame.width - seen.width) // 2, (frame.height - seen.height) // 2))
    if condition == "dim":
        frame = ImageEnhance.Contrast(ImageEnhance.Brightness(frame).enhance(0.35)).enhance(0.7)
    return frame


def film_of_vouchers(papers: Sequence[Image.Image], file: Path, *, seen: int, empty: int) -> Path:
    """Write a film of papers held up one after another, each for `seen` frames and then nothing for `empty` frames."""
    nothing = _written(Image.new("L", _FRAME, _TABLE), is_seen=False)
    with file.open("wb") as film:
        film.write(nothing * empty)
        for paper, condition in zip(papers, cycle(CONDITIONS), strict=False):
            film.write(_written(as_seen(paper, condition), is_seen=True) * seen + nothing * empty)
    return file


def film_of_two(papers: Sequence[Image.Image], file: Path) -> Path:
    """Write a film in which two papers lie side by side."""
    frame = Image.new("L", _FRAME, _TABLE)
    for place, paper in enumerate(papers):
        seen = paper.copy()
        seen.thumbnail((560, 560))
        frame.paste(seen, (60 + place * 600, 80))
    file.write_bytes(_written(frame, is_seen=True) * 30)
    return file


def _written(frame: Image.Image, *, is_seen: bool) -> bytes:
    marked = frame.copy()
    ImageDraw.Draw(marked).rectangle((0, 0, _MARK, _MARK), fill=255 if is_seen else 0)
    file = io.BytesIO()
    marked.convert("RGB").save(file, "JPEG", quality=80)
    return file.getvalue()


WATCH = """() => {
    window.waits = [];
    window.judged = [];
    let read = 0;
    const video = document.querySelector('[data-part="video"]');
    const canvas = Object.assign(document.createElement("canvas"), {width: 1, height: 1});
    const context = canvas.getContext("2d", {willReadFrequently: true});
    let since = null;
    const look = (now) => {
        context.drawImage(video, 4, 4, 24, 24, 0, 0, 1, 1);
        const isSeen = context.getImageData(0, 0, 1, 1).data[0] > 128;
        since = isSeen ? (since ?? performance.now()) : null;
        if (!isSeen) { window.told = false; }
        video.requestVideoFrameCallback(look);
    };
    video.requestVideoFrameCallback(look);
    document.addEventListener("scan:signal", (event) => {
        if (event.detail === "seen") { read = performance.now(); }
        if (event.detail === "ok" && since !== null && !window.told) {
            window.told = true;
            const began = since;
            requestAnimationFrame(() => {
                window.waits.push(performance.now() - began);
                window.judged.push(performance.now() - read);
            });
        }
    });
}"""
"""Keeps the milliseconds to the painted verdict: in `window.waits` from the first frame with a voucher, in
`window.judged` from when its code was read."""
