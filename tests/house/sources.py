"""What the house tests read: our own files, each parsed once."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("distribution", "logistics", "warehouses", "catalog", "accounts", "territory")
FLOORS = ("app", *PACKAGES, "core")
# what the application consists of, in the order of the floors
PRODUCT = ("config.py", "wsgi.py", *FLOORS)
ALL_PYTHON = (*PRODUCT, "migrations", "tests", "tools", "benchmarks")


def files(*places: str, endings: tuple[str, ...] = (".py",)) -> list[Path]:
    """Return our files in folders or under names, sorted; nothing generated, nothing of others."""
    found: list[Path] = []
    for place in places:
        start = ROOT / place
        found += [start] if start.is_file() else [path for path in start.rglob("*") if path.is_file()]
    foreign = {"vendor", "node_modules", "__pycache__"}
    return sorted(path for path in found if path.suffix in endings and not foreign & set(path.parts))


def name_of(path: Path) -> str:
    """Return a path as the messages of these tests show it."""
    return path.relative_to(ROOT).as_posix()


@cache
def text_of(path: Path) -> str:
    """Return what a file says."""
    return path.read_text(encoding="utf-8")


@cache
def tree_of(path: Path) -> ast.Module:
    """Return a Python file, parsed."""
    return ast.parse(text_of(path), filename=str(path))


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """Yield every call of a file with the last part of what is called: `a.b.commit()` is `commit`."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute):
                yield node.func.attr, node
            elif isinstance(node.func, ast.Name):
                yield node.func.id, node


def room_of(path: Path) -> str:
    """Return the room that a file of a package belongs to: `warehouses/ledger/post.py` is in `ledger`."""
    return path.relative_to(ROOT).parts[1].removesuffix(".py")


def complain(found: list[str], advice: str) -> None:
    """Fail with all complaints at once and what to do about them."""
    assert not found, advice + "\n" + "\n".join(f"  {line}" for line in found)
