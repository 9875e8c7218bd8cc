"""The facts that every catalogue starts with."""

from datetime import date
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.models import Item, KitKind, KitLine, KitVersion
from catalog.services.contents import seal_contents
from catalog.services.norms import load_norms
from catalog.services.nutrients import load_nutrients
from catalog.values import ItemKind, PackUnit, VersionStatus
from core.clock import start_of_day
from core.database import named
from core.dialects import insert_into
from core.quarters import Quarter
from core.reference import read_facts

_FACTS = Path(__file__).resolve().parents[1] / "data"
_FIRST_QUARTER = Quarter(2020, 1)
_LEGAL_BASIS = {
    "legal_document_kk": "Қазақстан Республикасы Үкіметінің қаулысы",
    "legal_document_ru": "Постановление Правительства Республики Казахстан",
    "legal_document_en": "Resolution of the Government of the Republic of Kazakhstan",
    "legal_number": "1032",
    "legal_on": date(2019, 12, 30),
}


def load_catalogue(session: Session) -> None:
    """Bring items, norms and version 1 of the three standards into the database; those already there stay as they are.

    Source: Government resolution No. 1032 of 30.12.2019, the food of toddlers as amended on 16.09.2020; the
    quantities of the other two are proposals.
    """
    components = [_component(row) for row in read_facts(_FACTS / "items.csv")]
    session.execute(insert_into(session, Item).on_conflict_do_nothing(index_elements=["code"]), components)
    load_nutrients(session)
    load_norms(session)
    for row in read_facts(_FACTS / "kits.csv"):
        if session.scalar(select(KitKind.id).where(KitKind.code == row["code"])) is None:
            _load_kit(session, row)
    seal_contents(session)


def _component(row: dict[str, str]) -> dict[str, object]:
    whole = ("pack_net", "pack_grams", "shelf_life_days", "storage_min_c", "storage_max_c", "reference_price_tiyn")
    plain = ("code", "kind", "pack_unit", "allergens", "may_contain", "hs_code", "note")
    return {
        **named(row["name_kk"], row["name_ru"], row["name_en"]),
        **{column: int(row[column]) if row[column] else None for column in whole},
        **{column: row[column] for column in plain},
    }


def _load_kit(session: Session, row: dict[str, str]) -> None:
    names = named(row["name_kk"], row["name_ru"], row["name_en"])
    item = Item(code=row["code"], kind=ItemKind.PACKED_KIT, pack_net=1, pack_unit=PackUnit.PIECE, **names)
    session.add(item)
    session.flush()
    kind = KitKind(
        code=row["code"],
        group=row["kit_group"],
        age_from_months=int(row["age_from_months"]),
        age_to_months=int(row["age_to_months"]),
        interval_quarters=int(row["interval_quarters"]),
        voucher_bit=int(row["voucher_bit"]),
        item_id=item.id,
        activated_at=start_of_day(_LEGAL_BASIS_DAY),
        **names,
    )
    session.add(kind)
    session.flush()
    version = KitVersion(
        kit_kind_id=kind.id, number=1, status=VersionStatus.DRAFT, effective_from=_FIRST_QUARTER, **_LEGAL_BASIS
    )
    session.add(version)
    session.flush()
    ids = dict(session.execute(select(Item.code, Item.id)).all())
    session.add_all(
        KitLine(
            version_id=version.id, position=int(line["position"]), item_id=ids[line["item"]], packs=int(line["packs"])
        )
        for line in read_facts(_FACTS / "kit_lines.csv")
        if line["kit"] == kind.code and line["version"] == "1"
    )
    session.flush()
    version.status, version.approved_at = VersionStatus.APPROVED, start_of_day(_LEGAL_BASIS_DAY)
    session.flush()


_LEGAL_BASIS_DAY = date(2019, 12, 30)
