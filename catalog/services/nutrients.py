"""The nutrients and masses of packs that every catalogue starts with."""

from decimal import Decimal
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.models import Item, ItemNutrient
from catalog.values import Nutrient
from core.dialects import insert_into
from core.reference import read_facts

_FACTS = Path(__file__).resolve().parents[1] / "data"
_THOUSANDTHS = 1000


def load_nutrients(session: Session) -> None:
    """Bring nutrients per 100 g and the masses of packs to the items; one that somebody edited stays as it is.

    An empty cell is unknown and becomes no row: unknown is not zero. Masses of packs in ml follow from densities (milk
    1.03, sunflower oil 0.92 kg/l).

    Source: USDA SR26 (public domain), the row named with each item; hematogen from labels.
    """
    masses = {row["code"]: row["pack_grams"] for row in read_facts(_FACTS / "items.csv")}
    untouched = {item.code: item for item in session.scalars(select(Item).where(Item.revision == 1))}
    for code, grams in masses.items():
        if code in untouched and untouched[code].pack_grams is None and grams:
            untouched[code].pack_grams = int(grams)
    rows: list[dict[str, object]] = []
    for row in read_facts(_FACTS / "nutrients.csv"):
        item = untouched.get(row["item"])
        if item is not None and not item.nutrient_source:
            item.nutrient_source = row["source"]
            rows += [
                {"item_id": item.id, "nutrient": nutrient.value, "milli": int(Decimal(row[nutrient]) * _THOUSANDTHS)}
                for nutrient in Nutrient
                if row[nutrient]
            ]
    if rows:
        session.execute(insert_into(session, ItemNutrient).on_conflict_do_nothing(), rows)
    session.flush()
