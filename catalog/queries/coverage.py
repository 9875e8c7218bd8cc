"""Reads of what a set is worth by a norm."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from catalog.models import CoveragePolicy, Norm
from catalog.queries.norms import amounts_of, get_norm, get_policy, thresholds_of
from catalog.rules.contents import StandardContent
from catalog.rules.coverage import Coverage, coverage, has_food
from catalog.rules.substitutes import SubstituteEffect, effect_of
from core.quarters import Quarter


@dataclass(frozen=True, slots=True)
class SetCoverage:
    """What one set is worth by a norm; `coverage` is None for a set without food. `policy` is the one that counts.

    `effects` tell what each substitute of the version would change.
    """

    norm: Norm
    policy: CoveragePolicy
    coverage: Coverage | None
    effects: tuple[SubstituteEffect, ...]

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
    chosen, thresholds = get_norm(session, norm or policy.norm.code), thresholds_of(policy)
    amounts, when = amounts_of(chosen), quarter or content.effective_from
    lines = {line.item.code for line in content.lines}
    return SetCoverage(
        norm=chosen,
        policy=policy,
        coverage=coverage(content, amounts, when, thresholds) if has_food(content) else None,
        effects=tuple(
            effect_of(content, one, amounts, thresholds=thresholds, quarter=when)
            for one in content.substitutes
            if one.item in lines
        ),
    )
