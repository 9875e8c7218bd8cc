"""Settings of the ministry for awards and quarters: every change is a row of its own, with the reason."""

from datetime import datetime

from sqlalchemy.orm import Session

from core.actors import Actor
from core.audit import record
from core.errors import Invalid
from core.i18n import text
from core.text import clean
from distribution.errors import ReasonMissing
from distribution.models import DistributionPolicy
from distribution.permissions import DistributionRight
from distribution.rules.policy import Policy
from distribution.services.quarters import require_country

_MOST_DAYS = 90
_MOST_QUARTERS = 100


class PolicyWrong(Invalid):
    """A setting lies out of its bounds."""

    code = "policy_wrong"


def set_policy(session: Session, policy: Policy, *, reason: str, actor: Actor, at: datetime) -> DistributionPolicy:
    """Let other settings count from now on; terms that run already keep their day.

    Raises:
        NotYourStep: not for the whole country. ReasonMissing. PolicyWrong: a number out of bounds.
    """
    require_country(actor, DistributionRight.SET_POLICY)
    if not clean(reason):
        raise ReasonMissing(text("Enter the reason of the change."))
    if not 1 <= policy.commission_days <= _MOST_DAYS or not 0 <= policy.objection_days <= _MOST_DAYS:
        raise PolicyWrong(text("A term has between 1 and %(n)s days.", n=_MOST_DAYS))
    if not 1 <= policy.keep_quarters <= _MOST_QUARTERS:
        raise PolicyWrong(text("People of ended cases are kept between 1 and %(n)s quarters.", n=_MOST_QUARTERS))
    if policy.second_signature_from is not None and policy.second_signature_from < 1:
        raise PolicyWrong(text("A second signature is asked for from 1 set on, or never: leave the field empty."))
    row = DistributionPolicy(
        commission_days=policy.commission_days,
        commission_counts_working_days=policy.commission_counts_working_days,
        objection_days=policy.objection_days,
        second_signature_from=policy.second_signature_from,
        keep_quarters=policy.keep_quarters,
        reason=clean(reason)[:300],
        at=at,
        actor_id=actor.id,
    )
    session.add(row)
    session.flush()
    record(
        session,
        actor_id=actor.id,
        action="distribution.set_policy",
        subject="distribution_policy",
        subject_id=str(row.id),
        at=at,
        detail={
            "commission_days": policy.commission_days,
            "working_days": policy.commission_counts_working_days,
            "objection_days": policy.objection_days,
            "second_signature_from": policy.second_signature_from,
            "keep_quarters": policy.keep_quarters,
        },
    )
    return row
