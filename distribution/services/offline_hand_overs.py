"""Hand-overs that happened on a device: written as facts, many at once, by the ledger and the lines of every hand-over.

Nothing is refused that can be told at all: what the book or the rules do not bear becomes a fact with an incident.
The number of statements does not grow with the number of hand-overs.
"""

from collections.abc import Iterator, MutableSequence, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Table, insert, update
from sqlalchemy.orm import Session

from core.base32 import read_code
from core.clock import today
from core.crypto import secret_hash
from core.dialects import insert_new
from core.text import clean
from distribution.models import DeviceEvent, DoubleLine, HandOver, HandOverLine, Voucher
from distribution.queries.device_events import (
    PointLot,
    Surroundings,
    list_point_lots,
    list_vouchers_shown,
    look_around,
)
from distribution.queries.scans import GrantedSet, LotAtPoint
from distribution.rules.events import moment_within
from distribution.rules.tokens import PREFIX
from distribution.services.doubles import double_subject
from distribution.services.event_records import (
    CameIn,
    Judged,
    Outcome,
    Sender,
    found_clock,
    found_late,
    found_of,
    write_events,
)
from distribution.services.giving import DOCUMENT, LONGEST_NOTE, Pick, movement_key, pick_packs
from distribution.services.incidents import FoundIncident, open_incidents
from distribution.services.lacks import no_stock_subject, reopen_lack
from distribution.services.unexplained import pick_unexplained
from distribution.values.events import EventReason, EventResult, HandOverFact, IncidentKind
from warehouses.queries import get_outside_place
from warehouses.services import post_movements
from warehouses.values import NewMovement, PlaceKind

_LINES: Table = Table("hand_over_line", HandOverLine.metadata)
_HAND_OVERS: Table = Table("hand_over", HandOver.metadata)
_DOUBLES: Table = Table("double_line", DoubleLine.metadata)

_INCIDENTS = {
    EventReason.OUTSIDE: IncidentKind.OUTSIDE,
    EventReason.REPLACED: IncidentKind.REPLACED,
    EventReason.NOT_DUE: IncidentKind.NOT_DUE,
    EventReason.CHANGED: IncidentKind.CHANGED,
}


@dataclass(frozen=True, slots=True)
class _Shown:
    """A hand-over and the voucher that was shown."""

    came: CameIn
    fact: HandOverFact
    voucher: Voucher | None


@dataclass(slots=True)
class GivenOffline:
    """One hand-over on its way into the books: its voucher, its sets, the packs that it took, what is odd about it."""

    came: CameIn
    fact: HandOverFact
    operator_id: int
    moved_at: datetime
    voucher: Voucher | None
    is_known_operator: bool
    proxy_id: int | None = None
    sets: list[GrantedSet] = field(default_factory=list)
    picks: list[Pick] = field(default_factory=list)
    reasons: set[EventReason] = field(default_factory=set)
    expired_lots: set[int] = field(default_factory=set)
    came_at: dict[int, datetime] = field(default_factory=dict)
    is_written: bool = False
    """There is a hand-over with its id already, made at the point with a network."""

    @property
    def is_fact(self) -> bool:
        """Say whether it enters the books as a hand-over."""
        return self.voucher is not None and bool(self.sets) and EventReason.CHANGED not in self.reasons

    @property
    def outcome(self) -> Outcome:
        """Return what it is answered with: the gravest of its reasons."""
        gravest = next((reason for reason in EventReason if reason in self.reasons), EventReason.NONE)
        if not self.is_fact and gravest is not EventReason.CHANGED:
            unfit = EventReason.UNKNOWN_VOUCHER if self.voucher is None else EventReason.NOT_DUE
            return EventResult.REFUSED, unfit
        return (EventResult.CONFLICT if gravest else EventResult.ACCEPTED), gravest


def recognise(session: Session, came: Sequence[CameIn], sender: Sender) -> dict[UUID, GivenOffline]:
    """Return the hand-overs among events by id, with all that is known of them; few statements for any number."""
    facts = [one.fact for one in came if isinstance(one.fact, HandOverFact)]
    if not facts:
        return {}
    typed = {fact.voucher: _secret_of(fact.voucher) for fact in facts if not fact.voucher.startswith(PREFIX)}
    tokens = {fact.voucher for fact in facts if fact.voucher.startswith(PREFIX)}
    vouchers = list_vouchers_shown(session, tokens, {secret for secret in typed.values() if secret})
    around = look_around(session, facts, vouchers, point_id=sender.device.point_id)
    by_token, by_secret = {one.token: one for one in vouchers}, {one.secret_hash: one for one in vouchers}
    found: dict[UUID, GivenOffline] = {}
    for one in came:
        if isinstance(one.fact, HandOverFact):
            secret = typed.get(one.fact.voucher)
            voucher = by_secret.get(secret) if secret else by_token.get(one.fact.voucher)
            found[one.row_id] = _judged(_Shown(one, one.fact, voucher), around, sender)
    return found


