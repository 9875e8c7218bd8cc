"""What a program is told when its request cannot be taken; codes never change."""

from collections.abc import Sequence

from core.errors import Fault, Invalid, Problem
from core.i18n import text


class UnreadableRequest(Problem):
    """What was sent is no JSON, or says one thing twice."""

    code = "unreadable_request"
    status = 400


class JsonOnly(Problem):
    """The body is not marked as JSON."""

    code = "json_only"
    status = 415


class FieldsRefused(Invalid):
    """Fields or arguments that are missing, not known, or hold something else; `faults` names each."""

    code = "fields_refused"

    def __init__(self, faults: Sequence[Fault]) -> None:
        first = faults[0]
        super().__init__(text("%(field)s: %(fault)s", field=first.field, fault=str(first.message)))
        self.faults = tuple(faults)


class StateNotNamed(Problem):
    """A change that does not say which state of the thing it starts from."""

    code = "state_not_named"
    status = 428


class LostUpdate(Problem):
    """Somebody changed the thing since it was read; taking this change would undo theirs unseen."""

    code = "lost_update"
    status = 412
