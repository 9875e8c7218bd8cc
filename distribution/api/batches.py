"""Batches of events from devices that handed over without a network (docs/offline.md, "Sending")."""

from flask.typing import ResponseReturnValue

from core.clock import now
from core.web.api.answers import answer_with
from core.web.api.frame import count_stranger
from core.web.api.operations import Operation, operation
from core.web.attempts import caller
from core.web.guards import public
from core.web.session import field_keys, transaction
from distribution.api.blueprint import blueprint
from distribution.schemas.batches import BatchSent, BatchTold
from distribution.services.device_batches import take_batch


@blueprint.post("/handovers/batch")
@public
@operation(
    Operation(
        "Send what a device handed over without a network; each event is answered by itself",
        BatchTold,
        body=BatchSent,
        proves_itself=True,
    )
)
def send_batch(sent: BatchSent) -> ResponseReturnValue:
    """Take events in; the signatures inside are the credential, and the same events again change nothing."""
    count_stranger(f"batches from {caller()}")
    at, batch = now(), sent.as_batch()
    with transaction() as session:
        answer = take_batch(session, batch, keys=field_keys(), at=at)
    return answer_with(BatchTold.of(sent, answer, at))
