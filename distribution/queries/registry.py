"""Reads of registry imports. A batch is seen by whoever staged it, and by those who reach all its districts."""

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import ColumnElement, Row, Select, exists, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from accounts.models import User
from core.actors import Reach
from core.i18n import text
from distribution.errors import BatchUnknown
from distribution.models import RegistryBatch, RegistryBatchDistrict, RegistryRemark
from territory.queries import district_condition

_AT_ONCE = 5000
Staged = aliased(User, name="staged_by")
Confirmed = aliased(User, name="confirmed_by")
BatchRow = Row[RegistryBatch, str, str]


def batch_condition(reach: Reach, actor_id: int) -> ColumnElement[bool]:
    """Return the condition that a batch may be seen."""
    if reach.everywhere:
        return true()
    districts = select(RegistryBatchDistrict.batch_id).where(RegistryBatchDistrict.batch_id == RegistryBatch.id)
    outside = districts.where(~district_condition(reach, RegistryBatchDistrict.district_id))
    return or_(RegistryBatch.staged_by_id == actor_id, exists(districts) & ~exists(outside))


def select_batches(reach: Reach, actor_id: int) -> Select[RegistryBatch, str, str]:
    """Return the statement of batches with the names of who staged and who confirmed each."""
    return (
        select(RegistryBatch, Staged.name.label("staged_by"), Confirmed.name.label("confirmed_by"))
        .join(Staged, Staged.id == RegistryBatch.staged_by_id)
        .outerjoin(Confirmed, Confirmed.id == RegistryBatch.confirmed_by_id)
        .where(batch_condition(reach, actor_id))
    )


def count_batches_by_status(session: Session, reach: Reach, actor_id: int) -> Mapping[str, int]:
    """Return how many batches there are of each status."""
    statement = select(RegistryBatch.status, func.count()).where(batch_condition(reach, actor_id))
    return {status: number for status, number in session.execute(statement.group_by(RegistryBatch.status))}  # noqa: C416 - rows are no pairs to mypy


def get_batch(session: Session, batch_id: int, *, reach: Reach, actor_id: int) -> RegistryBatch:
    """Return a batch.

    Raises:
        BatchUnknown: there is none within the reach.
    """
    found = session.scalar(select(RegistryBatch).where(RegistryBatch.id == batch_id, batch_condition(reach, actor_id)))
    if found is None:
        raise BatchUnknown(text("There is no such import here."))
    return found


def get_batch_row(session: Session, batch_id: int, *, reach: Reach, actor_id: int) -> BatchRow:
    """Return a batch with the names of its people.

    Raises:
        BatchUnknown: there is none within the reach.
    """
    found = session.execute(select_batches(reach, actor_id).where(RegistryBatch.id == batch_id)).one_or_none()
    if found is None:
        raise BatchUnknown(text("There is no such import here."))
    return found


def count_remarks(session: Session, batch_id: int) -> Mapping[str, int]:
    """Return how often each remark was made about the rows of a batch, the most frequent first."""
    number = func.count()
    statement = select(RegistryRemark.reason, number).where(
        RegistryRemark.batch_id == batch_id, RegistryRemark.is_further.is_(False)
    )
    statement = statement.group_by(RegistryRemark.reason).order_by(number.desc(), RegistryRemark.reason)
    return {reason: times for reason, times in session.execute(statement)}  # noqa: C416 - rows are no pairs to mypy


def select_remarks(batch_id: int, reason: str | None = None) -> Select[int, str, bool]:
    """Return the statement of the remarks of a batch in the order of its rows: for each refused row its reason.

    What else is wrong with a refused row: `list_further`.
    """
    statement = select(RegistryRemark.row_number, RegistryRemark.reason, RegistryRemark.is_refusal).where(
        RegistryRemark.batch_id == batch_id, RegistryRemark.is_further.is_(False)
    )
    if reason:
        statement = statement.where(RegistryRemark.reason == reason)
    return statement.order_by(RegistryRemark.row_number, RegistryRemark.is_refusal.desc(), RegistryRemark.reason)


def list_remarks(session: Session, batch_id: int, reason: str | None = None) -> Iterator[Row[int, str, bool]]:
    """Yield all remarks of a batch as a stream."""
    yield from session.execute(select_remarks(batch_id, reason).execution_options(yield_per=_AT_ONCE))


def list_all_remarks(session: Session, batch_id: int) -> Iterator[Row[int, str, bool]]:
    """Yield all that was said of rows, further faults too, as a stream in the order of the rows."""
    statement = select(RegistryRemark.row_number, RegistryRemark.reason, RegistryRemark.is_refusal)
    statement = statement.where(RegistryRemark.batch_id == batch_id).order_by(
        RegistryRemark.row_number, RegistryRemark.is_refusal.desc(), RegistryRemark.is_further, RegistryRemark.reason
    )
    yield from session.execute(statement.execution_options(yield_per=_AT_ONCE))


def list_further(session: Session, batch_id: int, row_numbers: Sequence[int]) -> Mapping[int, Sequence[str]]:
    """Return what else is wrong with refused rows, by the number of the row."""
    statement = select(RegistryRemark.row_number, RegistryRemark.reason).where(
        RegistryRemark.batch_id == batch_id,
        RegistryRemark.is_further.is_(True),
        RegistryRemark.row_number.in_(row_numbers),
    )
    found: dict[int, list[str]] = {}
    for number, reason in session.execute(statement.order_by(RegistryRemark.row_number, RegistryRemark.reason)):
        found.setdefault(number, []).append(reason)
    return found


def list_batch_districts(session: Session, batch_id: int) -> Sequence[Row[int, int]]:
    """Return the districts of a batch with the number of their children in it."""
    statement = select(RegistryBatchDistrict.district_id, RegistryBatchDistrict.child_count)
    return session.execute(
        statement.where(RegistryBatchDistrict.batch_id == batch_id).order_by(RegistryBatchDistrict.district_id)
    ).all()
