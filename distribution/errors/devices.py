"""Refusals of devices and leases."""

from core.errors import Conflict, Forbidden, Invalid, NotFound, Problem


class ProofWrong(Forbidden):
    """The request does not carry a proof that a device of ours made for it."""

    code = "proof_wrong"


class ProofStale(Problem):
    """The time of the proof is too far from ours; the device sets its offset and asks once more."""

    code = "proof_stale"
    status = 401


class DeviceRevoked(Forbidden):
    """The device counts no more: it forgets lease and manifest, and keeps its unsent events."""

    code = "device_revoked"


class DeviceExpired(Forbidden):
    """The device's time is over: it is enrolled anew."""

    code = "device_expired"


class DeviceUnknown(NotFound):
    """No such device, or it is out of reach."""

    code = "device_unknown"


class DeviceGone(Conflict):
    """The device was revoked before."""

    code = "device_gone"


class InvitationWrong(Conflict):
    """The code of an invitation was used, is too old, or was never given out."""

    code = "invitation_wrong"


class DeviceKeyWrong(Invalid):
    """What was sent is no P-256 key, or another device's."""

    code = "device_key_wrong"


class NothingToLease(Conflict):
    """There is no quarter now whose sets are handed over."""

    code = "nothing_to_lease"


class LeaseUnknown(NotFound):
    """The device holds no open lease."""

    code = "lease_unknown"


class EventsUnsent(Conflict):
    """A lease cannot be given back while the device holds events that we do not have."""

    code = "events_unsent"


class LeasedMeanwhile(Conflict):
    """A device took the voucher along between our look and our act: look again."""

    code = "leased_meanwhile"
