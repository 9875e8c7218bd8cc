"""The group that all commands of distribution hang on: refusals become one sentence on the terminal and exit code 1."""

from collections.abc import Callable
from typing import TypeVar

import click
from flask.cli import AppGroup

from core.errors import Problem
from core.i18n import DEFAULT_LANGUAGE, LANGUAGES, use_language

F = TypeVar("F", bound=Callable[..., object])


class _TellingGroup(AppGroup):
    """Tells a refusal in the language asked for, without a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        try:
            result: object = super().invoke(ctx)
        except Problem as problem:
            raise click.ClickException(str(problem)) from problem
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


distribution = _TellingGroup("distribution", help="Registry imports, quarters, vouchers.")
