"""What devices send."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EnrolBody:
    """A phone that becomes a device: the code of the invitation, and the public half of its key in base64url."""

    code: str
    key: str
    app: str = ""


@dataclass(frozen=True, slots=True)
class LeaseBody:
    """A device that asks for its list, or gives it back. `now` is its clock in milliseconds; 0 = it does not say.

    `settlement` and `most` are the share of the point that it asks for with a new lease.
    """

    unsent: int = 0
    now: int = 0
    app: str = ""
    settlement: str = ""
    most: int = 0
