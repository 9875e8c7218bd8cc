"""Reading of the CSV files of facts that packages carry."""

import csv
from pathlib import Path


def read_facts(file: Path) -> list[dict[str, str]]:
    """Return the rows of a UTF-8 CSV file with a header."""
    with file.open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))
