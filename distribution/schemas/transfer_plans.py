"""Transfer plans, as programs read them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from core.web.api.bodies import Told
from core.web.api.fields import chosen
from distribution.values.transfer_plans import LackReason, PlanStatus

_STATUSES = [one.value for one in PlanStatus]
_WHY = [one.value for one in LackReason]

PlanStatusText = Annotated[str, Field(json_schema_extra={"enum": _STATUSES}), chosen(_STATUSES)]
LackText = Annotated[str, Field(json_schema_extra={"enum": _WHY}), chosen(_WHY)]


class MoveTold(Told):
    """Packs from one place to another; `request` is the request for them once the plan was turned into requests."""

    item: str
    source: str
    target: str
    packs: int
    kilometres: int
    request: UUID | None


class PlanLackTold(Told):
    """Packs that do not come to a district, and why."""

    district: str
    item: str
    packs: int
    why: LackText


class PlanTold(Told):
    """A plan: what goes where at the fewest pack-kilometres, and what does not come."""

    id: UUID
    quarter: str
    status: PlanStatusText
    pack_kilometres: int
    made_at: datetime
    moves: list[MoveTold]
    lacks: list[PlanLackTold]


class PlanHeadTold(Told):
    """A plan in the list of its quarter."""

    id: UUID
    status: PlanStatusText
    pack_kilometres: int
    made_at: datetime


class PlansTold(Told):
    """The plans of a quarter, the latest first."""

    plans: list[PlanHeadTold]
