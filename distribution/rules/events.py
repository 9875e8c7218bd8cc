"""Events of devices: opened, verified and read strictly, and what their chain says (docs/offline.md, "Events").

An event is HPKE-sealed to us, inside is a COSE_Sign1 of the device (ES256), inside is canonical CBOR. Nothing in the
payload is looked at before the signature holds.
"""

import hashlib
import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TypeAlias, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from distribution.rules import cose
from distribution.values import Collector, SeenPaper
from distribution.values.events import (
    DaySealFact,
    DeviceFact,
    EventKind,
    EventReason,
    HandOverFact,
    UndoFact,
)

INFO = b"toptama event 1"
NO_EVENT = bytes(32)
"""What the first event of a device names as the one before it."""

HELD_FOR = timedelta(days=5)
"""How long something waits for what came before it (voucher design, §2.5)."""

CLOCK_SLACK = timedelta(minutes=10)
"""So much a clock may differ from what it says of itself before anybody asks."""

MOST_EVENTS = 500
"""How many events a device may send at once."""

MOST_SETS, LONGEST_TEXT = 60, 1_000
_KEY_ID_BYTES, _ENC_BYTES, _TAG_BYTES, _MOST_BYTES = 2, 65, 16, 8_192
_HASH_BYTES, _ID_BYTES = 32, 16
_LARGEST_ID = 2**31 - 1
_HPKE = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_FIRST_MOMENT, _LAST_MOMENT = datetime(1970, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)
_PAPERS = frozenset(SeenPaper)
_LAST_SIGNS = 4

_OF_EVERY = frozenset({"v", "kind", "id", "lease", "seq", "prev", "operator", "point", "claimed", "server"})
_OF_KIND: Mapping[str, frozenset[str]] = {
    EventKind.HAND_OVER: _OF_EVERY
    | {"voucher", "sets", "lots", "sizes", "collector", "proxy", "note", "document", "last4"},
    EventKind.UNDO: _OF_EVERY | {"undoes", "reason"},
    EventKind.DAY_SEAL: _OF_EVERY | {"day", "counted", "expected", "given"},
}


class EventRefused(Exception):
    """What came is no event that this device wrote as the protocol says; `reason` is told."""

    def __init__(self, reason: EventReason) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class SignedEvent:
    """A signed event taken apart, its payload still unread; `hash` is what the next one of the chain names."""

    device_id: uuid.UUID
    signed: cose.Signed
    hash: bytes


_Every: TypeAlias = tuple[uuid.UUID, uuid.UUID, int, bytes, int, int, datetime, datetime]


def key_id_of(sealed: bytes) -> bytes:
    """Return the id of the key that an event was sealed to.

    Raises:
        EventRefused: the bytes are too few or too many to be an event.
    """
    if not _KEY_ID_BYTES + _ENC_BYTES + _TAG_BYTES < len(sealed) <= _MOST_BYTES:
        raise EventRefused(EventReason.UNREADABLE)
    return sealed[:_KEY_ID_BYTES]


def opened_event(sealed: bytes, keys: Iterable[EllipticCurvePrivateKey]) -> SignedEvent:
    """Return the signed event inside sealed bytes; each key under its key id is tried.

    Raises:
        EventRefused: no key opens it, or what is inside is no signed event.
    """
    key_id_of(sealed)
    for key in keys:
        try:
            return _taken_apart(_HPKE.decrypt(sealed[_KEY_ID_BYTES:], key, info=INFO))
        except (InvalidTag, ValueError):
            continue
    raise EventRefused(EventReason.UNREADABLE)


def is_signed_by(event: SignedEvent, public_key: bytes) -> bool:
    """Say whether the device with this public key (65 bytes) signed the event."""
    return cose.is_signed_by(event.signed, cose.ES256, public_key)


