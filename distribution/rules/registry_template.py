"""The template of a registry: its header, one example row, and what each column means."""

from distribution.rules.registry_columns import COLUMNS, MEANINGS

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


def dictionary() -> list[tuple[str, str]]:
    """Return the columns in their order, each with its meaning in the current language."""
    return [(column, str(MEANINGS[column])) for column in COLUMNS]
