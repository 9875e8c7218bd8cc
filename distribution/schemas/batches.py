"""Batches of events, as devices send them and are answered (docs/offline.md, "Sending")."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Self, cast

from pydantic import ConfigDict, Field, InstanceOf, ValidationError, ValidatorFunctionWrapHandler, WrapValidator
from pydantic.json_schema import SkipJsonSchema

from core.clock import milliseconds
from core.web.api.bodies import Sent, Told
from core.web.api.fields import LARGEST, TEXT, Key
from distribution.rules.device_proofs import read_b64
from distribution.rules.event_words import words_of
from distribution.rules.events import MOST_EVENTS
from distribution.values.events import Batch, BatchAnswer, EventAnswer, EventReason, EventResult, SentEvent

_LONGEST_SEALED = 12_000
_LONGEST_ID = 100
_LAST = 2**53 - 1
_KEY = "8e03978e-40d5-43e8-bc93-6894a57f9324"
_FIRST_MOMENT, _LAST_MILLISECOND = datetime(1970, 1, 1, tzinfo=UTC), 2**47


class EventSent(Sent):
    """One event: its id and its place in the chain as the device says, and the sealed bytes in base64url."""

    id: Key
    seq: Annotated[int, Field(ge=0, le=LARGEST)]
    sealed: Annotated[str, Field(min_length=1, max_length=_LONGEST_SEALED), TEXT]

    def as_event(self) -> SentEvent:
        """Return the event; what is no base64url is taken as it stands, and will not be readable."""
        return SentEvent(self.id, self.seq, _bytes_of(self.sealed))


class MisshapenEvent:
    """What is no event, in the place of one: its id as it was sent, and the hash of its bytes, where it has such."""

    def __init__(self, said_id: str | None, hashed: str) -> None:
        self.id, self.hash = said_id, hashed


def _by_itself(sent: object, read: ValidatorFunctionWrapHandler) -> EventSent | MisshapenEvent:
    """Return an event, or what came in its place, so that it stops none of the others."""
    try:
        return cast("EventSent", read(sent))
    except ValidationError:
        said: Mapping[str, object] = sent if isinstance(sent, dict) else {}
    return MisshapenEvent(_id_in(said), _hash_in(said))


def _id_in(said: Mapping[str, object]) -> str | None:
    found = said.get("id")
    is_answerable = isinstance(found, str) and len(found) <= _LONGEST_ID and found.isprintable()
    return cast("str", found) if is_answerable else None


def _hash_in(said: Mapping[str, object]) -> str:
    sealed = said.get("sealed")
    if not isinstance(sealed, str) or not sealed:
        return ""
    return hashlib.sha256(_bytes_of(sealed)).hexdigest()


def _bytes_of(sealed: str) -> bytes:
    try:
        return read_b64(sealed, longest=_LONGEST_SEALED)
    except ValueError:
        return sealed.encode(errors="replace")


class BatchSent(Sent):
    """Events of one device, the oldest first. `now` is its clock, `unsent` how many it still holds besides these."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "device": _KEY,
                    "unsent": 0,
                    "app": "1.0",
                    "now": 1791964800000,
                    "events": [{"id": _KEY, "seq": 1, "sealed": "AAEEb2Y…"}],
                }
            ]
        }
    )

    device: Key
    unsent: Annotated[int, Field(ge=0, le=LARGEST)] = 0
    app: Annotated[str, Field(max_length=100), TEXT] = ""
    now: Annotated[int, Field(ge=0, le=_LAST, description="Milliseconds since 1970 by the device's clock")] = 0
    events: Annotated[
        list[Annotated[EventSent | SkipJsonSchema[InstanceOf[MisshapenEvent]], WrapValidator(_by_itself)]],
        Field(max_length=MOST_EVENTS),
    ]

    def as_batch(self) -> Batch:
        """Return the batch, without what is no event."""
        sent_at = _FIRST_MOMENT + timedelta(milliseconds=min(self.now, _LAST_MILLISECOND)) if self.now else None
        events = tuple(event.as_event() for event in self.events if isinstance(event, EventSent))
        return Batch(self.device, events, unsent=self.unsent, app=self.app, sent_at=sent_at)


class DeviceStanding(Told):
    """How the device stands here."""

    known: bool
    revoked: bool
    expires: int
    lease: str | None


class EventAnswerTold(Told):
    """What became of one event; it counts only for the event with this id and these sealed bytes."""

    id: Annotated[str | None, Field(description="As it was sent; null where it is no text that an id could be")]
    hash: Annotated[str, Field(description="SHA-256 of the sealed bytes in hexadecimal digits; empty without bytes")]
    result: Annotated[str, Field(description="accepted, repeated, conflict, held or refused")]
    reason: str
    words: str
    sentence: str
    step: str

    @classmethod
    def of(cls, answer: EventAnswer) -> Self:
        """Return it in the language of the request."""
        return cls._told(str(answer.id), answer.hash.hex(), answer.result, answer.reason)

    @classmethod
    def of_misshapen(cls, sent: MisshapenEvent) -> Self:
        """Return what is said of something that is no event."""
        return cls._told(sent.id, sent.hash, EventResult.REFUSED, EventReason.UNREADABLE)

    @classmethod
    def _told(cls, event_id: str | None, hashed: str, result: EventResult, reason: EventReason) -> Self:
        told = words_of(result, reason)
        return cls(
            id=event_id,
            hash=hashed,
            result=result.value,
            reason=reason.value,
            words=str(told.words),
            sentence=str(told.sentence),
            step=str(told.step),
        )


class BatchTold(Told):
    """Each event answered by itself, in the order in which they were sent."""

    server_time: int
    device: DeviceStanding
    answers: list[EventAnswerTold]

    @classmethod
    def of(cls, sent: BatchSent, answer: BatchAnswer, at: datetime) -> Self:
        """Return the answer to a batch; `answer` is that to its events."""
        standing = DeviceStanding(
            known=answer.is_known,
            revoked=answer.is_revoked,
            expires=milliseconds(answer.expires_at) if answer.expires_at else 0,
            lease=str(answer.lease_id) if answer.lease_id else None,
        )
        return cls(server_time=milliseconds(at), device=standing, answers=list(_in_order(sent, answer)))


def _in_order(sent: BatchSent, answer: BatchAnswer) -> Iterator[EventAnswerTold]:
    answers = iter(answer.answers)
    for event in sent.events:
        if isinstance(event, MisshapenEvent):
            yield EventAnswerTold.of_misshapen(event)
        else:
            yield EventAnswerTold.of(next(answers))
