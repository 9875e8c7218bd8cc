"""Files that were damaged at random: each is taken or refused in a sentence, in time, and never breaks the page."""

import io
import random
import resource
import time
import zipfile
from collections.abc import Callable

import pytest
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from accounts.values import Role
from core.tabular import write_xlsx
from distribution.rules.registry_columns import COLUMNS
from tests.conftest import SignIn
from tests.support.client import hidden_fields
from tests.support.registry_files import a_row, registry_bytes

ROWS = [a_row(number) for number in range(1, 30)]
LONGEST = 10.0
CHILD_MEMORY_KIB = 300 * 1024
Mutation = Callable[[random.Random, bytes], bytes]


def an_xlsx() -> bytes:
    file = io.BytesIO()
    write_xlsx(file, COLUMNS, [[row[column] for column in COLUMNS] for row in ROWS])
    return file.getvalue()


SOURCES = [
    registry_bytes(ROWS, language="kk"),
    registry_bytes(ROWS, language="ru", encoding="utf-16"),
    registry_bytes(ROWS, language="ru", encoding="cp1251", delimiter=","),
    an_xlsx(),
    an_xlsx(),
]


def flip_bits(rng: random.Random, content: bytes) -> bytes:
    changed = bytearray(content)
    for _ in range(rng.choice([1, 3, 20, 200])):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def cut_off(rng: random.Random, content: bytes) -> bytes:
    return content[: rng.randrange(len(content))]


def cut_out(rng: random.Random, content: bytes) -> bytes:
    start, end = sorted(rng.randrange(len(content)) for _ in range(2))
    return content[:start] + content[end:]


def put_in(rng: random.Random, content: bytes) -> bytes:
    at = rng.randrange(len(content))
    piece = rng.choice(
        [b"\0" * 50, b'"', b"\xff\xfe", b"\r", b"'", b"\n\n", b";;;;", rng.randbytes(40), b"A" * 200_000]
    )
    return content[:at] + piece + content[at:]


def other_encoding(rng: random.Random, content: bytes) -> bytes:
    pair = rng.choice([("utf-8", "utf-32"), ("latin-1", "utf-16-be"), ("latin-1", "utf-8"), ("utf-8", "koi8-r")])
    return content.decode(pair[0], "replace").encode(pair[1], "replace")


def operate_on_archive(rng: random.Random, content: bytes) -> bytes:
    """Change one part inside an archive, so that the archive itself stays whole; other files are cut."""
    if not content.startswith(b"PK"):
        return cut_out(rng, content)
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        victim = rng.choice(old.namelist())
        for name in old.namelist():
            part = old.read(name)
            if name == victim:
                part = rng.choice([flip_bits, cut_off, cut_out, put_in])(rng, part or b" ")
            new.writestr(rng.choice([name, name, name, "../" + name, name.upper()]) if name == victim else name, part)
    return target.getvalue()


def many_sheets(rng: random.Random, content: bytes) -> bytes:
    """Name thousands of sheets in the workbook of an archive."""
    if not content.startswith(b"PK"):
        return content * rng.randrange(2, 5)
    sheets = "".join(f'<sheet name="{n}" sheetId="{n}" r:id="rId1"/>' for n in range(2, 10_000))
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "xl/workbook.xml":
                part = part.replace(b"</sheets>", sheets.encode() + b"</sheets>")
            new.writestr(name, part)
    return target.getvalue()


MUTATIONS: list[Mutation] = [
    flip_bits,
    cut_off,
    cut_out,
    put_in,
    other_encoding,
    operate_on_archive,
    operate_on_archive,
    many_sheets,
]


def bring_in_damaged(sign_in: SignIn, count: int, seed: int) -> None:
    rng = random.Random(seed)
    client = sign_in(Role.MINISTRY)
    path = "/distribution/registry/import"
    token = hidden_fields(client.get(path).get_data(as_text=True))["csrf_token"]
    for number in range(count):
        content = rng.choice(MUTATIONS)(rng, rng.choice(SOURCES))
        fields: dict[str, object] = {"csrf_token": token, "file": FileStorage(io.BytesIO(content), "registry.csv")}
        boundary, body = encode_multipart(MultiDict(fields))
        began = time.monotonic()
        answer = client.post(path, data=body, content_type=f"multipart/form-data; boundary={boundary}")
        assert answer.status_code in {303, 422}, f"seed {seed}, file {number}: {answer.status_code}"
        assert time.monotonic() - began < LONGEST, f"seed {seed}, file {number}"
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < CHILD_MEMORY_KIB or count < 1000


def test_rel_26_ux_62_damaged_files_never_break_the_page(sign_in: SignIn) -> None:
    bring_in_damaged(sign_in, 100, seed=1)


@pytest.mark.soak
def test_rel_26_ux_62_thousands_of_damaged_files_never_break_the_page(sign_in: SignIn) -> None:
    bring_in_damaged(sign_in, 2500, seed=2)
