"""Writes of quarters: a cycle is opened by its first freeze."""

import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actors import Actor
from core.crypto import FieldKeys
from core.dialects import insert_into
from core.i18n import text
from core.quarters import Quarter
from distribution.errors import CycleClosed, NotYourStep
from distribution.models import Cycle
from distribution.permissions import DistributionRight

_SECRET_BYTES = 32


def require_country(actor: Actor, right: DistributionRight) -> None:
    """Make sure that the actor holds the right for the whole country: a quarter is one rule for everyone.

    Raises:
        NotYourStep: they do not.
    """
    if not actor.reach(right).everywhere:
        raise NotYourStep(
            text("%(login)s may not take this step of the quarter. The ministry does.", login=actor.login)
        )


def open_cycle(session: Session, *, quarter: Quarter, at: datetime, keys: FieldKeys) -> Cycle:
    """Return the cycle of a quarter, made with a random secret if there is none, and locked until the end of the act.

    Two people at once wait for each other here. The secret is sealed; it turns children into pseudonyms.

    Raises:
        CycleClosed: the quarter was closed.
    """
    secret = keys.seal(secrets.token_hex(_SECRET_BYTES))
    session.execute(
        insert_into(session, Cycle)
        .values(quarter=quarter, secret_sealed=secret, opened_at=at)
        .on_conflict_do_nothing(index_elements=["quarter"])
    )
    return lock_cycle(session, quarter=quarter)


def lock_cycle(session: Session, *, quarter: Quarter) -> Cycle:
    """Return the cycle of a quarter, locked until the end of the act.

    Raises:
        CycleClosed: the quarter was closed.
    """
    statement = select(Cycle).where(Cycle.quarter == quarter).with_for_update()
    cycle = session.scalars(statement.execution_options(populate_existing=True)).one()
    if cycle.closed_at is not None:
        raise CycleClosed(text("%(quarter)s is closed. Nothing of it changes any more.", quarter=quarter))
    return cycle
