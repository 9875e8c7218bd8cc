"""Commands that span packages, and the registration of all commands."""

from collections.abc import Callable
from pathlib import Path

import click
from flask import Flask
from flask.cli import AppGroup

from accounts.cli import group as accounts
from app import schema
from config import unknown_settings
from core.backup import Manifest, restore_backup, write_backup
from core.errors import Problem
from core.web.session import database, settings
from distribution.cli import distribution

db = AppGroup("db", help="The database's tables and facts.")
config = AppGroup("config", help="The settings.")


def register(app: Flask) -> None:
    """Add every command to the application."""
    for group in (db, config, accounts, distribution):
        app.cli.add_command(group)
    for command in (backup, restore):
        app.cli.add_command(command)


@db.command()
def upgrade() -> None:
    """Bring the database to head, with the districts and the kits in it."""
    schema.upgrade(database())
    click.echo("The database is at head.")


@config.command()
def check() -> None:
    """Print the effective settings, secrets hidden; fail on names that look like a setting and are none."""
    for name, value in settings().masked().items():
        click.echo(f"{name}={value}")
    strangers = unknown_settings()
    for name, meant in strangers.items():
        click.echo(f"{name} is no setting. Did you mean {meant}?", err=True)
    if strangers:
        raise SystemExit(1)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> None:
    """Write the whole database as it is now into FILE, sealed with BACKUP_KEY."""
    manifest = _told(lambda: write_backup(database(), schema.all_tables(), settings().backup_key, file))
    click.echo(f"{file}: {sum(manifest.rows.values())} rows of {len(manifest.rows)} tables")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def restore(file: Path) -> None:
    """Bring a backup back into the empty database of DATABASE_URL; every table must have the rows it had."""
    manifest = _told(lambda: restore_backup(database(), schema.all_tables(), settings().backup_key, file))
    click.echo(f"{file}: {sum(manifest.rows.values())} rows of {len(manifest.rows)} tables are back and counted")


def _told(act: Callable[[], Manifest]) -> Manifest:
    try:
        return act()
    except Problem as problem:
        raise click.ClickException(str(problem)) from problem
