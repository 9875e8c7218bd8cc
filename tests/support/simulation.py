"""Phones, a flaky network, a virtual clock and the real services: one seed is one history (REL-12).

What a phone wrote down is true, whatever the network did to it. At the end everything is sent, and the books must say
what the phones and the desk say: nothing lost, nothing twice, stock as it left the point.
"""

import copy
import hashlib
import random
import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.actors import Actor
from core.crypto import FieldKeys
from core.errors import Problem
from distribution.models import (
    Device,
    DeviceEvent,
    DoubleLine,
    HandOver,
    HandOverLine,
    Incident,
    Lease,
    LeaseIndex,
    Voucher,
)
from distribution.services.device_batches import take_batch
from distribution.services.hand_overs import hand_over
from distribution.services.leases import LOST, LeaseShare, close_lease, give_lease_back, take_lease
from distribution.services.signing_keys import sealing_key
from distribution.values.events import Batch, SentEvent
from tests.support.devices import Phone, PhoneEvent, a_phone, b64
from tests.support.vouchers import NOON, Scene, a_scene, a_supervisor
from warehouses.models import StockMovement

PHONES, FAMILIES, STOCK = 3, 6, 9
"""More is due than there is: some packs are taken from what the book cannot explain."""

_DONE = {"accepted", "repeated", "conflict", "held"}


@dataclass(slots=True)
class Field:
    """What all histories begin with: a point with vouchers, its phones, whoever looks after them."""

    scene: Scene
    supervisor: Actor
    phones: list[Phone]
    sets: dict[int, list[int]]
    vouchers: dict[int, Voucher]


@dataclass(slots=True)
class Handset:
    """A phone with what it remembers beside its events: who got what, and what was not acknowledged."""

    phone: Phone
    covered: list[int] = field(default_factory=list)
    given: dict[int, PhoneEvent] = field(default_factory=dict)
    sets: dict[uuid.UUID, list[int]] = field(default_factory=dict)
    unsent: list[PhoneEvent] = field(default_factory=list)
    written: list[PhoneEvent] = field(default_factory=list)
    skew: timedelta = timedelta()
    is_gone: bool = False


def a_field(session: Session, keys: FieldKeys) -> Field:
    """Make a point with a few families and phones that were enrolled."""
    scene = a_scene(session, keys, families=FAMILIES, stock=STOCK)
    key = sealing_key(session, quarter=scene.voucher.quarter, at=NOON, actor_id=scene.operator.id, keys=keys)
    phones = [a_phone(session, scene.point, scene.operator, at=NOON) for _ in range(PHONES)]
    for phone in phones:
        phone.manifest = {
            "operator": {"id": scene.operator.id},
            "point": {"id": scene.point.id},
            "sealing": {"kid": key.kid.hex(), "key": b64(key.public_key)},
        }
    sets = {voucher.idx: scene.sets(session, voucher) for voucher in scene.vouchers}
    by_idx = {voucher.idx: voucher for voucher in scene.vouchers}
    supervisor = a_supervisor(session, scene.voucher.district_id)
    session.flush()
    return Field(scene, supervisor, phones, sets, by_idx)


