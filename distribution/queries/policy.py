"""Reads of the ministry's settings."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from distribution.models import DistributionPolicy
from distribution.rules.policy import Policy


def policy_in_force(session: Session) -> Policy:
    """Return the settings that count: the last row, or the usual ones while there is none."""
    row = session.scalars(select(DistributionPolicy).order_by(DistributionPolicy.id.desc()).limit(1)).one_or_none()
    if row is None:
        return Policy()
    return Policy(
        commission_days=row.commission_days,
        commission_counts_working_days=row.commission_counts_working_days,
        objection_days=row.objection_days,
        second_signature_from=row.second_signature_from,
        keep_quarters=row.keep_quarters,
    )


def list_policies(session: Session) -> Sequence[DistributionPolicy]:
    """Return all settings that ever counted, the latest first."""
    return session.scalars(select(DistributionPolicy).order_by(DistributionPolicy.id.desc())).all()
