"""Fields that several models of the catalogue share: codes, choices."""

from typing import Annotated

from pydantic import Field

from catalog.values import ItemKind, ItemState, PackUnit
from core.web.api.fields import chosen

_KINDS = [kind.value for kind in ItemKind]
_STATES = [state.value for state in ItemState]
_UNITS = [unit.value for unit in PackUnit]

KitCode = Annotated[str, Field(pattern=r"^[A-Z0-9][A-Z0-9-]{0,7}$")]
Gtin = Annotated[str, Field(pattern=r"^[0-9]{8}([0-9]{4,6})?$")]
Kind = Annotated[str, Field(json_schema_extra={"enum": _KINDS}), chosen(_KINDS)]
State = Annotated[str, Field(json_schema_extra={"enum": _STATES}), chosen(_STATES)]
Unit = Annotated[str, Field(json_schema_extra={"enum": _UNITS}), chosen(_UNITS)]
