"""What a person says when a lot is held or released."""

from collections.abc import Mapping

from wtforms import RadioField, TextAreaField

from core.i18n import Text, text
from core.web.forms import AtMost, Form, Given, choices, cleaned, label
from core.web.typed_fields import Optional
from warehouses.values.lot_acts import LONGEST_LOT_NOTE, LOT_REASONS, LotAct, LotReason, WrittenReason

REASON_NAMES: Mapping[LotReason, Text] = {
    LotReason.PACKAGING: text("Packaging is damaged"),
    LotReason.TEMPERATURE: text("It was kept too warm or too cold"),
    LotReason.COMPLAINT: text("A family or a point complained"),
    LotReason.LABORATORY: text("The laboratory is checking it"),
    LotReason.PAPERS: text("Papers on its quality are missing"),
    LotReason.FOUND_GOOD: text("It was checked and found good"),
    LotReason.PAPERS_CAME: text("The missing papers came"),
    LotReason.MISTAKE: text("It was held by mistake"),
    LotReason.OTHER: text("Other"),
}


class _LotActForm(Form):
    reason = RadioField(label(text("Reason")), validators=[Given(text("Choose a reason."))])
    note = TextAreaField(
        label(text("In words")),
        description=label(text("What was seen, by whom, on which paper")),
        filters=[cleaned],
        validators=[Optional(), AtMost(LONGEST_LOT_NOTE)],
    )
    act: LotAct

    def __init__(self) -> None:
        super().__init__()
        self.reason.choices = choices((one, REASON_NAMES[one]) for one in LOT_REASONS[self.act])

    def written(self) -> WrittenReason:
        """Return the reason as it was chosen."""
        return WrittenReason(LotReason(self.reason.data), self.note.data or "")


class LotHoldForm(_LotActForm):
    """Why a lot is held."""

    act = LotAct.HOLD


class LotReleaseForm(_LotActForm):
    """Why a lot is released."""

    act = LotAct.RELEASE
