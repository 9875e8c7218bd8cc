"""Commands that span packages, and the registration of all commands."""

import click
from flask import Flask
from flask.cli import AppGroup

from app import schema
from core.web.session import database, settings
from distribution.cli import distribution

db = AppGroup("db", help="The database's tables and facts.")
config = AppGroup("config", help="The settings.")


def register(app: Flask) -> None:
    """Add every command to the application."""
    for group in (db, config, distribution):
        app.cli.add_command(group)


@db.command()
def upgrade() -> None:
    """Bring the database to head, with the districts and the kits in it."""
    schema.upgrade(database())
    click.echo("The database is at head.")


@config.command()
def check() -> None:
    """Print the effective settings, secrets hidden."""
    for name, value in settings().masked().items():
        click.echo(f"{name}={value}")
