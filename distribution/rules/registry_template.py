"""The template of a registry: its header, one example row, and what each column means."""

from core.i18n import Text, text
from distribution.rules.registry_columns import COLUMNS

EXAMPLE = (
    "0000-2026-000001",
    "113200000",
    "Жаңа ауыл",
    "900702499014",
    "Үлгі Мысал",
    "+77010000000",
    "unconditional",
    "01.10.2026",
    "31.12.2026",
    "refused",
    "",
    "220514590018",
    "Үлгі Бала",
    "14.05.2022",
    "male",
)
"""An invented family. Its award is refused, so that an example left in a file never brings anybody a package."""

MEANINGS: dict[str, Text] = {
    "case_no": text("The number of the case, up to 60 characters. All children of one award share it."),
    "district_kato": text("The KATO code of the district, nine digits."),
    "settlement": text("The village or town where the family lives."),
    "applicant_iin": text("The applicant's IIN, 12 digits."),
    "applicant_name": text("Surname and given names of the applicant."),
    "phone": text("The applicant's phone, for example +77010000000."),
    "award_kind": text("unconditional or conditional."),
    "award_from": text("The first day of the award, as 31.12.2020 or 2020-12-31."),
    "award_to": text("The last day of the award; blank means that it goes on."),
    "award_status": text("awarded, suspended, terminated or refused."),
    "award_reason": text("Why the award was refused or ended; may be blank."),
    "child_iin": text("The child's IIN, 12 digits."),
    "child_name": text("Surname and given names of the child."),
    "birth_date": text("The child's birthday, as 31.12.2020 or 2020-12-31; blank means that it is taken from the IIN."),
    "sex": text("male or female."),
}


def dictionary() -> list[tuple[str, str]]:
    """Return the columns in their order, each with its meaning in the current language."""
    return [(column, str(MEANINGS[column])) for column in COLUMNS]
