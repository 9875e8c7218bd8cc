"""Commands of objections: `object` and `answer-objection`."""

from datetime import datetime

import click

from accounts.cli import acting, actor_option
from core.clock import now, today
from core.i18n import gettext as _
from core.quarters import Quarter
from core.web.commands import QuarterParameter, language_option
from core.web.session import database
from distribution.cli.group import distribution
from distribution.services.objections import decide_objection, enter_objection, name_child

_DAY = click.DateTime(formats=["%Y-%m-%d"])


@distribution.command("object")
@click.argument("quarter", type=QuarterParameter())
@click.option("--district", "kato", required=True, metavar="KATO", help="The district of the family.")
@click.option("--child-name", required=True, help="The child that is not on the roster.")
@click.option("--words", required=True, help="What the family says.")
@click.option(
    "--child", "child_id", type=int, metavar="ID", help="The child of the registry that it is about, if known."
)
@click.option("--received-on", type=_DAY, help="The day on which it came, YYYY-MM-DD; today if left out.")
@actor_option()
@language_option()
def enter(
    *,
    quarter: Quarter,
    kato: str,
    child_name: str,
    words: str,
    child_id: int | None,
    received_on: datetime | None,
    login: str,
) -> None:
    """Enter the objection of a family that is left out of a roster of QUARTER."""
    at = now()
    with database().writing() as session:
        actor = acting(session, login)
        objection = enter_objection(
            session,
            quarter=quarter,
            kato=kato,
            child_name=child_name,
            words=words,
            received_on=received_on.date() if received_on else today(at),
            actor=actor,
            at=at,
        )
        if child_id is not None:
            name_child(session, objection_id=objection.id, child_id=child_id, actor=actor, at=at)
    click.echo(_("Objection %(number)s waits for an answer by another person.", number=objection.id))


@distribution.command("answer-objection")
@click.argument("number", type=int)
@click.option("--accept/--decline", "accept", required=True, help="What is decided.")
@click.option("--answer", required=True, help="The answer that the family gets.")
@actor_option()
@language_option()
def answer_one(*, number: int, accept: bool, answer: str, login: str) -> None:
    """Answer objection NUMBER; whoever entered it may not. An accepted child enters the next supplementary roster."""
    at = now()
    with database().writing() as session:
        actor = acting(session, login)
        decide_objection(session, objection_id=number, accept=accept, answer=answer, actor=actor, at=at)
    click.echo(_("Objection %(number)s is answered.", number=number))
