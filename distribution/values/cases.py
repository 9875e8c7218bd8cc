"""Nouns of awards and their path."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class CaseStatus(StrEnum):
    """Where an award stands, from the application to its end (the state's list of statuses)."""

    DRAFT = "draft"
    REGISTERED = "registered"
    DOCUMENTS_REQUESTED = "documents_requested"
    WITH_COMMISSION = "with_commission"
    EXAMINED = "examined"
    CONCLUSION_NEEDED = "conclusion_needed"
    CONCLUSION_NOT_NEEDED = "conclusion_not_needed"
    CONTRACT_PENDING = "contract_pending"
    AWARDED = "awarded"
    REFUSED = "refused"
    SUSPENDED = "suspended"
    TERMINATED = "terminated"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    APPEALED = "appealed"


class CaseAct(StrEnum):
    """What a person does with an award on its path."""

    REGISTER = "register"
    REQUEST_DOCUMENTS = "request_documents"
    WITHDRAW = "withdraw"
    AWAIT_CONTRACT = "await_contract"
    AWARD = "award"
    PROLONG = "prolong"
    REFUSE = "refuse"
    SUSPEND = "suspend"
    RESUME = "resume"
    APPEAL = "appeal"
    UPHOLD = "uphold"


class Opinion(StrEnum):
    """What a member of a commission, or the commission, concludes of a family."""

    NEEDED = "needed"
    NOT_NEEDED = "not_needed"


class EndingStatus(StrEnum):
    """State of a proposal to end an award."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class StepFacts:
    """What is written down of a step: the day of its document, a code of the state's list, words, the document."""

    happened_on: date
    reason: str = ""
    note: str = ""
    document_no: str = ""
    award_from: date | None = None
    award_to: date | None = None
