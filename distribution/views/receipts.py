"""The receipt of a hand-over: made once, shown big for the family's phone, printed on A6."""

import uuid

from flask.typing import ResponseReturnValue

from core.clock import now
from core.i18n import text
from core.qr import encode_address
from core.web.forms import ActForm
from core.web.guards import current_actor, guarded
from core.web.pages import page, redirect_to
from core.web.papers import public_address, send_paper
from core.web.session import field_keys, reading, transaction
from distribution.documents.receipts import write_receipt
from distribution.errors import HandOverUnknown
from distribution.permissions import DistributionRight
from distribution.queries.hand_overs import get_hand_over
from distribution.queries.receipts import ShownReceipt, find_receipt_of
from distribution.services.receipts import code_of_receipt, issue_receipt
from distribution.views.blueprint import blueprint

LARGEST_SQUARE = 14
_PAGE, _CHECK = "open_receipts.show_receipt", "open_receipts.check_receipt"


@blueprint.post("/hand-overs/<uuid:hand_over_id>/make-receipt")
@guarded(DistributionRight.HAND_OVER, DistributionRight.CORRECT_HAND_OVERS)
def make_receipt(hand_over_id: uuid.UUID) -> ResponseReturnValue:
    """Make the receipt of a hand-over, once."""
    ActForm().validate_on_submit()
    with transaction() as session:
        issue_receipt(session, hand_over_id, actor=current_actor(), at=now(), keys=field_keys())
    return redirect_to("distribution.show_receipt", hand_over_id=hand_over_id)


@blueprint.get("/hand-overs/<uuid:hand_over_id>/receipt")
@guarded(DistributionRight.READ_HAND_OVERS)
def show_receipt(hand_over_id: uuid.UUID) -> ResponseReturnValue:
    """Show the receipt for the family's phone to read."""
    receipt, code = _receipt(hand_over_id)
    address = public_address(_PAGE, text=receipt.token)
    square = encode_address(address, largest=LARGEST_SQUARE)
    return page(receipt=receipt, code=code, square=square, check=public_address(_CHECK))


@blueprint.get("/hand-overs/<uuid:hand_over_id>/receipt.pdf")
@guarded(DistributionRight.READ_HAND_OVERS)
def print_receipt(hand_over_id: uuid.UUID) -> ResponseReturnValue:
    """Send the receipt as a sheet of A6."""
    receipt, code = _receipt(hand_over_id)
    address, short = public_address(_PAGE, text=receipt.token), public_address(_CHECK).partition("://")[2]
    return send_paper(
        lambda file: write_receipt(file, receipt, code=code, address=address, short_address=short),
        name=f"receipt-{code}",
    )


def _receipt(hand_over_id: uuid.UUID) -> tuple[ShownReceipt, str]:
    with reading() as session:
        get_hand_over(session, hand_over_id, current_actor())
        receipt = find_receipt_of(session, hand_over_id)
        if receipt is None:
            raise HandOverUnknown(text("No receipt was made of this hand-over yet."))
        return receipt, code_of_receipt(session, receipt.token)
