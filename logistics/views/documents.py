"""The documents of logistics that move or hold goods, as the ledger names them."""

from collections.abc import Mapping

from core.i18n import text
from core.web.links import DocumentKind, link_documents
from logistics.models import Delivery, Transfer
from logistics.values import DELIVERY, TRANSFER
from logistics.views.frame import blueprint
from warehouses.queries.documents import words_by_id

DOCUMENTS: Mapping[str, DocumentKind] = {
    DELIVERY: DocumentKind(text("Delivery"), "logistics.show_delivery", words_by_id(Delivery.id, Delivery.number)),
    TRANSFER: DocumentKind(text("Transfer"), "logistics.show_transfer", words_by_id(Transfer.id, Transfer.number)),
}

link_documents(blueprint, DOCUMENTS)
