"""Codes as scanners send them: read for the receiving page, and shown to whoever tests a scanner."""

from dataclasses import dataclass

from flask import jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from core.gs1 import CodeUnreadable, read_code
from core.i18n import Text, name_of, text
from core.web.bodies import read_body
from core.web.guards import guarded
from core.web.pages import page
from core.web.session import reading
from logistics.forms.scanner import ScannerForm
from logistics.permissions import LogisticsRight
from logistics.queries.scanned import list_items_by_id, list_scanned_goods
from logistics.values.receiving import ScannedGoods
from logistics.views.frame import blueprint


@dataclass(frozen=True, slots=True)
class ScanBody:
    """What a scanner sent."""

    text: str


@blueprint.post("/deliveries/read-scan")
@guarded(LogisticsRight.ACCEPT_DELIVERIES)
def read_scan() -> ResponseReturnValue:
    """Say what a scanned code means: several goods where only a person knows which, none where it cannot be read."""
    body = read_body(ScanBody)
    try:
        read = read_code(body.text)
    except CodeUnreadable as refusal:
        return jsonify(goods=[], remarks=[], fault=str(refusal))
    with reading() as session:
        goods = [_told(session, one) for one in list_scanned_goods(session, read.codes)]
    return jsonify(goods=goods, remarks=[str(remark) for remark in read.remarks], fault="")


@blueprint.route("/scanner", methods=["GET", "POST"])
@guarded(LogisticsRight.ACCEPT_DELIVERIES)
def scanner() -> ResponseReturnValue:
    """Show what a scanner really sends, and what would be read of it; nothing is kept."""
    form, read = ScannerForm(), None
    if form.validate_on_submit() and form.code.data:
        try:
            read = read_code(form.code.data)
        except CodeUnreadable as refusal:
            form.code.errors = [str(refusal)]
    return page(form=form, read=read, sent=_visible(form.code.data or ""), layouts=_LAYOUTS)


_LAYOUTS: dict[str, Text] = {"kk": text("Kazakh"), "ru": text("Russian")}


def _told(session: Session, goods: ScannedGoods) -> dict[str, object]:
    item = list_items_by_id(session, [goods.item_id]).get(goods.item_id) if goods.item_id is not None else None
    return {
        "item": goods.item_id,
        "code": item.code if item else "",
        "name": name_of(item) if item else "",
        "gtin": goods.gtin,
        "lot": goods.lot_code,
        "expires_on": goods.expires_on.isoformat() if goods.expires_on else "",
        "packs": goods.packs,
        "sscc": goods.sscc,
    }


def _visible(sent: str) -> str:
    """Return what was sent with signs that no screen shows as their names."""
    return "".join(sign if sign.isprintable() else f"<{ord(sign):02X}>" for sign in sent)
