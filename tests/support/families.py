"""Factories of families, children, points and packed kits for quarters; everything is invented."""

import hashlib
import itertools
import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.values import Role
from catalog.models import Item, KitKind
from core.actors import Actor
from core.crypto import FieldKeys
from core.database import named
from core.quarters import Quarter
from core.text import fold, sort_key
from distribution.models import AssistanceCase, Child, Family, RegistryBatch, Roster
from distribution.services.allotments import allot
from distribution.services.approvals import approve_allotment
from distribution.services.rosters import freeze_roster
from tests.support.people import a_user, an_actor
from warehouses.models import Lot, Place, PlaceSettlement
from warehouses.queries import get_outside_place
from warehouses.services import post_movements, receive_lot
from warehouses.values import NewMovement, PlaceKind

AKKOL, ARSHALY = 113200000, 113400000
"""Two districts of the same region."""

QUARTER = Quarter(2026, 4)
AT = datetime(2026, 9, 20, 6, 0, tzinfo=UTC)
"""A moment before the quarter, when rosters are frozen."""

_numbers = itertools.count(1)


def a_batch(session: Session) -> RegistryBatch:
    """Add a confirmed registry file, for cases to come from."""
    batch = RegistryBatch(
        file_name="registry.csv",
        file_hash=hashlib.sha256(str(next(_numbers)).encode()).digest(),
        status="confirmed",
        row_count=1,
        accepted_count=1,
        refused_count=0,
        note_count=0,
        staged_by_id=a_user(session).id,
        staged_at=AT,
        confirmed_by_id=a_user(session).id,
        confirmed_at=AT,
    )
    session.add(batch)
    session.flush()
    return batch


def a_family(
    session: Session,
    *,
    births: Sequence[date],
    district_id: int = AKKOL,
    settlement: str = "Ақкөл",
    award_from: date = date(2026, 1, 1),
    award_to: date | None = None,
    status: str = "awarded",
    guardian: str = "Әлия Нұрланқызы",
    batch: RegistryBatch | None = None,
    kind: str = "unconditional",
    sex: str = "female",
) -> list[Child]:
    """Add a family with one case and a child for each birth, and return the children."""
    number = next(_numbers)
    family = Family(
        district_id=district_id,
        settlement=settlement,
        guardian_index=_index(f"guardian {number}"),
        guardian_iin_sealed=b"",
        guardian_name=guardian,
        guardian_sort=sort_key(guardian),
        search_text=fold(guardian),
        phone_sealed=b"",
    )
    session.add(family)
    session.flush()
    case = AssistanceCase(
        case_no=f"T-{number:07}",
        family_id=family.id,
        district_id=district_id,
        settlement=settlement,
        kind=kind,
        award_from=award_from,
        award_to=award_to,
        status=status,
        reason="",
        batch_id=(batch or a_batch(session)).id,
    )
    session.add(case)
    session.flush()
    children = [_a_child(case, f"{number} {place}", birth_on, sex) for place, birth_on in enumerate(births)]
    session.add_all(children)
    session.flush()
    return children


def _a_child(case: AssistanceCase, number: str, birth_on: date, sex: str) -> Child:
    name = f"Айша Серікқызы {number}"
    return Child(
        case_id=case.id,
        iin_index=_index(f"child {number}"),
        iin_sealed=b"",
        name=name,
        sort=sort_key(name),
        search_text=fold(name),
        birth_on=birth_on,
        sex=sex,
    )


def a_point(
    session: Session, *, district_id: int = AKKOL, settlements: Sequence[str] = (), is_main: bool = True
) -> Place:
    """Open a distribution point of a district."""
    point = a_place(session, kind=PlaceKind.POINT, district_id=district_id, is_main=is_main)
    session.add_all(
        PlaceSettlement(district_id=district_id, settlement=fold(settlement), place_id=point.id)
        for settlement in settlements
    )
    session.flush()
    return point


def a_place(
    session: Session,
    *,
    kind: PlaceKind,
    district_id: int | None = None,
    region_id: int | None = None,
    is_main: bool = False,
) -> Place:
    """Open a warehouse or a point."""
    number = next(_numbers)
    place = Place(
        code=f"T-{number}",
        kind=kind,
        is_inside=True,
        region_id=region_id or (district_id and district_id // 10_000_000 * 10_000_000),
        district_id=district_id,
        is_main=is_main,
        **named(f"Қойма {number}", f"Склад {number}", f"Store {number}"),
    )
    session.add(place)
    session.flush()
    return place


def packed_kits(
    session: Session,
    place: Place,
    kit: str,
    quantity: int,
    *,
    expires_on: date | None = date(2027, 6, 30),
    size: Item | None = None,
) -> Lot:
    """Receive packed kits of one new lot at a place, through the ledger; of a size, if one is named."""
    item_id = size.id if size else kit_kind(session, kit).item_id
    lot = receive_lot(
        session, item_id=item_id, code=f"L{next(_numbers)}", expires_on=expires_on, kit_version_id=None, at=AT
    )
    movement = NewMovement(
        key=uuid.uuid4(),
        lot_id=lot.id,
        from_place_id=get_outside_place(session, PlaceKind.SUPPLIER).id,
        to_place_id=place.id,
        quantity=quantity,
        moved_at=AT,
        document_kind="delivery",
        document_id="test",
    )
    post_movements(session, [movement], actor_id=None, at=AT)
    return lot


def kit_kind(session: Session, code: str) -> KitKind:
    """Return a kind of sets by its code."""
    return session.scalars(select(KitKind).where(KitKind.code == code)).one()


def a_ministry(session: Session) -> Actor:
    """Add a person of the ministry."""
    return an_actor(session, role=Role.MINISTRY)


def an_approved_roster(session: Session, keys: FieldKeys, *, quarter: Quarter = QUARTER) -> Roster:
    """Freeze, allot and approve what the test put in, each step by its own person."""
    roster = freeze_roster(session, quarter=quarter, actor=a_ministry(session), at=AT, keys=keys)
    allot(
        session,
        roster=roster,
        seed="04 17 23 31",
        seed_source="national lottery draw",
        announced={},
        actor=a_ministry(session),
        at=AT,
    )
    approve_allotment(session, roster=roster, actor=a_ministry(session), at=AT)
    return roster


def _index(what: str) -> bytes:
    return hashlib.sha256(what.encode()).digest()[:16]
