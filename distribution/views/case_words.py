"""What states, reasons and people of families are called on pages, and how people are shown to whom."""

from core.i18n import Text, text
from core.web.guards import current_actor
from core.web.session import field_keys
from distribution.forms.cases import KIND_NAMES
from distribution.forms.people import END_REASONS
from distribution.permissions import DistributionRight
from distribution.rules.cases import ACTS, REFUSAL_REASONS, TERMINATION_REASONS
from distribution.rules.iin import masked_iin
from distribution.rules.phones import masked_phone
from distribution.values import CaseStatus
from distribution.views.shown import shown_name

STATUS_NAMES = {
    CaseStatus.DRAFT: text("Draft"),
    CaseStatus.REGISTERED: text("Registered"),
    CaseStatus.DOCUMENTS_REQUESTED: text("Documents asked for"),
    CaseStatus.WITH_COMMISSION: text("With the commission"),
    CaseStatus.EXAMINED: text("Examined"),
    CaseStatus.CONCLUSION_NEEDED: text("Conclusion: aid is needed"),
    CaseStatus.CONCLUSION_NOT_NEEDED: text("Conclusion: not needed"),
    CaseStatus.CONTRACT_PENDING: text("Social contract awaited"),
    CaseStatus.AWARDED: text("Awarded"),
    CaseStatus.REFUSED: text("Refused aid"),
    CaseStatus.SUSPENDED: text("Suspended"),
    CaseStatus.TERMINATED: text("Terminated"),
    CaseStatus.EXPIRED: text("Term over"),
    CaseStatus.WITHDRAWN: text("Withdrawn"),
    CaseStatus.APPEALED: text("Under appeal"),
}
REASON_NAMES = {
    "employment_refused": text("Employment measures refused"),
    "commission_not_needed": text("The commission saw no need"),
    **REFUSAL_REASONS,
    **TERMINATION_REASONS,
}
SEX_NAMES = {"male": text("boy"), "female": text("girl")}
STATUS_KINDS = {
    "draft": "muted",
    "registered": "info",
    "documents_requested": "attention",
    "with_commission": "info",
    "examined": "info",
    "conclusion_needed": "info",
    "conclusion_not_needed": "info",
    "contract_pending": "info",
    "awarded": "ok",
    "refused": "muted",
    "suspended": "attention",
    "terminated": "muted",
    "expired": "muted",
    "withdrawn": "muted",
    "appealed": "attention",
}
CHANGE_NAMES: dict[str, Text] = {
    "send_to_commission": text("Given to the commission"),
    "record_examination": text("Examined by the commission"),
    "conclude_review": text("Concluded by the commission"),
    "end": text("Award ended"),
    **{act.value: rule.name for act, rule in ACTS.items()},
}
"""What a change of a case that a person made is called; other changes carry words of their own."""


def sees_names() -> bool:
    """Say whether the person who is signed in sees names in full."""
    return current_actor().may(DistributionRight.IMPORT_REGISTRY)


def masked(sealed: bytes) -> str:
    """Return the last digits of a sealed IIN."""
    return masked_iin(field_keys().open(sealed))


def phone_end(sealed: bytes) -> str:
    """Return the last digits of a sealed phone."""
    return masked_phone(field_keys().open(sealed))


def people_words() -> dict[str, object]:
    """Return what templates about families call things by."""
    return {
        "status_names": STATUS_NAMES,
        "status_kinds": STATUS_KINDS,
        "kind_names": KIND_NAMES,
        "reason_names": REASON_NAMES,
        "sex_names": SEX_NAMES,
        "end_reasons": {reason.value: words for reason, words in END_REASONS.items()},
        "change_names": CHANGE_NAMES,
        "shown": shown_name,
        "masked_iin": masked,
        "phone": phone_end,
    }
