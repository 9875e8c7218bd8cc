"""Printed vouchers read by a decoder that shares nothing with the encoder: all of them, in a process of its own.

So its memory and its time are not those of the print.
"""

import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import cv2
import pypdfium2  # type: ignore[import-untyped]  # it ships no types
from sqlalchemy import select

from benchmarks.jobs import Job, Outcome
from core.database import Database
from distribution.models import Voucher
from tests.support.cut_sheets import read_sheet

_SHARE = "vouchers read"


def read_vouchers(job: Job) -> Outcome:
    """Say which share, in per cent, of all vouchers reads on the pages as exactly the token that was issued."""
    database = Database(job.url)
    with database.reading() as session:
        tokens = frozenset(session.scalars(select(Voucher.token)))
    database.dispose()
    files = sorted(str(path) for path in Path(job.folder).glob("*.pdf"))
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        read = [text for texts in pool.map(_read_file, files) for text in texts]
    return Outcome(0.0, {_SHARE: 100 * len(tokens.intersection(read)) / len(tokens)})


def _read_file(path: str) -> Sequence[str]:
    cv2.setNumThreads(1)
    return [text for page in pypdfium2.PdfDocument(path) for text in read_sheet(page)]
