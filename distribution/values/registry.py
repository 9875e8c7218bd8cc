"""Nouns of registry imports."""

from enum import StrEnum


class AwardStatus(StrEnum):
    """State of a family's award of assistance as a registry file names it."""

    AWARDED = "awarded"
    SUSPENDED = "suspended"
    TERMINATED = "terminated"
    REFUSED = "refused"


class BatchStatus(StrEnum):
    """State of an import: brought in, its columns named, checked, then confirmed by another person or discarded."""

    UPLOADED = "uploaded"
    CHECKING = "checking"
    STAGED = "staged"
    CONFIRMING = "confirming"
    CONFIRMED = "confirmed"
    DISCARDED = "discarded"
    UNDONE = "undone"
    FAILED = "failed"


class RowState(StrEnum):
    """What an accepted row of a file would do."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"


class KeptState(StrEnum):
    """What an import in force did to a child: brought it, changed it, or did not name it any more."""

    NEW = "new"
    CHANGED = "changed"
    GONE = "gone"


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
