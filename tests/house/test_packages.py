"""What the application is made from: each package is used, locked, and argued for."""

import ast
import re

from tests.house.sources import PRODUCT, ROOT, complain, files, text_of, tree_of

# packages that nobody imports → why they are needed
UNSEEN = {
    "psycopg": "SQLAlchemy loads it for PostgreSQL",
    "tzdata": "zoneinfo reads Asia/Almaty from it where the system has none",
}
IMPORTED_AS = {
    "argon2-cffi": "argon2", "flask-login": "flask_login", "flask-wtf": "flask_wtf", "pillow": "PIL",
    "python-calamine": "python_calamine", "zxing-cpp": "zxingcpp",
}  # fmt: skip


def _wanted(name: str) -> set[str]:
    lines = (line.split("#")[0].strip() for line in text_of(ROOT / name).splitlines())
    return {re.split(r"[\[=<>]", line)[0] for line in lines if line and not line.startswith("-")}


def test_every_package_that_is_installed_to_run_is_used() -> None:
    imported = set()
    for path in files(*PRODUCT, "migrations"):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Import):
                imported |= {name.name.split(".")[0] for name in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                imported.add(node.module.split(".")[0])
    found = [
        name
        for name in sorted(_wanted("requirements.in"))
        if name not in UNSEEN and IMPORTED_AS.get(name, name) not in imported
    ]
    complain(found, "Remove it from requirements.in and run `make lock`: what is not there cannot be attacked.")


def test_the_lock_files_name_checksums_and_no_addresses() -> None:
    found = []
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-node.txt"):
        said = text_of(ROOT / name)
        found += [f"{name}: {line}" for line in said.splitlines() if "://" in line or line.startswith("--")]
        found += [f"{name}: {pin}" for pin in re.findall(r"^\S+==\S+(?! \\)$", said, re.MULTILINE)]
    complain(found, "Run `make lock`; do not edit lock files by hand.")


def test_what_is_asked_for_is_locked() -> None:
    found = []
    for name in ("requirements", "requirements-dev", "requirements-node"):
        locked = set(re.findall(r"^([a-z0-9._-]+)(?:\[[^]]*\])?==", text_of(ROOT / f"{name}.txt"), re.MULTILINE))
        found += [f"{name}: {package}" for package in sorted(_wanted(f"{name}.in") - locked)]
    complain(found, "Run `make lock`.")


def test_every_decision_is_listed() -> None:
    index = text_of(ROOT / "docs" / "decisions" / "README.md")
    notes = sorted(path.name for path in (ROOT / "docs" / "decisions").glob("*.md") if path.name != "README.md")
    found = [name for name in notes if f"({name})" not in index or not re.match(r"\d{4}-", name)]
    numbers = [name[:4] for name in notes]
    found += sorted({number for number in numbers if numbers.count(number) > 1})
    complain(found, "A decision has a number of its own and a line in docs/decisions/README.md.")
