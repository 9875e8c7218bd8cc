"""Section commissions, as programs send and read them."""

from datetime import date
from typing import Annotated

from pydantic import ConfigDict, Field

from core.web.api.bodies import Sent, Told
from core.web.api.fields import LARGEST, TEXT, Day, Text500, chosen
from distribution.values.cases import Opinion

_OPINIONS = [one.value for one in Opinion]

OpinionText = Annotated[str, Field(json_schema_extra={"enum": _OPINIONS}), chosen(_OPINIONS)]
Section = Annotated[str, Field(min_length=1, max_length=100), TEXT]
Findings = Annotated[str, Field(min_length=1, max_length=4000), TEXT]


class SendingSent(Sent):
    """The section whose commission examines a family."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"section": "Ақкөл", "happened_on": "2026-11-20"}]})

    section: Section
    happened_on: Day


class ExaminationSent(Sent):
    """What the commission found, on which day."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"findings": "Rented rooms, no steady income.", "happened_on": "2026-11-24"}]}
    )

    findings: Findings
    happened_on: Day


class OpinionSent(Sent):
    """What one member concludes."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"member": 3, "opinion": "needed", "note": ""}]})

    member: Annotated[int, Field(ge=1, le=LARGEST)]
    opinion: OpinionText
    note: Text500 = ""


class ConclusionSent(Sent):
    """The day on which the commission concludes."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"happened_on": "2026-11-25"}]})

    happened_on: Day


class ReviewTold(Told):
    """What stands of an examination: its term in days of the calendar, what the commission concluded."""

    case: int
    section: str
    due_on: date
    conclusion: OpinionText | None


class OpinionTold(Told):
    """What one member concluded."""

    case: int
    member: int
    opinion: OpinionText


class ConclusionTold(Told):
    """What the majority of the members concluded."""

    case: int
    conclusion: OpinionText
