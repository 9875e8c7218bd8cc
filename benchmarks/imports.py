"""A registry file taken in and confirmed, against parsing, sealing and a bare bulk insert of the same rows.

Two acts of two people, each durable. The floor of the whole is stricter than the sum of its parts: it parses the file
once with the standard library, seals what must be sealed, and inserts families, awards and children; it stages nothing.
"""

import csv
import hmac
import os
import pickle
import time
from collections.abc import Sequence
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import select

from app.demonstration.registry import HEADER, Home, write_registry
from benchmarks import plain
from benchmarks.jobs import Job, Outcome
from benchmarks.world import CONFIRMER, KEYS, QUARTER, STAGER, actor
from core.clock import now
from core.database import Database
from core.tabular import open_table
from distribution.services.registry import stage_batch
from distribution.services.registry_confirming import confirm_batch
from territory.models import District

FILE = "registry.csv"
_DUMP = "registry.pickle"
_STAGED = ("registry_batch", "registry_batch_district", "registry_row", "registry_remark")
_FINAL = ("registry_batch", "registry_batch_district", "registry_remark", "family", "assistance_case", "child")
_CHILD, _APPLICANT, _PHONE = HEADER.index("Баланың ЖСН"), HEADER.index("Өтініш берушінің ЖСН"), HEADER.index("Телефон")
_NONCE = 12
Kept = dict[str, tuple[list[str], list[plain.RawRow]]]
"""Columns and rows by table."""


def write_file(job: Job) -> None:
    """Write the registry file that is measured with: invented, with the faults of real exports."""
    database = Database(job.url)
    with database.reading() as session:
        katos = session.scalars(select(District.kato).order_by(District.id)).all()
    database.dispose()
    homes = [Home(kato, f"Ауыл {number}", 1.0) for kato in katos for number in range(7)]
    write_registry(Path(job.folder, FILE), rows=job.children, quarter=QUARTER, homes=homes, seed=7)


def ours(job: Job) -> Outcome:
    """Stage the file as one person and confirm it as another."""
    return _import(job, keep=None)


def dump(job: Job) -> None:
    """Import the file and keep the rows that it led to, after each act, for the floor."""
    kept: dict[str, Kept] = {}
    _import(job, keep=kept)
    Path(job.folder, _DUMP).write_bytes(pickle.dumps(kept))


def floor(job: Job) -> Outcome:
    """Parse, seal, insert; first the rows that wait, then those that they become."""
    kept = pickle.loads(Path(job.folder, _DUMP).read_bytes())  # noqa: S301 - our own file
    start = time.perf_counter()
    rows = _parse(Path(job.folder, FILE))
    parsed = time.perf_counter()
    _seal(rows)
    sealed = time.perf_counter()
    staging = _insert(job.url, kept["staged"])
    plain_connection = plain.connect(job.url)
    with plain.durable(plain_connection):
        for table in reversed(_STAGED):
            plain_connection.execute(f"DELETE FROM {table}")
    plain_connection.close()
    confirming = _insert(job.url, kept["final"])
    reading = sealed - start
    parts = {"take in": reading + staging, "confirm": confirming, "take in and confirm": reading + confirming}
    return Outcome(reading + confirming, parts | {"parse": parsed - start, "seal": sealed - parsed})


def _import(job: Job, *, keep: dict[str, Kept] | None) -> Outcome:
    database = Database(job.url)
    with database.reading() as session:
        stager, confirmer = actor(session, STAGER), actor(session, CONFIRMER)
    start = time.perf_counter()
    with open_table(Path(job.folder, FILE)) as table, database.writing() as session:
        batch = stage_batch(session, table=table, file_name=FILE, actor=stager, keys=KEYS, at=now())
    staged = time.perf_counter()
    if keep is not None:
        keep["staged"] = _read(job.url, _STAGED)
    again = time.perf_counter()
    with database.writing() as session:
        confirm_batch(session, batch_id=batch.id, actor=confirmer, at=now())
    done = time.perf_counter()
    if keep is not None:
        keep["final"] = _read(job.url, _FINAL)
    database.dispose()
    taking, confirming = staged - start, done - again
    parts = {"take in": taking, "confirm": confirming, "take in and confirm": taking + confirming}
    return Outcome(taking + confirming, parts | {"rows": batch.row_count})


def _parse(file: Path) -> list[list[str]]:
    with file.open(newline="", encoding="utf-8-sig") as source:
        return list(csv.reader(source, delimiter=";"))[1:]


def _seal(rows: Sequence[Sequence[str]]) -> None:
    """Seal and index the IIN of every child, and IIN and phone of every applicant once."""
    cipher, index = AESGCM(b"k" * 32), b"i" * 32
    before = ""
    for row in rows:
        fields = [row[_CHILD]]
        if row[_APPLICANT] != before:
            before = row[_APPLICANT]
            fields += [before, row[_PHONE]]
        for field in fields:
            cipher.encrypt(os.urandom(_NONCE), field.encode(), None)
            hmac.digest(index, field.encode(), "sha256")


def _read(url: str, tables: Sequence[str]) -> Kept:
    connection = plain.connect(url)
    found = {table: plain.read_rows(connection, table) for table in tables}
    connection.close()
    return found


def _insert(url: str, kept: Kept) -> float:
    """Insert the rows of several tables in one durable transaction and return the seconds."""
    connection = plain.connect(url)
    start = time.perf_counter()
    with plain.durable(connection):
        for table, (names, rows) in kept.items():
            plain.insert_rows(connection, table, names, rows)
    taken = time.perf_counter() - start
    connection.close()
    return taken
