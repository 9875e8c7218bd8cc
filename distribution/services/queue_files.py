"""Files in which phones save what they could not send: the bodies of their batches, sealed as they lie."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy.orm import Session

from core.actors import Actor
from core.audit import record
from core.crypto import FieldKeys
from core.i18n import text
from distribution.errors.incidents import QueueFileRefused
from distribution.rules.device_proofs import read_b64
from distribution.rules.events import MOST_EVENTS
from distribution.services.device_batches import take_batch
from distribution.values.events import Batch, SentEvent

FORMAT = 1
MOST_BYTES = 8 * 1024 * 1024
_MOST_BATCHES = 20
_LONGEST_SEALED = 12_000
_LARGEST = 2**31 - 1


def read_queue(written: bytes) -> Sequence[Batch]:
    """Return the batches of a file.

    Raises:
        QueueFileRefused: it is no such file.
    """
    try:
        return [batch for one in _bodies(written) for batch in _batches(one)]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise QueueFileRefused(text("This is not a file that a phone saved. Choose another one.")) from None


def take_queue(
    session: Session, batches: Sequence[Batch], *, keys: FieldKeys, actor: Actor, at: datetime
) -> Mapping[str, int]:
    """Take in what a file holds; return how many events there were of each result. The trail says who brought it."""
    counted: Counter[str] = Counter()
    for batch in batches:
        answer = take_batch(session, batch, keys=keys, at=at)
        counted.update(one.result.value for one in answer.answers)
    record(
        session,
        actor_id=actor.id,
        action="queue.imported",
        subject="device",
        subject_id=str(batches[0].device_id) if batches else "",
        at=at,
        detail=dict(counted),
    )
    return dict(counted)


def _bodies(written: bytes) -> Sequence[Mapping[str, object]]:
    found = json.loads(written) if len(written) <= MOST_BYTES else None
    if not isinstance(found, dict) or found.get("toptama_queue") != FORMAT:
        raise ValueError("not a queue")
    batches = found["batches"]
    if not isinstance(batches, list) or len(batches) > _MOST_BATCHES:
        raise ValueError("not the batches of a queue")
    return cast("Sequence[Mapping[str, object]]", batches)


def _batches(said: Mapping[str, object]) -> Iterator[Batch]:
    """Yield the events of one device, as many at once as a batch may hold; what the phone says of itself is old."""
    events = [_event(cast("Mapping[str, object]", one)) for one in cast("list[object]", said["events"])]
    for start in range(0, len(events), MOST_EVENTS):
        yield Batch(UUID(str(said["device"])), tuple(events[start : start + MOST_EVENTS]))


def _event(said: Mapping[str, object]) -> SentEvent:
    seq = said["seq"]
    if type(seq) is not int or not 0 <= seq <= _LARGEST:
        raise ValueError("not a place in a chain")
    return SentEvent(UUID(str(said["id"])), seq, read_b64(str(said["sealed"]), longest=_LONGEST_SEALED))
