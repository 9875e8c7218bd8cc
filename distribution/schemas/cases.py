"""Applications and awards, as programs send and read them; who they are about stands on the page, not here."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field

from core.web.api.bodies import Sent, Told
from core.web.api.fields import LARGEST, TEXT, Day, Limit, Number, Text40, Text500, chosen
from distribution.models import AssistanceCase, CaseEvent
from distribution.rules.cases import REFUSAL_REASONS, TERMINATION_REASONS, next_acts, shown_status
from distribution.schemas.objections import Kato
from distribution.values import CaseStatus
from distribution.values.cases import CaseAct, StepFacts

_STATUSES = [one.value for one in CaseStatus]
_ACTS = [one.value for one in CaseAct]
_KINDS = ["unconditional", "conditional"]
_REFUSALS = ["", *REFUSAL_REASONS]
_ENDS = list(TERMINATION_REASONS)

CaseStatusText = Annotated[str, Field(json_schema_extra={"enum": _STATUSES}), chosen(_STATUSES)]
ActText = Annotated[str, Field(json_schema_extra={"enum": _ACTS}), chosen(_ACTS)]
KindText = Annotated[str, Field(json_schema_extra={"enum": _KINDS}), chosen(_KINDS)]
RefusalText = Annotated[str, Field(json_schema_extra={"enum": _REFUSALS}), chosen(_REFUSALS)]
EndText = Annotated[str, Field(json_schema_extra={"enum": _ENDS}), chosen(_ENDS)]
Iin = Annotated[str, Field(min_length=11, max_length=40, description="IIN; spaces do not matter"), TEXT]
PersonName = Annotated[str, Field(min_length=1, max_length=200), TEXT]


class CasesAsked(Sent):
    """Which applications and awards, and from where on."""

    status: CaseStatusText | None = None
    district: Kato | None = None
    after: Annotated[Number, Field(description="`next` of the page before")] = 0
    limit: Limit = 100


class FamilySent(Sent):
    """A family, known by the IIN of whoever applies."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "iin": "900702490003",
                    "name": "Серікова Әсел",
                    "district": "113200000",
                    "settlement": "Ақкөл",
                    "phone": "+7 701 000 00 01",
                    "address": "",
                }
            ]
        }
    )

    iin: Iin
    name: PersonName
    district: Kato
    settlement: Annotated[str, Field(min_length=1, max_length=200), TEXT]
    phone: Text40 = ""
    address: Annotated[str, Field(max_length=300), TEXT] = ""
    language: Annotated[Literal["kk", "ru"], Field(description="In which the family is told what is due")] = "kk"


class FamilyTold(Told):
    """A family that was entered."""

    id: int


class ApplicationSent(Sent):
    """An application of a family; without a number it gets the next one."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"family": 12, "kind": "unconditional", "happened_on": "2026-11-20"}]}
    )

    family: Annotated[int, Field(ge=1, le=LARGEST)]
    kind: KindText
    happened_on: Day
    number: Annotated[str, Field(max_length=60), TEXT] = ""


class ChildSent(Sent):
    """A child of a case; birthday and sex are those of its IIN."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"iin": "220506590009", "name": "Серіков Нұрлан"}]})

    iin: Iin
    name: PersonName


class ChildTold(Told):
    """A child that was entered."""

    id: int


class ActSent(Sent):
    """The next step of a case: decided on which day, by which document, and why where a reason is asked for."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "act": "award",
                    "happened_on": "2026-11-20",
                    "document_no": "118",
                    "award_from": "2026-12-01",
                    "award_to": "2027-02-28",
                }
            ]
        }
    )

    act: ActText
    happened_on: Day
    reason: RefusalText = ""
    note: Text500 = ""
    document_no: Annotated[str, Field(max_length=60), TEXT] = ""
    award_from: Day | None = None
    award_to: Day | None = None

    def facts(self) -> StepFacts:
        """Return what is written down of the step."""
        return StepFacts(self.happened_on, self.reason, self.note, self.document_no, self.award_from, self.award_to)


class EndingSent(Sent):
    """The end of an award as it is proposed; T01 ends all awards of the family."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"reason": "T03", "happened_on": "2026-11-20", "note": "", "document_no": "9"}]}
    )

    reason: EndText
    happened_on: Day
    note: Text500 = ""
    document_no: Annotated[str, Field(max_length=60), TEXT] = ""


class EventTold(Told):
    """A step of a case: from which state to which, on the day of its document, entered when."""

    from_status: str
    to_status: str
    happened_on: date
    at: datetime
    reason: str
    document_no: str


class CaseTold(Told):
    """An application or award, as it is shown today, and the steps that may follow."""

    id: int
    number: str
    family: int
    district: str
    kind: str
    status: CaseStatusText
    award_from: date | None
    award_to: date | None
    next_acts: list[ActText]
    events: list[EventTold]

    @classmethod
    def of(cls, case: AssistanceCase, events: Sequence[CaseEvent], *, kato: str, day: date) -> Self:
        """Tell a case as it stands on a day."""
        status = shown_status(case.status, case.award_to, day)
        return cls(
            id=case.id,
            number=case.case_no,
            family=case.family_id,
            district=kato,
            kind=case.kind,
            status=status,
            award_from=case.award_from,
            award_to=case.award_to,
            next_acts=[act.value for act in next_acts(status)],
            events=[
                EventTold(
                    from_status=one.from_status,
                    to_status=one.to_status,
                    happened_on=one.happened_on,
                    at=one.at,
                    reason=one.reason,
                    document_no=one.document_no,
                )
                for one in events
            ],
        )


class CasePage(Told):
    """Applications and awards in the order of their numbers here, and where the next page begins."""

    cases: list[CaseTold]
    next: int | None


class CasesEndedTold(Told):
    """The cases that ended together."""

    ended: list[int]


def events_by_case(events: Sequence[CaseEvent]) -> Mapping[int, list[CaseEvent]]:
    """Return steps by the case they belong to."""
    found: dict[int, list[CaseEvent]] = {}
    for event in events:
        found.setdefault(event.case_id, []).append(event)
    return found