def give_as_happened(session: Session, given: Sequence[GivenOffline], sender: Sender) -> None:
    """Write hand-overs of one device, quarter and operator into the books, in the order in which they are given.

    All of them stand when this returns; when it raises, nothing of it may be kept.
    """
    facts = [one for one in given if one.is_fact and not one.is_written]
    if facts:
        _pick(session, facts, sender)
    write_events(session, [_event(one) for one in given], sender)
    if facts:
        session.execute(insert(_HAND_OVERS), [_row(one, sender) for one in facts])
        _move(session, facts, sender)
        _write_lines(session, facts, sender)
    open_incidents(session, [found for one in given for found in _incidents(one, sender)], at=sender.at)
    if facts and not any(EventReason.NO_STOCK in one.reasons for one in facts):
        reopen_lack(session, sender.device.point_id, sender.district_id, at=sender.at)


def _secret_of(typed: str) -> bytes | None:
    try:
        return secret_hash(read_code(typed))
    except ValueError:
        return None


def _judged(shown: _Shown, around: Surroundings, sender: Sender) -> GivenOffline:
    """Return a hand-over with all that is odd about it but what the stock and the other hand-overs say."""
    came, fact, voucher = shown.came, shown.fact, shown.voucher
    lease = sender.leases.get(fact.lease_id)
    earliest = max(lease.opened_at if lease else sender.device.enrolled_at, fact.server_heard_at)
    moved_at = moment_within(fact.claimed_at, earliest=earliest, latest=sender.at)
    operator, is_known = sender.operator_of(fact, around.operators), fact.operator_id in around.operators
    one = GivenOffline(came, fact, operator, moved_at, voucher, is_known)
    if voucher is None:
        return one
    works = around.operators.get(fact.operator_id, False)
    if sender.is_late(fact.lease_id, is_closed=voucher.quarter in around.closed, works=works):
        one.reasons.add(EventReason.LATE)
    if sender.has_odd_clock(fact):
        one.reasons.add(EventReason.CLOCK)
    is_covered = lease is not None and (lease.id, voucher.quarter, voucher.idx) in around.covered
    if not is_covered or fact.point_id != sender.device.point_id:
        one.reasons.add(EventReason.OUTSIDE)
    if voucher.revoked_at is not None or voucher.suspended_at is not None:
        one.reasons.add(EventReason.REPLACED)
    named = [around.sets[number] for number in fact.sets if number in around.sets]
    own = [found for found in named if (found.family_id, found.quarter) == (voucher.family_id, voucher.quarter)]
    one.sets = [found.set for found in own]
    if len(own) < len(fact.sets) or not all(found.is_granted for found in own):
        one.reasons.add(EventReason.NOT_DUE)
    if fact.id in around.online:
        one.is_written = True
        if around.online[fact.id] != voucher.id:
            one.reasons.add(EventReason.CHANGED)
    one.proxy_id = fact.proxy_id if around.proxies.get(fact.proxy_id) == voucher.family_id else None
    return one


def _pick(session: Session, facts: Sequence[GivenOffline], sender: Sender) -> None:
    """Choose packs for the hand-overs one after the other: usable lots, then others that are there, then none."""
    point_id = sender.device.point_id
    quarter = next(one.voucher.quarter for one in facts if one.voucher is not None)
    lots = list_point_lots(session, point_id, quarter, {found.item_id for one in facts for found in one.sets})
    by_id = {lot.packs.lot_id: lot for lot in lots}
    by_day: dict[date, dict[int, MutableSequence[LotAtPoint]]] = {}
    for one in facts:
        on = today(one.moved_at)
        if on not in by_day:
            by_day[on] = _offered(lots, on)
        sizes = dict(zip(one.fact.sets, one.fact.sizes, strict=True))
        boxes = dict(zip(one.fact.sets, one.fact.lots, strict=True))
        one.picks = list(pick_packs(one.sets, by_day[on], place_id=point_id, sizes=sizes, lots=boxes))
        one.came_at = {pick.lot_id: by_id[pick.lot_id].came_at or one.moved_at for pick in one.picks}
        one.expired_lots = {pick.lot_id for pick in one.picks if not by_id[pick.lot_id].is_usable(on)}
        if one.expired_lots:
            one.reasons.add(EventReason.EXPIRED_LOT)
        picked = {pick.allotment_id for pick in one.picks}
        lacking = [wanted for wanted in one.sets if wanted.allotment_id not in picked]
        if lacking:
            one.reasons.add(EventReason.NO_STOCK)
            one.picks += pick_unexplained(session, lacking, point_id=point_id, sizes=sizes, lots=boxes, at=sender.at)


def _offered(lots: Sequence[PointLot], on: date) -> dict[int, MutableSequence[LotAtPoint]]:
    """Return what can have been given on a day by the item of the kit: what may be given, then what may not."""
    offered: dict[int, MutableSequence[LotAtPoint]] = {}
    for is_usable in (True, False):
        for lot in lots:
            if lot.is_usable(on) is is_usable:
                offered.setdefault(lot.counts_as, []).append(lot.packs)
    return offered


def _event(one: GivenOffline) -> Judged:
    return Judged(one.came, one.outcome, EventReason.LATE in one.reasons, one.is_known_operator)


