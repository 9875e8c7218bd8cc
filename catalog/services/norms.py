"""Writes of norms, and of the policy that says which one rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from catalog.errors import NormCodeTaken, NormMalformed, NotYourNorm
from catalog.models import CoveragePolicy, Norm, NormValue
from catalog.permissions import CatalogRight
from catalog.rules.coverage import Thresholds
from catalog.rules.norms import NormAmount, read_norm_table
from core.actors import Actor
from core.audit import record
from core.clock import start_of_day
from core.database import named
from core.i18n import text
from core.reference import read_facts


@dataclass(frozen=True, slots=True)
class NormForm:
    """What a person gives to enter a norm; `table` as `read_norm_table` reads it."""

    code: str
    name_kk: str
    name_ru: str
    name_en: str
    source: str
    confidence: str
    table: str


_FACTS = Path(__file__).resolve().parents[1] / "data"
_THOUSANDTHS = 1000
_FIRST_NORM = "DEFAULT"
_FIRST_POLICY_DAY = date(2020, 1, 1)
_FIRST_REASON = "The mean of the FAO/WHO norms; warned below 10 % of the need of the interval, and above a limit."


def load_norms(session: Session) -> None:
    """Bring the norms that every catalogue starts with, and the first policy; those already there stay as they are.

    Source: the reports named with each norm. The parts of FAO/WHO (energy 2001, vitamins and minerals 2002, protein
    2007) are one norm: each of them alone knows only some nutrients, and they are meant to be used together.
    """
    present = set(session.scalars(select(Norm.code)))
    amounts = read_facts(_FACTS / "norm_values.csv")
    for row in read_facts(_FACTS / "norms.csv"):
        if row["code"] in present:
            continue
        names = named(row["name_kk"], row["name_ru"], row["name_en"])
        norm = Norm(code=row["code"], source=row["source"], confidence=row["confidence"], **names)
        session.add(norm)
        session.flush()
        _add_values(session, norm, [_amount(one) for one in amounts if one["norm"] == norm.code])
    if session.scalar(select(CoveragePolicy.id).limit(1)) is None:
        first = session.scalars(select(Norm.id).where(Norm.code == _FIRST_NORM)).one()
        session.add(
            CoveragePolicy(
                norm_id=first,
                warn_below_percent=10,
                warn_above_percent=100,
                reason=_FIRST_REASON,
                set_at=start_of_day(_FIRST_POLICY_DAY),
            )
        )
    session.flush()


def enter_norm(session: Session, given: NormForm, *, actor: Actor, at: datetime) -> Norm:
    """Add a norm with its whole table. Figures of a norm are never changed: a better one is a further norm.

    Raises:
        NotYourNorm: no right to set norms for the whole country.
        NormMalformed: the table has faults; the page tells each.
        NormCodeTaken: there is one with that code.
    """
    _require_right(actor)
    amounts, faults = read_norm_table(given.table)
    if faults:
        raise NormMalformed(text("Row %(row)s: %(fault)s", row=faults[0].row, fault=faults[0].message))
    if session.scalar(select(Norm.id).where(Norm.code == given.code)) is not None:
        raise NormCodeTaken(text("A norm with the code %(code)s exists. Choose another code.", code=given.code))
    names = named(given.name_kk, given.name_ru, given.name_en)
    norm = Norm(code=given.code, source=given.source, confidence=given.confidence, **names)
    session.add(norm)
    session.flush()
    _add_values(session, norm, amounts)
    detail = {"amounts": len(amounts)}
    record(
        session, actor_id=actor.id, action="catalog.enter_norm", subject="norm", subject_id=norm.code, at=at,
        detail=detail,
    )  # fmt: skip
    return norm


def set_policy(
    session: Session, norm: Norm, *, thresholds: Thresholds, reason: str, actor: Actor, at: datetime
) -> CoveragePolicy:
    """Let a norm rule from now on, with the shares that are warned of; earlier policies stay readable.

    Raises:
        NotYourNorm: no right to set norms for the whole country.
    """
    _require_right(actor)
    policy = CoveragePolicy(
        norm_id=norm.id,
        warn_below_percent=thresholds.below_percent,
        warn_above_percent=thresholds.above_percent,
        reason=reason,
        set_by_id=actor.id,
        set_at=at,
    )
    session.add(policy)
    session.flush()
    detail = {"norm": norm.code, "below": thresholds.below_percent, "above": thresholds.above_percent}
    record(
        session, actor_id=actor.id, action="catalog.set_coverage", subject="coverage_policy",
        subject_id=str(policy.id), at=at, detail=detail,
    )  # fmt: skip
    return policy


def _require_right(actor: Actor) -> None:
    if not actor.reach(CatalogRight.SET_COVERAGE).everywhere:
        raise NotYourNorm(text("Norms and warnings are set by the ministry, for the whole country."))


def _amount(row: dict[str, str]) -> NormAmount:
    return NormAmount(
        nutrient=row["nutrient"],
        bound=row["bound"],
        age_from_months=int(row["age_from_months"]),
        age_to_months=int(row["age_to_months"]),
        sex=row["sex"],
        milli=int(Decimal(row["amount"]) * _THOUSANDTHS),
    )


def _add_values(session: Session, norm: Norm, amounts: Sequence[NormAmount]) -> None:
    session.execute(
        insert(NormValue),
        [
            {
                "norm_id": norm.id,
                "nutrient": one.nutrient,
                "bound": one.bound,
                "age_from_months": one.age_from_months,
                "age_to_months": one.age_to_months,
                "sex": one.sex,
                "milli": one.milli,
            }
            for one in amounts
        ],
    )
