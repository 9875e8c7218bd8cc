"""Writes of vouchers: issue for all families of a quarter at once, replace one."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from catalog.models import KitKind
from core.actors import Actor
from core.audit import record
from core.crypto import FieldKeys, secret_hash
from core.dialects import in_little_memory
from core.i18n import text
from core.quarters import Quarter
from distribution.errors import NotYourStep, VoucherReplaced
from distribution.models import Allotment, Voucher
from distribution.permissions import DistributionRight
from distribution.queries.vouchers import get_voucher
from distribution.queries.withdrawn_keys import HeldVoucher
from distribution.rules.tokens import SECRET_BYTES, Claims
from distribution.rules.vouchers import expiry_of, shuffled_indices
from distribution.services.signing_keys import Signer, open_signer
from distribution.services.voucher_points import list_entitled
from distribution.values import AllotmentStatus
from distribution.values.vouchers import Revoked

_BATCH = 5_000
"""Vouchers in one INSERT: memory stays flat, however many families there are."""


@dataclass(frozen=True, slots=True)
class _Draft:
    """What a voucher is made from."""

    district_id: int
    family_id: int
    point_id: int
    kit_bits: int
    idx: int
    rev: int


def issue_vouchers(session: Session, *, quarter: Quarter, actor: Actor, at: datetime, keys: FieldKeys) -> int:
    """Issue a voucher to every family with granted allotments of approved rosters and no live one; return how many.

    Only families of districts within what the actor may print get theirs. Allotments of a supplementary roster come
    onto the voucher that a family has: what is due is what allotments say.

    Raises:
        NotYourStep: the actor may not print vouchers anywhere.
        PointMissing: a district with families who are due sets has no open distribution point.
    """
    if not actor.may(DistributionRight.PRINT_VOUCHERS):
        raise NotYourStep(
            text(
                "%(login)s may not issue vouchers. It takes a role of a district, a region or the ministry.",
                login=actor.login,
            )
        )
    families = list_entitled(session, quarter, actor.reach(DistributionRight.PRINT_VOUCHERS))
    if not families:
        return 0
    signer = open_signer(session, quarter=quarter, at=at, actor_id=actor.id, keys=keys)
    first = session.scalar(select(func.coalesce(func.max(Voucher.idx) + 1, 0)).where(Voucher.quarter == quarter)) or 0
    indices = shuffled_indices(first, len(families))
    drafts = (
        _Draft(family.district_id, family.family_id, family.point_id, family.kit_bits, idx, 0)
        for family, idx in zip(families, indices, strict=True)
    )
    with in_little_memory(session):
        while batch := list(islice(drafts, _BATCH)):
            session.execute(insert(Voucher), list(_rows(batch, quarter=quarter, at=at, signer=signer)))
    record(
        session,
        actor_id=actor.id,
        action="vouchers.issued",
        subject="cycle",
        subject_id=str(quarter),
        at=at,
        detail={"vouchers": len(families)},
    )
    return len(families)


def reissue_voucher(
    session: Session,
    voucher: Voucher,
    *,
    at: datetime,
    actor_id: int,
    keys: FieldKeys,
    why: Revoked = Revoked.OTHER,
    point_id: int | None = None,
) -> Voucher:
    """Replace a voucher by its next revision with a new secret, perhaps for another point.

    The earlier print counts no more from this moment, and keeps why.

    Raises:
        VoucherReplaced: it was replaced before; two people at once make one replacement.
    """
    revoking = update(Voucher).where(Voucher.id == voucher.id, Voucher.revoked_at.is_(None))
    revoked = revoking.values(revoked_at=at, revoked_reason=why).returning(Voucher.id)
    if session.execute(revoked).scalar() is None:
        raise VoucherReplaced(text("This voucher was replaced before. Open the family's newest one."))
    signer = open_signer(session, quarter=voucher.quarter, at=at, actor_id=actor_id, keys=keys)
    family = voucher.family_id
    bits = _kit_bits_of(session, voucher.quarter, [family]).get(family, 0)
    point = point_id or voucher.point_id
    draft = _Draft(voucher.district_id, family, point, bits, voucher.idx, voucher.rev + 1)
    row = next(_rows([draft], quarter=voucher.quarter, at=at, signer=signer))
    new_id = session.execute(insert(Voucher).values(row).returning(Voucher.id)).scalar_one()
    record(
        session,
        actor_id=actor_id,
        action="voucher.reissued",
        subject="voucher",
        subject_id=str(new_id),
        at=at,
        district_id=voucher.district_id,
        detail={"quarter": str(voucher.quarter), "rev": draft.rev, "replaces": voucher.id, "why": why, "point": point},
    )
    return get_voucher(session, new_id)


def reissue_vouchers(
    session: Session,
    held: Sequence[HeldVoucher],
    *,
    quarter: Quarter,
    at: datetime,
    actor_id: int,
    keys: FieldKeys,
    why: Revoked,
) -> int:
    """Replace many vouchers of a quarter by their next revisions; one that was replaced meanwhile is left out.

    Returns how many were replaced.
    """
    revoking = update(Voucher).where(Voucher.id.in_([one.id for one in held]), Voucher.revoked_at.is_(None))
    revoked = revoking.values(revoked_at=at, revoked_reason=why).returning(Voucher.id)
    gone = set(session.scalars(revoked.execution_options(synchronize_session=False)))
    session.expire_all()
    left = [one for one in held if one.id in gone]
    if left:
        bits = _kit_bits_of(session, quarter, [one.family_id for one in left])
        drafts = [
            _Draft(one.district_id, one.family_id, one.point_id, bits.get(one.family_id, 0), one.idx, one.rev + 1)
            for one in left
        ]
        signer = open_signer(session, quarter=quarter, at=at, actor_id=actor_id, keys=keys)
        session.execute(insert(Voucher), list(_rows(drafts, quarter=quarter, at=at, signer=signer)))
    return len(left)


def _rows(drafts: Sequence[_Draft], *, quarter: Quarter, at: datetime, signer: Signer) -> Iterator[dict[str, object]]:
    """Yield the rows of new vouchers; each has a secret of its own, of which the row keeps the hash to find it by."""
    expires_at = expiry_of(quarter)
    expires = int(expires_at.timestamp())
    for draft in drafts:
        secret = secrets.token_bytes(SECRET_BYTES)
        claims = Claims(expires, secret, quarter.ordinal, draft.point_id, draft.kit_bits, draft.idx, draft.rev)
        yield {
            "district_id": draft.district_id,
            "quarter": quarter,
            "family_id": draft.family_id,
            "point_id": draft.point_id,
            "idx": draft.idx,
            "rev": draft.rev,
            "kit_bits": draft.kit_bits,
            "secret_hash": secret_hash(secret),
            "token": signer.sign(claims),
            "expires_at": expires_at,
            "issued_at": at,
        }


def _kit_bits_of(session: Session, quarter: Quarter, family_ids: Sequence[int]) -> Mapping[int, int]:
    granted = (
        select(Allotment.family_id, func.sum(KitKind.voucher_bit.distinct()))
        .join(KitKind, KitKind.id == Allotment.kit_kind_id)
        .where(
            Allotment.family_id.in_(family_ids),
            Allotment.quarter == quarter,
            Allotment.status == AllotmentStatus.GRANTED,
        )
        .group_by(Allotment.family_id)
    )
    return {family: int(bits) for family, bits in session.execute(granted)}
