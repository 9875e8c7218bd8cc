"""Commands of alerts: `watch`."""

import click

from accounts.cli import acting, actor_option
from core.clock import now
from core.i18n import format_number, gettext as _
from core.web.commands import language_option
from core.web.session import database
from distribution.cli.group import distribution
from distribution.jobs.watch import watch as look
from distribution.permissions import DistributionRight
from distribution.values.alerts import AlertState


@distribution.command()
@actor_option(required=False)
@language_option()
def watch(login: str | None) -> None:
    """Look for exceptions and bring the alerts up to date; let the machine run it every quarter of an hour."""
    if login is not None:
        with database().reading() as session:
            acting(session, login, DistributionRight.ACKNOWLEDGE_ALERTS)
    counts = look(database(), now())
    click.echo(_("Firing: %(n)s", n=format_number(counts[AlertState.FIRING])))
    click.echo(_("Pending: %(n)s", n=format_number(counts[AlertState.PENDING])))
    click.echo(_("Over: %(n)s", n=format_number(counts[AlertState.NORMAL])))
