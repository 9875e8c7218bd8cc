"""How commands tell a refusal: one sentence on the terminal and exit code 1, never a traceback."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask.cli import AppGroup

from core.errors import Problem


@contextmanager
def told_in_words() -> Iterator[None]:
    """Turn a refusal inside the block into the last line of the command, in the current language."""
    try:
        yield
    except Problem as problem:
        raise click.ClickException(str(problem)) from problem


class TellingGroup(AppGroup):
    """A group whose commands all tell their refusals in words."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        with told_in_words():
            result: object = super().invoke(ctx)
        return result
