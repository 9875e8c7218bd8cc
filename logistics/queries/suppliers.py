"""Reads of suppliers."""

from collections.abc import Sequence

from sqlalchemy import Select, literal, or_, select
from sqlalchemy.orm import Session

from core.i18n import text
from logistics.errors import SupplierUnknown
from logistics.models import Supplier

SUPPLIER_SORTS = {
    "name": {"kk": Supplier.sort_kk, "ru": Supplier.sort_ru, "en": Supplier.sort_en},
    "bin": dict.fromkeys(("kk", "ru", "en"), Supplier.bin),
}
"""Orders of the list of suppliers, by language."""


def suppliers_statement(*, pattern: str | None = None) -> Select[Supplier]:
    """Return the statement of the list of suppliers."""
    statement = select(Supplier)
    if pattern is not None:
        found = or_(Supplier.search_text.like(pattern, escape="\\"), Supplier.bin.like(pattern, escape="\\"))
        statement = statement.where(found)
    return statement


def list_suppliers(session: Session) -> Sequence[Supplier]:
    """Return all suppliers in Kazakh order."""
    return session.scalars(select(Supplier).order_by(Supplier.sort_kk, Supplier.id)).all()


def get_supplier(session: Session, supplier_id: int) -> Supplier:
    """Return the supplier.

    Raises:
        SupplierUnknown: it does not exist.
    """
    found = session.get(Supplier, supplier_id)
    if found is None:
        raise SupplierUnknown(text("There is no such supplier."))
    return found


def get_supplier_by_bin(session: Session, bin_number: str) -> Supplier:
    """Return the supplier with a business identification number.

    Raises:
        SupplierUnknown: nobody has it.
    """
    found = session.scalar(select(Supplier).where(Supplier.bin == bin_number))
    if found is None:
        raise SupplierUnknown(text("There is no such supplier."))
    return found


def find_supplier_with_prefix(session: Session, prefix: str, *, but: int | None = None) -> Supplier | None:
    """Return another supplier whose company prefix begins with this one, or begins it: their numbers would meet."""
    meets = or_(Supplier.gs1_prefix.startswith(prefix), literal(prefix).startswith(Supplier.gs1_prefix))
    found = select(Supplier).where(Supplier.gs1_prefix != "", meets, Supplier.id != (but or 0))
    return session.scalars(found.order_by(Supplier.id).limit(1)).one_or_none()