def read_event(event: SignedEvent) -> HandOverFact | UndoFact | DaySealFact:
    """Return what an event says; call this after `is_signed_by` only.

    Raises:
        EventRefused: it is not written as the protocol says.
    """
    try:
        said = cose.read_strictly(event.signed.payload)
    except cose.NotAsWritten:
        raise EventRefused(EventReason.UNREADABLE) from None
    if not isinstance(said, dict):
        raise EventRefused(EventReason.UNREADABLE)
    read = _Reader(cast("Mapping[object, object]", said))
    kind = read.text("kind")
    if kind not in _OF_KIND or set(said) != _OF_KIND[kind] or read.count("v") != 1:
        raise EventRefused(EventReason.UNREADABLE)
    every = _every(read)
    if kind == EventKind.UNDO:
        return UndoFact(*every, read.id("undoes"), read.text("reason"))
    if kind == EventKind.DAY_SEAL:
        return DaySealFact(*every, read.day("day"), read.packs("counted"), read.packs("expected"), read.packs("given"))
    return _hand_over(every, read)


def kind_of(fact: DeviceFact) -> EventKind:
    """Return the kind of an event."""
    if isinstance(fact, UndoFact):
        return EventKind.UNDO
    return EventKind.DAY_SEAL if isinstance(fact, DaySealFact) else EventKind.HAND_OVER


def moment_within(claimed_at: datetime, *, earliest: datetime, latest: datetime) -> datetime:
    """Return when the ledger says it happened: as claimed, but not before a moment nor after another one."""
    return min(max(claimed_at, earliest), latest)


def is_clock_odd(
    claimed_at: datetime, *, ahead: Iterable[timedelta], earliest: datetime, latest: datetime | None
) -> bool:
    """Say whether a clock can not have stood there: too early or too late by each of the offsets that may be its own.

    A clock that is merely wrong, by as much as it says when it sends, is not odd; one that was turned is.
    """
    true_ones = [_true_moment(claimed_at, by) for by in ahead]
    return all(
        moment < earliest - CLOCK_SLACK or (latest is not None and moment > latest + CLOCK_SLACK)
        for moment in true_ones
    )


def _true_moment(claimed_at: datetime, ahead: timedelta) -> datetime:
    try:
        return claimed_at - ahead
    except OverflowError:
        return claimed_at


def forked_places(seen: Iterable[tuple[int, bytes, bytes]]) -> set[int]:
    """Return the places of a chain at which it splits, of (seq, hash, hash before) in any order.

    It splits where two events stand at one place, or where the next one follows something else than what stands there:
    the device was set back to an earlier state, or two write with one key.
    """
    at: dict[int, set[bytes]] = {0: {NO_EVENT}}
    named: dict[int, set[bytes]] = {}
    for seq, own, before in seen:
        at.setdefault(seq, set()).add(own)
        named.setdefault(seq - 1, set()).add(before)
    return {seq for seq, hashes in at.items() if len(hashes) > 1 or named.get(seq, set()) - hashes}


def missing_places(seqs: Collection[int]) -> list[tuple[int, int]]:
    """Return the gaps of a chain that begins with 1, each as its first and its last missing place."""
    gaps: list[tuple[int, int]] = []
    expected = 1
    for seq in sorted(set(seqs)):
        if seq > expected:
            gaps.append((expected, seq - 1))
        expected = max(expected, seq + 1)
    return gaps


