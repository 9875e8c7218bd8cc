"""Factories of families, applications and commissions, entered as a person would; everything is invented."""

import itertools
from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from core.actors import Actor
from core.crypto import FieldKeys
from core.identifiers import control_digit
from distribution.models import AssistanceCase, CommissionMember, Family
from distribution.services.cases import open_application, take_act
from distribution.services.commissions import (
    add_member,
    conclude_review,
    record_examination,
    record_opinion,
    send_to_commission,
)
from distribution.services.families import FamilyFacts, enter_family
from distribution.values.cases import CaseAct, Opinion, StepFacts
from tests.support.families import AKKOL
from tests.support.people import an_actor

AT = datetime(2026, 5, 6, 6, 0, tzinfo=UTC)
DAY = date(2026, 5, 6)
SECTION = "Бірінші учаске"
_numbers = itertools.count(100)


def an_iin(birth_on: date = date(1990, 4, 5), *, male: bool = False) -> str:
    """Return a whole IIN of somebody who was not used before."""
    while True:
        century = {18: 1, 19: 3, 20: 5}[birth_on.year // 100] + (0 if male else 1)
        digits = f"{birth_on:%y%m%d}{century}{next(_numbers) % 10000:04}"
        control = control_digit(digits)
        if control is not None and control < 10:
            return f"{digits}{control}"


def an_officer(session: Session, *, district_id: int = AKKOL) -> Actor:
    """Add an officer of a district."""
    return an_actor(session, role=Role.DISTRICT, scope_kind=ScopeKind.DISTRICT, scope_id=district_id)


def entered_family(session: Session, keys: FieldKeys, officer: Actor, *, district_id: int = AKKOL) -> Family:
    """Enter a family by hand."""
    facts = FamilyFacts("Айгүл Сәбитқызы", district_id, "Ақкөл", "8 (701) 000-00-00", "Абай көшесі, 5")
    return enter_family(session, iin=an_iin(), facts=facts, actor=officer, at=AT, keys=keys)


def an_application(session: Session, keys: FieldKeys, officer: Actor, *, district_id: int = AKKOL) -> AssistanceCase:
    """Enter a family and its registered application."""
    family = entered_family(session, keys, officer, district_id=district_id)
    return open_application(session, family.id, kind="unconditional", facts=StepFacts(DAY), actor=officer, at=AT)


def some_members(
    session: Session, officer: Actor, *, number: int = 3, district_id: int = AKKOL
) -> list[CommissionMember]:
    """Enter the members of a commission."""
    return [
        add_member(
            session, district_id=district_id, section=SECTION, name=f"Мүше {place}", position="мұғалім",
            actor=officer, at=AT,
        )
        for place in range(number)
    ]  # fmt: skip


def reviewed(session: Session, case: AssistanceCase, officer: Actor, *opinions: Opinion) -> AssistanceCase:
    """Bring a registered application through its commission with these opinions."""
    members = some_members(session, officer, number=max(3, len(opinions)))
    facts = StepFacts(DAY)
    send_to_commission(session, case.id, section=SECTION, facts=facts, actor=officer, at=AT)
    record_examination(session, case.id, findings="Пәтер, екі бөлме.", facts=facts, actor=officer, at=AT)
    for member, opinion in zip(members, opinions, strict=False):
        record_opinion(session, case.id, member_id=member.id, opinion=opinion, note="жұмыс бар", actor=officer, at=AT)
    conclude_review(session, case.id, facts=facts, actor=officer, at=AT)
    return case


def awarded(session: Session, case: AssistanceCase, officer: Actor, *, award_to: date | None = None) -> AssistanceCase:
    """Bring a registered application to its award."""
    reviewed(session, case, officer, Opinion.NEEDED, Opinion.NEEDED, Opinion.NEEDED)
    dates = StepFacts(DAY, award_from=DAY, award_to=award_to)
    return take_act(session, case.id, CaseAct.AWARD, dates, actor=officer, at=AT)
