"""Public pages of receipts, without signing in: anybody may check one. They say what, when and where, never who."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from core.web.attempts import Limit, caller
from core.web.guards import public
from core.web.pages import page
from core.web.session import reading
from distribution.rules.receipts import LONGEST
from distribution.services.receipts import check_receipt as check

blueprint = Blueprint("open_receipts", __name__, url_prefix="/r")

_TYPED = Limit("check of a receipt", "60 per 10 minutes")
"""A code holds 64 bits: at this pace a thousand addresses find one of a million receipts in a million years."""


@blueprint.get("")
@public
def check_receipt() -> ResponseReturnValue:
    """Ask for the code of a receipt, and say what it stands for."""
    code = request.args.get("code", "").strip()[:LONGEST]
    if code:
        _TYPED.count(caller())
    with reading() as session:
        checked = check(session, code) if code else None
    return page(code=code, checked=checked)


@blueprint.get("/<text>")
@public
def show_receipt(text: str) -> ResponseReturnValue:
    """Say what the square of a receipt stands for."""
    with reading() as session:
        checked = check(session, text[: LONGEST + 1])
    return page(checked=checked)
