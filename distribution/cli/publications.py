"""The command that publishes: `publish`."""

from pathlib import Path

import click

from accounts.cli import acting, actor_option
from core.clock import now
from core.i18n import gettext as _
from core.quarters import Quarter
from core.web.commands import QuarterParameter, language_option
from core.web.session import database
from distribution.cli.group import distribution
from distribution.queries.quarters import get_roster
from distribution.services.publications import publish as publish_roster, write_file


@distribution.command()
@click.argument("quarter", type=QuarterParameter())
@click.option("--out", "folder", required=True, metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option("--roster", "number", type=int, metavar="N", help="The number of the roster; the last one if left out.")
@actor_option()
@language_option()
def publish(quarter: Quarter, folder: Path, number: int | None, login: str) -> None:
    """Publish a roster of QUARTER and write its files to DIR: anybody can recompute root, quotas, draw and grants."""
    with database().writing() as session:
        roster = get_roster(session, quarter, number)
        publication = publish_roster(session, roster=roster, actor=acting(session, login), at=now())
    folder.mkdir(parents=True, exist_ok=True)
    with database().reading() as session:
        for name in publication.files:
            write_file(session, publication, name, folder / name)
    click.echo(
        _(
            "Publication %(publication)s of roster %(number)s of %(quarter)s:",
            publication=publication.number,
            number=roster.number,
            quarter=str(quarter),
        )
    )
    for name, told in publication.files.items():
        click.echo(f"{name} {told['sha256'] if isinstance(told, dict) else ''}")
