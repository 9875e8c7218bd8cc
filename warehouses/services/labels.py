"""Labels: laid out, written as PDF, and noted, so that a second print is known as one."""

import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import IO

from sqlalchemy import insert
from sqlalchemy.orm import Session

from core.actors import Actor
from core.audit import record
from core.i18n import format_day, use_language
from warehouses.documents.label_layouts import LabelLayout, LabelParts, lay_out
from warehouses.documents.label_pictures import write_picture
from warehouses.documents.labels import write_labels
from warehouses.documents.symbols import carton_bars, square_symbol
from warehouses.models import Carton, LabelPrint, Lot
from warehouses.permissions import WarehouseRight
from warehouses.queries import get_lot, thresholds_now
from warehouses.queries.labels import count_label_prints, list_cartons_beside, list_gtins
from warehouses.rules.labels import carton_code, lot_code, refuse_prefix, refuse_wish, sscc
from warehouses.services.cartons import make_cartons
from warehouses.values.labels import TEMPLATES, CodeKind, LabelKind, LabelTemplate, LabelWish, LabelWords


def print_lot_labels(
    session: Session, file: IO[bytes], lot: Lot, wish: LabelWish, *, base_url: str, actor: Actor, at: datetime
) -> int:
    """Write the labels of a lot, note the print, and return how many prints of this lot there are with it.

    `base_url` is the public address of this installation, which resolves the GS1 Digital Links.

    Raises:
        LabelMalformed, LabelDoesNotFit, LotUnknown: the lot is out of reach.
    """
    refuse_wish(LabelKind.LOT, wish)
    get_lot(session, lot.id, actor.reach(WarehouseRight.PRINT_LABELS))
    template = TEMPLATES[LabelKind.LOT][wish.template]
    layout = _lot_layout(session, lot, wish, template, base_url=base_url)
    write_labels(file, template, [layout] * wish.copies, skip=wish.skip, title=_title(lot))
    return _note(session, LabelKind.LOT, lot, wish, actor=actor, at=at)


def print_carton_labels(
    session: Session, file: IO[bytes], lot: Lot, wish: LabelWish, *, actor: Actor, at: datetime
) -> int:
    """Number as many new cartons of a lot as copies are wished, and write their labels; return the number of prints.

    `wish.prefix` is that of one of `warehouses.queries.number_owners`: nobody else's numbers are given out.

    Raises:
        LabelMalformed, LabelDoesNotFit, LotUnknown, NoCompanyPrefix, SeriesUsedUp.
    """
    refuse_wish(LabelKind.CARTON, wish)
    get_lot(session, lot.id, actor.reach(WarehouseRight.PRINT_LABELS))
    numbers = make_cartons(
        session, lot, prefix=_prefix(session, wish), count=wish.copies, packs=wish.packs or 1,
        actor_id=actor.id, at=at,
    )  # fmt: skip
    _write_cartons(session, file, lot, wish, numbers=numbers)
    return _note(session, LabelKind.CARTON, lot, wish, actor=actor, at=at)


def reprint_carton_labels(
    session: Session, file: IO[bytes], lot: Lot, wish: LabelWish, *, number: str, actor: Actor, at: datetime
) -> Sequence[Carton]:
    """Write again the labels of the cartons that were made together with one: the same numbers, noted as a reprint.

    Raises:
        LabelMalformed, LabelDoesNotFit, LotUnknown.
    """
    get_lot(session, lot.id, actor.reach(WarehouseRight.PRINT_LABELS))
    cartons = list_cartons_beside(session, lot, number)
    again = LabelWish(wish.template, wish.code_kind, len(cartons), wish.skip, cartons[0].packs, wish.gtin)
    refuse_wish(LabelKind.CARTON, again)
    _write_cartons(session, file, lot, again, numbers=[carton.sscc for carton in cartons])
    _note(session, LabelKind.CARTON, lot, again, actor=actor, at=at)
    return cartons


