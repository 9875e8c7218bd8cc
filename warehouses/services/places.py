"""Places: those that exist once, and the warehouses and points that people open and change."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from core.actors import Actor
from core.audit import record
from core.database import named
from core.dialects import insert_into
from core.i18n import text
from core.text import fold
from territory.queries import get_district
from warehouses.errors import PlaceMalformed, SettlementServedElsewhere
from warehouses.models import Place, PlaceSettlement
from warehouses.permissions import WarehouseRight
from warehouses.queries import get_place
from warehouses.values import STORE_KINDS, PlaceForm, PlaceKind

_UNIQUE_PLACES = {
    PlaceKind.IN_TRANSIT: ("Жолда", "В пути", "In transit"),
    PlaceKind.SUPPLIER: ("Өнім беруші", "Поставщик", "Supplier"),
    PlaceKind.FAMILIES: ("Отбасылар", "Семьи", "Families"),
    PlaceKind.LOSS: ("Есептен шығарылған", "Списано", "Loss"),
    PlaceKind.COUNT_DIFFERENCE: ("Түгендеу айырмасы", "Расхождение инвентаризации", "Count difference"),
    PlaceKind.OPENING: ("Бастапқы қалдық", "Начальный остаток", "Opening"),
    PlaceKind.TO_EXPLAIN: ("Түсіндіруді қажет етеді", "К объяснению", "To explain"),
    PlaceKind.ASSEMBLY: ("Жинақтау", "Комплектация", "Assembly"),
}
_PREFIXES = {PlaceKind.CENTRAL: "C", PlaceKind.REGIONAL: "R", PlaceKind.DISTRICT: "D", PlaceKind.POINT: "P"}


def load_outside_places(session: Session) -> None:
    """Bring the places that exist once into the database: in transit, and those outside."""
    rows = [
        {
            "code": kind.upper().replace("_", "-"),
            "kind": kind,
            "is_inside": kind is PlaceKind.IN_TRANSIT,
            **named(*names),
        }
        for kind, names in _UNIQUE_PLACES.items()
    ]
    session.execute(insert_into(session, Place).on_conflict_do_nothing(index_elements=["code"]), rows)


def open_place(session: Session, form: PlaceForm, *, actor: Actor, at: datetime) -> Place:
    """Open a warehouse or a point within what the actor may manage.

    Raises:
        PlaceMalformed, SettlementServedElsewhere, DistrictUnknown: it does not fit together, or is out of reach.
    """
    place = open_places(session, [form], actor=actor, at=at)[0]
    subject_id = str(place.id)
    record(
        session,
        actor_id=actor.id,
        action="warehouses.open_place",
        subject="place",
        subject_id=subject_id,
        at=at,
        district_id=place.district_id,
        detail={"code": place.code, "kind": place.kind},
    )
    return place


def open_places(session: Session, forms: Sequence[PlaceForm], *, actor: Actor, at: datetime) -> Sequence[Place]:
    """Open many warehouses and points, as one would each; for facts and the demonstration."""
    del at
    placed = [(form, *_where(session, form, actor)) for form in forms]
    numbers = _free_codes(session, forms)
    rows = [
        {
            "code": code,
            "kind": form.kind,
            "is_inside": True,
            "region_id": region_id,
            "district_id": district_id,
            **_columns(form),
        }
        for (form, region_id, district_id), code in zip(placed, numbers, strict=True)
    ]
    session.execute(insert(Place), rows)
    by_code = {place.code: place for place in session.scalars(select(Place).where(Place.code.in_(numbers)))}
    places = [by_code[code] for code in numbers]
    _serve(session, list(zip(places, forms, strict=True)))
    return places


def change_place(session: Session, place: Place, form: PlaceForm, *, actor: Actor, at: datetime) -> Place:
    """Change what is said about a warehouse or a point; its kind and district stay as they are.

    Raises:
        PlaceUnknown, PlaceMalformed, SettlementServedElsewhere: out of reach, or it does not fit together.
    """
    get_place(session, place.id, actor.reach(WarehouseRight.MANAGE_PLACES))
    if form.kind != place.kind or form.district_id != place.district_id:
        raise PlaceMalformed(text("The kind and the district of a place do not change. Close it and open another."))
    _check(form)
    session.execute(update(Place).where(Place.id == place.id).values(_columns(form)))
    session.execute(delete(PlaceSettlement).where(PlaceSettlement.place_id == place.id))
    _serve(session, [(place, form)])
    session.refresh(place)
    record(
        session,
        actor_id=actor.id,
        action="warehouses.change_place",
        subject="place",
        subject_id=str(place.id),
        at=at,
        district_id=place.district_id,
        detail={"code": place.code, "is_open": form.is_open},
    )
    return place


def _columns(form: PlaceForm) -> Mapping[str, object]:
    return {
        **named(form.name_kk, form.name_ru, form.name_en),
        "address_kk": form.address_kk,
        "address_ru": form.address_ru,
        "address_en": form.address_en,
        "hours": form.hours,
        "hand_out_days": form.hand_out_days,
        "is_main": form.is_main,
        "is_open": form.is_open,
        "capacity_packs": form.capacity_packs,
    }


def _check(form: PlaceForm) -> None:
    if form.kind not in STORE_KINDS:
        raise PlaceMalformed(text("Choose a warehouse or a distribution point as the kind."))
    if not (form.name_kk and form.name_ru and form.name_en):
        raise PlaceMalformed(text("Enter the name in all three languages."))
    if form.kind in {PlaceKind.DISTRICT, PlaceKind.POINT} and form.district_id is None:
        raise PlaceMalformed(text("Choose the district of the place."))
    if form.settlements and form.kind != PlaceKind.POINT:
        raise PlaceMalformed(text("Only a distribution point serves settlements. Leave them empty."))


def _where(session: Session, form: PlaceForm, actor: Actor) -> tuple[int | None, int | None]:
    """Return region and district of a new place; both must lie within what the actor may manage."""
    _check(form)
    reach = actor.reach(WarehouseRight.MANAGE_PLACES)
    if form.kind in {PlaceKind.DISTRICT, PlaceKind.POINT} and form.district_id is not None:
        district = get_district(session, form.district_id, reach)
        return district.region_id, district.id
    if form.kind == PlaceKind.REGIONAL and form.region_id is None:
        raise PlaceMalformed(text("Choose the region of the warehouse."))
    if not (reach.everywhere or (form.kind == PlaceKind.REGIONAL and form.region_id in reach.ids("region"))):
        raise PlaceMalformed(text("You may open warehouses and points of your own territory. Choose another kind."))
    return (form.region_id if form.kind == PlaceKind.REGIONAL else None), None


def _free_codes(session: Session, forms: Sequence[PlaceForm]) -> list[str]:
    """Return codes like P-0012: the letter of the kind, and a number of its own within the kind."""
    counts = {row[0]: row[1] for row in session.execute(select(Place.kind, func.count()).group_by(Place.kind))}
    codes: list[str] = []
    for form in forms:
        counts[form.kind] = counts.get(form.kind, 0) + 1
        codes.append(f"{_PREFIXES[PlaceKind(form.kind)]}-{counts[form.kind]:04}")
    taken = set(session.scalars(select(Place.code).where(Place.code.in_(codes))))
    return [f"{code}-{uuid.uuid4().hex[:4]}" if code in taken else code for code in codes]


def _serve(session: Session, served: Sequence[tuple[Place, PlaceForm]]) -> None:
    rows = [
        {"district_id": place.district_id, "settlement": settlement, "place_id": place.id}
        for place, form in served
        for settlement in dict.fromkeys(fold(name) for name in form.settlements if fold(name))
    ]
    if not rows:
        return
    adding = insert_into(session, PlaceSettlement).on_conflict_do_nothing().returning(PlaceSettlement.settlement)
    added = session.scalars(adding, rows).all()
    if len(added) < len(rows):
        missed = sorted({str(row["settlement"]) for row in rows} - set(added))
        raise SettlementServedElsewhere(
            text(
                "Another point of the district serves %(settlements)s. Take it off there first.",
                settlements=", ".join(missed),
            )
        )
