"""Writes of regions and districts: loaded from the facts that this package carries."""

from pathlib import Path

from sqlalchemy.orm import Session

from core.database import named
from core.dialects import insert_into
from core.reference import read_facts
from territory.models import District, Region

_FACTS = Path(__file__).resolve().parent / "data"


def load_territory(session: Session) -> None:
    """Bring the regions and districts into the database; those already there stay as they are.

    Source: KATO classifier as in OCHA COD-AB-KAZ 2018 (CC BY 4.0), coordinates GeoNames (CC BY 4.0).
    """
    regions = [
        {"id": int(row["kato"]), "code": row["code"], **_place(row)} for row in read_facts(_FACTS / "regions.csv")
    ]
    districts = [
        {"id": int(row["kato"]), "kato": row["kato"], "region_id": int(row["region_kato"]), **_place(row)}
        for row in read_facts(_FACTS / "districts.csv")
    ]
    session.execute(insert_into(session, Region).on_conflict_do_nothing(), regions)
    session.execute(insert_into(session, District).on_conflict_do_nothing(), districts)


def _place(row: dict[str, str]) -> dict[str, object]:
    return {
        **named(row["name_kk"], row["name_ru"], row["name_en"]),
        "centre_kk": row["centre_kk"],
        "centre_ru": row["centre_ru"],
        "centre_en": row["centre_en"],
        "latitude": float(row["latitude"]),
        "longitude": float(row["longitude"]),
    }
