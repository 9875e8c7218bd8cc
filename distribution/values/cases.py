"""Nouns of awards and their path."""

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
