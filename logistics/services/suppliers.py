"""Suppliers."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actors import Actor
from core.audit import record
from core.database import named
from core.dialects import insert_into
from core.i18n import text
from core.identifiers import is_company_prefix
from logistics.errors import BinMalformed, SupplierKnown
from logistics.errors.supply import PrefixMalformed, PrefixTaken
from logistics.models import Supplier
from logistics.queries.suppliers import find_supplier_with_prefix, get_supplier
from logistics.rules import is_bin
from warehouses.queries import thresholds_now
from warehouses.values import NameOf


def create_supplier(
    session: Session,
    *,
    bin_number: str,
    name_kk: str,
    name_ru: str,
    name_en: str,
    actor: Actor,
    at: datetime,
    gs1_prefix: str = "",
) -> Supplier:
    """Take a supplier into the list, known by its BIN; `gs1_prefix` is its company prefix (GS1), empty = not known.

    Raises:
        BinMalformed, SupplierKnown, PrefixMalformed, PrefixTaken: a number is wrong, or taken.
    """
    digits = bin_number.replace(" ", "")
    if not is_bin(digits):
        raise BinMalformed(text("This is not a BIN. Enter the 12 digits from the organisation's certificate."))
    prefix = _own_prefix(session, gs1_prefix)
    row = {"bin": digits, "gs1_prefix": prefix, **named(name_kk, name_ru, name_en)}
    adding = insert_into(session, Supplier).values(row).on_conflict_do_nothing(index_elements=["bin"])
    supplier_id = session.scalar(adding.returning(Supplier.id))
    if supplier_id is None:
        known = session.scalars(select(Supplier).where(Supplier.bin == digits)).one()
        raise SupplierKnown(text("%(name)s is in the list already under this BIN. Use that entry.", name=known.name_ru))
    record(
        session,
        actor_id=actor.id,
        action="logistics.create_supplier",
        subject="supplier",
        subject_id=str(supplier_id),
        at=at,
    )
    return session.get_one(Supplier, supplier_id)


def change_supplier(
    session: Session,
    supplier_id: int,
    *,
    name_kk: str,
    name_ru: str,
    name_en: str,
    gs1_prefix: str,
    actor: Actor,
    at: datetime,
) -> Supplier:
    """Change what a supplier is called, and its company prefix (GS1); cartons that were numbered keep their numbers.

    Raises:
        SupplierUnknown, PrefixMalformed, PrefixTaken.
    """
    supplier = get_supplier(session, supplier_id)
    supplier.gs1_prefix = _own_prefix(session, gs1_prefix, but=supplier_id)
    supplier.set_names(name_kk, name_ru, name_en)
    session.flush()
    record(
        session,
        actor_id=actor.id,
        action="logistics.change_supplier",
        subject="supplier",
        subject_id=str(supplier_id),
        at=at,
        detail={"name_ru": supplier.name_ru, "gs1_prefix": supplier.gs1_prefix},
    )
    return supplier


def _own_prefix(session: Session, written: str, *, but: int | None = None) -> str:
    """Return a company prefix, empty where none was written, under which nobody else numbers."""
    prefix = written.replace(" ", "")
    if not prefix:
        return ""
    if not is_company_prefix(prefix):
        raise PrefixMalformed(text("A company prefix has 4 to 12 digits. Enter it as GS1 gave it, or leave it empty."))
    own = thresholds_now(session).gs1_prefix
    if own and (own.startswith(prefix) or prefix.startswith(own)):
        raise PrefixTaken(
            text(
                "Numbers under this prefix belong to the state's warehouses, %(prefix)s. Enter it as GS1 gave it.",
                prefix=own,
            )
        )
    other = find_supplier_with_prefix(session, prefix, but=but)
    if other is not None:
        raise PrefixTaken(
            text(
                "Numbers under this prefix belong to %(name)s, %(prefix)s. Enter it as GS1 gave it.",
                name=NameOf.copied(other),
                prefix=other.gs1_prefix,
            )
        )
    return prefix
