"""The group that all commands of distribution hang on, and the language in which they speak."""

from collections.abc import Callable
from typing import TypeVar

import click

from core.i18n import DEFAULT_LANGUAGE, LANGUAGES, use_language
from core.web.commands import TellingGroup

F = TypeVar("F", bound=Callable[..., object])


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


distribution = TellingGroup("distribution", help="Registry imports, quarters, vouchers.")
