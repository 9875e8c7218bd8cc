"""Commands about accounts, and how a command names its actor."""

from collections.abc import Callable
from typing import TypeVar

import click
from flask import current_app
from sqlalchemy.orm import Session

from accounts.queries import get_actor
from core.actors import Actor, Rights

F = TypeVar("F", bound=Callable[..., object])


def actor_option(*, required: bool = True) -> Callable[[F], F]:
    """Return the option `--actor LOGIN`: a command acts as that user, with that user's rights."""
    return click.option("--actor", "login", required=required, metavar="LOGIN", help="The user who acts.")


def acting(session: Session, login: str) -> Actor:
    """Return the actor that a command named."""
    rights: Rights = current_app.extensions["rights"]
    return get_actor(session, login, rights=rights)
