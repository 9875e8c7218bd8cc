"""Sorting of more rows than memory should hold: sorted runs lie on the disk and are merged as they are read."""

import heapq
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from types import TracebackType
from typing import IO, Generic, Self, TypeVar

Row = TypeVar("Row", bound=tuple[object, ...])

_MOST_IN_MEMORY = 100_000


class SortedOnDisk(Generic[Row]):
    """Rows that are added in any order and read in theirs, as often as needed; beyond `most` they lie on the disk.

    `write` turns a row into one line without its end, `read` turns the line back into the same row.
    """

    def __init__(self, write: Callable[[Row], str], read: Callable[[str], Row], *, most: int = _MOST_IN_MEMORY) -> None:
        self._write, self._read, self._most = write, read, most
        self._held: list[Row] = []
        self._runs: list[IO[str]] = []
        self._open = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._open.close()

    def add(self, row: Row) -> None:
        """Add a row."""
        self._held.append(row)
        if len(self._held) >= self._most:
            run = tempfile.TemporaryFile("w+", encoding="utf-8", newline="\n")  # noqa: SIM115 - open until all are read
            self._open.callback(run.close)
            self._held.sort()
            run.writelines(f"{self._write(one)}\n" for one in self._held)
            self._runs.append(run)
            self._held = []

    def __iter__(self) -> Iterator[Row]:
        """Yield the rows in their order; one reading at a time."""
        self._held.sort()
        yield from heapq.merge(*map(self._lines, self._runs), self._held)

    def _lines(self, run: IO[str]) -> Iterator[Row]:
        run.seek(0)
        for line in run:
            yield self._read(line)
