"""The child process that reads an XLSX file: within limits of its own, so that a bomb kills it and nothing else.

Run by path: `python -I xlsx_child.py FILE OUT`. Writes the first sheet as CSV; its exit code says how it ended.
"""

import csv
import resource
import sys
from datetime import date, datetime, time
from pathlib import Path

MEMORY = 300 * 1024 * 1024
SECONDS = 30
MOST_BYTES_OUT = 256 * 1024 * 1024
MOST_ROWS = 200_001
MOST_COLUMNS = 60
TOO_BIG, DAMAGED, PROTECTED, EMPTY = 3, 4, 5, 6
_MIDNIGHT = time()


def limit() -> None:
    """Bound this process: memory, processor time, what it may write."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_BYTES_OUT, MOST_BYTES_OUT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def written(cell: object) -> str:
    """Return a cell as text: whole numbers without a point, days as ISO."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == _MIDNIGHT else cell.isoformat(" ")
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def read(source: str, target: str) -> int:
    """Write the rows of the first sheet to `target`; return the exit code."""
    import python_calamine  # noqa: PLC0415 - only after the limits are set

    try:
        book = python_calamine.load_workbook(source)
        if not book.sheet_names:
            return EMPTY
        sheet = book.get_sheet_by_index(0)
        if sheet.end is None:
            return EMPTY
        if sheet.end[0] >= MOST_ROWS or sheet.end[1] >= MOST_COLUMNS:
            return TOO_BIG
        rows = sheet.iter_rows()
        with Path(target).open("w", newline="", encoding="utf-8", errors="replace") as file:
            writer = csv.writer(file)
            writer.writerows([written(cell) for cell in row] for row in rows)
    except python_calamine.PasswordError:
        return PROTECTED
    except python_calamine.CalamineError:
        return DAMAGED
    return 0


def run(arguments: list[str]) -> int:
    """Read the file named by the first argument into the second, within the limits."""
    limit()
    try:
        return read(arguments[1], arguments[2])
    except (MemoryError, OSError, OverflowError):
        return TOO_BIG
    except BaseException as panic:  # noqa: BLE001 - a panic of the reader's Rust side derives from BaseException alone
        return TOO_BIG if "alloc" in str(panic) or "capacity" in str(panic) else DAMAGED


if __name__ == "__main__":
    sys.exit(run(sys.argv))