class History:
    """One history. `told` says what happened, in words, for whoever must understand a seed that failed."""

    def __init__(self, session: Session, keys: FieldKeys, world: Field, seed: int) -> None:
        self.session, self.keys, self.world = session, keys, world
        self.chance = random.Random(seed)
        self.at = NOON
        self.handsets = [Handset(self._fresh(phone)) for phone in world.phones]
        self.mail: list[tuple[Handset, list[PhoneEvent]]] = []
        self.desk_hand_overs: dict[uuid.UUID, list[int]] = {}
        self.was_lost = False
        self.seen: Counter[str] = Counter()
        """How often the hard things happened, so that a history of nothing proves nothing."""
        self.told: list[str] = []

    def _fresh(self, phone: Phone) -> Phone:
        one = copy.copy(phone)
        one.events, one.manifest = [], dict(phone.manifest)
        return one

    def run(self, steps: int) -> None:
        """Let so many things happen, then let the network heal."""
        acts = (
            [self.give] * 7 + [self.undo] * 2 + [self.send] * 4 + [self.lease] * 3 + [self.arrive_late] * 2
            + [self.at_the_desk] * 2 + [self.give_back, self.lose, self.jump]
        )  # fmt: skip
        self.lease()
        self.lease()
        for _ in range(steps):
            self.at += timedelta(seconds=self.chance.randint(1, 900))
            self.chance.choice(acts)()
        self.heal()

    # -- what people do

    def lease(self) -> None:
        """Let a phone take vouchers along, or more of them."""
        one = self.chance.choice(self.handsets)
        if one.is_gone:
            return
        device = self.session.get_one(Device, one.phone.device_id)
        share = LeaseShare(most=self.chance.choice([0, 2, 3]))
        lease = take_lease(
            self.session, device, share=share, unsent=len(one.unsent), operator=self.world.scene.operator, at=self.at
        )
        one.phone.manifest["lease"] = {"id": str(lease.id)}
        covered = select(LeaseIndex.idx).where(LeaseIndex.lease_id == lease.id).order_by(LeaseIndex.idx)
        one.covered = list(self.session.scalars(covered))
        one.phone.heard_ms = self._ms(self.at)
        self._say(f"{one.phone.code} leases {one.covered}")

    def give(self) -> None:
        """Let an operator hand over on a phone: written down before anything else."""
        one = self.chance.choice(self.handsets)
        due = [idx for idx in one.covered if idx not in one.given]
        if not due:
            return
        idx = self.chance.choice(due)
        sets = self.world.sets[idx]
        some = sets if self.chance.random() < 0.8 else sets[: self.chance.randint(1, len(sets))]
        event = one.phone.hand_over(self.world.vouchers[idx].token, some, claimed=self._ms(self.at + one.skew))
        self._keep(one, event)
        one.given[idx], one.sets[event.id] = event, some
        self._say(f"{one.phone.code} gives {some} of {idx}")

    def undo(self) -> None:
        """Let an operator take back what the phone gave last."""
        one = self.chance.choice(self.handsets)
        if not one.given:
            return
        idx = self.chance.choice(sorted(one.given))
        self._keep(one, one.phone.undo(one.given.pop(idx), claimed=self._ms(self.at + one.skew)))
        self._say(f"{one.phone.code} undoes {idx}")

    def at_the_desk(self) -> None:
        """Let somebody hand over with a network; vouchers that a phone has are refused."""
        idx = self.chance.choice(sorted(self.world.vouchers))
        key = uuid.UUID(int=self.chance.getrandbits(128), version=4)
        asked = self.world.scene.asked(
            self.session, voucher=self.world.vouchers[idx], sets=self.world.sets[idx], key=key
        )
        covered = select(LeaseIndex.idx).where(LeaseIndex.idx == idx, LeaseIndex.released_at.is_(None))
        is_leased = self.session.scalar(covered) is not None
        try:
            with self.session.begin_nested():
                hand_over(self.session, asked, operator=self.world.scene.operator, at=self.at)
        except Problem as refusal:
            self._say(f"the desk is refused {idx}: {refusal.code}")
            return
        assert not is_leased, f"the desk gave {idx}, which a phone has"
        self.desk_hand_overs[key] = self.world.sets[idx]
        self._say(f"the desk gives {idx}")

    def give_back(self) -> None:
        """Let a phone that sent all give its list back."""
        one = self.chance.choice(self.handsets)
        if one.unsent or not one.covered or one.is_gone:
            return
        device = self.session.get_one(Device, one.phone.device_id)
        give_lease_back(self.session, device, unsent=0, actor=self.world.scene.operator, at=self.at)
        one.covered = []
        self._say(f"{one.phone.code} gives its list back")

    def lose(self) -> None:
        """Let a phone be called lost: its vouchers come free, and it may still turn up with what it did."""
        one = self.chance.choice(self.handsets)
        if one.is_gone or not one.covered or self.chance.random() < 0.3:
            return
        lease = self.session.get_one(Lease, one.phone.lease_id)
        if lease.closed_at is None:
            close_lease(self.session, lease, how=LOST, actor=self.world.supervisor, at=self.at)
        one.is_gone, self.was_lost = True, True
        self._say(f"{one.phone.code} is lost")

    def jump(self) -> None:
        """Let a phone's clock jump."""
        self.chance.choice(self.handsets).skew = timedelta(
            minutes=self.chance.choice([-600_000, -180, -10, 0, 10, 180])
        )

    # -- what the network does

    def send(self) -> None:
        """Let a phone send: the request or the answer may be lost, the batch cut, split or late."""
        one = self.chance.choice(self.handsets)
        if not one.unsent:
            return
        batch = one.unsent[: self.chance.randint(1, len(one.unsent))]
        fate = self.chance.choice(["well", "well", "asked in vain", "answer lost", "late", "cut", "shuffled"])
        self._say(f"{one.phone.code} sends {len(batch)}: {fate}")
        self.seen[fate] += 1
        if fate == "late":
            self.mail.append((one, batch))
        elif fate == "cut":
            self.deliver(one, batch[: len(batch) // 2], answered=False)
        elif fate == "shuffled":
            self.deliver(one, self.chance.sample(batch, len(batch)), answered=True)
        elif fate != "asked in vain":
            self.deliver(one, batch, answered=fate == "well")

    def arrive_late(self) -> None:
        """Let a batch come in that was on its way for long; nobody waits for its answer any more."""
        if self.mail:
            self.deliver(*self.mail.pop(self.chance.randrange(len(self.mail))), answered=False)

    def deliver(self, one: Handset, events: list[PhoneEvent], *, answered: bool) -> None:
        """Let the server take a batch in; the phone forgets only what was answered for itself."""
        if not events:
            return
        sent = tuple(SentEvent(event.id, event.seq, event.sealed) for event in events)
        batch = Batch(one.phone.device_id, sent, len(one.unsent), "simulation", self.at + one.skew)
        answer = take_batch(self.session, batch, keys=self.keys, at=self.at)
        assert [told.id for told in answer.answers] == [event.id for event in events]
        self.seen.update(f"{told.result} {told.reason}".strip() for told in answer.answers)
        if answered:
            done = {(told.id, told.hash) for told in answer.answers if told.result in _DONE}
            one.unsent = [event for event in one.unsent if (event.id, _digest(event)) not in done]

    def heal(self) -> None:
        """Let everything come in that is still on its way or on a phone, in any order, and then once more."""
        for one in self.chance.sample(self.handsets, len(self.handsets)):
            while one.unsent:
                before = len(one.unsent)
                part = self.chance.sample(one.unsent, self.chance.randint(1, len(one.unsent)))
                self.deliver(one, part, answered=True)
                assert len(one.unsent) < before, "the server acknowledges nothing"
        while self.mail:
            self.arrive_late()

    # -- what must hold

    def check(self) -> None:
        """Compare the books with what happened."""
        written = {event.id for one in self.handsets for event in one.written}
        assert set(self.session.scalars(select(DeviceEvent.id))) == written
        left = self._left()
        effective = Counter(
            self.session.scalars(select(HandOverLine.allotment_id).where(HandOverLine.reversed_at.is_(None)))
        )
        assert effective == Counter(left.keys()), "each set that was given counts once"
        extra = Counter(
            self.session.scalars(
                select(DoubleLine.allotment_id).where(
                    DoubleLine.reversed_at.is_(None), DoubleLine.counts_since.is_(None)
                )
            )
        )
        assert extra == Counter({one: times - 1 for one, times in left.items() if times > 1})
        self.seen["double"] += len(extra)
        if not self.was_lost:
            assert not extra, "without a lost phone nothing is given twice"
        doubled = self.session.scalar(select(func.count()).where(Incident.kind == "double", Incident.status == "open"))
        assert bool(doubled) == bool(extra)
        assert self._packs_with_families() == sum(left.values()), "stock says what left the point"

    def fingerprint(self) -> tuple[object, ...]:
        """Return facts and open incidents, to be compared after everything came in once more."""
        facts = self.session.execute(select(DeviceEvent.id, DeviceEvent.kind, DeviceEvent.seq).order_by(DeviceEvent.id))
        open_ones = self.session.scalars(
            select(Incident.subject).where(Incident.status == "open").order_by(Incident.subject)
        )
        lines = self.session.execute(
            select(HandOver.id, func.count())
            .join(HandOverLine, HandOverLine.hand_over_id == HandOver.id)
            .where(HandOverLine.reversed_at.is_(None))
            .group_by(HandOver.id)
            .order_by(HandOver.id)
        )
        return tuple(map(tuple, facts)), tuple(open_ones), tuple(map(tuple, lines)), self._packs_with_families()

    def repeat(self) -> None:
        """Let everything come in again, as a backup of a phone would."""
        for one in self.handsets:
            self.deliver(one, self.chance.sample(one.written, len(one.written)), answered=False)

    def _left(self) -> Counter[int]:
        """Return how often each set was given and not taken back, as phones and desk say."""
        left: Counter[int] = Counter(one for sets in self.desk_hand_overs.values() for one in sets)
        for one in self.handsets:
            for event in one.given.values():
                left.update(one.sets[event.id])
        return left

    def _packs_with_families(self) -> int:
        families = StockMovement.document_kind == "hand_over"
        given = select(func.coalesce(func.sum(StockMovement.quantity), 0)).where(families)
        out = self.session.scalar(given.where(StockMovement.reverses_id.is_(None))) or 0
        back = self.session.scalar(given.where(StockMovement.reverses_id.is_not(None))) or 0
        return int(out) - int(back)

    def _keep(self, one: Handset, event: PhoneEvent) -> None:
        one.unsent.append(event)
        one.written.append(event)

    def _say(self, words: str) -> None:
        self.told.append(f"{self.at:%d %H:%M:%S} {words}")

    def _ms(self, at: datetime) -> int:
        return max(0, round(at.timestamp() * 1000))


def _digest(event: PhoneEvent) -> bytes:
    return hashlib.sha256(event.sealed).digest()
