"""What a person may type about suppliers, orders, deliveries and transfers."""

from logistics.forms.deliveries import ArrivedLotForm, DeliveryForm
from logistics.forms.supply import (
    DayField,
    Optional,
    OrderForm,
    OrderLineForm,
    PacksField,
    SupplierForm,
)

__all__ = [
    "ArrivedLotForm",
    "DayField",
    "DeliveryForm",
    "Optional",
    "OrderForm",
    "OrderLineForm",
    "PacksField",
    "SupplierForm",
]
