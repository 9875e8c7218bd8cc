"""The command of transfer plans: `plan-transfers`."""

import sys

import click

from accounts.cli import acting, actor_option
from core.actors import EVERYWHERE
from core.clock import now
from core.i18n import format_number, gettext as _
from core.quarters import Quarter
from core.web.commands import QuarterParameter, language_option
from core.web.session import database
from distribution.cli.group import distribution
from distribution.queries.transfer_plans import list_lacks, moves_statement
from distribution.services.transfer_plans import make_plan, request_moves


@distribution.command()
@click.argument("quarter", type=QuarterParameter())
@click.option("--request", "at_once", is_flag=True, help="Ask for the goods at once; other people approve.")
@actor_option()
@language_option()
def plan_transfers(*, quarter: Quarter, at_once: bool, login: str) -> None:
    """Plan the transfers that bring each district its sets of QUARTER at least cost, and print them as CSV."""
    with database().writing() as session:
        actor = acting(session, login)
        plan = make_plan(session, quarter=quarter, actor=actor, at=now())
        requests = request_moves(session, plan, actor=actor, at=now()) if at_once else []
        moves = [
            (source.code, target.code, item.code, line.packs, line.kilometres)
            for line, item, source, target, _request in session.execute(moves_statement(plan, EVERYWHERE))
        ]
        lacks = [
            (home.kato, item.code, one.packs, one.why) for one, home, item in list_lacks(session, plan, EVERYWHERE)
        ]
    sys.stdout.write("from,to,item,packs,kilometres\n")
    sys.stdout.writelines(",".join(map(str, move)) + "\n" for move in sorted(moves))
    for kato, item, packs, why in lacks:
        message = _(
            "%(kato)s %(item)s: %(packs)s packs are missing (%(why)s).", kato=kato, item=item, packs=packs, why=why
        )
        click.echo(message, err=True)
    packs = sum(move[3] for move in moves)
    click.echo(
        _(
            "Plan %(plan)s: %(packs)s packs, %(cost)s pack-kilometres, %(requests)s requests.",
            plan=plan.id,
            packs=format_number(packs),
            cost=format_number(plan.pack_kilometres),
            requests=format_number(len(requests)),
        ),
        err=True,
    )
