"""Reads of transfers, and how a reach turns into a condition over them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, case, exists, func, or_, select, true
from sqlalchemy.orm import Session, aliased, selectinload

from core.actors import Reach
from core.i18n import text
from logistics.errors import TransferUnknown
from logistics.errors.transfers import DifferenceUnknown
from logistics.models import Transfer, TransferDifference, TransferLine
from logistics.values import TransferStatus
from logistics.values.transfers import TransferState
from warehouses.models import Place
from warehouses.queries import at_place_condition

Source = aliased(Place, name="source")
Target = aliased(Place, name="target")

TransferSelect = Select[Transfer, Place, Place, int, str]
"""Transfer, source, target, packs, state."""

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


def find_transfer(session: Session, key: UUID, *, locked: bool = False) -> Transfer | None:
    """Return the transfer with its lines read anew, `locked` until the transaction ends, or None."""
    found = select(Transfer).where(Transfer.id == key)
    if locked:
        found = found.with_for_update(of=Transfer)
    return session.scalar(found.options(selectinload(Transfer.lines)).execution_options(populate_existing=True))


def list_differences(session: Session, key: UUID) -> Sequence[TransferDifference]:
    """Return what differed on arrival of a transfer, settled or not, read anew, by line."""
    found = select(TransferDifference).where(TransferDifference.transfer_id == key)
    by_line = found.order_by(TransferDifference.position)
    return session.scalars(by_line.execution_options(populate_existing=True)).all()


def get_difference(session: Session, key: UUID, position: int) -> TransferDifference:
    """Return what differed on one line of a transfer that was found within reach.

    Raises:
        DifferenceUnknown: the line arrived as it was sent, or there is no such line.
    """
    found = session.get(TransferDifference, (key, position), populate_existing=True)
    if found is None:
        raise DifferenceUnknown(text("There is no such difference here."))
    return found


def state_column() -> ColumnElement[str]:
    """Return how a transfer stands, as an expression over `Transfer`; twin of `TransferState`."""
    is_open = exists().where(TransferDifference.transfer_id == Transfer.id, TransferDifference.settled_at.is_(None))
    return case(
        (Transfer.turned_back_at.is_not(None), TransferState.TURNED_BACK.value),
        (Transfer.status == TransferStatus.DISPATCHED, TransferState.DISPATCHED.value),
        (is_open, TransferState.TO_SETTLE.value),
        else_=TransferState.RECEIVED.value,
    )


def find_state(session: Session, key: UUID) -> str:
    """Return how a transfer stands that was found within reach: one of `TransferState`."""
    return session.scalars(select(state_column()).select_from(Transfer).where(Transfer.id == key)).one()


def list_known_transfers(session: Session, keys: Collection[UUID]) -> Mapping[UUID, Transfer]:
    """Return the transfers with these keys that exist, with their lines."""
    found = select(Transfer).where(Transfer.id.in_(keys)).options(selectinload(Transfer.lines))
    return {transfer.id: transfer for transfer in session.scalars(found)}


def list_transfer_lines(session: Session, keys: Collection[UUID]) -> Sequence[TransferLine]:
    """Return the lines of transfers, by transfer and position."""
    lines = select(TransferLine).where(TransferLine.transfer_id.in_(keys))
    return session.scalars(lines.order_by(TransferLine.transfer_id, TransferLine.position)).all()


def transfers_statement(
    reach: Reach, *, pattern: str | None = None, state: str | None = None, place_id: int | None = None
) -> TransferSelect:
    """Return the statement of the list of transfers within the reach; `state` is one of `TransferState`."""
    sums = (
        select(TransferLine.transfer_id, func.sum(TransferLine.quantity).label("packs"))
        .group_by(TransferLine.transfer_id)
        .subquery("sums")
    )
    statement = (
        select(Transfer, Source, Target, sums.c.packs, state_column().label("state"))
        .join(Source, Source.id == Transfer.from_place_id)
        .join(Target, Target.id == Transfer.to_place_id)
        .join(sums, sums.c.transfer_id == Transfer.id)
        .where(transfer_condition(reach))
    )
    if pattern is not None:
        names = (func.lower(Transfer.number), Source.search_text, Target.search_text)
        statement = statement.where(or_(*(name.like(pattern, escape="\\") for name in names)))
    if state is not None:
        statement = statement.where(state_column() == state)
    if place_id is not None:
        statement = statement.where(or_(Transfer.from_place_id == place_id, Transfer.to_place_id == place_id))
    return statement


def count_transfers_by_state(session: Session, statement: TransferSelect) -> Mapping[str, int]:
    """Return how many transfers of each state a statement finds."""
    rows = statement.order_by(None).subquery()
    counts = {row[0]: row[1] for row in session.execute(select(rows.c.state, func.count()).group_by(rows.c.state))}
    return {state: counts.get(state, 0) for state in TransferState}
