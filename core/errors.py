"""The tree of refusals: every business reason is one class with a stable code and a sentence that says what to do."""

from dataclasses import dataclass
from typing import ClassVar

from core.i18n import Text


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one field, by the name under which it was sent."""

    field: str | Text
    message: Text


class Problem(Exception):
    """A refusal that a person or a program can act on; one handler turns it into a page or problem+json."""

    code: ClassVar[str] = "problem"
    status: ClassVar[int] = 500
    faults: tuple[Fault, ...] = ()

    def __init__(self, message: Text) -> None:
        super().__init__(message.message)
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


class NotFound(Problem):
    """It does not exist, or not for whoever asks."""

    code = "not_found"
    status = 404


class Forbidden(Problem):
    """It exists, and this may not be done with it."""

    code = "forbidden"
    status = 403


class Conflict(Problem):
    """It contradicts what already happened."""

    code = "conflict"
    status = 409


class Invalid(Problem):
    """What was sent cannot be understood or is out of bounds."""

    code = "invalid"
    status = 422


class Unavailable(Problem):
    """It cannot be done now; later it can."""

    code = "unavailable"
    status = 503