def preview_label(
    session: Session, file: IO[bytes], lot: Lot, wish: LabelWish, *, kind: LabelKind, base_url: str
) -> None:
    """Write one label as a picture; a carton in it has a number that was not given out.

    Raises:
        LabelMalformed, LabelDoesNotFit, NoCompanyPrefix.
    """
    refuse_wish(kind, wish)
    template = TEMPLATES[kind][wish.template]
    if kind is LabelKind.LOT:
        layout = _lot_layout(session, lot, wish, template, base_url=base_url)
    else:
        prefix = _prefix(session, wish)
        refuse_prefix(prefix)
        layout = next(_carton_layouts(session, lot, wish, template, numbers=[sscc(prefix, 0)]))
    write_picture(file, template, layout)


def _prefix(session: Session, wish: LabelWish) -> str:
    """Return the company prefix that was chosen, else the state's."""
    return wish.prefix or thresholds_now(session).gs1_prefix


def _lot_layout(session: Session, lot: Lot, wish: LabelWish, template: LabelTemplate, *, base_url: str) -> LabelLayout:
    code = lot_code(
        CodeKind(wish.code_kind), base_url.rstrip("/"), gtin=_gtin(session, lot, wish), lot=lot.code, lot_id=lot.id,
        expires_on=lot.expires_on,
    )  # fmt: skip
    return lay_out(template, LabelParts(_words(lot, wish.packs), code, square_symbol(wish.code_kind, code)))


def _write_cartons(session: Session, file: IO[bytes], lot: Lot, wish: LabelWish, *, numbers: Sequence[str]) -> None:
    template = TEMPLATES[LabelKind.CARTON][wish.template]
    layouts = _carton_layouts(session, lot, wish, template, numbers=numbers)
    write_labels(file, template, layouts, skip=wish.skip, title=_title(lot))


def _carton_layouts(
    session: Session, lot: Lot, wish: LabelWish, template: LabelTemplate, *, numbers: Sequence[str]
) -> Iterator[LabelLayout]:
    gtin, words = _gtin(session, lot, wish), _words(lot, wish.packs)
    for number in numbers:
        code = carton_code(number, gtin=gtin, lot=lot.code, expires_on=lot.expires_on, packs=wish.packs or 1)
        symbol = square_symbol(wish.code_kind, code)
        yield lay_out(template, LabelParts(words, code, symbol, number, carton_bars(number)))


def _gtin(session: Session, lot: Lot, wish: LabelWish) -> str:
    """Return the trade number that was chosen, one of the item's own; else its first, or none."""
    gtins = list_gtins(session, lot.item_id)
    return wish.gtin if wish.gtin in gtins else next(iter(gtins), "")


def _words(lot: Lot, packs: int | None) -> LabelWords:
    with use_language("ru"):
        expires = format_day(lot.expires_on) if lot.expires_on is not None else ""
    return LabelWords(lot.item.name_kk, lot.item.name_ru, lot.code, expires, packs)


def _title(lot: Lot) -> str:
    return f"{lot.item.code} {lot.code}".strip()


def _note(session: Session, kind: LabelKind, lot: Lot, wish: LabelWish, *, actor: Actor, at: datetime) -> int:
    """Note a print and write it into the trail; return how many prints of the lot there are with it."""
    before = count_label_prints(session, lot.id, kind)
    row = {
        "id": uuid.uuid4(),
        "lot_id": lot.id,
        "kind": kind,
        "template": wish.template,
        "code_kind": wish.code_kind,
        "copies": wish.copies,
        "at": at,
        "actor_id": actor.id,
    }
    session.execute(insert(LabelPrint), [row])
    record(
        session,
        actor_id=actor.id,
        action="warehouses.reprint_labels" if before else "warehouses.print_labels",
        subject="lot",
        subject_id=str(lot.id),
        at=at,
        detail={"kind": kind, "copies": wish.copies, "template": wish.template, "prints_before": before},
    )
    return before + 1
