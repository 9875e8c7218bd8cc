"""Writes of places and stock."""

from sqlalchemy.orm import Session

from core.database import named
from core.dialects import insert_into
from warehouses.models import Place
from warehouses.values import PlaceKind

_UNIQUE_PLACES = {
    PlaceKind.IN_TRANSIT: ("Жолда", "В пути", "In transit"),
    PlaceKind.SUPPLIER: ("Жеткізуші", "Поставщик", "Supplier"),
    PlaceKind.FAMILIES: ("Отбасылар", "Семьи", "Families"),
    PlaceKind.LOSS: ("Есептен шығарылған", "Списано", "Loss"),
    PlaceKind.COUNT_DIFFERENCE: ("Түгендеу айырмасы", "Расхождение инвентаризации", "Count difference"),
    PlaceKind.OPENING: ("Бастапқы қалдық", "Начальный остаток", "Opening"),
    PlaceKind.TO_EXPLAIN: ("Түсіндіруді қажет етеді", "К объяснению", "To explain"),
}


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
