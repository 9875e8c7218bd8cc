"""Templates and macros: each is used, each stands where its endpoint says."""

import ast
import re

from flask import Flask

from tests.house.sources import PRODUCT, ROOT, complain, files, name_of, text_of, tree_of

TEMPLATES = ROOT / "templates"


def _python_words() -> tuple[set[str], set[str]]:
    """Return the names of all functions, and all strings, of the product."""
    functions, words = set(), set()
    for path in files(*PRODUCT):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.FunctionDef):
                functions.add(node.name)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                words.add(node.value)
    return functions, words


def _pages() -> dict[str, str]:
    return {
        path.relative_to(TEMPLATES).as_posix(): text_of(path) for path in files("templates", endings=(".html", ".txt"))
    }


def test_every_template_is_used() -> None:
    functions, words = _python_words()
    pages = _pages()
    said = "\n".join(pages.values())
    found = [
        name
        for name in pages
        if f'"{name}"' not in said
        and f"'{name}'" not in said
        and name not in words
        # render_template(f"{blueprint}/{endpoint}.html"): the page of an endpoint, in the folder of its package
        and not (name.count("/") == 1 and name.rsplit("/", 1)[1].split(".")[0] in functions)
    ]
    complain(found, "No view shows this template and no other template uses it. Remove it.")


def test_every_macro_is_used() -> None:
    pages = _pages()
    used = {name for content in pages.values() for name in re.findall(r"(?<!macro )\b(\w+)\(", content)}
    found = [
        f"{name}: {macro}"
        for name, content in pages.items()
        for macro in re.findall(r"{%-?\s*macro\s+(\w+)", content)
        if macro not in used
    ]
    complain(found, "No template calls this macro. Remove it.")


def test_every_template_is_the_page_of_an_endpoint_of_its_package(app: Flask) -> None:
    endpoints = {endpoint.replace(".", "/") for endpoint in app.view_functions}
    said = "\n".join(_pages().values())
    _, words = _python_words()
    found = [
        name
        for name in _pages()
        if name.split(".")[0] not in endpoints and f'"{name}"' not in said and name not in words
    ]
    complain(found, "The path of a template is blueprint/endpoint.html: rename it or its view.")


def test_pages_use_the_macros_for_fields() -> None:
    pattern = re.compile(r"<(select|textarea|input(?!\b[^>]*type=\"hidden\"))\b")
    found = [
        f"{name_of(path)}:{number} {line.strip()[:80]}"
        for path in files("templates", endings=(".html",))
        if path.parent.name != "components" and path.name != "layout.html"
        for number, line in enumerate(text_of(path).splitlines(), 1)
        if pattern.search(line)
    ]
    complain(found, "Use the macros of components/forms.html: they carry label, hint, error and their connection.")
