"""Reads for labels: trade numbers, cartons, what was printed before."""

from collections.abc import Sequence

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from accounts.models import User
from catalog.models import ItemGtin
from catalog.queries.gtins import find_item_by_gtin
from core.actors import Reach
from core.i18n import text
from warehouses.errors import LotUnknown
from warehouses.models import Carton, LabelPrint, Lot
from warehouses.queries.lots import lot_condition
from warehouses.values.labels import LabelKind

PrintRow = Row[LabelPrint, str]
"""A print and who made it."""

CartonRow = Row[str, str, int, int, object, str]
"""The first and last number of cartons made at once, how many, packs in each, when, by whom."""


def list_gtins(session: Session, item_id: int) -> Sequence[str]:
    """Return the trade numbers of an item; those of a size that has none of its own are not its own."""
    return session.scalars(select(ItemGtin.gtin).where(ItemGtin.item_id == item_id).order_by(ItemGtin.gtin)).all()


def find_last_print(session: Session, actor_id: int, kind: LabelKind) -> LabelPrint | None:
    """Return what somebody printed last of a kind, so that the same template is offered again."""
    mine = select(LabelPrint).where(LabelPrint.actor_id == actor_id, LabelPrint.kind == kind)
    return session.scalars(mine.order_by(LabelPrint.at.desc()).limit(1)).one_or_none()


def list_label_prints(session: Session, lot_id: int, kind: LabelKind, *, most: int = 10) -> Sequence[PrintRow]:
    """Return the latest prints of labels of a lot, with the names of who made them."""
    prints = select(LabelPrint, User.name).join(User, User.id == LabelPrint.actor_id)
    wanted = prints.where(LabelPrint.lot_id == lot_id, LabelPrint.kind == kind)
    return session.execute(wanted.order_by(LabelPrint.at.desc()).limit(most)).all()


def count_label_prints(session: Session, lot_id: int, kind: LabelKind) -> int:
    """Return how often labels of a lot were printed."""
    prints = select(func.count()).where(LabelPrint.lot_id == lot_id, LabelPrint.kind == kind)
    return session.scalar(prints) or 0


def list_carton_runs(session: Session, lot_id: int, *, most: int = 20) -> Sequence[CartonRow]:
    """Return the cartons of a lot as they were made, each run as one row, the latest first."""
    runs = (
        select(func.min(Carton.sscc), func.max(Carton.sscc), func.count(), Carton.packs, Carton.made_at, User.name)
        .join(User, User.id == Carton.made_by_id)
        .where(Carton.lot_id == lot_id)
        .group_by(Carton.made_at, Carton.made_by_id, Carton.packs, User.name)
    )
    return session.execute(runs.order_by(Carton.made_at.desc()).limit(most)).all()


def list_cartons_beside(session: Session, lot: Lot, number: str) -> Sequence[Carton]:
    """Return the cartons of a lot that were made together with the one of this number, by number.

    Raises:
        LotUnknown: the lot has no such carton.
    """
    one = session.get(Carton, number)
    if one is None or one.lot_id != lot.id:
        raise LotUnknown(text("There is no such carton of this lot."))
    together = (Carton.lot_id == lot.id, Carton.made_at == one.made_at, Carton.made_by_id == one.made_by_id)
    return session.scalars(select(Carton).where(*together).order_by(Carton.sscc)).all()


def get_lot_of_gtin(session: Session, gtin: str, code: str, reach: Reach) -> Lot:
    """Return the lot with a code of the item that bears a trade number, in any length.

    Raises:
        LotUnknown: there is none within the reach.
    """
    item = find_item_by_gtin(session, gtin)
    wanted = select(Lot).where(Lot.item_id == (item.id if item else None), Lot.code == code, lot_condition(reach))
    found = session.scalar(wanted)
    if found is None:
        raise LotUnknown(text("There is no such lot here."))
    return found
