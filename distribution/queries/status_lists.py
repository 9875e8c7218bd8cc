"""What the status list tells: the state of every voucher of a quarter, by its index."""

from collections.abc import Iterator

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from core.quarters import Quarter
from distribution.models import Allotment, HandOverLine, Voucher
from distribution.rules.status_lists import VoucherState
from distribution.values import AllotmentStatus


def stream_voucher_states(session: Session, quarter: Quarter) -> Iterator[tuple[int, VoucherState]]:
    """Yield the index and the state of each voucher of a quarter, in its newest revision.

    Handed over is a voucher whose granted sets were all given; one without granted sets is valid, and nothing is due.
    """
    newest = (
        select(Voucher.idx, func.max(Voucher.rev).label("rev"))
        .where(Voucher.quarter == quarter)
        .group_by(Voucher.idx)
        .subquery("newest")
    )
    given = and_(
        HandOverLine.allotment_id == Allotment.id,
        HandOverLine.district_id == Allotment.district_id,
        HandOverLine.reversed_at.is_(None),
    )
    settled = (
        select(Allotment.family_id)
        .outerjoin(HandOverLine, given)
        .where(Allotment.quarter == quarter, Allotment.status == AllotmentStatus.GRANTED)
        .group_by(Allotment.family_id)
        .having(func.count(HandOverLine.allotment_id) == func.count())
        .subquery("settled")
    )
    state = case(
        (Voucher.revoked_at.is_not(None), VoucherState.REVOKED.value),
        (settled.c.family_id.is_not(None), VoucherState.HANDED_OVER.value),
        (Voucher.suspended_at.is_not(None), VoucherState.SUSPENDED.value),
        else_=VoucherState.VALID.value,
    )
    rows = session.execute(
        select(Voucher.idx, state)
        .join(newest, and_(newest.c.idx == Voucher.idx, newest.c.rev == Voucher.rev))
        .outerjoin(settled, settled.c.family_id == Voucher.family_id)
        .where(Voucher.quarter == quarter)
        .execution_options(yield_per=10_000)
    )
    for idx, value in rows:
        yield idx, VoucherState(value)
