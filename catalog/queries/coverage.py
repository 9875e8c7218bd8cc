"""Reads of what a set is worth by a norm."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from catalog.models import CoveragePolicy, Norm
from catalog.queries.norms import amounts_of, get_norm, get_policy, thresholds_of
from catalog.rules.contents import StandardContent
from catalog.rules.coverage import Coverage, coverage, has_food
from core.quarters import Quarter


@dataclass(frozen=True, slots=True)
class SetCoverage:
    """What one set is worth by a norm; `coverage` is None for a set without food. `policy` is the one that counts."""

    norm: Norm
    policy: CoveragePolicy
    coverage: Coverage | None

    @property
    def is_ruling(self) -> bool:
        """Say whether the norm is the one that rules, not another one to look at."""
        return self.norm.id == self.policy.norm_id


def find_coverage(
    session: Session, content: StandardContent, *, quarter: Quarter | None = None, norm: str | None = None
) -> SetCoverage:
    """Return what a set is worth in the interval from a quarter: by the norm that rules, or by another one.

    Without a quarter it is the one from which the version is in force.

    Raises:
        NormUnknown: there is no norm with that code.
    """
    policy = get_policy(session)
    chosen = get_norm(session, norm or policy.norm.code)
    found = None
    if has_food(content):
        found = coverage(content, amounts_of(chosen), quarter or content.effective_from, thresholds_of(policy))
    return SetCoverage(chosen, policy, found)
