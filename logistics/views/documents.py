"""The documents of logistics that move or hold goods, as the ledger names them."""

from collections.abc import Mapping

from core.i18n import text
from core.web.links import DocumentKind, link_documents
from logistics.models import Delivery, Transfer, TransferRequest
from logistics.queries.in_transit import goods_in_transit
from logistics.values import DELIVERY, TRANSFER
from logistics.values.transfers import REQUEST
from logistics.views.frame import blueprint
from warehouses.queries.documents import words_by_id

DOCUMENTS: Mapping[str, DocumentKind] = {
    DELIVERY: DocumentKind(text("Delivery"), "logistics.show_delivery", words_by_id(Delivery.id, Delivery.number)),
    TRANSFER: DocumentKind(text("Transfer"), "logistics.show_transfer", words_by_id(Transfer.id, Transfer.number)),
    REQUEST: DocumentKind(
        text("Request"), "logistics.show_request", words_by_id(TransferRequest.id, TransferRequest.number)
    ),
}

link_documents(blueprint, DOCUMENTS)
blueprint.record_once(lambda state: state.app.extensions.setdefault("goods_in_transit", []).append(goods_in_transit))
