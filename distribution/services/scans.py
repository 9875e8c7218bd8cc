"""Scans: a text becomes a voucher or a refusal, and each leaves a row. A text is only ever a secret, never an id."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import chain, repeat

from sqlalchemy import insert
from sqlalchemy.orm import Session

from core.actors import Actor
from core.base32 import looks_like_code, read_code
from core.clock import today
from core.crypto import secret_hash
from core.i18n import current_language, format_day, format_instant, format_quarter, name_of, text
from core.quarters import Quarter
from distribution.errors import AlreadyHandedOver, ScanRefused
from distribution.models import ScanEntry
from distribution.permissions import DistributionRight
from distribution.queries.collectors import find_family_language
from distribution.queries.scans import (
    FirstGiven,
    GrantedSet,
    KitName,
    LotAtPoint,
    Scanned,
    find_by_secret,
    find_by_token,
    list_first_given,
)
from distribution.queries.signing_keys import list_token_keys
from distribution.rules.eligibility import full_months
from distribution.rules.tokens import (
    PREFIX,
    Envelope,
    TokenRefused,
    is_signed,
    opened_token,
    read_claims,
    verified_claims,
)
from distribution.rules.verdicts import JUST_GIVEN, LEASED, NOT_FOUND, NOT_LISTED, SUSPENDED, verdict_of
from distribution.rules.vouchers import masked_name, refusal_of_time
from distribution.values import ScanAnswer, ScanWay, Verdict
from warehouses.errors import PlaceUnknown
from warehouses.models import Place
from warehouses.queries import list_places

UNDO_WINDOW = timedelta(minutes=5)
"""How long an operator may take back what they gave (domain, §7)."""

_SLACK = 2
"""So many symbols too few or too many are a typing error; digits alone are some trade number."""


@dataclass(frozen=True, slots=True)
class SizeThere:
    """A size of a set that the point has, with its packs; without a name the set has no size."""

    item_id: int
    name: str
    packs: int


@dataclass(frozen=True, slots=True)
class DueKit:
    """So many sets of a kind that are due; `in_stock` says how many of them the point can give.

    A kind that comes in sizes is told child by child, since each may need another: `child` is then a masked name with
    the age in full years, and `size` the item that is given unless the operator chooses another of `sizes`.
    """

    kit: KitName
    allotment_ids: tuple[int, ...]
    in_stock: int
    child: str = ""
    years: int = 0
    size: int = 0
    sizes: tuple[SizeThere, ...] = ()
    lots: tuple[LotAtPoint, ...] = ()


@dataclass(frozen=True, slots=True)
class ScanResult:
    """What a scan came to. `given` names the hand-over that answers "already"."""

    verdict: Verdict
    due: Sequence[DueKit] = field(default=())
    given: FirstGiven | None = None
    voucher_id: int | None = None
    language: str = ""
    """That of the family, where it is known whose voucher it is."""


def check_scan(
    session: Session, *, scanned_text: str, way: ScanWay, point_id: int, operator: Actor, at: datetime
) -> ScanResult:
    """Say what a scanned text is and what is due on it at this point, and keep the scan: its hash, never its text.

    Raises:
        PlaceUnknown: the point is not one of the operator's.
    """
    require_point(operator, point_id)
    voucher_id: int | None = None
    try:
        scanned = read_scan(session, scanned_text, point_id=point_id, at=at)
        voucher_id = scanned.voucher_id
        result = _result(session, scanned, operator=operator, at=at)
    except ScanRefused as refusal:
        voucher_id = refusal.voucher_id or voucher_id
        result = ScanResult(refusal.verdict, language=find_family_language(session, voucher_id=voucher_id))
    session.execute(
        insert(ScanEntry).values(
            id=uuid.uuid4(),
            at=at,
            point_id=point_id,
            operator_id=operator.id,
            text_hash=secret_hash(scanned_text),
            way=way,
            verdict=result.verdict.answer,
            voucher_id=voucher_id,
        )
    )
    return result


def require_point(operator: Actor, point_id: int) -> None:
    """Make sure that the operator hands over at this point.

    Raises:
        PlaceUnknown: they do not.
    """
    if point_id not in operator.reach(DistributionRight.HAND_OVER).ids("place"):
        raise PlaceUnknown(text("There is no such place here."))


def read_scan(session: Session, scanned_text: str, *, point_id: int, at: datetime) -> Scanned:
    """Return the voucher that a scanned or typed text stands for, when it may be given against here and now.

    Raises:
        ScanRefused: its verdict says why not.
    """
    on = today(at)
    if scanned_text.startswith(PREFIX):
        scanned = _by_token(session, scanned_text, point_id=point_id, at=at)
    else:
        found = find_by_secret(session, secret_hash(_secret_typed(scanned_text)), point_id=point_id, on=on)
        if found is None:
            raise ScanRefused(verdict_of(NOT_FOUND))
        scanned = found
    _refuse_out_of_place(session, scanned, point_id=point_id, at=at)
    if not scanned.sets:
        raise ScanRefused(verdict_of(ScanAnswer.NOTHING_DUE), scanned.voucher_id)
    return scanned


def already_given(
    first: FirstGiven, *, operator: Actor, at: datetime, voucher_id: int | None = None
) -> AlreadyHandedOver:
    """Return the refusal that says when, where and on which device the sets were given."""
    just_now = first.operator_id == operator.id and at - first.received_at <= UNDO_WINDOW
    verdict = verdict_of(
        JUST_GIVEN if just_now else ScanAnswer.ALREADY_HANDED_OVER,
        at=format_instant(first.received_at),
        point=name_of(first.point),
        device=first.device or "–",
    )
    return AlreadyHandedOver(verdict, voucher_id)


def _secret_typed(typed: str) -> bytes:
    slack = 0 if typed.strip().isdigit() else _SLACK
    if not looks_like_code(typed, slack=slack):
        answer = ScanAnswer.UNREADABLE if not typed.strip() else ScanAnswer.UNKNOWN_FORMAT
        raise ScanRefused(verdict_of(answer))
    try:
        return read_code(typed)
    except ValueError:
        raise ScanRefused(verdict_of(ScanAnswer.UNREADABLE)) from None


def _by_token(session: Session, token: str, *, point_id: int, at: datetime) -> Scanned:
    """Return the voucher of a token, found by the whole text; its signature is verified before it counts."""
    try:
        return _verified(session, token, opened_token(token), point_id=point_id, at=at)
    except TokenRefused as refusal:
        raise ScanRefused(verdict_of(refusal.answer)) from None


def _verified(session: Session, token: str, envelope: Envelope, *, point_id: int, at: datetime) -> Scanned:
    scanned = find_by_token(session, token, key_id=envelope.key_id, point_id=point_id, at=at, on=today(at))
    if scanned is None:
        verified_claims(token, lambda kid: list_token_keys(session, kid))
        raise ScanRefused(verdict_of(NOT_LISTED))
    keys = [key for key in scanned.keys if envelope.fits(key)]
    if not keys:
        raise TokenRefused(ScanAnswer.UNKNOWN_KEY)
    if not any(is_signed(envelope, key) for key in keys):
        raise TokenRefused(ScanAnswer.BAD_SIGNATURE)
    read_claims(envelope)
    return scanned


def _refuse_out_of_place(session: Session, scanned: Scanned, *, point_id: int, at: datetime) -> None:
    """Refuse a voucher that was replaced, that does not count today, or that belongs to another point."""
    if scanned.revoked_at is not None:
        raise ScanRefused(verdict_of(ScanAnswer.REVOKED), scanned.voucher_id)
    if scanned.suspended_at is not None:
        raise ScanRefused(verdict_of(SUSPENDED), scanned.voucher_id)
    on = today(at)
    wrong_time = refusal_of_time(scanned.quarter, scanned.expires_at, at=at, on=on)
    if wrong_time is not None:
        day = scanned.quarter.first_day if wrong_time is ScanAnswer.NOT_YET_VALID else today(scanned.expires_at)
        facts = {
            "day": format_day(day),
            "quarter": format_quarter(scanned.quarter),
            "current": format_quarter(Quarter.of(on)),
        }
        raise ScanRefused(verdict_of(wrong_time, **facts), scanned.voucher_id)
    if scanned.home_point_id != point_id:
        home = list_places(session, [scanned.home_point_id])[scanned.home_point_id]
        verdict = verdict_of(ScanAnswer.OTHER_POINT, point=name_of(home), address=_address(home))
        raise ScanRefused(verdict, scanned.voucher_id)


def _result(session: Session, scanned: Scanned, *, operator: Actor, at: datetime) -> ScanResult:
    given = list_first_given(session, [one.allotment_id for one in scanned.sets], scanned.district_id)
    gone = {one.allotment_id for one in given}
    due = [one for one in scanned.sets if one.allotment_id not in gone]
    if not due:
        verdict = already_given(given[0], operator=operator, at=at).verdict
        return ScanResult(verdict, given=given[0], language=scanned.language)
    if scanned.leased_to:
        return ScanResult(verdict_of(LEASED, device=scanned.leased_to), language=scanned.language)
    verdict = verdict_of(ScanAnswer.OK, family=masked_name(scanned.family_name))
    kits = list(_by_kit(due, scanned, today(at)))
    return ScanResult(verdict, due=kits, voucher_id=scanned.voucher_id, language=scanned.language)


def _by_kit(due: Sequence[GrantedSet], scanned: Scanned, on: date) -> Iterator[DueKit]:
    by_kit: dict[str, list[GrantedSet]] = {}
    for one in due:
        by_kit.setdefault(one.kit.code, []).append(one)
    for _, sets in sorted(by_kit.items()):
        lots = scanned.lots.get(sets[0].item_id, [])
        if any(lot.size for lot in lots):
            yield from _by_child(sets, lots, on)
        else:
            ids = tuple(one.allotment_id for one in sets)
            yield DueKit(sets[0].kit, ids, sum(lot.on_hand for lot in lots), lots=tuple(lots))


def _by_child(sets: Sequence[GrantedSet], lots: Sequence[LotAtPoint], on: date) -> Iterator[DueKit]:
    """Yield the sets of a kind that comes in sizes; each child is first offered what expires first."""
    sizes = tuple(
        SizeThere(item_id, name, sum(lot.on_hand for lot in lots if lot.item_id == item_id))
        for _, name, item_id in sorted({(len(lot.size), lot.size, lot.item_id) for lot in lots})
    )
    offered = chain.from_iterable(repeat(lot.item_id, lot.on_hand) for lot in lots)
    for one in sets:
        size = next(offered, None)
        child, years = masked_name(one.child_name), full_months(one.birth_on, on) // 12
        there = int(size is not None)
        yield DueKit(one.kit, (one.allotment_id,), there, child, years, size or 0, sizes, tuple(lots))


def _address(place: Place) -> str:
    return {"kk": place.address_kk, "ru": place.address_ru, "en": place.address_en}[current_language()]
