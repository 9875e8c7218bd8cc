"""Families that still hold a voucher signed by a key that was withdrawn since: nothing is given against it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from distribution.models import SigningKey, Voucher
from distribution.rules.cose import EDDSA, ES256
from distribution.rules.tokens import beginning_of
from distribution.values.signing_keys import KeyAlgorithm, KeyPurpose

_NUMBERS = {KeyAlgorithm.EDDSA: EDDSA, KeyAlgorithm.ES256: ES256}


@dataclass(frozen=True, slots=True)
class HeldVoucher:
    """A voucher that counts no more because of its key."""

    id: int
    district_id: int
    family_id: int
    point_id: int
    idx: int
    rev: int


def is_replaceable(key: SigningKey, *, at: datetime) -> bool:
    """Say whether vouchers of a key are to be replaced: it signed vouchers, was withdrawn, and its time is not over."""
    return key.purpose == KeyPurpose.VOUCHER and key.withdrawn_at is not None and key.not_after > at


def count_held(session: Session, keys: Collection[SigningKey], *, at: datetime) -> Mapping[int, int]:
    """Return how many families still hold a voucher of each key whose vouchers are to be replaced, by the key's id."""
    counts = {}
    for key in keys:
        if is_replaceable(key, at=at):
            counts[key.id] = session.scalars(select(func.count()).where(_held(key))).one()
    return counts


def list_held(session: Session, key: SigningKey, *, most: int) -> Sequence[HeldVoucher]:
    """Return the next vouchers of a withdrawn key that were not replaced."""
    row = Voucher
    columns = (row.id, row.district_id, row.family_id, row.point_id, row.idx, row.rev)
    found = select(*columns).where(_held(key)).order_by(row.id).limit(most)
    return [HeldVoucher(*one) for one in session.execute(found)]


def _held(key: SigningKey) -> ColumnElement[bool]:
    """Return the condition that a voucher bears the key's id; what was issued since its withdrawal bears another's."""
    beginning = beginning_of(key.kid, _NUMBERS[KeyAlgorithm(key.algorithm)])
    return and_(
        Voucher.quarter == key.quarter,
        Voucher.revoked_at.is_(None),
        Voucher.issued_at <= key.withdrawn_at,
        Voucher.token.startswith(beginning, autoescape=True),
    )
