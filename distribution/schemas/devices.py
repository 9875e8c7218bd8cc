"""What devices send, and what programs are told of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import ConfigDict, Field

from core.web.api.bodies import Sent, Told
from core.web.api.fields import LARGEST, TEXT, Limit, chosen
from distribution.models import Device, Lease
from distribution.values.devices import DeviceState, RevokedReason
from warehouses.models import Place

LARGEST_TIME = 2**53 - 1


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


_REASONS = [one.value for one in RevokedReason]
_STATES = [one.value for one in DeviceState]
Code = Annotated[str, Field(max_length=8)]
DeviceClock = Annotated[int, Field(ge=0, le=LARGEST_TIME, description="Its clock, in milliseconds since 1970")]
Unsent = Annotated[int, Field(ge=0, le=LARGEST, description="How many events it still holds")]
ReasonText = Annotated[str, Field(json_schema_extra={"enum": _REASONS}), chosen(_REASONS)]
StateText = Annotated[str, Field(json_schema_extra={"enum": _STATES}), chosen(_STATES)]
AppText = Annotated[str, Field(max_length=40, description="Which program it runs, and its version"), TEXT]


class DevicesAsked(Sent):
    """Which devices, and from where on."""

    state: StateText | None = None
    after: Annotated[UUID | None, Field(description="`next` of the page before")] = None
    limit: Limit = 100


class EnrolSent(Sent):
    """A scanner that becomes a device of a point."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "code": "Zk0v1xJ7wLr3qO9bXn2t5Q",
                    "key": "BGsX0fLhLEJH-Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWT-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU",
                    "app": "gate 2.1",
                }
            ]
        }
    )

    code: Annotated[str, Field(max_length=100, description="The code of an invitation, good once for 15 minutes")]
    key: Annotated[str, Field(max_length=100, description="The 65 bytes of its P-256 key in base64url")]
    app: AppText = ""


class LeaseSent(Sent):
    """A device that asks for its list, or gives it back."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"unsent": 0, "now": 1795340400000, "app": "gate 2.1", "most": 200}]}
    )

    unsent: Unsent = 0
    now: DeviceClock = 0
    app: AppText = ""
    settlement: Annotated[
        str, Field(max_length=200, description="Only vouchers of families of this settlement"), TEXT
    ] = ""
    most: Annotated[int, Field(ge=0, le=LARGEST, description="So many vouchers at most; 0 = all")] = 0

    def body(self) -> LeaseBody:
        """Return it as the pages send it."""
        return LeaseBody(self.unsent, self.now, self.app, self.settlement, self.most)


class RevocationSent(Sent):
    """Why a device counts no more."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "lost"}]})

    reason: ReasonText


class DeviceTold(Told):
    """A device of a point; `clock_ahead` in seconds."""

    id: UUID
    code: str
    label: str
    point: str
    enrolled_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    revoked_reason: str
    last_seen_at: datetime | None
    last_sync_at: datetime | None
    last_seq: int
    unsent: int
    clock_ahead: int | None
    lease: UUID | None

    @classmethod
    def of(cls, device: Device, point: Place, lease: Lease | None) -> Self:
        """Tell of a device."""
        return cls(
            id=device.id,
            code=device.code,
            label=device.label,
            point=point.code,
            enrolled_at=device.enrolled_at,
            expires_at=device.expires_at,
            revoked_at=device.revoked_at,
            revoked_reason=device.revoked_reason,
            last_seen_at=device.last_seen_at,
            last_sync_at=device.last_sync_at,
            last_seq=device.last_seq,
            unsent=device.unsent,
            clock_ahead=device.offset_seconds,
            lease=lease.id if lease else None,
        )


class DevicePage(Told):
    """Devices, the one that was enrolled first on top; `next` is where the next page begins."""

    devices: list[DeviceTold]
    next: UUID | None
