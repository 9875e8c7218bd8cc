"""Fields that several models of the warehouses share: codes of places, kinds, states."""

from typing import Annotated

from pydantic import Field

from core.web.api.fields import Number, chosen
from warehouses.values import STORE_KINDS, LotStatus

_KINDS = [kind.value for kind in STORE_KINDS]
_STATUSES = [status.value for status in LotStatus]

StoreKind = Annotated[str, Field(json_schema_extra={"enum": _KINDS}), chosen(_KINDS)]
Status = Annotated[str, Field(json_schema_extra={"enum": _STATUSES}), chosen(_STATUSES)]
AfterId = Annotated[Number | None, Field(description="`next` of the page before")]
