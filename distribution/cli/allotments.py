"""Command of allotments: `drop`."""

import click

from accounts.cli import acting, actor_option
from core.clock import now
from core.i18n import gettext as _, ngettext
from core.quarters import Quarter
from core.web.commands import QuarterParameter, language_option
from core.web.session import database
from distribution.cli.group import distribution
from distribution.permissions import DistributionRight
from distribution.queries.allotments import get_allotment_of
from distribution.services.drops import drop_allotments
from distribution.values.allotments import DropReason


@distribution.command()
@click.argument("quarter", type=QuarterParameter())
@click.argument("pseudonym")
@click.argument("kit")
@click.option(
    "--reason",
    type=click.Choice([reason.value for reason in DropReason]),
    required=True,
    help="Why the child drops out.",
)
@click.option("--note", default="", help="What is known about it, in a few words.")
@actor_option()
@language_option()
def drop(*, quarter: Quarter, pseudonym: str, kit: str, reason: str, note: str, login: str) -> None:
    """Let PSEUDONYM drop out of its allotment of KIT in QUARTER; the next who waits in the district moves up."""
    with database().writing() as session:
        actor = acting(session, login)
        reach = actor.reach(DistributionRight.DROP_ALLOTMENTS)
        allotment = get_allotment_of(session, quarter, pseudonym.lower(), kit=kit.upper(), reach=reach)
        ids = [allotment.id]
        result = drop_allotments(session, allotment_ids=ids, reason=reason, note=note, actor=actor, at=now())
    click.echo(_("%(pseudonym)s dropped out of %(kit)s.", pseudonym=pseudonym.lower(), kit=kit.upper()))
    if result.moved_up:
        click.echo(_("The next child who waited in the district gets the set."))
    if result.free:
        click.echo(
            ngettext(
                "Nobody waits for it: %(n)s set is free.", "Nobody waits for them: %(n)s sets are free.", result.free
            )
        )
