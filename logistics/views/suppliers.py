"""Suppliers: the list, a new one, what changes of one."""

from flask.typing import ResponseReturnValue

from core.clock import now
from core.i18n import name_of, text
from core.web.guards import current_actor, guarded
from core.web.lists import in_language, ordered, read_list_query, slice_of
from core.web.pages import page, redirect_to, told
from core.web.session import reading, transaction
from logistics.forms import SupplierForm
from logistics.forms.supply import SupplierChangeForm
from logistics.models import Supplier
from logistics.permissions import LogisticsRight
from logistics.queries import SUPPLIER_SORTS, get_supplier, suppliers_statement
from logistics.services import create_supplier as add_supplier
from logistics.services.suppliers import change_supplier as keep_supplier
from logistics.views.frame import blueprint

_COLUMNS = ("bin", "prefix", "orders")


@blueprint.get("/suppliers")
@guarded(LogisticsRight.MANAGE_SUPPLIERS, LogisticsRight.DRAFT_ORDERS)
def list_suppliers() -> ResponseReturnValue:
    """List the suppliers."""
    sorts = in_language(SUPPLIER_SORTS)
    query = read_list_query(sorts=sorts, default="name", columns=_COLUMNS)
    found = suppliers_statement(pattern=query.pattern if query.q else None)
    with reading() as session:
        suppliers = slice_of(session, ordered(found, query, sorts, Supplier.id), query)
    return page(query=query, suppliers=suppliers, may_create=current_actor().may(LogisticsRight.MANAGE_SUPPLIERS))


@blueprint.route("/suppliers/create", methods=["GET", "POST"])
@guarded(LogisticsRight.MANAGE_SUPPLIERS)
def create_supplier() -> ResponseReturnValue:
    """Take a supplier into the list."""
    form = SupplierForm()
    created = form.accepts(lambda: _create(form))
    if created is None:
        return page(form=form)
    told(text("%(name)s is in the list.", name=name_of(created)))
    return redirect_to("logistics.list_suppliers")


@blueprint.route("/suppliers/<int:supplier_id>/change", methods=["GET", "POST"])
@guarded(LogisticsRight.MANAGE_SUPPLIERS)
def change_supplier(supplier_id: int) -> ResponseReturnValue:
    """Change what a supplier is called, and its company prefix."""
    with reading() as session:
        supplier = get_supplier(session, supplier_id)
    form = SupplierChangeForm(obj=supplier)
    if form.accepts(lambda: _change(form, supplier_id)) is None:
        return page(form=form, supplier=supplier)
    told(text("The changes are saved."))
    return redirect_to("logistics.list_suppliers")


def _change(form: SupplierChangeForm, supplier_id: int) -> Supplier:
    with transaction() as session:
        return keep_supplier(
            session,
            supplier_id,
            name_kk=form.name_kk.data or "",
            name_ru=form.name_ru.data or "",
            name_en=form.name_en.data or "",
            gs1_prefix=form.gs1_prefix.data or "",
            actor=current_actor(),
            at=now(),
        )


def _create(form: SupplierForm) -> Supplier:
    with transaction() as session:
        return add_supplier(
            session,
            bin_number=form.bin_number.data or "",
            name_kk=form.name_kk.data or "",
            name_ru=form.name_ru.data or "",
            name_en=form.name_en.data or "",
            gs1_prefix=form.gs1_prefix.data or "",
            actor=current_actor(),
            at=now(),
        )
