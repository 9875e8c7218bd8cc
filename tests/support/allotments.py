"""Allotments as they stand after a draw, written row by row: for pages that need some."""

import itertools
from datetime import date

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import insert
from sqlalchemy.orm import Session

from catalog.services.versions import fix_standards
from core.quarters import Quarter
from distribution.models import (
    Allotment,
    AssistanceCase,
    Cycle,
    Roster,
    RosterLine,
    RosterQuota,
    RosterSupply,
    Voucher,
    VoucherPrint,
)
from distribution.rules.tokens import SECRET_BYTES, Claims, signed_token
from tests.support.families import AT, a_family, a_ministry, a_point, kit_kind

LATER = Quarter(2031, 1)
_numbers = itertools.count(1)


def allotments_in(session: Session, district_ids: list[int], *, kit: str = "F13") -> list[Allotment]:
    """Return one granted allotment for a child of each district, of a roster of their own."""
    ministry, kind = a_ministry(session), kit_kind(session, kit)
    if session.get(Cycle, LATER) is None:
        session.add(Cycle(quarter=LATER, secret_sealed=b"", opened_at=AT))
        fix_standards(session, quarter=LATER, at=AT)
        session.flush()
    lines = len(district_ids)
    roster = Roster(
        quarter=LATER,
        number=next(_numbers),
        merkle_root="0" * 64,
        line_count=lines,
        child_count=lines,
        family_count=lines,
        frozen_by_id=ministry.id,
        frozen_at=AT,
        seed="04 17",
        seed_source="national lottery draw",
        root_published_at=AT,
        drawn_at=AT,
        allotted_by_id=ministry.id,
        allotted_at=AT,
    )
    session.add(roster)
    session.flush()
    session.add(RosterSupply(roster_id=roster.id, kit_kind_id=kind.id, need=lines, supply=lines))
    return [_granted(session, roster, kind.id, district_id) for district_id in district_ids]


def _granted(session: Session, roster: Roster, kind_id: int, district_id: int) -> Allotment:
    child = a_family(session, births=[date(2029, 6, 1)], district_id=district_id)[0]
    family_id = session.get_one(AssistanceCase, child.case_id).family_id
    whose = {
        "quarter": roster.quarter,
        "child_id": child.id,
        "kit_kind_id": kind_id,
        "roster_id": roster.id,
        "family_id": family_id,
        "district_id": district_id,
    }
    session.execute(insert(RosterLine), [{**whose, "pseudonym": f"{child.id:032x}", "priority": 0, "missed": 0}])
    quota = RosterQuota(roster_id=roster.id, kit_kind_id=kind_id, district_id=district_id, need=1, quota=1)
    one = Allotment(**whose, status="granted", draw="0" * 64, rank=1)
    session.add_all([quota, one])
    session.flush()
    return one


def vouchers_in(session: Session, district_ids: list[int]) -> list[Voucher]:
    """Return one voucher that counts for a family of each district."""
    rows = [
        Voucher(
            district_id=one.district_id,
            quarter=one.quarter,
            family_id=one.family_id,
            point_id=a_point(session, district_id=one.district_id).id,
            idx=one.id,
            rev=0,
            kit_bits=1,
            secret_hash=one.id.to_bytes(32),
            token=_token_of(one),
            expires_at=AT,
            issued_at=AT,
            revoked_reason="",
            suspended_reason="",
        )
        for one in allotments_in(session, district_ids)
    ]
    session.add_all(rows)
    session.flush()
    return rows


def _token_of(one: Allotment) -> str:
    """Return a token that reads well; its key stands nowhere."""
    claims = Claims(int(AT.timestamp()), one.id.to_bytes(SECRET_BYTES), one.quarter.ordinal, 1, 1, one.id, 0)
    return signed_token(claims, key_id=b"\x01", key=Ed25519PrivateKey.generate())


def prints_in(session: Session, district_ids: list[int]) -> list[VoucherPrint]:
    """Return one print run of each district, without a file."""
    rows = [
        VoucherPrint(
            quarter=one.quarter,
            district_id=one.district_id,
            point_id=one.point_id,
            layout="six",
            voucher_count=1,
            printed_at=AT,
            printed_by_id=a_ministry(session).id,
        )
        for one in vouchers_in(session, district_ids)
    ]
    session.add_all(rows)
    session.flush()
    return rows
