"""Objections, as programs send and read them."""

from datetime import date, datetime
from typing import Annotated, Self

from pydantic import ConfigDict, Field

from core.web.api.bodies import Sent, Told
from core.web.api.fields import LARGEST, TEXT, Day, Limit, Number, chosen
from distribution.models import Objection
from distribution.values.cycles import ObjectionStatus
from territory.models import District

_STATUSES = [one.value for one in ObjectionStatus]

Kato = Annotated[str, Field(pattern=r"^[0-9]{9}$", description="KATO code of a district")]
ObjectionStatusText = Annotated[str, Field(json_schema_extra={"enum": _STATUSES}), chosen(_STATUSES)]
Words = Annotated[str, Field(min_length=1, max_length=4000), TEXT]


class ObjectionsAsked(Sent):
    """Which objections, and from where on."""

    status: ObjectionStatusText | None = None
    district: Kato | None = None
    after: Annotated[Number, Field(description="`next` of the page before")] = 0
    limit: Limit = 100


class ObjectionSent(Sent):
    """An objection as the family made it, with the day on which it came."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "district": "113200000",
                    "child_name": "Айым С.",
                    "words": "Тізімде жоқпыз, жәрдемақы тағайындалған.",
                    "received_on": "2026-12-20",
                }
            ]
        }
    )

    district: Kato
    child_name: Annotated[str, Field(min_length=1, max_length=200), TEXT]
    words: Words
    received_on: Day


class NamedChildSent(Sent):
    """The child of the registry that an objection is about."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"child": 1024}]})

    child: Annotated[int, Field(ge=1, le=LARGEST)]


class ObjectionAnswerSent(Sent):
    """The decision and the answer that the family gets."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"accept": True, "answer": "The award covers the first day of the quarter."}]}
    )

    accept: bool
    answer: Words


class ObjectionTold(Told):
    """An objection and what became of it."""

    id: int
    quarter: str
    district: str
    child_name: str
    words: str
    received_on: date
    child: int | None
    status: ObjectionStatusText
    answer: str
    decided_at: datetime | None

    @classmethod
    def of(cls, objection: Objection, district: District) -> Self:
        """Tell an objection."""
        return cls(
            id=objection.id,
            quarter=str(objection.quarter),
            district=district.kato,
            child_name=objection.child_name,
            words=objection.words,
            received_on=objection.received_on,
            child=objection.child_id,
            status=objection.status,
            answer=objection.answer,
            decided_at=objection.decided_at,
        )


class ObjectionPage(Told):
    """Objections of a quarter in the order in which they were entered, and where the next page begins."""

    objections: list[ObjectionTold]
    next: int | None
