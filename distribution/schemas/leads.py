"""Leads, as programs send and read them; without names: who it is about stands on the page."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import ConfigDict, Field

from core.web.api.bodies import Sent, Told
from core.web.api.fields import Limit, Number, Text500, chosen
from distribution.models import Lead
from distribution.schemas.objections import Kato
from distribution.values.leads import LeadDecision, LeadKind, LeadStatus

_KINDS = [one.value for one in LeadKind]
_STATUSES = [one.value for one in LeadStatus]
_DECISIONS = [one.value for one in LeadDecision]

LeadKindText = Annotated[str, Field(json_schema_extra={"enum": _KINDS}), chosen(_KINDS)]
LeadStatusText = Annotated[str, Field(json_schema_extra={"enum": _STATUSES}), chosen(_STATUSES)]
LeadDecisionText = Annotated[str, Field(json_schema_extra={"enum": _DECISIONS}), chosen(_DECISIONS)]


class LeadsAsked(Sent):
    """Which leads, and from where on."""

    status: LeadStatusText | None = None
    kind: LeadKindText | None = None
    district: Kato | None = None
    after: Annotated[Number, Field(description="`next` of the page before")] = 0
    limit: Limit = 100


class LeadDecisionSent(Sent):
    """What a person decided about a lead."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"decision": "different", "note": "Twins of one name, both papers seen."}]}
    )

    decision: LeadDecisionText
    note: Text500 = ""


class LeadTold(Told):
    """What looks like a duplicate or a mistake: why, how sure (score, up to 100), and what was decided."""

    id: int
    kind: LeadKindText
    status: LeadStatusText
    score: int
    reasons: dict[str, object]
    found_at: datetime
    decision: str
    decided_at: datetime | None

    @classmethod
    def of(cls, lead: Lead) -> Self:
        """Tell a lead."""
        return cls(
            id=lead.id,
            kind=lead.kind,
            status=lead.status,
            score=lead.score,
            reasons=lead.reasons,
            found_at=lead.found_at,
            decision=lead.decision,
            decided_at=lead.decided_at,
        )


class LeadPage(Told):
    """Leads in the order in which they were found, and where the next page begins."""

    leads: list[LeadTold]
    next: int | None
