"""Nouns of families, quarters, vouchers and hand-overs."""

from dataclasses import dataclass
from enum import StrEnum

from core.i18n import Text


class AwardStatus(StrEnum):
    """State of a family's award of assistance."""

    AWARDED = "awarded"
    SUSPENDED = "suspended"
    TERMINATED = "terminated"
    REFUSED = "refused"


class BatchStatus(StrEnum):
    """State of an import: staged, then confirmed by another person or discarded."""

    STAGED = "staged"
    CONFIRMED = "confirmed"
    DISCARDED = "discarded"


class RowRemark(StrEnum):
    """What is said of a row of a registry file: why it is refused, or what to know of it (domain, §5)."""

    IIN_LENGTH = "iin_length"
    IIN_CHECK_DIGIT = "iin_check_digit"
    IIN_DATE = "iin_date"
    APPLICANT_IIN_LENGTH = "applicant_iin_length"
    APPLICANT_IIN_CHECK_DIGIT = "applicant_iin_check_digit"
    APPLICANT_IIN_DATE = "applicant_iin_date"
    BIRTH_DATE_MISMATCH = "birth_date_mismatch"
    DISTRICT_UNKNOWN = "district_unknown"
    AWARD_DATES = "award_dates"
    AWARD_STATUS_UNKNOWN = "award_status_unknown"
    CHILD_IN_TWO_CASES = "child_in_two_cases"
    CASE_NO_UNUSABLE = "case_no_unusable"
    LEADING_ZERO_RESTORED = "leading_zero_restored"
    BIRTH_DATE_FROM_IIN = "birth_date_from_iin"
    ROW_REPEATED = "row_repeated"
    NAME_LETTER_LOST = "name_letter_lost"


NOTES = frozenset(
    {
        RowRemark.LEADING_ZERO_RESTORED,
        RowRemark.BIRTH_DATE_FROM_IIN,
        RowRemark.ROW_REPEATED,
        RowRemark.NAME_LETTER_LOST,
    }
)
"""The remarks that refuse nothing."""


class AllotmentStatus(StrEnum):
    """State of one kit for one child in one quarter."""

    GRANTED = "granted"
    WAITING = "waiting"
    DROPPED = "dropped"
    LAPSED = "lapsed"


class Collector(StrEnum):
    """Who came for the packages."""

    GUARDIAN = "guardian"
    PROXY = "proxy"
    OTHER = "other"


class ScanWay(StrEnum):
    """How a text came in at a point."""

    CAMERA = "camera"
    WEDGE = "wedge"
    TYPED = "typed"


class ScanAnswer(StrEnum):
    """What every scan is answered with (voucher design, §1)."""

    OK = "ok"
    UNREADABLE = "unreadable"
    UNKNOWN_FORMAT = "unknown_format"
    MALFORMED = "malformed"
    UNKNOWN_KEY = "unknown_key"
    BAD_SIGNATURE = "bad_signature"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    REVOKED = "revoked"
    ALREADY_HANDED_OVER = "already_handed_over"
    OTHER_POINT = "other_point"
    OTHER_CYCLE = "other_cycle"
    STALE_LIST = "stale_list"
    NOTHING_DUE = "nothing_due"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an operator is told after a scan: one of three colours, up to three words, the reason, the next step."""

    answer: str
    kind: str
    words: Text
    why: Text
    step: Text
