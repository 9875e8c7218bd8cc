"""Small files, small functions, names that say what a thing is."""

import ast
import re
from pathlib import Path

from tests.house.sources import ALL_PYTHON, PACKAGES, PRODUCT, complain, files, name_of, room_of, text_of, tree_of

FILE_LINES, FUNCTION_LINES = 350, 50
STYLE_LINES = 600  # the formatter writes one declaration a line
VAGUE = {"util", "utils", "helper", "helpers", "manager", "handler", "processor", "data", "info", "misc", "common"}
# in the name of a function these may be words of the trade: common_passwords, handle_data
VAGUE_IN_FUNCTIONS = VAGUE - {"common", "data", "info"}
ROOMS = {
    "__init__", "values", "permissions", "errors", "models", "rules", "queries", "services", "documents", "forms",
    "schemas", "views", "api", "jobs", "cli",
}  # fmt: skip
ROOMS_OF_ONE = {"warehouses": {"ledger"}}


def _is_made_by_a_tool(path: Path) -> bool:
    return "versions" in path.parts


def test_a_file_fits_in_the_head() -> None:
    places = (*ALL_PYTHON, "templates", "static/css", "static/js")
    found = [
        f"{name_of(path)}: {lines} lines"
        for path in files(*places, endings=(".py", ".html", ".css", ".js"))
        if (lines := len(text_of(path).splitlines())) > (STYLE_LINES if path.suffix == ".css" else FILE_LINES)
        and not _is_made_by_a_tool(path)
    ]
    complain(found, f"A file has at most {FILE_LINES} lines. Make it a folder of the same name, one file per noun.")


def test_a_function_fits_on_a_screen() -> None:
    found = [
        f"{name_of(path)}:{node.lineno} {node.name}: {lines} lines"
        for path in files(*ALL_PYTHON)
        if not _is_made_by_a_tool(path)
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES
    ]
    complain(found, f"A function has at most {FUNCTION_LINES} lines. Give a step of it a name of its own.")


def test_a_view_finds_parses_acts_and_answers_in_25_lines() -> None:
    entrances = [path for package in (*PACKAGES, "app") for path in files(f"{package}/views.py", f"{package}/views")]
    found = [
        f"{name_of(path)}:{node.lineno} {node.name}: {lines} lines"
        for path in entrances
        for node in tree_of(path).body
        if isinstance(node, ast.FunctionDef)
        and node.decorator_list
        and (lines := (node.end_lineno or node.lineno) - node.body[0].lineno + 1) > 25
    ]
    complain(found, "A view has at most 25 lines. Move the decision into rules, the reading into queries.")


def test_every_file_of_a_package_is_a_known_room() -> None:
    found = [
        name_of(path)
        for package in PACKAGES
        for path in files(package)
        if room_of(path) not in ROOMS | ROOMS_OF_ONE.get(package, set())
    ]
    complain(found, "A new file name is a new role. Put the code into a room that exists, or argue in docs/decisions/.")


def test_the_packages_own_file_says_what_it_is_for_and_holds_no_code() -> None:
    found = []
    for package in (*PACKAGES, "app", "core"):
        for path in files(f"{package}/__init__.py"):
            body = tree_of(path).body
            if not ast.get_docstring(tree_of(path)) or len(body) > 1:
                found.append(name_of(path))
    complain(found, "__init__.py says what the package is for and is not for, and holds no code.")


def test_names_say_what_a_thing_is() -> None:
    found = []
    for path in files(*PRODUCT):
        words = set(path.stem.lower().split("_"))
        found += [f"{name_of(path)} is called {word}" for word in words & VAGUE]
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.ClassDef | ast.FunctionDef):
                parts = {part.lower() for part in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", node.name)}
                refused = VAGUE if isinstance(node, ast.ClassDef) else VAGUE_IN_FUNCTIONS
                found += [f"{name_of(path)}:{node.lineno} {node.name}" for _ in parts & refused]
    complain(found, "Name the thing by its trade: these words fit everything and so say nothing.")


def test_core_uses_no_name_of_a_room_that_the_contracts_guard() -> None:
    guarded = ROOMS - {"__init__", "errors", "permissions", "jobs", "cli", "documents"} | {"ledger"}
    found = [name_of(path) for path in files("core") if path.parent.name == "core" and path.stem in guarded]
    complain(found, "The contracts take this file for a room of a package. Give it another name.")
