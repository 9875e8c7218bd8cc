"""The country that is measured in: people, a point in every district, families with eligible children, stock."""

import random
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from accounts.models import RoleGrant, User
from accounts.queries import find_actor
from accounts.values import Role, ScopeKind
from app import schema
from app.roles import RIGHTS
from benchmarks.jobs import Job
from catalog.models import KitKind
from core.actors import Actor
from core.clock import now, today
from core.crypto import FieldKeys, secret_hash
from core.database import Database, named
from core.identifiers import control_digit
from core.quarters import Quarter
from core.text import fold, sort_key
from distribution.models import AssistanceCase, Child, Family, RegistryBatch
from territory.models import District
from warehouses.models import Place
from warehouses.queries import get_outside_place
from warehouses.services import post_movements, receive_lot
from warehouses.values import NewMovement, PlaceKind

FIELD_KEY, INDEX_KEY = "field key of the benchmarks 0123456789", "index key of the benchmarks 012345678"
KEYS = FieldKeys(field_key=FIELD_KEY, index_key=INDEX_KEY)
QUARTER = Quarter.of(today(now()))
FREEZER, APPROVER, STAGER, CONFIRMER = "freezer", "approver", "stager", "confirmer"
_MINISTRY = (FREEZER, APPROVER, STAGER, CONFIRMER)
_SIZES = ([1, 2, 3, 4], [45, 33, 16, 6])
_SURNAMES = ("Серікова", "Әбдіқадырова", "Төлегенова", "Қалиева", "Нұрланова", "Өтегенова", "Үсенова", "Жүнісова")
_GIVEN = ("Асель Маратқызы", "Гүлнұр Ерланқызы", "Айгүл Қайратқызы", "Әйгерім Болатқызы", "Мәдина Асқарқызы")
_ROWS_AT_ONCE = 5_000
_CODE_OF_FAMILY = 0x5EED
PACKS = 20_000
"""Sets of each kit at every point: more than anybody of it asks for."""


@dataclass(frozen=True, slots=True)
class _Family:
    """An invented family."""

    number: int
    district_id: int
    guardian: str
    children: Sequence[date]


def fill_empty(job: Job) -> None:
    """Bring an empty database to head, with people and a point in every district."""
    database = Database(job.url)
    schema.upgrade(database)
    with database.writing() as session:
        _add_people(session)
        _add_points(session)
    database.dispose()


def fill_children(job: Job) -> None:
    """Add so many children, each eligible for two kits of the quarter, and the stock that they need."""
    database = Database(job.url)
    with database.writing() as session:
        _add_families(session, job.children)
    with database.writing() as session:
        _add_stock(session, actor_id=actor(session, FREEZER).id)
    database.dispose()


def actor(session: Session, login: str) -> Actor:
    """Return one of the people by login."""
    found = find_actor(session, rights=RIGHTS, login=login)
    assert found is not None
    return found


def add_person(session: Session, login: str, role: Role, *, kind: ScopeKind, scope_id: int) -> int:
    """Add somebody with a role and return their id."""
    at = now()
    user = User(login=login, name="Асель Серік", language="kk", is_active=True, created_at=at)
    session.add(user)
    session.flush()
    session.add(
        RoleGrant(user_id=user.id, role=role, scope_kind=kind, scope_id=scope_id, granted_at=at, approved_at=at)
    )
    return user.id


def _add_people(session: Session) -> None:
    for login in _MINISTRY:
        add_person(session, login, Role.MINISTRY, kind=ScopeKind.COUNTRY, scope_id=0)


def _add_points(session: Session) -> None:
    districts = session.scalars(select(District).order_by(District.id)).all()
    rows = [
        {
            "code": f"P-{number:04}",
            "kind": PlaceKind.POINT,
            "is_inside": True,
            "is_main": True,
            "region_id": district.region_id,
            "district_id": district.id,
            **named(f"{district.name_kk} пункті", f"Пункт {district.name_ru}", f"Point {district.name_en}"),
        }
        for number, district in enumerate(districts, start=1)
    ]
    session.execute(insert(Place), rows)


