"""What a family may learn of its voucher by its code, without signing in: never a name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from distribution.models import Allotment, Child, Family, HandOver, HandOverLine, Voucher
from distribution.queries.voucher_pages import DueKind, list_due_kinds
from distribution.rules.parents import state_of
from distribution.values.vouchers import VoucherState
from warehouses.models import Place

_NOBODY = 0


@dataclass(frozen=True, slots=True)
class FamilyVoucher:
    """A voucher as its family sees it."""

    voucher: Voucher
    point: Place
    kinds: Sequence[DueKind]
    state: VoucherState
    collected_at: datetime | None
    """When something of it was handed over last."""
    language: str
    """In which the family is told, unless it chose another."""

    @property
    def may_be_shown(self) -> bool:
        """Say whether the square may be shown to be handed over against."""
        return self.state in (VoucherState.READY, VoucherState.PARTLY, VoucherState.EARLY)


def find_family_voucher(session: Session, secret_hash: bytes, *, year: int, on: date) -> FamilyVoucher | None:
    """Return the voucher of a secret when a child on it was born in the year, or None.

    A wrong code makes the same statements as a wrong year, so that neither the answer nor the work tells them apart.
    """
    voucher = session.scalar(select(Voucher).where(Voucher.secret_hash == secret_hash))
    family_id = _NOBODY if voucher is None else voucher.family_id
    quarter = select(Voucher.quarter).where(Voucher.secret_hash == secret_hash).scalar_subquery()
    born = session.scalar(
        select(func.count(Child.id))
        .join(Allotment, Allotment.child_id == Child.id)
        .where(
            Allotment.family_id == family_id,
            Allotment.quarter == quarter,
            Child.birth_on.between(date(year, 1, 1), date(year, 12, 31)),
        )
    )
    return _told(session, voucher, on) if voucher is not None and born else None


def find_phone_voucher(session: Session, secret_hash: bytes, *, on: date) -> FamilyVoucher | None:
    """Return the voucher of a secret, or None: whoever holds the whole code holds the voucher."""
    voucher = session.scalar(select(Voucher).where(Voucher.secret_hash == secret_hash))
    return None if voucher is None else _told(session, voucher, on)


def _told(session: Session, voucher: Voucher, on: date) -> FamilyVoucher:
    kinds = list_due_kinds(session, voucher)
    state = state_of(
        quarter=voucher.quarter,
        is_revoked=voucher.revoked_at is not None,
        is_suspended=voucher.suspended_at is not None,
        granted=sum(one.granted for one in kinds),
        given=sum(one.given for one in kinds),
        on=on,
    )
    point = session.get_one(Place, voucher.point_id)
    language = session.get_one(Family, voucher.family_id).language
    return FamilyVoucher(voucher, point, kinds, state, _collected_at(session, voucher), language)


def _collected_at(session: Session, voucher: Voucher) -> datetime | None:
    counting = and_(
        HandOverLine.allotment_id == Allotment.id,
        HandOverLine.district_id == Allotment.district_id,
        HandOverLine.reversed_at.is_(None),
    )
    return session.scalar(
        select(func.max(HandOver.received_at))
        .join(HandOverLine, HandOverLine.hand_over_id == HandOver.id)
        .join(Allotment, counting)
        .where(Allotment.family_id == voucher.family_id, Allotment.quarter == voucher.quarter)
    )
