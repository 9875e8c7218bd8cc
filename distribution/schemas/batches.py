"""Batches of events, as devices send them and are answered (docs/offline.md, "Sending")."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Self

from pydantic import ConfigDict, Field

from core.clock import milliseconds
from core.web.api.bodies import Sent, Told
from core.web.api.fields import LARGEST, TEXT, Key
from distribution.rules.device_proofs import read_b64
from distribution.rules.event_words import words_of
from distribution.rules.events import MOST_EVENTS
from distribution.values.events import Batch, BatchAnswer, EventAnswer, SentEvent

_LONGEST_SEALED = 12_000
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
        try:
            sealed = read_b64(self.sealed, longest=_LONGEST_SEALED)
        except ValueError:
            sealed = self.sealed.encode(errors="replace")
        return SentEvent(self.id, self.seq, sealed)


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
    events: Annotated[list[EventSent], Field(max_length=MOST_EVENTS)]

    def as_batch(self) -> Batch:
        """Return the batch."""
        sent_at = _FIRST_MOMENT + timedelta(milliseconds=min(self.now, _LAST_MILLISECOND)) if self.now else None
        events = tuple(event.as_event() for event in self.events)
        return Batch(self.device, events, unsent=self.unsent, app=self.app, sent_at=sent_at)


class DeviceStanding(Told):
    """How the device stands here."""

    known: bool
    revoked: bool
    expires: int
    lease: str | None


class EventAnswerTold(Told):
    """What became of one event; it counts only for the event with this id and these sealed bytes."""

    id: str
    hash: Annotated[str, Field(description="SHA-256 of the sealed bytes in hexadecimal digits")]
    result: Annotated[str, Field(description="accepted, repeated, conflict, held or refused")]
    reason: str
    words: str
    sentence: str
    step: str

    @classmethod
    def of(cls, answer: EventAnswer) -> Self:
        """Return it in the language of the request."""
        told = words_of(answer.result, answer.reason)
        return cls(
            id=str(answer.id),
            hash=answer.hash.hex(),
            result=answer.result.value,
            reason=answer.reason.value,
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
    def of(cls, answer: BatchAnswer, at: datetime) -> Self:
        """Return the answer to a batch."""
        standing = DeviceStanding(
            known=answer.is_known,
            revoked=answer.is_revoked,
            expires=milliseconds(answer.expires_at) if answer.expires_at else 0,
            lease=str(answer.lease_id) if answer.lease_id else None,
        )
        told = [EventAnswerTold.of(one) for one in answer.answers]
        return cls(server_time=milliseconds(at), device=standing, answers=told)
