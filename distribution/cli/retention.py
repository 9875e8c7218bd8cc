"""Commands of retention: `empty-people`."""

import click

from accounts.cli import acting, actor_option
from core.clock import now
from core.i18n import format_number, gettext as _
from core.web.commands import language_option
from core.web.session import database
from distribution.cli.group import distribution
from distribution.services.retention import empty_people


@distribution.command("empty-people")
@actor_option()
@language_option()
def empty_people_of_old_cases(login: str) -> None:
    """Empty what tells who people are in cases that ended before the quarters the ministry keeps; totals stay."""
    families = children = 0
    while True:
        with database().writing() as session:
            emptied = empty_people(session, actor=acting(session, login), at=now())
        if not emptied.families:
            break
        families, children = families + emptied.families, children + emptied.children
    click.echo(_("Families emptied: %(n)s", n=format_number(families)))
    click.echo(_("Children emptied: %(n)s", n=format_number(children)))
