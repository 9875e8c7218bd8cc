"""Vouchers for all families: issued and printed, against bare signing, encoding and writing of the same squares.

The floor signs bytes that stand ready, has the same texts encoded by the same native encoder, and writes the squares as
1-bit pictures into a PDF put together by hand: no words, no database.
"""

import pickle
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

import zxingcpp
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from PIL import Image
from sqlalchemy import select

from benchmarks import plain
from benchmarks.clocks import Watch
from benchmarks.jobs import Job, Outcome, peak_mb, run
from benchmarks.world import FREEZER, KEYS, QUARTER, actor
from core.actors import EVERYWHERE, Actor
from core.clock import now
from core.database import Database
from distribution.documents.vouchers import PER_SHEET
from distribution.models import Voucher
from distribution.queries.voucher_prints import PrintChoice, list_print_runs
from distribution.rules.tokens import opened_token
from distribution.services.voucher_prints import print_vouchers
from distribution.services.vouchers import issue_vouchers

_TOKENS, _ROWS = "tokens.pickle", "vouchers.pickle"
_MILLIMETRE = 72 / 25.4
_CELL, _SIDE = 92 * _MILLIMETRE, 33 * _MILLIMETRE


def ours(job: Job) -> Outcome:
    """Issue the vouchers of all families, then print a file for every district, as the command does."""
    database = Database(job.url)
    with database.reading() as session:
        person = actor(session, FREEZER)
    watch = Watch(job.url)
    with database.writing() as session:
        issued = issue_vouchers(session, quarter=QUARTER, actor=person, at=now(), keys=KEYS)
    watch.lap("issue", "issue and print")
    with database.reading() as session:
        runs = list_print_runs(session, PrintChoice(QUARTER, now()), EVERYWHERE)
        districts = dict.fromkeys(run.district.id for run in runs)
    printed = sum(_print_district(database, job, person, district) for district in districts)
    watch.lap("print", "issue and print")
    assert printed == issued > 0
    size = sum(path.stat().st_size for path in Path(job.folder).glob("*.pdf")) / 1e6
    database.dispose()
    peak = peak_mb()
    read = run(replace(job, target="benchmarks.reading:read_vouchers")).facts["vouchers read"]
    facts = {"vouchers": issued, "size of the files": size, "vouchers read": read}
    return replace(watch.outcome("issue and print", **facts), peak_mb=peak)


def _print_district(database: Database, job: Job, person: Actor, district_id: int) -> int:
    with database.writing() as session, Path(job.folder, f"{district_id}.pdf").open("wb") as file:
        return print_vouchers(session, file, quarter=QUARTER, actor=person, at=now(), district_id=district_id)


def floor(job: Job) -> Outcome:
    """Sign, insert the rows; encode the texts, write the squares. The whole leaves the rows out."""
    texts: list[tuple[bytes, str]] = pickle.loads(Path(job.folder, _TOKENS).read_bytes())  # noqa: S301 - our own file
    names, rows = pickle.loads(Path(job.folder, _ROWS).read_bytes())  # noqa: S301 - our own file
    key = Ed25519PrivateKey.generate()
    watch = Watch(job.url)
    for to_sign, _ in texts:
        key.sign(to_sign)
    watch.lap("issue", "issue and print")
    connection = plain.connect(job.url)
    with plain.durable(connection):
        plain.insert_rows(connection, "voucher", names, rows)
    connection.close()
    watch.lap("issue")
    _write_pdf(Path(job.folder, "floor.pdf"), (token for _, token in texts))
    watch.lap("print", "issue and print")
    return watch.outcome("issue and print", vouchers=len(texts))


def fill_issued(job: Job) -> None:
    """Issue the vouchers, and keep their texts and rows for the floor."""
    database = Database(job.url)
    with database.writing() as session:
        person = actor(session, FREEZER)
        issue_vouchers(session, quarter=QUARTER, actor=person, at=now(), keys=KEYS)
    with database.reading() as session:
        tokens = session.scalars(select(Voucher.token).order_by(Voucher.id)).all()
    database.dispose()
    signed = [(opened_token(token), token) for token in tokens]
    kept = [(b"Signature1" + envelope.signed.protected + envelope.signed.payload, token) for envelope, token in signed]
    Path(job.folder, _TOKENS).write_bytes(pickle.dumps(kept))
    connection = plain.connect(job.url)
    Path(job.folder, _ROWS).write_bytes(pickle.dumps(plain.read_rows(connection, "voucher", without=["id"])))
    connection.close()


def _write_pdf(path: Path, tokens: Iterable[str]) -> None:
    """Write a PDF with six squares to a page, as little of a file as a PDF can be."""
    waiting = iter(tokens)
    places: list[int] = []
    with path.open("wb") as file:
        file.write(b"%PDF-1.4\n")
        page = 0
        while sheet := list(islice(waiting, PER_SHEET)):
            content = b"".join(_picture(token, place) for place, token in enumerate(sheet))
            places.append(file.tell())
            file.write(b"%d 0 obj<</Length %d>>stream\n%b\nendstream endobj\n" % (3 + 2 * page, len(content), content))
            places.append(file.tell())
            shown = b"<</Type/Page/Parent 1 0 R/MediaBox[0 0 595 842]/Resources<<>>/Contents %d 0 R>>" % (3 + 2 * page)
            file.write(b"%d 0 obj%b endobj\n" % (4 + 2 * page, shown))
            page += 1
        _end_pdf(file.write, file.tell(), places, page)


def _picture(token: str, place: int) -> bytes:
    """Return the operators that draw one square as a 1-bit picture."""
    code = zxingcpp.create_barcode(token, zxingcpp.BarcodeFormat.QRCode, ec_level="Q")
    picture = zxingcpp.write_barcode_to_image(code, scale=1, add_quiet_zones=False)
    modules = memoryview(picture)  # type: ignore[arg-type]  # a buffer, which its stubs do not say
    side = modules.shape[0] if modules.shape else 0
    bits = Image.frombytes("L", (side, side), modules.tobytes()).convert("1", dither=Image.Dither.NONE).tobytes()
    x, y = 30 + place % 2 * 297, 842 - (place // 2 + 1) * _CELL
    head = f"q {_SIDE:.2f} 0 0 {_SIDE:.2f} {x} {y:.2f} cm BI /W {side} /H {side} /BPC 1 /CS /G ID "
    return head.encode() + bits + b" EI Q\n"


def _end_pdf(write: object, at: int, places: Sequence[int], pages: int) -> None:
    """Write the list of pages, the catalogue and the table of places."""
    assert callable(write)
    kids = b" ".join(b"%d 0 R" % (4 + 2 * page) for page in range(pages))
    tree = b"1 0 obj<</Type/Pages/Count %d/Kids[%b]>>endobj\n" % (pages, kids)
    catalogue = b"2 0 obj<</Type/Catalog/Pages 1 0 R>>endobj\n"
    write(tree + catalogue)
    table = [at, at + len(tree), *places]
    written = b"".join(b"%010d 00000 n \n" % place for place in table)
    write(b"xref\n0 %d\n0000000000 65535 f \n%b" % (len(table) + 1, written))
    start = at + len(tree) + len(catalogue)
    write(b"trailer<</Size %d/Root 2 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(table) + 1, start))
