"""The documents of distribution that move goods, as the ledger names them."""

from collections.abc import Mapping

from core.i18n import text
from core.web.links import DocumentKind, link_documents
from distribution.models import HandOver
from distribution.services.giving import DOCUMENT
from distribution.services.returns import RETURN
from distribution.views.blueprint import blueprint
from warehouses.queries.documents import words_by_id

DOCUMENTS: Mapping[str, DocumentKind] = {
    DOCUMENT: DocumentKind(
        text("Hand-over"), "distribution.show_hand_over", devices=words_by_id(HandOver.id, HandOver.device)
    ),
    RETURN: DocumentKind(text("Brought back"), "distribution.show_hand_over"),
}

link_documents(blueprint, DOCUMENTS)
