"""What is set for all warehouses: thresholds, closed periods, names of forms; and entries after the close."""

from collections.abc import Collection, Mapping
from datetime import date, datetime

from sqlalchemy.orm import Session

from core.actors import Actor
from core.audit import record
from core.clock import today
from core.dialects import insert_into
from core.i18n import format_day, text
from core.identifiers import is_company_prefix
from core.text import clean
from warehouses.errors.corrections import LateReasonMissing, PolicyMalformed
from warehouses.models import PaperForm, PeriodClose, StockPolicy
from warehouses.permissions import WarehouseRight
from warehouses.queries import find_closed_through, list_unreachable
from warehouses.values.paper_forms import PaperKind
from warehouses.values.policies import Thresholds

LONGEST_REASON = 300
LONGEST_FORM_NAME = 200
MOST_DAYS = 3650
MOST_PERCENT = 100


def allow_late_entry(
    session: Session, *, place_ids: Collection[int], moved_at: datetime, reason: str, actor: Actor, at: datetime
) -> bool:
    """Say whether a movement of `moved_at` may pass though its period is closed; that it does is kept in the trail.

    `place_ids` are the places inside whose books the entry is. The answer is what `post_movements` takes as
    `after_close`: False where the period is open, or where the actor may not enter after the close at all those places
    and is to be refused by the ledger.

    Raises:
        LateReasonMissing: the actor may, and does not say why.
    """
    through, day = find_closed_through(session), today(moved_at)
    if through is None or day > through:
        return False
    if list_unreachable(session, place_ids, actor.reach(WarehouseRight.ENTER_AFTER_CLOSE)):
        return False
    reason = clean(reason)[:LONGEST_REASON]
    if not reason:
        raise LateReasonMissing(
            text(
                "The books are closed through %(through)s. Say why this is entered all the same.",
                through=format_day(through),
            )
        )
    record(
        session,
        actor_id=actor.id,
        action="warehouses.enter_after_close",
        subject="period_close",
        subject_id=through.isoformat(),
        at=at,
        detail={"day": day.isoformat(), "why": reason},
    )
    return True


def set_thresholds(session: Session, thresholds: Thresholds, *, reason: str, actor: Actor, at: datetime) -> StockPolicy:
    """Set the thresholds that hold from now on; what held before stays in the history.

    Raises:
        PolicyMalformed: a threshold is outside what can be, or the reason is missing.
    """
    reason = _reason(reason)
    if not (0 <= thresholds.near_expiry_days <= MOST_DAYS and 0 <= thresholds.receipt_margin_days <= MOST_DAYS):
        raise PolicyMalformed(text("Enter whole days, from 0 to %(n)s.", n=MOST_DAYS))
    if not 0 <= thresholds.over_percent <= MOST_PERCENT:
        raise PolicyMalformed(text("Enter a whole number of percent, from 0 to %(n)s.", n=MOST_PERCENT))
    if thresholds.gs1_prefix and not is_company_prefix(thresholds.gs1_prefix):
        raise PolicyMalformed(text("A company prefix has 4 to 12 digits. Enter it as GS1 gave it, or leave it empty."))
    policy = StockPolicy(
        near_expiry_days=thresholds.near_expiry_days,
        receipt_margin_days=thresholds.receipt_margin_days,
        over_percent=thresholds.over_percent,
        gs1_prefix=thresholds.gs1_prefix,
        reason=reason,
        at=at,
        actor_id=actor.id,
    )
    session.add(policy)
    session.flush()
    detail = {
        "near_expiry_days": policy.near_expiry_days,
        "receipt_margin_days": policy.receipt_margin_days,
        "over_percent": policy.over_percent,
        "gs1_prefix": policy.gs1_prefix,
    }
    _record(session, "warehouses.set_thresholds", ("stock_policy", str(policy.id)), detail, actor=actor, at=at)
    return policy


def close_period(session: Session, through: date, *, reason: str, actor: Actor, at: datetime) -> PeriodClose:
    """Close the books through a day that is over; an earlier day than before opens the days between again.

    Raises:
        PolicyMalformed: the day is not over, is the one that is closed already, or the reason is missing.
    """
    reason = _reason(reason)
    if through >= today(at):
        raise PolicyMalformed(text("Only days that are over can be closed. Choose a day before today."))
    before = find_closed_through(session)
    if before == through:
        raise PolicyMalformed(text("The books are closed through this day already. Choose another day."))
    closed = PeriodClose(through=through, reason=reason, at=at, actor_id=actor.id)
    session.add(closed)
    session.flush()
    action = "warehouses.reopen_period" if before is not None and through < before else "warehouses.close_period"
    detail = {"through": through.isoformat(), "before": before.isoformat() if before else ""}
    _record(session, action, ("period_close", str(closed.id)), detail, actor=actor, at=at)
    return closed


def name_form(session: Session, kind: PaperKind, *, name_kk: str, name_ru: str, actor: Actor, at: datetime) -> None:
    """Set what the head of a kind of paper says about its form; empty in both languages: nothing.

    Raises:
        PolicyMalformed: it is said in one language only, or too long.
    """
    name_kk, name_ru = clean(name_kk), clean(name_ru)
    if bool(name_kk) != bool(name_ru):
        raise PolicyMalformed(text("Enter the name of the form in both languages, or in neither."))
    if max(len(name_kk), len(name_ru)) > LONGEST_FORM_NAME:
        raise PolicyMalformed(text("Shorten this to %(n)s characters.", n=LONGEST_FORM_NAME))
    names = {"name_kk": name_kk, "name_ru": name_ru}
    naming = insert_into(session, PaperForm).values(kind=kind.value, **names)
    session.execute(naming.on_conflict_do_update(index_elements=["kind"], set_=names))
    session.expire_all()
    _record(session, "warehouses.name_form", ("paper_form", kind.value), names, actor=actor, at=at)


def _reason(written: str) -> str:
    reason = clean(written)
    if not reason:
        raise PolicyMalformed(text("Say why. The reason stays in the history."))
    if len(reason) > LONGEST_REASON:
        raise PolicyMalformed(text("Shorten this to %(n)s characters.", n=LONGEST_REASON))
    return reason


def _record(
    session: Session, action: str, thing: tuple[str, str], detail: Mapping[str, object], *, actor: Actor, at: datetime
) -> None:
    subject, subject_id = thing
    record(session, actor_id=actor.id, action=action, subject=subject, subject_id=subject_id, at=at, detail=detail)
