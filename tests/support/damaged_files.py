"""Files that are damaged at random, as disks, mail and curious people damage them."""

import io
import random
import zipfile
from collections.abc import Callable

Mutation = Callable[[random.Random, bytes], bytes]


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
