"""Who may come for the sets of a voucher, and what its lots are called on their boxes: read beside a scan."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from distribution.models import Family, FamilyProxy, HandOver, Voucher
from warehouses.models import Lot


@dataclass(frozen=True, slots=True)
class MayCollect:
    """Somebody who may collect; `proxy_id` is 0 for the person who applied. The IIN is sealed."""

    proxy_id: int
    name: str
    iin_sealed: bytes


@dataclass(frozen=True, slots=True)
class Collecting:
    """The print's number of its voucher, and who may come with it: the person who applied, then proxies of that day."""

    rev: int
    people: Sequence[MayCollect]


@dataclass(frozen=True, slots=True)
class LotOnBox:
    """A lot as its box says it."""

    code: str
    expires_on: date | None


def find_family_language(
    session: Session, *, voucher_id: int | None = None, hand_over_id: uuid.UUID | None = None
) -> str:
    """Return the language of the family of a voucher or of a hand-over; empty where it is nobody's."""
    known = select(Family.language).join(Voucher, Voucher.family_id == Family.id)
    if hand_over_id is not None:
        by_act = known.join(HandOver, HandOver.voucher_id == Voucher.id).where(HandOver.id == hand_over_id)
        return session.scalar(by_act) or ""
    if voucher_id is None:
        return ""
    return session.scalar(known.where(Voucher.id == voucher_id)) or ""


def get_collecting(session: Session, voucher_id: int, *, on: date) -> Collecting:
    """Return who may collect against a voucher that was just scanned."""
    counts = and_(
        FamilyProxy.family_id == Family.id,
        FamilyProxy.valid_from <= on,
        FamilyProxy.valid_until >= on,
        FamilyProxy.withdrawn_at.is_(None),
    )
    rows = session.execute(
        select(
            Voucher.rev,
            Family.guardian_name,
            Family.guardian_iin_sealed,
            FamilyProxy.id,
            FamilyProxy.name,
            FamilyProxy.iin_sealed,
        )
        .join(Family, Family.id == Voucher.family_id)
        .outerjoin(FamilyProxy, counts)
        .where(Voucher.id == voucher_id)
        .order_by(FamilyProxy.id)
    ).all()
    rev, name, iin_sealed = rows[0][:3]
    proxies = [MayCollect(*row[3:]) for row in rows if row.id is not None]
    return Collecting(rev, [MayCollect(0, name, iin_sealed), *proxies])


def list_lots_on_boxes(session: Session, lot_ids: Sequence[int]) -> dict[int, LotOnBox]:
    """Return the codes and days of lots, by their id."""
    if not lot_ids:
        return {}
    rows = session.execute(select(Lot.id, Lot.code, Lot.expires_on).where(Lot.id.in_(lot_ids)))
    return {lot_id: LotOnBox(code, expires_on) for lot_id, code, expires_on in rows}
