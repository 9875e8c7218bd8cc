"""Reads of norms, and of the policy that says which one rules."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, selectinload

from accounts.models import User
from catalog.errors import NormUnknown
from catalog.models import CoveragePolicy, Norm, NormValue
from catalog.rules.coverage import Thresholds
from catalog.rules.norms import NormAmount
from core.i18n import text


@dataclass(frozen=True, slots=True)
class PolicyShown:
    """A policy with the name of who set it; None where it came with the catalogue."""

    policy: CoveragePolicy
    set_by: str | None


def list_norms(session: Session) -> Sequence[Norm]:
    """Return all norms, those that came with the catalogue first."""
    return session.scalars(select(Norm).order_by(Norm.id)).all()


def get_norm(session: Session, code: str) -> Norm:
    """Return a norm with its values.

    Raises:
        NormUnknown: there is none with that code.
    """
    found = session.scalar(select(Norm).where(Norm.code == code).options(selectinload(Norm.values)))
    if found is None:
        raise NormUnknown(text("There is no norm with the code %(code)s.", code=code))
    return found


def get_policy(session: Session) -> CoveragePolicy:
    """Return the policy that counts now: the latest one.

    Raises:
        NormUnknown: the catalogue was never filled.
    """
    found = session.scalar(select(CoveragePolicy).order_by(CoveragePolicy.id.desc()).limit(1))
    if found is None:
        raise NormUnknown(text("No norm rules yet. Run: flask db upgrade"))
    return found


def list_policies(session: Session) -> list[PolicyShown]:
    """Return all policies with who set them, the one that counts first."""
    statement = (
        select(CoveragePolicy, User.name)
        .outerjoin(User, User.id == CoveragePolicy.set_by_id)
        .order_by(CoveragePolicy.id.desc())
    )
    return [PolicyShown(policy, name) for policy, name in session.execute(statement)]


def is_norm_used(session: Session, norm: Norm) -> bool:
    """Say whether a norm rules or ever ruled."""
    return bool(session.scalar(select(exists().where(CoveragePolicy.norm_id == norm.id))))


def amounts_of(norm: Norm) -> tuple[NormAmount, ...]:
    """Return the values of a norm as the rules take them."""
    return tuple(map(_amount, norm.values))


def thresholds_of(policy: CoveragePolicy) -> Thresholds:
    """Return which shares a policy warns of."""
    return Thresholds(policy.warn_below_percent, policy.warn_above_percent)


def _amount(value: NormValue) -> NormAmount:
    return NormAmount(
        nutrient=value.nutrient,
        bound=value.bound,
        age_from_months=value.age_from_months,
        age_to_months=value.age_to_months,
        sex=value.sex,
        milli=value.milli,
    )
