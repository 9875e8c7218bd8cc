"""Files that people send: the one that was chosen, kept for as long as it is read, and how big a body may be."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import request
from werkzeug.exceptions import ClientDisconnected

from core.errors import Invalid
from core.i18n import text
from core.tabular.errors import FileMissing, FileNotReceived, FileRefused

ROUND_A_FILE = 1024 * 1024
"""What a form needs around its file, in bytes."""

_BLOCK_BYTES = 1024 * 1024


@contextmanager
def kept_upload(field: str) -> Iterator[tuple[Path, str]]:
    """Keep the one file that was sent for as long as it is read; give its path here and its name there.

    Raises:
        FileMissing: none was chosen. FileRefused: more than one was.
    """
    chosen = [file for file in request.files.getlist(field) if file.filename]
    if not chosen:
        raise FileMissing(text("Choose a file first."))
    if len(chosen) > 1:
        raise FileRefused(text("Choose one file at a time."))
    with TemporaryDirectory(prefix="toptama-") as folder:
        path = Path(folder) / "upload"
        chosen[0].save(path)
        yield path, chosen[0].filename or ""


def take_bodies_with(file_bytes: int, refusal: Invalid) -> None:
    """Let this request's body hold a file of so many bytes; a bigger one is refused in words before it is read.

    Raises:
        Invalid: `refusal`, when the request says that it is bigger.
    """
    most = file_bytes + ROUND_A_FILE
    request.max_content_length = most
    if (request.content_length or 0) > most:
        raise refusal


def take_forms_with(file_bytes: int, refusal: Invalid) -> None:
    """Let this request's form hold a file of so many bytes; one that broke off is told from one without any field.

    Raises:
        Invalid: `refusal`, when the request says that it is bigger. FileNotReceived: the form did not arrive whole.
    """
    take_bodies_with(file_bytes, refusal)
    if request.mimetype == "multipart/form-data" and not _has_arrived():
        raise FileNotReceived(
            text("The file could not be uploaded: it did not arrive whole. Choose it again and send it once more.")
        )


def _has_arrived() -> bool:
    """Read the form; say whether there is one, and room to keep its file."""
    try:
        return bool(request.form or request.files)
    except (OSError, ClientDisconnected):
        return False


@contextmanager
def kept_body() -> Iterator[Path]:
    """Keep the body of the request, which is a file itself, for as long as it is read; it is written as it comes in.

    Raises:
        FileMissing: there is none.
    """
    with TemporaryDirectory(prefix="toptama-") as folder:
        path = Path(folder) / "upload"
        with path.open("wb") as target:
            shutil.copyfileobj(request.stream, target, _BLOCK_BYTES)
        if not path.stat().st_size:
            raise FileMissing(text("Choose a file first."))
        yield path
