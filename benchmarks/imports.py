"""A registry file taken in and confirmed, against parsing, sealing and a bare bulk insert of the same rows.

Two acts of two people, each durable. The floor of the whole is stricter than the sum of its parts: it parses the file
once with the standard library, seals what must be sealed, and inserts families, awards and children; it stages nothing.
"""

import csv
import hmac
import os
import pickle
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import select

from app.demonstration.registry import HEADER, Home, write_registry
from benchmarks import plain
from benchmarks.clocks import Watch
from benchmarks.jobs import Job, Outcome
from benchmarks.world import CONFIRMER, KEYS, QUARTER, STAGER, actor
from core.clock import now
from core.database import Database
from core.tabular import open_table
from distribution.services.registry import stage_batch
from distribution.services.registry_confirming import confirm_batch
from territory.models import District

FILE = "registry.csv"
_STAGED = ("registry_batch", "registry_batch_district", "registry_row", "registry_remark")
_FINAL = ("registry_batch", "registry_batch_district", "registry_remark", "family", "assistance_case", "child")
_CHILD, _APPLICANT, _PHONE = HEADER.index("Баланың ЖСН"), HEADER.index("Өтініш берушінің ЖСН"), HEADER.index("Телефон")
_NONCE = 12
_TAKE, _CONFIRM, _BOTH = "take in", "confirm", "take in and confirm"


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
    return _import(job, keep=False)


def dump(job: Job) -> None:
    """Import the file and keep the rows that it led to, after each act, for the floor."""
    _import(job, keep=True)


def floor(job: Job) -> Outcome:
    """Parse, seal, insert; first the rows that wait, then those that they become."""
    watch = Watch(job.url)
    _parse_and_seal(Path(job.folder, FILE))
    watch.lap(_TAKE, _BOTH)
    _insert(job, "staged", watch, _TAKE)
    connection = plain.connect(job.url)
    with plain.durable(connection):
        for table in reversed(_STAGED):
            connection.execute(f"DELETE FROM {table}")
    connection.close()
    watch.go_on()
    _insert(job, "final", watch, _CONFIRM, _BOTH)
    return watch.outcome(_BOTH)


def _import(job: Job, *, keep: bool) -> Outcome:
    database = Database(job.url)
    with database.reading() as session:
        stager, confirmer = actor(session, STAGER), actor(session, CONFIRMER)
    watch = Watch(job.url)
    with open_table(Path(job.folder, FILE)) as table, database.writing() as session:
        batch = stage_batch(session, table=table, file_name=FILE, actor=stager, keys=KEYS, at=now())
    watch.lap(_TAKE, _BOTH)
    if keep:
        _keep(job, "staged", _STAGED)
    watch.go_on()
    with database.writing() as session:
        confirm_batch(session, batch_id=batch.id, actor=confirmer, at=now())
    watch.lap(_CONFIRM, _BOTH)
    if keep:
        _keep(job, "final", _FINAL)
    database.dispose()
    return watch.outcome(_BOTH, rows=batch.row_count)


def _parse_and_seal(file: Path) -> None:
    """Parse the file; seal and index the IIN of every child, and IIN and phone of every applicant once."""
    cipher, index = AESGCM(b"k" * 32), b"i" * 32
    before = ""
    with file.open(newline="", encoding="utf-8-sig") as source:
        for row in islice(csv.reader(source, delimiter=";"), 1, None):
            fields = [row[_CHILD]]
            if row[_APPLICANT] != before:
                before = row[_APPLICANT]
                fields += [before, row[_PHONE]]
            for field in fields:
                cipher.encrypt(os.urandom(_NONCE), field.encode(), None)
                hmac.digest(index, field.encode(), "sha256")


def _keep(job: Job, name: str, tables: Sequence[str]) -> None:
    """Keep the rows of tables in a file, in portions."""
    connection = plain.connect(job.url)
    with Path(job.folder, f"{name}.pickle").open("wb") as file:
        for table in tables:
            for portion in plain.read_portions(connection, table):
                pickle.dump((table, *portion), file)
    connection.close()


def _insert(job: Job, name: str, watch: Watch, *figures: str) -> None:
    """Insert kept rows in one durable transaction; what it takes to read them from their file does not count."""
    connection = plain.connect(job.url)
    with Path(job.folder, f"{name}.pickle").open("rb") as file, plain.durable(connection):
        while file.peek(1):
            table, names, rows = pickle.load(file)  # noqa: S301 - our own file
            watch.go_on()
            plain.insert_rows(connection, table, names, rows)
            watch.lap(*figures)
    watch.lap(*figures)
    connection.close()
