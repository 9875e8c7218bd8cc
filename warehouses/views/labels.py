"""Labels of lots and cartons: chosen, looked at, printed."""

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import IO

from flask import Response, current_app, request, send_file
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from core.actors import Actor
from core.clock import now
from core.errors import Conflict, Invalid
from core.i18n import Text, text
from core.web.exports import send_written
from core.web.guards import current_actor, guarded
from core.web.lists import UnknownListArgument
from core.web.pages import page
from core.web.session import reading, settings, transaction
from warehouses.forms.labels import CartonLabelsForm, CartonsAgainForm, LotLabelsForm
from warehouses.models import Lot
from warehouses.permissions import WarehouseRight
from warehouses.queries import get_lot
from warehouses.queries.labels import (
    count_label_prints,
    find_last_print,
    list_carton_runs,
    list_gtins,
    list_label_prints,
)
from warehouses.queries.number_owners import OwnersOfLot, list_number_owners
from warehouses.services.labels import (
    preview_label,
    print_carton_labels as write_carton_labels,
    print_lot_labels as write_lot_labels,
    reprint_carton_labels as write_again,
)
from warehouses.values.labels import TEMPLATES, CodeKind, LabelKind, LabelTemplate, LabelWish, NumberOwner
from warehouses.views.frame import blueprint

CODE_NAMES: Mapping[str, Text] = {CodeKind.QR: text("QR code"), CodeKind.DATA_MATRIX: text("Data Matrix")}


@dataclass(frozen=True, slots=True)
class Chosen:
    """The template, symbol, trade number and owner of numbers: as the address says, else as the person printed last."""

    kind: LabelKind
    template: LabelTemplate
    code_kind: str
    gtin: str
    owner: NumberOwner | None = None
    owners: Sequence[NumberOwner] = ()

    @property
    def arguments(self) -> dict[str, str]:
        """The same as arguments of an address."""
        named = {"gtin": self.gtin, "numbers": self.owner.key if self.owner else ""}
        return {"template": self.template.key, "code": self.code_kind} | {key: one for key, one in named.items() if one}

    @property
    def prefix(self) -> str:
        """The company prefix under which cartons are numbered, empty where nobody has one."""
        return self.owner.prefix if self.owner else ""


@blueprint.route("/labels/lots/<int:lot_id>", methods=["GET", "POST"])
@guarded(WarehouseRight.PRINT_LABELS)
def print_lot_labels(lot_id: int) -> ResponseReturnValue:
    """Show how a label of a lot would look, and print labels."""
    form, actor = LotLabelsForm(), current_actor()
    with reading() as session:
        lot = get_lot(session, lot_id, actor.reach(WarehouseRight.PRINT_LABELS))
        chosen = _chosen(session, actor, LabelKind.LOT, lot_id)
    sent = form.accepts(lambda: _send_lot_labels(lot_id, form, chosen))
    if sent is not None:
        return sent
    with reading() as session:
        return page(form=form, **_shown(session, lot, chosen))


@blueprint.route("/labels/cartons/<int:lot_id>", methods=["GET", "POST"])
@guarded(WarehouseRight.PRINT_LABELS)
def print_carton_labels(lot_id: int) -> ResponseReturnValue:
    """Show how a label of a carton would look, number cartons of a lot and print their labels."""
    form, actor = CartonLabelsForm(), current_actor()
    with reading() as session:
        lot = get_lot(session, lot_id, actor.reach(WarehouseRight.PRINT_LABELS))
        chosen = _chosen(session, actor, LabelKind.CARTON, lot_id)
    sent = form.accepts(lambda: _send_carton_labels(lot_id, form, chosen))
    if sent is not None:
        return sent
    with reading() as session:
        runs = list_carton_runs(session, lot.id)
        return page(form=form, runs=runs, again=CartonsAgainForm(formdata=None), **_shown(session, lot, chosen))


@blueprint.post("/labels/cartons/<int:lot_id>/again")
@guarded(WarehouseRight.PRINT_LABELS)
def reprint_carton_labels(lot_id: int) -> ResponseReturnValue:
    """Print the labels of cartons that were numbered before once more."""
    form, actor = CartonsAgainForm(), current_actor()
    form.validate()
    with reading() as session:
        get_lot(session, lot_id, actor.reach(WarehouseRight.PRINT_LABELS))
        chosen = _chosen(session, actor, LabelKind.CARTON, lot_id)
    wish = LabelWish(chosen.template.key, chosen.code_kind, 1, gtin=chosen.gtin)

    def write(session: Session, file: IO[bytes], lot: Lot) -> object:
        return write_again(session, file, lot, wish, number=form.number.data or "", actor=actor, at=now())

    return _send(lot_id, "cartons", write)


