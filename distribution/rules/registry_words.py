"""What is said of a row of a registry: a short name of the remark, and a sentence that says what to do."""

from core.i18n import Text, text
from distribution.rules.iin import FAULT_TEXTS, IinFault
from distribution.values import RowRemark

NAMES: dict[RowRemark, Text] = {
    RowRemark.IIN_LENGTH: text("Child's IIN: length"),
    RowRemark.IIN_CHECK_DIGIT: text("Child's IIN: control digit"),
    RowRemark.IIN_DATE: text("Child's IIN: date"),
    RowRemark.APPLICANT_IIN_LENGTH: text("Applicant's IIN: length"),
    RowRemark.APPLICANT_IIN_CHECK_DIGIT: text("Applicant's IIN: control digit"),
    RowRemark.APPLICANT_IIN_DATE: text("Applicant's IIN: date"),
    RowRemark.BIRTH_DATE_MISMATCH: text("Birth date differs"),
    RowRemark.DISTRICT_UNKNOWN: text("District unknown"),
    RowRemark.AWARD_DATES: text("Dates of the award"),
    RowRemark.AWARD_STATUS_UNKNOWN: text("Award status unknown"),
    RowRemark.CHILD_IN_TWO_CASES: text("Child in two cases"),
    RowRemark.CASE_NO_UNUSABLE: text("Case number"),
    RowRemark.LEADING_ZERO_RESTORED: text("Leading zero restored"),
    RowRemark.BIRTH_DATE_FROM_IIN: text("Birth date from the IIN"),
    RowRemark.ROW_REPEATED: text("Row repeated"),
    RowRemark.NAME_LETTER_LOST: text("Letter lost in a name"),
}

MESSAGES: dict[RowRemark, Text] = {
    RowRemark.IIN_LENGTH: text("The child's IIN: %(why)s", why=FAULT_TEXTS[IinFault.LENGTH]),
    RowRemark.IIN_CHECK_DIGIT: text("The child's IIN: %(why)s", why=FAULT_TEXTS[IinFault.CHECK_DIGIT]),
    RowRemark.IIN_DATE: text("The child's IIN: %(why)s", why=FAULT_TEXTS[IinFault.DATE]),
    RowRemark.APPLICANT_IIN_LENGTH: text("The applicant's IIN: %(why)s", why=FAULT_TEXTS[IinFault.LENGTH]),
    RowRemark.APPLICANT_IIN_CHECK_DIGIT: text("The applicant's IIN: %(why)s", why=FAULT_TEXTS[IinFault.CHECK_DIGIT]),
    RowRemark.APPLICANT_IIN_DATE: text("The applicant's IIN: %(why)s", why=FAULT_TEXTS[IinFault.DATE]),
    RowRemark.BIRTH_DATE_MISMATCH: text(
        "The birth date is not the one in the IIN, or is not written as 31.12.2020 or 2020-12-31. Correct one of them."
    ),
    RowRemark.DISTRICT_UNKNOWN: text(
        "The KATO code is not that of a district of the programme, or not of a district of your territory."
    ),
    RowRemark.AWARD_DATES: text(
        "The award begins after its end, or a date is not written as 31.12.2020 or 2020-12-31. Correct the dates."
    ),
    RowRemark.AWARD_STATUS_UNKNOWN: text("The status of the award must be awarded, suspended, terminated or refused."),
    RowRemark.CHILD_IN_TWO_CASES: text(
        "The file names this child under more than one case number. Leave it in the right case only."
    ),
    RowRemark.CASE_NO_UNUSABLE: text("The case number is missing or longer than 60 characters. Enter it."),
    RowRemark.LEADING_ZERO_RESTORED: text(
        "An IIN had lost its leading zero, as happens in Excel. The zero was put back."
    ),
    RowRemark.BIRTH_DATE_FROM_IIN: text("The birth date was blank and was taken from the IIN."),
    RowRemark.ROW_REPEATED: text("The same child stands in the same case above. The row was taken once."),
    RowRemark.NAME_LETTER_LOST: text(
        "A name holds a question mark where a Kazakh letter was lost. Export the file as UTF-8 or correct the name."
    ),
}
