"""Commands of leads: `find-leads` and `decide-lead`."""

import click

from accounts.cli import acting, actor_option
from core.clock import now
from core.i18n import format_number, gettext as _
from core.web.commands import language_option
from core.web.session import database
from distribution.cli.group import distribution
from distribution.jobs.leads import search_registry
from distribution.services.leads import decide_lead
from distribution.values.leads import LeadDecision


@distribution.command("find-leads")
@actor_option()
@language_option()
def find_leads(login: str) -> None:
    """Search the registry for what looks like a duplicate or a mistake; a person decides each in the queue."""
    with database().reading() as session:
        actor = acting(session, login)
    kept, gone = search_registry(database(), actor=actor, at=now(), tell=lambda *_: None)
    click.echo(_("New: %(n)s", n=format_number(kept.new)))
    click.echo(_("Known before: %(n)s", n=format_number(kept.known)))
    click.echo(_("Open again, because further people have come: %(n)s", n=format_number(kept.again)))
    click.echo(_("Found no more: %(n)s", n=format_number(gone)))


@distribution.command("decide-lead")
@click.argument("number", type=int)
@click.argument("decision", type=click.Choice([one.value for one in LeadDecision]))
@click.option("--note", default="", help="What the decision rests on.")
@actor_option()
@language_option()
def decide(*, number: int, decision: str, note: str, login: str) -> None:
    """Decide lead NUMBER; the decision is remembered at every search."""
    with database().writing() as session:
        chosen = LeadDecision(decision)
        decide_lead(session, lead_id=number, decision=chosen, note=note, actor=acting(session, login), at=now())
    click.echo(_("Decided, and remembered at every search."))
