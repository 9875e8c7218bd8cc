"""What is not as usual at the points of the demonstration: replaced and held vouchers, returns, overrides, a phone."""

import base64
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from core.actors import Actor
from core.crypto import FieldKeys
from core.quarters import Quarter
from distribution.models import HandOver, HandOverLine, Voucher
from distribution.permissions import DistributionRight
from distribution.queries.vouchers import printed_code
from distribution.services.devices import enrol_device, invite_device
from distribution.services.leases import LeaseShare, take_lease
from distribution.services.overriding import OverrideAsked, override_hand_over
from distribution.services.receipts import issue_receipt
from distribution.services.returns import return_sets
from distribution.services.voucher_states import suspend_voucher
from distribution.services.vouchers import reissue_voucher
from distribution.values import Collector, ReturnedPacks
from distribution.values.vouchers import Revoked
from territory.queries import district_condition
from warehouses.models import StockBalance

_TAKEN_ALONG = 5
"""Vouchers that the phone takes along: all others of its point can be tried with a network."""


def live_a_day(
    session: Session, *, quarter: Quarter, actors: Mapping[str, Actor], at: datetime, keys: FieldKeys
) -> None:
    """Let a region look after the families to whom something happened; where nothing fits, nothing happens."""
    supervisor = actors["region"]
    without_stock, others = _waiting(session, quarter, supervisor)
    if without_stock:
        _override(session, without_stock[0], actor=supervisor, at=at)
    waiting = [*without_stock[1:], *others]
    if waiting:
        suspend_voucher(session, waiting[0].id, reason="Ана телефон соқты: қағаз жоғалды", actor=supervisor, at=at)
    if len(waiting) > 1:
        reissue_voucher(session, waiting[1], at=at, actor_id=supervisor.id, keys=keys, why=Revoked.DAMAGED)
    given = _given(session, quarter, supervisor)
    if given:
        issue_receipt(session, given[0], actor=supervisor, at=at, keys=keys)
    if len(given) > 1:
        _bring_back(session, given[1], actor=supervisor, at=at)


def give_a_phone(session: Session, *, point_id: int, actors: Mapping[str, Actor], at: datetime) -> None:
    """Let an operator's phone become a device of a point and take a list along. Its key was never anybody's."""
    key = generate_private_key(SECP256R1()).public_key()
    public = (
        base64.urlsafe_b64encode(key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)).rstrip(b"=").decode()
    )
    operator = actors["operator"]
    _, code = invite_device(
        session, point_id=point_id, label="Терезе жанындағы телефон", actor=actors["manager"], at=at
    )
    device = enrol_device(session, code=code, key=public, app="demonstration", actor=operator, at=at)
    take_lease(session, device, share=LeaseShare(most=_TAKEN_ALONG), unsent=0, operator=operator, at=at)


def _waiting(session: Session, quarter: Quarter, supervisor: Actor) -> tuple[Sequence[Voucher], Sequence[Voucher]]:
    """Return vouchers on which nothing was given: those of points without any stock, and the others."""
    stocked = exists().where(StockBalance.place_id == Voucher.point_id, StockBalance.on_hand > 0)
    rows = session.execute(
        select(Voucher, stocked)
        .where(
            district_condition(supervisor.reach(DistributionRight.PRINT_VOUCHERS), Voucher.district_id),
            Voucher.quarter == quarter,
            Voucher.revoked_at.is_(None),
            ~exists().where(HandOver.voucher_id == Voucher.id),
        )
        .order_by(Voucher.idx)
    ).all()
    return [row for row, has_stock in rows if not has_stock], [row for row, has_stock in rows if has_stock]


def _given(session: Session, quarter: Quarter, supervisor: Actor) -> Sequence[uuid.UUID]:
    """Return hand-overs that stand, the first ones first."""
    found = (
        select(HandOver.id)
        .where(
            district_condition(supervisor.reach(DistributionRight.CORRECT_HAND_OVERS), HandOver.district_id),
            HandOver.quarter == quarter,
            HandOver.override_by_id.is_(None),
            exists().where(HandOverLine.hand_over_id == HandOver.id, HandOverLine.reversed_at.is_(None)),
        )
        .order_by(HandOver.received_at, HandOver.id)
        .limit(2)
    )
    return session.scalars(found).all()


def _override(session: Session, voucher: Voucher, *, actor: Actor, at: datetime) -> None:
    asked = OverrideAsked(
        uuid.uuid4(),
        printed_code(voucher),
        Collector.GUARDIAN,
        note="",
        reason="Жинақтар пунктте тұр, бірақ кітапқа әлі енгізілмеген",
    )
    override_hand_over(session, asked, actor=actor, at=at)


def _bring_back(session: Session, hand_over_id: uuid.UUID, *, actor: Actor, at: datetime) -> None:
    lines = select(HandOverLine.allotment_id).where(
        HandOverLine.hand_over_id == hand_over_id, HandOverLine.reversed_at.is_(None)
    )
    return_sets(
        session,
        hand_over_id,
        allotment_ids=session.scalars(lines.order_by(HandOverLine.allotment_id).limit(1)).all(),
        packs=ReturnedPacks.STOCK,
        reason="Отбасы артық жинақты қайтарды",
        actor=actor,
        at=at,
    )