class _Reader:
    """Reads the fields of an event; whatever is not as it should be is unreadable."""

    def __init__(self, said: Mapping[object, object]) -> None:
        self._said = said

    def text(self, name: str) -> str:
        value = self._said.get(name)
        if not isinstance(value, str) or len(value) > LONGEST_TEXT:
            raise EventRefused(EventReason.UNREADABLE)
        return value

    def count(self, name: str, most: int = cose.LARGEST) -> int:
        return self._whole(self._said.get(name), most)

    def bytes_of(self, name: str, length: int) -> bytes:
        value = self._said.get(name)
        if not isinstance(value, bytes) or len(value) != length:
            raise EventRefused(EventReason.UNREADABLE)
        return value

    def id(self, name: str) -> uuid.UUID:
        return uuid.UUID(bytes=self.bytes_of(name, _ID_BYTES))

    def moment(self, name: str) -> datetime:
        return min(_FIRST_MOMENT + timedelta(milliseconds=min(self.count(name), 2**48)), _LAST_MOMENT)

    def ids(self, name: str) -> tuple[int, ...]:
        value = self._said.get(name)
        if not isinstance(value, list) or len(value) > MOST_SETS:
            raise EventRefused(EventReason.UNREADABLE)
        return tuple(self._whole(one, _LARGEST_ID) for one in value)

    def packs(self, name: str) -> Mapping[str, int]:
        value = self._said.get(name)
        if not isinstance(value, dict) or len(value) > MOST_SETS:
            raise EventRefused(EventReason.UNREADABLE)
        if not all(isinstance(code, str) and len(code) <= _LAST_SIGNS * 10 for code in value):
            raise EventRefused(EventReason.UNREADABLE)
        return {str(code): self._whole(packs, _LARGEST_ID) for code, packs in value.items()}

    def day(self, name: str) -> date:
        written = self.text(name)
        try:
            found = date.fromisoformat(written)
        except ValueError:
            raise EventRefused(EventReason.UNREADABLE) from None
        if found.isoformat() != written:
            raise EventRefused(EventReason.UNREADABLE)
        return found

    @staticmethod
    def _whole(value: object, most: int) -> int:
        if type(value) is not int or not 0 <= value <= most:
            raise EventRefused(EventReason.UNREADABLE)
        return value


def _every(read: _Reader) -> _Every:
    seq = read.count("seq", _LARGEST_ID)
    if seq < 1:
        raise EventRefused(EventReason.UNREADABLE)
    return (
        read.id("id"),
        read.id("lease"),
        seq,
        read.bytes_of("prev", _HASH_BYTES),
        read.count("operator", _LARGEST_ID),
        read.count("point", _LARGEST_ID),
        read.moment("claimed"),
        read.moment("server"),
    )


def _hand_over(every: _Every, read: _Reader) -> HandOverFact:
    sets, lots, sizes = read.ids("sets"), read.ids("lots"), read.ids("sizes")
    collector, paper, last4 = read.text("collector"), read.text("document"), read.text("last4")
    if not sets or len(set(sets)) < len(sets) or not len(sets) == len(lots) == len(sizes):
        raise EventRefused(EventReason.UNREADABLE)
    if collector not in set(Collector):
        raise EventRefused(EventReason.UNREADABLE)
    return HandOverFact(
        *every,
        voucher=read.text("voucher"),
        sets=sets,
        lots=lots,
        sizes=sizes,
        collector=Collector(collector),
        proxy_id=read.count("proxy", _LARGEST_ID),
        note=read.text("note"),
        document=SeenPaper(paper) if paper in _PAPERS else SeenPaper.OTHER,
        last4=last4 if len(last4) == _LAST_SIGNS and last4.isascii() and last4.isalnum() else "",
    )


def _taken_apart(message: bytes) -> SignedEvent:
    try:
        signed = cose.opened(message)
        header = cose.read_map(signed.protected, frozenset({cose.ALGORITHM, cose.KEY_ID}))
    except cose.NotAsWritten:
        raise EventRefused(EventReason.UNREADABLE) from None
    key_id, algorithm = header[cose.KEY_ID], header[cose.ALGORITHM]
    if type(algorithm) is not int or algorithm != cose.ES256:
        raise EventRefused(EventReason.UNREADABLE)
    if not isinstance(key_id, bytes) or len(key_id) != _ID_BYTES:
        raise EventRefused(EventReason.UNREADABLE)
    return SignedEvent(uuid.UUID(bytes=key_id), signed, hashlib.sha256(message).digest())
