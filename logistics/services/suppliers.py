"""Suppliers."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actors import Actor
from core.audit import record
from core.database import named
from core.dialects import insert_into
from core.i18n import text
from logistics.errors import BinMalformed, SupplierKnown
from logistics.models import Supplier
from logistics.rules import is_bin


def create_supplier(
    session: Session, *, bin_number: str, name_kk: str, name_ru: str, name_en: str, actor: Actor, at: datetime
) -> Supplier:
    """Take a supplier into the list, known by its BIN.

    Raises:
        BinMalformed, SupplierKnown: the number is wrong, or taken.
    """
    digits = bin_number.replace(" ", "")
    if not is_bin(digits):
        raise BinMalformed(text("This is not a BIN. Enter the 12 digits from the organisation's certificate."))
    row = {"bin": digits, **named(name_kk, name_ru, name_en)}
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
