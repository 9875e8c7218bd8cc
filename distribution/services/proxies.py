"""People who may collect for a family by power of attorney, from a day to a day."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actors import Actor
from core.audit import record
from core.clock import today
from core.crypto import FieldKeys
from core.i18n import text
from core.text import clean
from distribution.errors.people import PersonFactsWrong, ProxyUnknown, ProxyWithdrawn
from distribution.models import Family, FamilyProxy
from distribution.permissions import DistributionRight
from distribution.rules.eligibility import full_months
from distribution.rules.iin import FAULT_TEXTS, read_iin
from distribution.services.families import locked_family
from territory.queries import district_condition

_ADULT = 18 * 12
_LONGEST_NAME, _LONGEST_DOCUMENT = 200, 60


@dataclass(frozen=True, slots=True)
class ProxyFacts:
    """Who collects for a family, by which paper, from a day to a day."""

    iin: str
    name: str
    document: str
    valid_from: date
    valid_until: date


def add_proxy(
    session: Session, family_id: int, *, facts: ProxyFacts, actor: Actor, at: datetime, keys: FieldKeys
) -> FamilyProxy:
    """Enter somebody who may collect for a family. Only the number of the paper is kept, never a picture of it.

    Raises:
        FamilyUnknown: out of reach.
        PersonFactsWrong: the IIN cannot be or is that of a child; no name or paper; the days contradict each other.
    """
    family = locked_family(session, family_id, actor, DistributionRight.EDIT_CASES)
    read, name, document = read_iin(facts.iin), clean(facts.name), clean(facts.document)
    if read.fault is not None:
        raise PersonFactsWrong(FAULT_TEXTS[read.fault])
    if read.birth_on is None or read.birth_on > today(at) or full_months(read.birth_on, today(at)) < _ADULT:
        raise PersonFactsWrong(text("Only an adult may collect for a family. Compare the IIN with the document."))
    if not name or len(name) > _LONGEST_NAME:
        raise PersonFactsWrong(text("Enter the name as it stands in the identity document."))
    if not document or len(document) > _LONGEST_DOCUMENT:
        raise PersonFactsWrong(text("Enter the number of the power of attorney."))
    if facts.valid_until < facts.valid_from or facts.valid_until < today(at):
        raise PersonFactsWrong(text("The power of attorney ends before it begins, or is over. Correct the days."))
    proxy = FamilyProxy(
        family_id=family.id,
        name=name,
        iin_sealed=keys.seal(read.digits),
        iin_index=keys.blind_index(read.digits),
        document_sealed=keys.seal(document),
        valid_from=facts.valid_from,
        valid_until=facts.valid_until,
        entered_at=at,
        entered_by_id=actor.id,
    )
    session.add(proxy)
    session.flush()
    _record(session, proxy, family.district_id, "distribution.add_proxy", actor=actor, at=at)
    return proxy


def withdraw_proxy(session: Session, proxy_id: int, *, actor: Actor, at: datetime) -> FamilyProxy:
    """Write down that a power of attorney no longer counts, from now on.

    Raises:
        ProxyUnknown: out of reach. ProxyWithdrawn: it was withdrawn before.
    """
    reach = actor.reach(DistributionRight.EDIT_CASES)
    found = session.execute(
        select(FamilyProxy, Family.district_id)
        .join(Family, Family.id == FamilyProxy.family_id)
        .where(FamilyProxy.id == proxy_id, district_condition(reach, Family.district_id))
        .with_for_update(of=FamilyProxy)
    ).one_or_none()
    if found is None:
        raise ProxyUnknown(text("There is no such power of attorney here."))
    proxy, district_id = found
    if proxy.withdrawn_at is not None:
        raise ProxyWithdrawn(text("This power of attorney was withdrawn already."))
    proxy.withdrawn_at, proxy.withdrawn_by_id = at, actor.id
    session.flush()
    _record(session, proxy, district_id, "distribution.withdraw_proxy", actor=actor, at=at)
    return proxy


def _record(session: Session, proxy: FamilyProxy, district_id: int, action: str, *, actor: Actor, at: datetime) -> None:
    record(
        session,
        actor_id=actor.id,
        action=action,
        subject="family",
        subject_id=str(proxy.family_id),
        at=at,
        district_id=district_id,
        detail={"proxy": proxy.id},
    )
