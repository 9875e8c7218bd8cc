"""Files that wait for long work: sealed, in blocks, in the database, so that a restart finds them and a backup too."""

import hashlib
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import ForeignKey, LargeBinary, String, delete, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.crypto import FieldKeys
from core.database import Model

_BLOCK_BYTES = 1024 * 1024


class StoredFile(Model):
    """A file that somebody sent; its bytes stand in `stored_file_block` until it is dropped."""

    __tablename__ = "stored_file"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    size: Mapped[int]
    sha256: Mapped[bytes] = mapped_column(LargeBinary(32))
    stored_at: Mapped[datetime]
    stored_by_id: Mapped[int]


class StoredFileBlock(Model):
    """A block of a stored file, sealed."""

    __tablename__ = "stored_file_block"

    file_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stored_file.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


def store_file(session: Session, path: Path, *, name: str, keys: FieldKeys, actor_id: int, at: datetime) -> StoredFile:
    """Keep a file, block by block."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as source:
        while block := source.read(_BLOCK_BYTES):
            digest.update(block)
            size += len(block)
        stored = StoredFile(
            id=uuid.uuid4(), name=name, size=size, sha256=digest.digest(), stored_at=at, stored_by_id=actor_id
        )
        session.add(stored)
        session.flush()
        source.seek(0)
        number = 0
        while block := source.read(_BLOCK_BYTES):
            row = {"file_id": stored.id, "number": number, "sealed": keys.seal_bytes(block)}
            session.execute(insert(StoredFileBlock), [row])
            number += 1
    return stored


@contextmanager
def opened_file(session: Session, file_id: uuid.UUID, keys: FieldKeys) -> Iterator[Path]:
    """Give a stored file as a path for as long as it is read; the copy is only its owner's to read."""
    with TemporaryDirectory(prefix="toptama-") as folder:
        path = Path(folder) / "file"
        blocks = select(StoredFileBlock.sealed).where(StoredFileBlock.file_id == file_id)
        with path.open("wb") as target:
            for sealed in session.scalars(blocks.order_by(StoredFileBlock.number).execution_options(yield_per=4)):
                target.write(keys.open_bytes(sealed))
        yield path


def drop_file(session: Session, file_id: uuid.UUID) -> None:
    """Forget the bytes of a stored file; that there was one stays known."""
    session.execute(delete(StoredFileBlock).where(StoredFileBlock.file_id == file_id))
