"""What a person may type about suppliers, orders, deliveries and transfers."""

from logistics.forms.deliveries import ArrivedLotForm, DeliveryForm
from logistics.forms.supply import (
    OrderForm,
    OrderLineForm,
    SupplierForm,
)

__all__ = [
    "ArrivedLotForm",
    "DeliveryForm",
    "OrderForm",
    "OrderLineForm",
    "SupplierForm",
]
