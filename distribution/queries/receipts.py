"""Reads of receipts: for whoever made one, and for anybody who checks one."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from catalog.models import KitKind
from core.quarters import Quarter
from distribution.models import Allotment, HandOver, HandOverLine, Receipt
from distribution.queries.signing_keys import list_keys_of_purpose
from distribution.values.signing_keys import KeyPurpose
from warehouses.models import Place


@dataclass(frozen=True, slots=True)
class KitGiven:
    """So many sets of a kind that a hand-over gave, and how many of them count today."""

    kit: KitKind
    sets: int
    counting: int


@dataclass(frozen=True, slots=True)
class ShownReceipt:
    """A receipt as its page shows it. `changed_at`: when something of it was taken back or corrected last."""

    hand_over_id: uuid.UUID
    quarter: Quarter
    point: Place
    given_at: datetime
    issued_at: datetime
    token: str
    kits: Sequence[KitGiven]
    changed_at: datetime | None


def find_receipt(session: Session, secret_hash: bytes) -> ShownReceipt | None:
    """Return the receipt with this secret, or None."""
    return _shown(session, Receipt.secret_hash == secret_hash)


def find_receipt_of(session: Session, hand_over_id: uuid.UUID) -> ShownReceipt | None:
    """Return the receipt of a hand-over that the caller may read, or None while there is none."""
    return _shown(session, Receipt.hand_over_id == hand_over_id)


def list_kits_given(session: Session, hand_over_id: uuid.UUID) -> Sequence[KitGiven]:
    """Return what a hand-over gave, by kind: sets that were ever given by it, and those that count."""
    line = HandOverLine
    counting = line.allotment_id.distinct()
    rows = session.execute(
        select(KitKind, func.count(counting), func.count(counting).filter(line.reversed_at.is_(None)))
        .join(Allotment, Allotment.kit_kind_id == KitKind.id)
        .join(line, line.allotment_id == Allotment.id)
        .where(line.hand_over_id == hand_over_id)
        .group_by(KitKind.id)
        .order_by(KitKind.code)
    )
    return [KitGiven(kit, sets, counts) for kit, sets, counts in rows]


def list_receipt_keys(session: Session, kid: bytes) -> Sequence[bytes]:
    """Return the public keys of receipts under a key id that were not withdrawn."""
    found = list_keys_of_purpose(session, kid, KeyPurpose.RECEIPT)
    return [key.public_key for key in found if key.withdrawn_at is None]


def list_kits_of_bits(session: Session, bits: Collection[int]) -> Mapping[int, KitKind]:
    """Return kinds of sets by the bit that stands for them in vouchers and receipts."""
    return {kit.voucher_bit: kit for kit in session.scalars(select(KitKind).where(KitKind.voucher_bit.in_(bits)))}


def _shown(session: Session, whose: ColumnElement[bool]) -> ShownReceipt | None:
    changed = select(func.max(HandOverLine.reversed_at)).where(HandOverLine.hand_over_id == HandOver.id)
    row = session.execute(
        select(Receipt, HandOver, Place, changed.scalar_subquery())
        .join(HandOver, HandOver.id == Receipt.hand_over_id)
        .join(Place, Place.id == HandOver.point_id)
        .where(whose)
    ).one_or_none()
    if row is None:
        return None
    receipt, given, point, changed_at = row
    kits = list_kits_given(session, given.id)
    return ShownReceipt(
        given.id, given.quarter, point, given.received_at, receipt.issued_at, receipt.token, kits, changed_at
    )
