"""The root key: made and used on a machine without a network; the server knows its public half only."""

import os
from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from core.i18n import text
from distribution.errors.signing_keys import RootKeyMissing

OWN = "root.key"
"""The root that is made beside the data where it is not production: for demonstrations and tests."""


def make_root_key(file: Path, passphrase: str) -> bytes:
    """Make a root key in a new file that only its owner reads; return its public half.

    Raises:
        FileExistsError: there is a file already; a root key is never written over.
    """
    root = Ed25519PrivateKey.generate()
    secrecy: KeySerializationEncryption = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    written = root.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, secrecy)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
        target.write(written)
        target.flush()
        os.fsync(target.fileno())
    return root.public_key().public_bytes_raw()


def read_root_key(file: Path, passphrase: str) -> Ed25519PrivateKey:
    """Return the root key of a file.

    Raises:
        RootKeyMissing: the file is none of a root key, or the passphrase is another.
    """
    try:
        found = load_pem_private_key(file.read_bytes(), passphrase.encode() if passphrase else None)
    except (OSError, ValueError, TypeError):
        found = None
    if not isinstance(found, Ed25519PrivateKey):
        raise RootKeyMissing(text("%(file)s is no root key, or the passphrase is another.", file=file.name))
    return found


def own_root_key(folder: Path) -> Ed25519PrivateKey:
    """Return the root key beside the data; the first call makes it, and two at once make one."""
    file, part = folder / OWN, folder / f"{OWN}.{os.getpid()}"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o750)
        part.unlink(missing_ok=True)
        make_root_key(part, "")
        with suppress(FileExistsError):
            os.link(part, file)
        part.unlink()
    return read_root_key(file, "")
