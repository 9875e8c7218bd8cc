"""The documents of the warehouses that move or hold goods, and the links from the ledger to any document."""

from collections.abc import Callable, Iterable, Mapping

from sqlalchemy.orm import Session

from core.i18n import text
from core.web.links import DocumentKind, DocumentLink, document_links, link_documents
from warehouses.models import Assembly, Recall, StockCount, StockMovement, WriteOff
from warehouses.queries.documents import words_by_id
from warehouses.views.frame import blueprint

DOCUMENTS: Mapping[str, DocumentKind] = {
    "count": DocumentKind(text("Count"), "warehouses.show_count", words_by_id(StockCount.id, StockCount.number)),
    "write_off": DocumentKind(
        text("Write-off"), "warehouses.show_write_off", words_by_id(WriteOff.id, WriteOff.number)
    ),
    "assembly": DocumentKind(text("Assembly"), "warehouses.show_assembly", words_by_id(Assembly.id, Assembly.number)),
    "recall": DocumentKind(text("Recall"), "warehouses.show_recall", words_by_id(Recall.id, Recall.number)),
    "journal": DocumentKind(text("Journal brought in")),
    "opening": DocumentKind(text("Opening balance")),
}
"""By the `document_kind` of the movements; the address of each page has one argument, the id of the document."""

link_documents(blueprint, DOCUMENTS)

PaperOf = Callable[[StockMovement], DocumentLink]


def papers_of(session: Session, movements: Iterable[StockMovement]) -> PaperOf:
    """Return what gives the document of each of the movements, with its number, address and device."""
    links = document_links(session, [(one.document_kind, one.document_id) for one in movements])
    return lambda movement: links[(movement.document_kind, movement.document_id)]
