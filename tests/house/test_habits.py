"""Where things may happen: commits, the ledger, the environment, the clock, SQL, markup."""

import ast
import re
from pathlib import Path

from tests.house.sources import PACKAGES, PRODUCT, calls, complain, files, name_of, room_of, text_of, tree_of

COMMITTING = {"core/database.py", "core/backup.py"}
# rooms that get their session and their time from whoever calls
INNER_ROOMS = {"values", "models", "rules", "queries", "services", "ledger", "documents", "forms", "schemas"}
PUTTING_IN = {"insert", "insert_into", "bulk_insert_mappings", "bulk_save_objects", "add_many", "copy_into"}
CHANGING = {"update", "delete"}
RUNNING_SQL = {"text", "execute", "exec_driver_sql", "executescript", "executemany"}
# file → why SQL is put together there
OWN_SQL = {
    "core/database.py": "PRAGMA takes no parameters; its words are constants",
    "core/backup.py": "table names come from the models",
    "core/dialects.py": "the one place where the two databases differ",
}


def _inner_files() -> list[Path]:
    return [path for path in files(*PACKAGES) if room_of(path) in INNER_ROOMS]


def test_commits_stand_in_two_files_only() -> None:
    found = [
        f"{name_of(path)}:{call.lineno}"
        for path in files(*PRODUCT)
        if name_of(path) not in COMMITTING
        for called, call in calls(path)
        if called == "commit"
    ]
    complain(found, "The entry point's `with transaction() as session:` commits. Remove commit() here.")


def test_inner_rooms_open_no_unit_of_work() -> None:
    found = [
        f"{name_of(path)}:{call.lineno} {called}()"
        for path in _inner_files()
        for called, call in calls(path)
        if called in {"writing", "transaction", "reading"}
    ]
    complain(found, "Take the session as a parameter; the entry point opens it.")


def test_views_open_their_unit_of_work_by_the_web_session() -> None:
    found = [
        f"{name_of(path)}:{call.lineno}"
        for path in files(*PACKAGES)
        if room_of(path) in {"views", "api"}
        for called, call in calls(path)
        if called == "writing"
    ]
    complain(found, "Use `with transaction() as session:` of core.web.session; it counts the form's key too.")


def test_the_clock_is_read_at_the_entry_only() -> None:
    found = []
    for path in _inner_files():
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.ImportFrom) and node.module == "core.clock":
                found += [f"{name_of(path)}:{node.lineno}" for name in node.names if name.name == "now"]
    for path in files(*PRODUCT):
        if name_of(path) != "core/clock.py":
            found += [
                f"{name_of(path)}:{call.lineno} {ast.unparse(call.func)}()"
                for _, call in calls(path)
                if ast.unparse(call.func)
                in {"datetime.now", "datetime.utcnow", "date.today", "datetime.today", "time.time"}
            ]
    complain(found, "Take `at` as a parameter; the entry point asks core.clock.now() once.")


def test_nothing_about_time_is_decided_at_import() -> None:
    found = []
    for path in files(*PRODUCT):
        for node in tree_of(path).body:
            if not isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef | ast.If):
                found += [
                    f"{name_of(path)}:{inner.lineno}"
                    for inner in ast.walk(node)
                    if isinstance(inner, ast.Call)
                    and isinstance(inner.func, ast.Name)
                    and inner.func.id in {"now", "today"}
                ]
    complain(found, "A server runs for weeks: ask for the time when it is needed.")


def test_a_stock_movement_is_made_in_the_ledger_only() -> None:
    found = []
    for path in files(*PRODUCT):
        in_ledger = name_of(path).startswith("warehouses/ledger")
        for called, call in calls(path):
            named = [node.id for argument in call.args[:2] for node in ast.walk(argument) if isinstance(node, ast.Name)]
            makes = called == "StockMovement" or (called in PUTTING_IN and "StockMovement" in named)
            changes = called in CHANGING and call.args and ast.unparse(call.args[0]) == "StockMovement"
            if (makes and not in_ledger) or changes:
                found.append(f"{name_of(path)}:{call.lineno} {ast.unparse(call.func)}")
    complain(found, "Post through warehouses.services; a wrong movement is corrected by a further one, never changed.")


def test_the_environment_is_read_in_config_only() -> None:
    found = [
        f"{name_of(path)}:{number}"
        for path in files(*PRODUCT)
        if name_of(path) != "config.py"
        for number, line in enumerate(text_of(path).splitlines(), 1)
        if re.search(r"\bos\.environ\b|\bgetenv\(|\benviron\[", line)
    ]
    complain(found, "Add a setting to config.py and read it from there.")


def test_sql_is_never_put_together_from_pieces() -> None:
    found = [
        f"{name_of(path)}:{call.lineno}"
        for path in files(*PRODUCT)
        if name_of(path) not in OWN_SQL
        for called, call in calls(path)
        if called in RUNNING_SQL and call.args and _is_put_together(call.args[0])
    ]
    complain(found, "Use SQLAlchemy's expressions, or text() with :named parameters.")


def _is_put_together(argument: ast.expr) -> bool:
    if isinstance(argument, ast.JoinedStr):
        return True
    if isinstance(argument, ast.BinOp) and isinstance(argument.op, ast.Mod | ast.Add):
        return any(isinstance(node, ast.Constant) and isinstance(node.value, str) for node in ast.walk(argument))
    called = argument.func if isinstance(argument, ast.Call) else None
    return isinstance(called, ast.Attribute) and called.attr == "format"


def test_nothing_escapes_the_escaping() -> None:
    pattern = re.compile(r"\|\s*safe\b|autoescape\s+false|\bMarkup\(|render_template_string")
    found = [
        f"{name_of(path)}:{number} {line.strip()[:80]}"
        for path in files(*PRODUCT, "templates", endings=(".py", ".html", ".txt"))
        for number, line in enumerate(text_of(path).splitlines(), 1)
        if pattern.search(line)
    ]
    complain(found, "Write markup in a template or a macro and let Jinja escape the values.")


def test_pages_carry_no_style_script_or_handler_of_their_own() -> None:
    pattern = re.compile(r"<style\b|\sstyle=|\son[a-z]+=\"|<script(?![^>]*\bsrc=)(?![^>]*\bnonce=)|javascript:")
    found = [
        f"{name_of(path)}:{number} {line.strip()[:80]}"
        for path in files("templates", endings=(".html",))
        for number, line in enumerate(text_of(path).splitlines(), 1)
        if pattern.search(line)
    ]
    complain(found, "The content policy refuses it. Put it into static/css or a module of static/js.")


def test_nobody_fakes_what_is_ours() -> None:
    pattern = re.compile(r"unittest[. ]+(import )?mock|\bMagicMock\b|\bmocker\b")
    own = Path(__file__)
    found = [name_of(path) for path in files("tests") if path != own and pattern.search(text_of(path))]
    complain(found, "Use the real database, services and templates; fake only the outside world, by a small class.")