def _row(one: GivenOffline, sender: Sender) -> dict[str, object]:
    fact, voucher = one.fact, one.voucher
    if voucher is None:
        raise ValueError("a hand-over without a voucher is no fact")
    return {
        "id": fact.id,
        "district_id": voucher.district_id,
        "quarter": voucher.quarter,
        "voucher_id": voucher.id,
        "family_id": voucher.family_id,
        "point_id": sender.device.point_id,
        "operator_id": one.operator_id,
        "device": sender.device.code,
        "claimed_at": fact.claimed_at,
        "received_at": sender.at,
        "collector": fact.collector.value,
        "collector_note": clean(fact.note)[:LONGEST_NOTE],
        "collector_document": fact.document.value,
        "collector_last4": fact.last4,
        "proxy_id": one.proxy_id,
        "event_id": fact.id,
        "device_id": sender.device.id,
        "lease_id": fact.lease_id if fact.lease_id in sender.leases else None,
        "override_by_id": None,
        "override_reason": "",
    }


def _move(session: Session, facts: Sequence[GivenOffline], sender: Sender) -> None:
    """Move the packs; nothing of a lot moves before it last came in, so that no earlier balance is lacking."""
    families = get_outside_place(session, PlaceKind.FAMILIES)
    movements = [
        NewMovement(
            key=movement_key(one.fact.id, pick.allotment_id),
            lot_id=pick.lot_id,
            from_place_id=pick.place_id,
            to_place_id=families.id,
            quantity=1,
            moved_at=max(one.moved_at, one.came_at.get(pick.lot_id, one.moved_at)),
            document_kind=DOCUMENT,
            document_id=str(one.fact.id),
            reserved_quarter=one.voucher.quarter if pick.is_reserved and one.voucher else None,
        )
        for one in facts
        for pick in one.picks
    ]
    post_movements(session, movements, actor_id=facts[0].operator_id, at=sender.at, after_close=True, happened=True)


def _write_lines(session: Session, facts: Sequence[GivenOffline], sender: Sender) -> None:
    """Write the lines; what the unique index does not let through was given before, and is kept as a double."""
    rows = {line["movement_id"]: (line, one) for one in facts for line in _lines(one)}
    written = insert_new(session, _LINES, [line for line, _ in rows.values()], "movement_id")
    doubled = [(line, one) for movement, (line, one) in rows.items() if movement not in written]
    if not doubled:
        return
    values = {"received_at": sender.at, "counts_since": None}
    session.execute(insert(_DOUBLES), [{**line, **values} for line, _ in doubled])
    for _, one in doubled:
        one.reasons.add(EventReason.DOUBLE)
    session.execute(
        update(DeviceEvent)
        .where(DeviceEvent.id.in_({one.fact.id for _, one in doubled}))
        .values(result=EventResult.CONFLICT, reason=EventReason.DOUBLE)
        .execution_options(synchronize_session=False)
    )


def _lines(one: GivenOffline) -> Iterator[dict[str, object]]:
    for pick in one.picks:
        yield {
            "movement_id": movement_key(one.fact.id, pick.allotment_id),
            "hand_over_id": one.fact.id,
            "district_id": one.voucher.district_id if one.voucher else 0,
            "allotment_id": pick.allotment_id,
            "lot_id": pick.lot_id,
            "reversed_at": None,
            "reversed_by_id": None,
            "reversal_reason": "",
        }


def _incidents(one: GivenOffline, sender: Sender) -> Iterator[FoundIncident]:
    """Yield what a person has to look at; the subjects do not depend on what came first."""
    came, event = one.came, one.came.row_id.hex
    if one.outcome[0] is EventResult.REFUSED:
        yield found_of(IncidentKind.REFUSED, f"refused:{event}", came, sender, reason=one.outcome[1].value)
        return
    for reason, kind in _INCIDENTS.items():
        if reason in one.reasons:
            yield found_of(kind, f"{kind.value}:{event}", came, sender)
    if EventReason.LATE in one.reasons:
        yield found_late(one.fact.lease_id, sender)
    if EventReason.CLOCK in one.reasons:
        yield found_clock(one.fact.lease_id, sender)
    point = sender.device.point_id
    if EventReason.NO_STOCK in one.reasons:
        yield FoundIncident(IncidentKind.NO_STOCK, no_stock_subject(point), sender.district_id, point_id=point)
    for lot in sorted(one.expired_lots):
        subject = f"expired_lot:{point}:{lot}"
        yield FoundIncident(IncidentKind.EXPIRED_LOT, subject, sender.district_id, point_id=point, lot_id=lot)
    if EventReason.DOUBLE in one.reasons and one.voucher:
        subject = double_subject(one.voucher.quarter, one.voucher.family_id)
        family = {"quarter": str(one.voucher.quarter), "family": one.voucher.family_id}
        yield FoundIncident(
            IncidentKind.DOUBLE, subject, one.voucher.district_id, point_id=point, hand_over_id=one.fact.id,
            facts=family,
        )  # fmt: skip
