"""A process that kills itself at a named point of its work: before or after a statement, before or after a commit.

Nothing of it is polite: SIGKILL leaves no time to roll back or to close anything. What its database holds afterwards is
what a power cut would leave.
"""

import os
import signal
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing import get_context

from sqlalchemy import event

from core.database import Database

_LIVED, _BROKE = 0, 3
_PATIENCE = 60

Step = tuple[str, Callable[[Database], object]]
"""A name and what is done; it does nothing when it was done before, so that a restart goes on."""


@dataclass(frozen=True, slots=True)
class Point:
    """Where to die: in a step, `before` or `after` the first statement that begins so, at its `commit` or when `done`.

    A number instead of a statement counts the statements of the whole run.
    """

    step: str
    moment: str
    statement: str = ""
    number: int = 0

    def __str__(self) -> str:
        return " ".join(filter(None, (self.step, self.moment, self.statement or (str(self.number or "")))))


@dataclass
class _Killer:
    """Watches what the engine does, and ends the process at the point."""

    point: Point
    step: str = ""
    seen: int = field(default=0)

    def watch(self, database: Database) -> None:
        engine = database.writers
        event.listen(engine, "before_cursor_execute", lambda *said: self._statement("before", said[2]))
        event.listen(engine, "after_cursor_execute", lambda *said: self._statement("after", said[2]))
        event.listen(engine, "commit", lambda _: self.reach("commit"))

    def _statement(self, moment: str, statement: str) -> None:
        self.seen += moment == "before"
        if self.point.moment == moment == "before" and self.seen == self.point.number:
            _die()
        begins = " ".join(statement.split()).startswith(self.point.statement)
        if self.point.statement and begins and self.point.moment == moment and self.step == self.point.step:
            _die()

    def reach(self, moment: str) -> None:
        if self.point.moment == moment and self.step == self.point.step:
            _die()


def run(url: str, steps: Sequence[Step], point: Point | None) -> bool:
    """Do the steps in a process of its own that dies at the point; say whether it died.

    Raises:
        AssertionError: it ended otherwise, with what it said.
    """
    process = get_context("fork").Process(target=_work, args=(url, steps, point))
    process.start()
    process.join(_PATIENCE)
    assert process.exitcode in {_LIVED, -signal.SIGKILL}, f"{point}: the process ended with {process.exitcode}"
    return process.exitcode != _LIVED


def _work(url: str, steps: Sequence[Step], point: Point | None) -> None:
    killer = _Killer(point or Point("", ""))
    database = Database(url)
    killer.watch(database)
    try:
        for name, do in steps:
            killer.step = name
            do(database)
            killer.reach("done")
    except BaseException:  # noqa: BLE001 - a fork never goes back into the test
        traceback.print_exc()
        os._exit(_BROKE)
    os._exit(_LIVED)


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
