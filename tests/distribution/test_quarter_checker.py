"""The public's checker, in Python and in a browser: it accepts the worked example and refuses whatever was changed."""

import importlib.util
import json
import random
import shutil
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings, strategies as st

from core.web.assets import STATIC
from distribution.rules.rationing import quotas

EXAMPLE = Path(__file__).parent / "rationing_example"
FILES = ("roster.csv", "draw.csv", "dropped.csv")
UNREADABLE = (OSError, ValueError, KeyError, TypeError, AttributeError)


@pytest.fixture(scope="module")
def checker() -> ModuleType:
    """Load the program that the public runs."""
    spec = importlib.util.spec_from_file_location("check_quarter", STATIC / "checker" / "check_quarter.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a copy of the worked example."""
    shutil.copytree(EXAMPLE, tmp_path / "quarter")
    return tmp_path / "quarter"


def said(checker: ModuleType, folder: Path) -> list[tuple[str, int, str]]:
    """Return the faults that the checker finds; that a file cannot be read is one too."""
    checker.faults.clear()
    with redirect_stdout(StringIO()):
        try:
            checker.main(folder)
        except UNREADABLE as error:
            return [("", 0, str(error))]
    return list(checker.faults)


def test_the_worked_example_is_right(checker: ModuleType) -> None:
    assert said(checker, EXAMPLE) == []


@pytest.mark.parametrize("name", FILES)
def test_any_single_changed_byte_of_a_table_is_refused(checker: ModuleType, folder: Path, name: str) -> None:
    whole = (folder / name).read_bytes()
    chance = random.Random(name)
    for place in sorted(chance.sample(range(len(whole)), min(len(whole), 80))):
        for byte in {whole[place] ^ 1, whole[place] ^ 32, chance.randrange(256)} - {whole[place]}:
            (folder / name).write_bytes(whole[:place] + bytes([byte]) + whole[place + 1 :])
            assert said(checker, folder), f"{name}, byte {place}: {whole[place]} became {byte}"


@pytest.mark.parametrize("name", FILES)
def test_a_missing_or_a_further_line_is_refused(checker: ModuleType, folder: Path, name: str) -> None:
    lines = (folder / name).read_text("utf-8").splitlines(keepends=True)
    for place in range(len(lines)):
        (folder / name).write_text("".join(lines[:place] + lines[place + 1 :]), "utf-8")
        # the one of the example who dropped out stood behind those who are granted: nothing follows from it
        assert name == "dropped.csv" or said(checker, folder), f"{name} without line {place + 1}"
        (folder / name).write_text("".join(lines[: place + 1] + lines[place:]), "utf-8")
        assert said(checker, folder), f"{name} with line {place + 1} twice"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("merkle_root", "0" * 64),
        ("seed", "04 17 23"),
        ("seed", None),
        ("supply", {"F13": 5, "F36": 1, "HYG": 6}),
        ("supply", {"F13": 4, "F36": 1}),
        ("need", {"F13": 7, "F36": 2, "HYG": 8}),
        ("rule", "as we like it"),
    ],
)
def test_what_the_cycle_says_must_fit(checker: ModuleType, folder: Path, key: str, value: object) -> None:
    cycle = json.loads((folder / "cycle.json").read_text("utf-8"))
    (folder / "cycle.json").write_text(json.dumps(cycle | {key: value}), "utf-8")
    assert said(checker, folder)


def test_the_changed_line_is_named(checker: ModuleType, folder: Path) -> None:
    lines = (folder / "roster.csv").read_text("utf-8").splitlines()
    assert lines[15].endswith(",F13,0,0")
    lines[15] = lines[15][:-1] + "3"
    (folder / "roster.csv").write_text("\n".join([*lines, ""]), "utf-8")
    assert ("roster.csv", 16, "changed: the published line ends with 0,0") in said(checker, folder)
    shutil.copy(EXAMPLE / "roster.csv", folder)
    draw = (folder / "draw.csv").read_text("utf-8").replace(",1\n", ",0\n", 1)
    (folder / "draw.csv").write_text(draw, "utf-8")
    assert [(file, line) for file, line, _ in said(checker, folder)] == [("draw.csv", 2)]


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.integers(100, 140).map(str), st.integers(1, 60), min_size=1, max_size=12), st.integers(0, 400)
)
def test_its_quotas_are_those_of_the_product(need: dict[str, int], supply: int) -> None:
    spec = importlib.util.spec_from_file_location("again", STATIC / "checker" / "check_quarter.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.quotas(supply, dict(sorted(need.items()))) == quotas(supply, need)