def _add_families(session: Session, children: int) -> None:
    session.add(
        RegistryBatch(
            file_name="benchmark.csv",
            file_hash=secret_hash("benchmark"),
            status="confirmed",
            row_count=children,
            accepted_count=children,
            refused_count=0,
            note_count=0,
            staged_by_id=actor(session, STAGER).id,
            staged_at=now(),
        )
    )
    session.flush()
    batch_id = session.scalars(select(RegistryBatch.id)).one()
    families = _families(session.scalars(select(District.id).order_by(District.id)).all(), children)
    serial = 0
    while chunk := list(islice(families, _ROWS_AT_ONCE)):
        session.execute(insert(Family), [_family_row(one) for one in chunk])
        session.execute(insert(AssistanceCase), [_case_row(one, batch_id) for one in chunk])
        rows: list[dict[str, object]] = []
        for one in chunk:
            for born in one.children:
                serial += 1
                rows.append(_child_row(one, born, serial))
        session.execute(insert(Child), rows)


def _families(districts: Sequence[int], children: int) -> Iterator[_Family]:
    chance = random.Random(_CODE_OF_FAMILY)
    oldest, youngest = QUARTER.first_day - timedelta(days=6 * 365 - 2), QUARTER.first_day - timedelta(days=367)
    span, number = (youngest - oldest).days, 0
    while children > 0:
        number += 1
        size = min(children, chance.choices(*_SIZES)[0])
        children -= size
        guardian = f"{chance.choice(_SURNAMES)} {chance.choice(_GIVEN)}"
        born = [oldest + timedelta(days=chance.randint(0, span)) for _ in range(size)]
        yield _Family(number, chance.choice(districts), guardian, born)


def _iin(born: date, number: int) -> str:
    """Return twelve digits; made up, so they need not be a valid number."""
    body = f"{born:%y%m%d}5{number % 10_000:04}"
    return f"{body}{control_digit(body) or 0}"


def _family_row(one: _Family) -> dict[str, object]:
    iin = _iin(date(1990, 1, 1), one.number)
    return {
        "id": one.number,
        "district_id": one.district_id,
        "settlement": f"Ауыл {one.number % 7}",
        "guardian_index": KEYS.blind_index(f"guardian {one.number}"),
        "guardian_iin_sealed": KEYS.seal(iin),
        "guardian_name": one.guardian,
        "guardian_sort": sort_key(one.guardian),
        "search_text": fold(one.guardian),
        "phone_sealed": KEYS.seal("+77001234567"),
        "phone_index": KEYS.blind_index("+77001234567"),
    }


def _case_row(one: _Family, batch_id: int) -> dict[str, object]:
    return {
        "id": one.number,
        "case_no": f"{one.district_id}-{one.number:06}",
        "family_id": one.number,
        "district_id": one.district_id,
        "settlement": f"Ауыл {one.number % 7}",
        "kind": "unconditional",
        "award_from": QUARTER.first_day - timedelta(days=30),
        "award_to": None,
        "status": "awarded",
        "reason": "",
        "batch_id": batch_id,
    }


def _child_row(one: _Family, born: date, serial: int) -> dict[str, object]:
    return {
        "id": serial,
        "case_id": one.number,
        "iin_index": KEYS.blind_index(f"child {serial}"),
        "iin_sealed": KEYS.seal(_iin(born, serial)),
        "name": one.guardian,
        "sort": sort_key(one.guardian),
        "search_text": fold(one.guardian),
        "birth_on": born,
        "sex": "female",
    }


def _add_stock(session: Session, *, actor_id: int) -> None:
    """Receive two lots of each kit at every point."""
    at = now()
    opening = get_outside_place(session, PlaceKind.OPENING)
    points = session.scalars(select(Place.id).where(Place.kind == PlaceKind.POINT)).all()
    lots = [
        receive_lot(
            session,
            item_id=item_id,
            code=f"B{item_id}-{month}",
            expires_on=QUARTER.last_day + timedelta(days=30 * month),
            kit_version_id=None,
            at=at,
        ).id
        for item_id in session.scalars(select(KitKind.item_id).order_by(KitKind.id))
        for month in (3, 6)
    ]
    movements = [
        NewMovement(
            key=uuid.uuid4(),
            lot_id=lot_id,
            from_place_id=opening.id,
            to_place_id=point,
            quantity=PACKS,
            moved_at=at,
            document_kind="opening",
            document_id="benchmark",
        )
        for point in points
        for lot_id in lots
    ]
    post_movements(session, movements, actor_id=actor_id, at=at)


def count_rows(session: Session, model: type[Family | Child]) -> int:
    """Return how many rows a table has."""
    return session.scalar(select(func.count()).select_from(model)) or 0
