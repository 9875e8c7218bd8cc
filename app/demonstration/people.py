"""The accounts of the demonstration: one per role, second persons, and a crew that moves goods and hands over."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from accounts.queries import get_actor
from accounts.services import accept_first_link, accept_link, create_first_link, create_user, grant_role
from accounts.values import Role, ScopeKind
from core.actors import Actor, Rights


@dataclass(frozen=True, slots=True)
class Person:
    """An invented member of staff: login, name, role and what it is bound to."""

    login: str
    name: str
    role: Role
    scope_kind: ScopeKind = ScopeKind.COUNTRY
    scope_ids: tuple[int, ...] = (0,)


@dataclass(frozen=True, slots=True)
class Scopes:
    """The ids that the people are bound to."""

    region: int
    district: int
    central: int
    point: int
    supplier: int
    regions: tuple[int, ...]
    points: tuple[int, ...]


_WORDS = ("dala", "aspan", "bulaq", "samal", "qaiyn", "tulpar", "koktem", "juldyz")


def invent_password() -> str:
    """Return a password that is easy to type on a phone and different in every demonstration."""
    words = (secrets.choice(_WORDS) for _ in range(2))
    return "-".join((*words, f"{secrets.randbelow(10_000):04d}"))


def enter_first(session: Session, *, rights: Rights, password: str, at: datetime) -> Actor:
    """Make the first administrator as a new installation does: by the one-time link."""
    token = create_first_link(session, at=at)
    accept_first_link(
        session, token=token, login="admin", name="Серік Досжанов", language="kk", password=password, at=at
    )
    return get_actor(session, "admin", rights=rights)


def first_staff() -> Sequence[Person]:
    """Return the people who are needed before there are places: the ministry's two."""
    return (
        Person("ministry", "Айгерім Сәрсенова", Role.MINISTRY),
        Person("ministry2", "Нұрлан Бекмұратов", Role.MINISTRY),
    )


def other_staff(scopes: Scopes) -> Iterator[Person]:
    """Yield everybody else, bound to places that now exist."""
    region, district, place = ScopeKind.REGION, ScopeKind.DISTRICT, ScopeKind.PLACE
    yield Person(
        "region",
        "Гүлнар Ахметова",
        Role.REGION,
        region,
        (scopes.region,),
    )
    yield Person(
        "district",
        "Ерасыл Оспанов",
        Role.DISTRICT,
        district,
        (scopes.district,),
    )
    yield Person("store", "Бауыржан Ермеков", Role.STOREKEEPER, place, (scopes.central,))
    yield Person("store2", "Сәуле Тоқтарова", Role.STOREKEEPER, place, (scopes.central,))
    yield Person("manager", "Айнұр Бекова", Role.MANAGER, place, (scopes.point,))
    yield Person("operator", "Меруерт Қасымова", Role.OPERATOR, place, (scopes.point,))
    yield Person("supplier", "Дмитрий Иванов", Role.SUPPLIER, ScopeKind.SUPPLIER, (scopes.supplier,))
    yield Person("auditor", "Томирис Үсенова", Role.AUDITOR)
    yield Person("transport", "Жандос Тілеуов", Role.REGION, region, scopes.regions)
    yield Person("crew", "Раушан Мұқанова", Role.OPERATOR, place, scopes.points)


def enter(
    session: Session, people: Sequence[Person], *, administrator: Actor, password: str, at: datetime
) -> Mapping[str, Actor]:
    """Invite people, let them set the password, and give them their roles; return them by login."""
    for person in people:
        user, token = create_user(
            session, login=person.login, name=person.name, language="kk", actor=administrator, at=at
        )
        accept_link(session, token=token, password=password, at=at)
        for scope_id in person.scope_ids:
            grant_role(
                session,
                user_id=user.id,
                role=person.role,
                scope_kind=person.scope_kind,
                scope_id=scope_id,
                actor=administrator,
                at=at,
            )
    return {person.login: get_actor(session, person.login, rights=administrator.rights) for person in people}
