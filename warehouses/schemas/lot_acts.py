"""Acts on a lot itself, as programs send them."""

from typing import Annotated

from pydantic import ConfigDict, Field

from core.web.api.bodies import Sent
from core.web.api.fields import TEXT, chosen
from warehouses.values.lot_acts import LONGEST_LOT_NOTE, LotReason, WrittenReason

_REASONS = [reason.value for reason in LotReason]


class LotActSent(Sent):
    """Why a lot is put on hold, or released: a typed reason, and words where it is "other"."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"reason": "packaging", "note": "Wet on one side"}, {"reason": "found_good"}]}
    )

    reason: Annotated[str, Field(json_schema_extra={"enum": _REASONS}), chosen(_REASONS)]
    note: Annotated[str, Field(max_length=LONGEST_LOT_NOTE), TEXT] = ""

    def written(self) -> WrittenReason:
        """Return the reason as the event keeps it."""
        return WrittenReason(LotReason(self.reason), self.note)
