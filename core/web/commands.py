"""How commands speak: in the language asked for, and of a refusal one sentence and exit code 1, never a traceback."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import click
from flask.cli import AppGroup

from core.errors import Problem
from core.i18n import DEFAULT_LANGUAGE, LANGUAGES, gettext as _, use_language
from core.quarters import Quarter

F = TypeVar("F", bound=Callable[..., object])

_MOST_DIGITS = 9


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

    def speak(ctx: click.Context, __: click.Parameter, language: str) -> str:
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


class QuarterParameter(click.ParamType[Quarter]):
    """A quarter, written `2026-Q4`."""

    name = "quarter"

    def convert(self, value: str | Quarter, param: click.Parameter | None, ctx: click.Context | None) -> Quarter:
        """Read the quarter."""
        if isinstance(value, Quarter):
            return value
        try:
            return Quarter.parse(value)
        except ValueError:
            self.fail(_("%(written)s is not a quarter. Write it like 2026-Q4.", written=value), param, ctx)


class CountedCodeParameter(click.ParamType[tuple[str, int]]):
    """So many of what a code names, written as code and number: `CODE=100`."""

    name = "counted_code"

    def convert(
        self, value: str | tuple[str, int], param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, int]:
        """Read the code, in capitals, and the number."""
        if isinstance(value, tuple):
            return value
        code, _sign, number = value.partition("=")
        if not (code.strip() and number.isascii() and number.isdigit() and len(number) <= _MOST_DIGITS):
            self.fail(_("%(written)s cannot be read. Write a code, = and a number.", written=value), param, ctx)
        return code.strip().upper(), int(number)
