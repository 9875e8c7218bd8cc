"""What is said, and what is not: translations, tone, places that do not belong into the code."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import pytest

from tests.house.sources import ROOT, complain, name_of, text_of
from tools import strings

UNKIND = re.compile(r"\b(please|sorry|oops|invalid|whoops|unfortunately)\b", re.IGNORECASE)
SKIPPED = {"node_modules", "vendor", "__pycache__", "var", "instance", "test-results"}
READ = {
    ".py", ".html", ".css", ".js", ".md", ".toml", ".txt", ".in", ".json", ".cfg", ".yml", ".yaml", ".po", ".csv",
    ".sh", ".mako", ".svg", ".webmanifest", "",
}  # fmt: skip
# written in pieces, so that this file does not find itself
FOREIGN = {
    "a path of the workplace": re.compile("/wo" + r"rk/\w"),
    "a package registry's host": re.compile(
        "pypi" + r"\.org|python" + r"hosted|npmjs" + r"\.(org|com)|deb\.debian" + r"\.org"
    ),
    "an issue's number": re.compile(r"\bissue" + r"s? #?\d"),
    "a word for a machine that writes": re.compile(
        r"\b(Chat)?G" + r"PT\b|\bCl" + r"aude\b|\bLL" + r"Ms?\b|\bA" + r"I\b"
    ),
    "a word that says nothing": re.compile(r"\bhel" + r"pers?\b", re.IGNORECASE),
}
NOT_OURS = {"LICENSE", "package-lock.json", "test_sizes_and_names.py"}


@cache
def _sentences() -> Mapping[str, strings.MessageKey]:
    return strings.extracted()


@cache
def _complaints() -> Sequence[str]:
    return strings.check()


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_ux_68_every_sentence_is_said_in_every_language(language: str) -> None:
    found = [line for line in _complaints() if line.startswith(f"{language}:")]
    complain(found, "Kazakh and Russian are complete in every commit.")


def test_sentences_are_those_of_a_colleague() -> None:
    found = [sentence for sentence in sorted(_sentences()) if UNKIND.search(sentence)]
    complain(found, "Say what happened and what to do next, without pleading and without blame.")


def test_a_lot_is_not_called_by_the_packages_name() -> None:
    found, kazakh = [], strings.load("kk")
    for singular, key in sorted(_sentences().items()):
        if re.search(r"\blots?\b", singular, re.IGNORECASE):
            message = kazakh.get(singular)
            said = "" if message is None else str(message.string)
            found += [f"{key}: {said}"] if "топтама" in said.lower() else []
    complain(found, "A lot is «партия»; «топтама» is the social package.")


def _is_made_by_a_tool(path: Path) -> bool:
    hidden = any(part.startswith(".") and part != ".ci" for part in path.parts[:-1])
    return hidden or bool(SKIPPED & set(path.parts))


def _our_files() -> list[Path]:
    return sorted(
        path
        for path in ROOT.rglob("*")
        if path.suffix in READ and path.is_file() and not _is_made_by_a_tool(path.relative_to(ROOT))
    )


def test_nothing_points_outside_the_house() -> None:
    found = []
    for path in _our_files():
        if path.name in NOT_OURS or path.stat().st_size > 2_000_000:
            continue
        try:
            lines = text_of(path).splitlines()
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(lines, 1):
            found += [f"{name_of(path)}:{number} {what}" for what, pattern in FOREIGN.items() if pattern.search(line)]
    complain(found, "Whoever takes over knows nothing of how this was made: say it without.")


def test_every_catalogue_is_free_of_dates_and_line_numbers() -> None:
    found = [
        name_of(path)
        for path in sorted((ROOT / "translations").rglob("*.po"))
        if re.search(r"^#:|Creation-Date|Revision-Date|^#, fuzzy", text_of(path), re.MULTILINE)
    ]
    complain(found, "Run `make strings`; it writes catalogues that merge well.")
