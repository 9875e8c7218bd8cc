"""What the code may not say: SQL put together from text, templates from text, markup from data."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, render_template

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("app", "distribution", "logistics", "warehouses", "catalog", "accounts", "territory", "core")
SQL_CALLS = {"text", "execute", "exec_driver_sql", "literal_column", "scalar", "scalars"}
PINNED = {"core/database.py"}
"""PRAGMA takes no parameters; its text is a constant of the same file."""
FORBIDDEN = {"eval", "exec", "Markup", "render_template_string", "pickle", "marshal", "shelve", "from_string"}


def sources() -> Iterator[tuple[str, ast.Module]]:
    for package in PRODUCT:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text("utf-8"))


def is_put_together(node: ast.expr) -> bool:
    """Say whether an expression builds a text from parts: f-string with values, %, +, format."""
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in node.values)
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Mod | ast.Add) and any(
            (isinstance(side, ast.Constant) and isinstance(side.value, str)) or is_put_together(side)
            for side in (node.left, node.right)
        )
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format"


def name_of(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def test_sec_28_sql_is_never_put_together_from_text() -> None:
    found = [
        f"{path}:{node.lineno}"
        for path, tree in sources()
        if path not in PINNED
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and name_of(node) in SQL_CALLS and node.args and is_put_together(node.args[0])
    ]
    assert not found, f"Bind the values: select(…).where(column == value), or text(':name'). {found}"


def test_sec_29_sec_38_nothing_turns_data_into_code_or_markup() -> None:
    found = [
        f"{path}:{getattr(node, 'lineno', 0)}: {name}"
        for path, tree in sources()
        for node in ast.walk(tree)
        for name in names(node)
        if name in FORBIDDEN
    ]
    assert not found, found


def names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import | ast.ImportFrom):
        return [alias.name.split(".")[0] for alias in node.names]
    return [name_of(node)] if isinstance(node, ast.Call) else []


def test_sec_29_templates_never_mark_data_as_safe() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {word}"
        for path in (ROOT / "templates").rglob("*.html")
        for word in ("|safe", "| safe", "autoescape false", "Markup(")
        if word in path.read_text("utf-8")
    ]
    assert not found, found


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7919*7907 }}", "${7919*7907}"]
)
def test_sec_29_bad_04_names_are_shown_as_they_are(app: Flask, text: str) -> None:
    with app.test_request_context("/accounts/sign-in"):
        shown = render_template(
            "errors/problem.html",
            status=404,
            heading=text,
            message=text,
            data_note=text,
            next_step=text,
            request_id="0" * 12,
            home_href="/",
        )
    assert "<script>alert" not in shown
    assert "<img src=x" not in shown
    assert "62615533" not in shown
