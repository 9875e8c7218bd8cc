"""What the database itself refuses, in the words of the trade: never an error page, whoever comes first."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from catalog.errors import QuarterTaken, SecondPersonNeeded, VersionApproved
from core.errors import Conflict
from core.i18n import Text, text

_SENTENCES: tuple[tuple[str, type[Conflict], Text], ...] = (
    (
        "standards of that quarter are fixed",
        QuarterTaken,
        text("The rosters of that quarter are frozen, so its standards stay as they are. Choose a later quarter."),
    ),
    (
        "uq_kit_version_effective",
        QuarterTaken,
        text("Another version that begins in that quarter was approved a moment ago. Choose another quarter."),
    ),
    (
        "another approved version begins in that quarter",
        QuarterTaken,
        text("Another version that begins in that quarter was approved a moment ago. Choose another quarter."),
    ),
    (
        "does not approve it",
        SecondPersonNeeded,
        text("You wrote in this draft or submitted it. Another person of the ministry approves it."),
    ),
    (
        "ck_kit_version_second_person",
        SecondPersonNeeded,
        text("You wrote in this draft or submitted it. Another person of the ministry approves it."),
    ),
    (
        "never changes",
        VersionApproved,
        text("This version is approved and never changes any more. Draft a new one."),
    ),
)
"""Words of the database's error (a trigger's sentence, a constraint's name or columns) → what people are told."""


@contextmanager
def told_refusals(session: Session) -> Iterator[None]:
    """Write inside a savepoint; what a trigger or constraint refuses is undone and raised as a refusal in words.

    Raises:
        QuarterTaken, SecondPersonNeeded, VersionApproved: as the database says.
    """
    try:
        with session.begin_nested():
            yield
    except IntegrityError as error:
        said = str(error.orig)
        for words, refusal, sentence in _SENTENCES:
            if words in said:
                raise refusal(sentence) from error
        raise
