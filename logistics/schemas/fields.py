"""Fields that several models of logistics share: codes of places, kits' quarters, choices."""

from typing import Annotated

from pydantic import Field

from core.web.api.fields import chosen
from logistics.values.transfers import End, Explanation, Purpose, RequestStatus, TransferState

_PURPOSES = [one.value for one in Purpose]
_STATUSES = [one.value for one in RequestStatus]
_STATES = [one.value for one in TransferState]
_EXPLANATIONS = [one.value for one in Explanation]
_ENDS = [one.value for one in End]

Position = Annotated[int, Field(ge=1, le=100_000)]
PurposeText = Annotated[str, Field(json_schema_extra={"enum": _PURPOSES}), chosen(_PURPOSES)]
StatusText = Annotated[str, Field(json_schema_extra={"enum": _STATUSES}), chosen(_STATUSES)]
StateText = Annotated[str, Field(json_schema_extra={"enum": _STATES}), chosen(_STATES)]
ExplanationText = Annotated[str, Field(json_schema_extra={"enum": _EXPLANATIONS}), chosen(_EXPLANATIONS)]
EndText = Annotated[str, Field(json_schema_extra={"enum": _ENDS}), chosen(_ENDS)]
