"""Where each kind of scope is found, so that accounts can name what lives on floors above them."""

from core.scopes import ScopeBook, ScopeSource
from logistics.models import Supplier
from territory.models import District, Region
from warehouses.models import Place

SCOPES: ScopeBook = {
    "region": ScopeSource(Region, id=Region.id, code=Region.code),
    "district": ScopeSource(District, id=District.id, code=District.kato),
    "place": ScopeSource(Place, id=Place.id, code=Place.code, only=Place.is_inside & Place.is_open),
    "supplier": ScopeSource(Supplier, id=Supplier.id, code=Supplier.bin),
}