@blueprint.get("/labels/<any(lot, carton):kind>/<int:lot_id>/preview.png")
@guarded(WarehouseRight.PRINT_LABELS)
def preview_label_picture(kind: str, lot_id: int) -> ResponseReturnValue:
    """Show one label as a picture."""
    file, actor = io.BytesIO(), current_actor()
    with reading() as session:
        lot = get_lot(session, lot_id, actor.reach(WarehouseRight.PRINT_LABELS))
        chosen = _chosen(session, actor, LabelKind(kind), lot_id)
        packs = 24 if chosen.kind is LabelKind.CARTON else None
        wish = LabelWish(chosen.template.key, chosen.code_kind, 1, packs=packs, gtin=chosen.gtin, prefix=chosen.prefix)
        preview_label(session, file, lot, wish, kind=chosen.kind, base_url=settings().base_url)
    file.seek(0)
    return send_file(file, mimetype="image/png")


def _chosen(session: Session, actor: Actor, kind: LabelKind, lot_id: int) -> Chosen:
    """Return what the address chooses, else what the person printed last, else the first of each.

    Raises:
        UnknownListArgument: there is no such template or symbol, or the lot has no such owner of numbers.
    """
    last = find_last_print(session, actor.id, kind)
    templates = TEMPLATES[kind]
    usual = last.template if last is not None and last.template in templates else next(iter(templates))
    template = request.args.get("template") or usual
    code = request.args.get("code") or (last.code_kind if last is not None else CodeKind.QR.value)
    if kind is LabelKind.CARTON:
        code = CodeKind.DATA_MATRIX.value
    if template not in templates or code not in CODE_NAMES:
        raise UnknownListArgument(text("There is no such template of labels. Choose one that is offered."))
    gtin = request.args.get("gtin", "")[:14]
    owners = _owners(session, lot_id) if kind is LabelKind.CARTON else ()
    return Chosen(kind, templates[template], code, gtin, _owner(owners), owners)


def _owners(session: Session, lot_id: int) -> Sequence[NumberOwner]:
    """Return under whose company prefixes cartons of a lot may be numbered, as the packages above made known."""
    book: Sequence[OwnersOfLot] = current_app.extensions["number_owners"]
    return list_number_owners(session, lot_id, book)


def _owner(owners: Sequence[NumberOwner]) -> NumberOwner | None:
    """Return the owner of numbers that the address names, else the first."""
    asked = request.args.get("numbers")
    found = [one for one in owners if one.key == asked] if asked else owners[:1]
    if asked and not found:
        raise UnknownListArgument(text("Cartons of this lot are not numbered so. Choose what is offered."))
    return found[0] if found else None


def _shown(session: Session, lot: Lot, chosen: Chosen) -> dict[str, object]:
    """Return what the page shows beside its form."""
    gtins = list_gtins(session, lot.item_id)
    wish = LabelWish(chosen.template.key, chosen.code_kind, 1, packs=24, gtin=chosen.gtin, prefix=chosen.prefix)
    return {
        "lot": lot,
        "chosen": chosen,
        "templates": list(TEMPLATES[chosen.kind].values()),
        "code_names": CODE_NAMES,
        "template_names": {one.key: one.name for one in TEMPLATES[chosen.kind].values()},
        "gtins": gtins,
        "prints": list_label_prints(session, lot.id, chosen.kind),
        "printed": count_label_prints(session, lot.id, chosen.kind),
        "problem": _problem(session, lot, chosen, wish),
    }


def _problem(session: Session, lot: Lot, chosen: Chosen, wish: LabelWish) -> Text | None:
    """Return why there can be no such label, or None when there can."""
    try:
        preview_label(session, io.BytesIO(), lot, wish, kind=chosen.kind, base_url=settings().base_url)
    except (Conflict, Invalid) as refusal:
        return refusal.message
    return None


def _send_lot_labels(lot_id: int, form: LotLabelsForm, chosen: Chosen) -> Response:
    wish = form.wish(chosen.template.key, chosen.code_kind, chosen.gtin)
    base_url, actor = settings().base_url, current_actor()

    def write(session: Session, file: IO[bytes], lot: Lot) -> object:
        return write_lot_labels(session, file, lot, wish, base_url=base_url, actor=actor, at=now())

    return _send(lot_id, "labels", write)


def _send_carton_labels(lot_id: int, form: CartonLabelsForm, chosen: Chosen) -> Response:
    wish, actor = form.wish(chosen.template.key, chosen.code_kind, chosen.gtin, chosen.prefix), current_actor()

    def write(session: Session, file: IO[bytes], lot: Lot) -> object:
        return write_carton_labels(session, file, lot, wish, actor=actor, at=now())

    return _send(lot_id, "cartons", write)


def _send(lot_id: int, name: str, write: Callable[[Session, IO[bytes], Lot], object]) -> Response:
    """Write and note the labels in one transaction, and send them."""

    def written(file: IO[bytes]) -> None:
        with transaction() as session:
            write(session, file, get_lot(session, lot_id, current_actor().reach(WarehouseRight.PRINT_LABELS)))

    return send_written(written, mimetype="application/pdf", name=f"{name}-{lot_id}.pdf")
