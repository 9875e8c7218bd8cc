"""Commands that span packages, and the registration of all commands."""

from pathlib import Path

import click
from flask import Flask
from flask.cli import AppGroup, with_appcontext

from accounts.cli import group as accounts
from app import schema
from app.demonstration import story
from app.jobs import job_functions
from app.roles import RIGHTS
from catalog.cli import catalog
from config import unknown_settings
from core.audit import record
from core.backup import restore_backup, write_backup
from core.clock import now
from core.jobs.working import work_on
from core.resealing import count_sealed_earlier, reseal as sealed_anew
from core.web.commands import TellingGroup, told_in_words
from core.web.session import database, field_keys, settings
from distribution.cli import distribution
from distribution.services.resealing import reseal_tops_of_imports
from warehouses.cli import prove_balances, warehouses

demo = TellingGroup("demo", help="The demonstration.")
db = AppGroup("db", help="The database's tables and facts.")
config = AppGroup("config", help="The settings.")
jobs = AppGroup("jobs", help="The long work.")


def register(app: Flask) -> None:
    """Add every command to the application."""
    for group in (db, config, demo, jobs, accounts, catalog, warehouses, distribution):
        app.cli.add_command(group)
    for command in (backup, restore, check_invariants, reseal):
        app.cli.add_command(command)


@db.command()
def upgrade() -> None:
    """Bring the database to head, with the districts and the kits in it."""
    schema.upgrade(database())
    click.echo("The database is at head.")


@db.command()
@click.option("-m", "--message", required=True, help="What it does, as a sentence.")
def revision(message: str) -> None:
    """Write a migration from the models."""
    schema.write_revision(database(), message)


@demo.command()
def load() -> None:
    """Fill an empty database with an invented country that goes through a quarter."""
    story.load(click.echo)


@demo.command()
def reset() -> None:
    """Erase a demonstration and load it anew; run it daily where strangers try the demonstration."""
    story.erase()
    story.load(click.echo)


@jobs.command()
@click.option("--until-done", is_flag=True, help="Stop when nothing waits any more.")
def work(*, until_done: bool) -> None:
    """Do the long work that people ask for, one piece after another, until stopped."""
    work_on(database(), field_keys(), job_functions(), rights=RIGHTS, until_done=until_done)


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
    with told_in_words():
        manifest = write_backup(database(), schema.all_tables(), settings().backup_key, file)
    click.echo(f"{file}: {sum(manifest.rows.values())} rows of {len(manifest.rows)} tables")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--verify", is_flag=True, help="Prove the stock ledger after restoring, too.")
def restore(file: Path, *, verify: bool) -> None:
    """Bring a backup back into the empty database of DATABASE_URL; every table must have the rows it had."""
    with told_in_words():
        manifest = restore_backup(database(), schema.all_tables(), settings().backup_key, file)
    click.echo(f"{file}: {sum(manifest.rows.values())} rows of {len(manifest.rows)} tables are back and counted")
    if verify:
        prove_balances()


@click.command()
@click.option("--check", "only_check", is_flag=True, help="Change nothing; exit 1 while anything is left.")
@with_appcontext
def reseal(*, only_check: bool) -> None:
    """Seal again under FIELD_KEY what earlier keys sealed. It may be stopped, and run while everybody works."""
    tables, keys = schema.all_tables(), field_keys()
    if not only_check:
        for column, count in sealed_anew(database(), tables, keys):
            click.echo(f"{column}: {count}")
        with database().writing() as session:
            reseal_tops_of_imports(session, keys)
            detail = {"key": keys.number[0]}
            record(
                session, actor_id=None, action="fields.resealed", subject="field_key",
                subject_id=str(keys.number[0]), at=now(), detail=detail,
            )  # fmt: skip
    with database().reading() as session:
        left = count_sealed_earlier(session, tables, keys)
    for column, count in left.items():
        click.echo(f"{column}: {count} under an earlier key", err=True)
    if left:
        raise SystemExit(1)
    click.echo(f"Everything is sealed under key {keys.number[0]}. FIELD_KEY_FALLBACKS may be emptied.")


@click.command("check-invariants")
@with_appcontext
def check_invariants() -> None:
    """Prove what must always hold among the stored rows; exit 1 naming whatever is wrong. Run it hourly."""
    prove_balances()
