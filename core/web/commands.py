"""How commands speak: in the language asked for, and of a refusal one sentence and exit code 1, never a traceback."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import click
from flask.cli import AppGroup

from core.errors import Problem
from core.i18n import DEFAULT_LANGUAGE, LANGUAGES, use_language

F = TypeVar("F", bound=Callable[..., object])


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


def language_option() -> Callable[[F], F]:
    """Return the option `--language`: what a command says is said in Kazakh unless told otherwise."""

    def speak(ctx: click.Context, _: click.Parameter, language: str) -> str:
        ctx.find_root().with_resource(use_language(language))
        return language

    return click.option(
        "--language",
        type=click.Choice(LANGUAGES),
        default=DEFAULT_LANGUAGE,
        show_default=True,
        expose_value=False,
        callback=speak,
        is_eager=True,
        help="The language of what is said.",
    )
