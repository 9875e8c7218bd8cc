"""Who gets which set is data: nothing but the facts and the demonstration knows a kind of set or its ages."""

import ast
import re

from tests.house.sources import PACKAGES, PRODUCT, complain, files, name_of, text_of, tree_of

CODES = re.compile(r"\b(F13|F36|HYG|UNI|SCH)\b")
AGES = re.compile(r"\bages? \d|\d жастан \d|от \d+ (?:года )?до \d+ лет|\b1 to under \d", re.IGNORECASE)
MONTHS = {36, 72, 216}
# where a code stands as an example, or names a page of the demonstration
EXAMPLES = {"catalog/schemas/standards.py", "catalog/api/standards.py", "tools/pictures.py"}
FACTS = ("catalog/data", "app/demonstration")


def _is_free(name: str) -> bool:
    return name.startswith(FACTS) or name in EXAMPLES


def test_no_code_of_a_set_and_no_ages_stand_in_code_pages_or_sentences() -> None:
    places = (*PRODUCT, "templates", "static/js", "translations", "tools", "benchmarks", "migrations")
    found = [
        f"{name_of(path)}:{number} {line.strip()[:80]}"
        for path in files(*places, endings=(".py", ".html", ".js", ".po"))
        if not _is_free(name_of(path))
        for number, line in enumerate(text_of(path).splitlines(), 1)
        if CODES.search(line) or AGES.search(line)
    ]
    complain(found, "Read it from the kind of set (`KitKind`): which sets there are, and for whom, is data.")


def test_no_months_of_a_band_stand_in_code() -> None:
    found = [
        f"{name_of(path)}:{node.lineno} {node.value}"
        for path in files("app", *PACKAGES)
        if not _is_free(name_of(path))
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Constant) and type(node.value) is int and node.value in MONTHS
    ]
    complain(
        found, "Ages of a band come from the kind of set; give any other number a name of its own and another value."
    )
