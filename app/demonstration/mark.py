"""The file in DATA_DIR that says whether a demonstration was loaded, and with which password."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

_FILE = "demonstration.json"


@dataclass(frozen=True, slots=True)
class Mark:
    """What is known of a demonstration: whether it was loaded to the end, its password, and its people."""

    finished: bool
    password: str
    people: tuple[tuple[str, str], ...] = ()


def read_mark(folder: Path) -> Mark | None:
    """Return the mark, or None where no demonstration was loaded."""
    file = folder / _FILE
    if not file.exists():
        return None
    told = json.loads(file.read_text("utf-8"))
    return Mark(told["finished"], told["password"], tuple((login, what) for login, what in told["people"]))


def write_mark(folder: Path, mark: Mark) -> None:
    """Write the mark, readable by its owner only."""
    part = folder / f"{_FILE}.part"
    opened = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(opened, "w", encoding="utf-8") as file:
        json.dump({"finished": mark.finished, "password": mark.password, "people": mark.people}, file)
    part.replace(folder / _FILE)


def remove_mark(folder: Path) -> None:
    """Forget the demonstration."""
    (folder / _FILE).unlink(missing_ok=True)
