"""Reads of transfers, and how a reach turns into a condition over them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, func, or_, select, true
from sqlalchemy.orm import Session, aliased, selectinload

from core.actors import Reach
from core.i18n import text
from logistics.errors import TransferUnknown
from logistics.models import Transfer, TransferLine
from logistics.values import TransferStatus
from warehouses.models import Place
from warehouses.queries import at_place_condition

Source = aliased(Place, name="source")
Target = aliased(Place, name="target")

TransferSelect = Select[Transfer, Place, Place, int]
"""Transfer, source, target, packs."""

TRANSFER_SORTS: Mapping[str, Mapping[str, SQLColumnExpression[Any]]] = {
    "dispatched": dict.fromkeys(("kk", "ru", "en"), Transfer.dispatched_at),
    "number": dict.fromkeys(("kk", "ru", "en"), Transfer.number),
    "source": {"kk": Source.sort_kk, "ru": Source.sort_ru, "en": Source.sort_en},
    "target": {"kk": Target.sort_kk, "ru": Target.sort_ru, "en": Target.sort_en},
}
"""Orders of the list of transfers, by language."""


def transfer_condition(reach: Reach) -> ColumnElement[bool]:
    """Return the condition that a transfer leaves or enters a place within the reach."""
    if reach.everywhere:
        return true()
    ends = (Transfer.from_place_id, Transfer.to_place_id)
    return or_(*(at_place_condition(reach, end) for end in ends))


def get_transfer(session: Session, key: UUID, reach: Reach) -> Transfer:
    """Return the transfer with its lines.

    Raises:
        TransferUnknown: it does not exist within the reach.
    """
    found = session.scalar(
        select(Transfer)
        .where(Transfer.id == key, transfer_condition(reach))
        .options(selectinload(Transfer.lines))
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise TransferUnknown(text("There is no such transfer here."))
    return found


def list_known_transfers(session: Session, keys: Collection[UUID]) -> Mapping[UUID, Transfer]:
    """Return the transfers with these keys that exist, with their lines."""
    found = select(Transfer).where(Transfer.id.in_(keys)).options(selectinload(Transfer.lines))
    return {transfer.id: transfer for transfer in session.scalars(found)}


def list_transfer_lines(session: Session, keys: Collection[UUID]) -> Sequence[TransferLine]:
    """Return the lines of transfers, by transfer and position."""
    lines = select(TransferLine).where(TransferLine.transfer_id.in_(keys))
    return session.scalars(lines.order_by(TransferLine.transfer_id, TransferLine.position)).all()


def transfers_statement(
    reach: Reach, *, pattern: str | None = None, status: str | None = None, place_id: int | None = None
) -> TransferSelect:
    """Return the statement of the list of transfers within the reach."""
    sums = (
        select(TransferLine.transfer_id, func.sum(TransferLine.quantity).label("packs"))
        .group_by(TransferLine.transfer_id)
        .subquery("sums")
    )
    statement = (
        select(Transfer, Source, Target, sums.c.packs)
        .join(Source, Source.id == Transfer.from_place_id)
        .join(Target, Target.id == Transfer.to_place_id)
        .join(sums, sums.c.transfer_id == Transfer.id)
        .where(transfer_condition(reach))
    )
    if pattern is not None:
        names = (func.lower(Transfer.number), Source.search_text, Target.search_text)
        statement = statement.where(or_(*(name.like(pattern, escape="\\") for name in names)))
    if status is not None:
        statement = statement.where(Transfer.status == status)
    if place_id is not None:
        statement = statement.where(or_(Transfer.from_place_id == place_id, Transfer.to_place_id == place_id))
    return statement


def count_transfers_by_status(session: Session, statement: TransferSelect) -> Mapping[str, int]:
    """Return how many transfers of each status a statement finds."""
    counted = statement.with_only_columns(Transfer.status, func.count(), maintain_column_froms=True)
    counts = {row[0]: row[1] for row in session.execute(counted.group_by(Transfer.status))}
    return {status: counts.get(status, 0) for status in TransferStatus}
