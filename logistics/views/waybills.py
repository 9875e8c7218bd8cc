"""The waybill of a transfer."""

import io
import uuid

from flask import send_file
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from core.clock import today
from core.web.guards import current_actor, guarded
from core.web.session import reading, settings
from logistics.documents.waybills import WaybillFrame, write_waybill
from logistics.models import Transfer
from logistics.permissions import LogisticsRight
from logistics.queries import get_transfer
from logistics.queries.people import names_of_users
from logistics.queries.requests import find_request
from logistics.views.frame import blueprint
from warehouses.queries.paper_forms import form_name
from warehouses.values.paper_forms import PaperKind


@blueprint.get("/transfers/<uuid:key>/waybill.pdf")
@guarded(LogisticsRight.READ_TRANSFERS)
def print_waybill(key: uuid.UUID) -> ResponseReturnValue:
    """Write the waybill of a transfer, form З-2."""
    file = io.BytesIO()
    with reading() as session:
        transfer = get_transfer(session, key, current_actor().reach(LogisticsRight.READ_TRANSFERS))
        address = f"{settings().base_url.rstrip('/')}/logistics/transfers/{key}"
        form = form_name(session, PaperKind.WAYBILL)
        permitted_by, released_by = _names(session, transfer)
        frame = WaybillFrame(form, today(transfer.dispatched_at), address, permitted_by, released_by)
        write_waybill(file, transfer, frame)
    file.seek(0)
    return send_file(file, mimetype="application/pdf", download_name=f"{transfer.number}.pdf")


def _names(session: Session, transfer: Transfer) -> tuple[str, str]:
    """Return who approved the request of a transfer, empty where there was none, and who sent it."""
    asked = find_request(session, transfer.request_id) if transfer.request_id else None
    approver = asked.approved_by_id if asked else None
    names = names_of_users(session, (approver, transfer.dispatched_by_id))
    return names[approver] if approver else "", names[transfer.dispatched_by_id]
