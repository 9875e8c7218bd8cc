"""Refusals of corrections, of write-offs and of what is set for all warehouses."""

from core.errors import Conflict, Invalid, NotFound


class ReversedElsewhere(Conflict):
    """A movement of such a document is taken back by an act of the document's own."""

    code = "reversed_elsewhere"


class CorrectionMalformed(Invalid):
    """No reason was given for a reversal."""

    code = "correction_malformed"


class LateReasonMissing(Invalid):
    """Who enters into a closed period says why."""

    code = "late_reason_missing"


class WriteOffUnknown(NotFound):
    """No such write-off, or its place is out of reach."""

    code = "write_off_unknown"


class WriteOffMalformed(Invalid):
    """What is said about a write-off does not fit together."""

    code = "write_off_malformed"


class WriteOffKeyReused(Conflict):
    """The key stands for another write-off."""

    code = "write_off_key_reused"


class WriteOffDecided(Conflict):
    """It was approved or refused before."""

    code = "write_off_decided"


class SecondPersonNeeded(Conflict):
    """Who drafted may not approve; who decided may not take it back."""

    code = "second_person_needed"


class PolicyMalformed(Invalid):
    """A threshold, a day or a name of a form is outside what can be."""

    code = "policy_malformed"
