"""Applications of one district as on any ordinary day: a commission at work, a decision waiting, an objection."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.demonstration.registry import Inventor
from core.actors import Actor
from core.clock import today
from core.crypto import FieldKeys
from core.quarters import Quarter
from distribution.models import AssistanceCase, Child, CommissionMember
from distribution.services.cases import open_application, take_act
from distribution.services.children import add_child
from distribution.services.commissions import (
    add_member,
    conclude_review,
    record_examination,
    record_opinion,
    send_to_commission,
)
from distribution.services.families import FamilyFacts, enter_family
from distribution.services.objections import enter_objection
from distribution.values.cases import CaseAct, Opinion, StepFacts
from territory.models import District

_SEED = 20_200_301
_YEARS = 3
_WAYS = ("registered", "with_commission", "examined", "concluded", "awarded", "refused")
"""How far each application has come."""

_RUSSIAN = str.maketrans("әғқңөұүһіӘҒҚҢӨҰҮҺІ", "агкноуухиАГКНОУУХИ")

_MEMBERS = (
    ("Омарова Гүлнар", "ауылдық округ әкімінің өкілі"),
    ("Сейітов Марат", "мектеп директоры"),
    ("Ибраева Айгүл", "фельдшер"),
)


@dataclass(frozen=True, slots=True)
class _Town:
    """Where it happens and who works there."""

    district: District
    officer: Actor
    members: Sequence[CommissionMember]
    on: date
    at: datetime
    keys: FieldKeys


def apply_for_aid(session: Session, *, district: District, officer: Actor, at: datetime, keys: FieldKeys) -> int:
    """Let families apply, each one step further than the one before; return how many applied."""
    members = [
        add_member(
            session,
            district_id=district.id,
            section=district.centre_kk,
            name=name,
            position=position,
            actor=officer,
            at=at,
        )
        for name, position in _MEMBERS
    ]
    town = _Town(district, officer, members, today(at), at, keys)
    inventor = Inventor(random.Random(_SEED))  # noqa: S311 - invented people need no secrecy
    cases = [_applied(session, town, inventor) for _ in _WAYS]
    for steps, case in enumerate(cases):
        _go(session, town, case, steps)
    _enter_known_child(session, town, cases[0], inventor)
    return len(_WAYS)


def object_to_roster(
    session: Session, *, quarter: Quarter, district: District, actors: Mapping[str, Actor], at: datetime
) -> None:
    """Let a family object that its child is not on the roster."""
    enter_objection(
        session,
        quarter=quarter,
        kato=district.kato,
        child_name="Жұмабек Айару",
        words="Жәрдемақы тоқсан басында тағайындалған, ал тізімде балам жоқ.",
        received_on=today(at),
        actor=actors["district"],
        at=at,
    )


def _applied(session: Session, town: _Town, inventor: Inventor) -> AssistanceCase:
    surname, chance = inventor.surname(), inventor.chance
    born = date(town.on.year - chance.randint(23, 40), chance.randint(1, 12), chance.randint(1, 28))
    facts = FamilyFacts(
        name=inventor.name(surname, "female"),
        district_id=town.district.id,
        settlement=town.district.centre_kk,
        phone=f"+7700{chance.randint(0, 9_999_999):07d}",
        address=f"Достық көшесі, {chance.randint(1, 90)}",
    )
    family = enter_family(
        session, iin=inventor.iin(born, "female"), facts=facts, actor=town.officer, at=town.at, keys=town.keys
    )
    case = open_application(
        session,
        family.id,
        kind="conditional",
        facts=StepFacts(town.on - timedelta(days=9)),
        actor=town.officer,
        at=town.at,
    )
    sex = chance.choice(["male", "female"])
    birth = date(town.on.year - _YEARS, chance.randint(1, 12), chance.randint(1, 28))
    add_child(
        session,
        case.id,
        iin=inventor.iin(birth, sex),
        name=inventor.name(surname, sex),
        actor=town.officer,
        at=town.at,
        keys=town.keys,
    )
    return case


def _enter_known_child(session: Session, town: _Town, case: AssistanceCase, inventor: Inventor) -> None:
    """Enter a child of the registry once more, spelled in Russian letters and under another number."""
    known = session.scalars(
        select(Child)
        .join(AssistanceCase, AssistanceCase.id == Child.case_id)
        .where(AssistanceCase.district_id == town.district.id, AssistanceCase.id != case.id)
        .order_by(Child.id)
        .limit(1)
    ).one()
    add_child(
        session,
        case.id,
        iin=inventor.iin(known.birth_on, known.sex),
        name=known.name.translate(_RUSSIAN),
        actor=town.officer,
        at=town.at,
        keys=town.keys,
    )


def _go(session: Session, town: _Town, case: AssistanceCase, steps: int) -> None:
    """Take so many steps of the path with an application."""
    who, at = town.officer, town.at
    said = Opinion.NOT_NEEDED if steps == _WAYS.index("refused") else Opinion.NEEDED
    sent, seen = StepFacts(town.on - timedelta(days=8)), StepFacts(town.on - timedelta(days=4))
    if steps >= _WAYS.index("with_commission"):
        send_to_commission(session, case.id, section=town.district.centre_kk, facts=sent, actor=who, at=at)
    if steps >= _WAYS.index("examined"):
        record_examination(
            session, case.id, findings="Үйі жалға алынған, табысы тұрақсыз.", facts=seen, actor=who, at=at
        )
    if steps >= _WAYS.index("concluded"):
        for member in town.members:
            why = "" if said is Opinion.NEEDED else "Жер үлесі мен малы бар."
            record_opinion(session, case.id, member_id=member.id, opinion=said, note=why, actor=who, at=at)
        conclude_review(session, case.id, facts=StepFacts(town.on - timedelta(days=2)), actor=who, at=at)
    decided = town.on - timedelta(days=1)
    if steps == _WAYS.index("awarded"):
        award = StepFacts(decided, document_no="118", award_from=town.on, award_to=Quarter.of(town.on).next().last_day)
        take_act(session, case.id, CaseAct.AWARD, award, actor=who, at=at)
    if steps == _WAYS.index("refused"):
        take_act(session, case.id, CaseAct.REFUSE, StepFacts(decided, reason="R01"), actor=who, at=at)
