"""What a piece of work takes: seconds of the processor and seconds of the clock.

Ratios are made of seconds of the processor, of our process, its children and the server of PostgreSQL: others who work
on the same machine lengthen the clock for ours and the floor unequally.
"""

import os
import resource
import time
from pathlib import Path

import psycopg

from benchmarks.jobs import Outcome

CLOCK = " by the clock"
"""What follows the name of a figure whose seconds are those of the clock."""

_TICKS = os.sysconf("SC_CLK_TCK")
_OWN_TICKS, _PARENT = slice(11, 15), 1
"""Places in `/proc/PID/stat` behind the name: time of the process and of its ended children; its parent."""


class Watch:
    """Adds up what is spent under names; what is spent between its laps counts nowhere."""

    def __init__(self, url: str) -> None:
        self._server = None if url.startswith("sqlite") else _server_of(url)
        self._spent: dict[str, float] = {}
        self.go_on()

    def go_on(self) -> None:
        """Start a lap anew: what was done since the last one is not to count."""
        self._clock, self._processor = time.perf_counter(), _processor_seconds(self._server)

    def lap(self, *names: str) -> None:
        """Add what was spent since the last lap to each of some figures."""
        clock, processor = time.perf_counter(), _processor_seconds(self._server)
        for name in names:
            self._spent[name] = self._spent.get(name, 0.0) + processor - self._processor
            self._spent[name + CLOCK] = self._spent.get(name + CLOCK, 0.0) + clock - self._clock
        self.go_on()

    def outcome(self, whole: str, **more: float) -> Outcome:
        """Return all figures; `whole` names the one that stands for the work."""
        return Outcome(self._spent[whole], self._spent | more)


def _processor_seconds(server: int | None) -> float:
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime + (_server_seconds(server) if server else 0.0)


def _server_of(url: str) -> int:
    """Return the process that started the backends of PostgreSQL."""
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        return int(_stat(connection.info.backend_pid)[_PARENT])


def _server_seconds(server: int) -> float:
    """Return what the server and its living and ended processes have spent."""
    seconds = 0
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                told = _stat(int(folder.name))
            except (FileNotFoundError, ProcessLookupError):
                continue
            if server in {int(folder.name), int(told[_PARENT])}:
                own = told[_OWN_TICKS]
                seconds += sum(map(int, own if int(folder.name) == server else own[:2]))
    return seconds / _TICKS


def _stat(pid: int) -> list[str]:
    """Return what the kernel tells of a process, from its state on."""
    return Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
