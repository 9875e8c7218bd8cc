"""What is pressed and filled in: numbers in their columns, dangers named, hints short (UX-44, UX-71, UX-72)."""

import ast
import re
from collections.abc import Iterator

from tests.house.sources import PRODUCT, complain, files, name_of, text_of, tree_of

CELL = re.compile(r"<t[dh]\b(?P<attributes>(?:[^>\"]|\"[^\"]*\")*)>(?P<content>.*?)</t[dh]>", re.DOTALL)
STRAIGHT = re.compile(r"{{-?\s*[a-z_]+(?:\.[a-z_0-9]+)+\s*-?}}")
FIGURES = re.compile(r"{{-?\s*(number|format_number|format_money)\(")
SAYS_NOTHING = {"ok", "okay", "yes", "no", "submit", "send", "go", "done", "cancel", "apply"}


def _cells() -> list[tuple[str, str, str]]:
    found = []
    for path in files("templates", endings=(".html",)):
        body = text_of(path)
        for cell in CELL.finditer(body):
            place = f"{name_of(path)}:{body[: cell.start()].count(chr(10)) + 1}"
            found.append((place, cell["attributes"], cell["content"]))
    return found


def _is_of_figures(attributes: str) -> bool:
    return re.search(r'class="[^"]*\bnumber\b', attributes) is not None


def test_ux_44_a_column_of_figures_is_written_by_the_macro_of_numbers() -> None:
    found = [
        f"{place} {' '.join(content.split())[:80]}"
        for place, attributes, content in _cells()
        if _is_of_figures(attributes) and STRAIGHT.search(content)
    ]
    complain(found, "Write it as {{ number(n) }}: separators of the language, digits of one width.")


def test_ux_44_a_figure_stands_in_a_column_of_figures() -> None:
    found = [
        f"{place} {' '.join(content.split())[:80]}"
        for place, attributes, content in _cells()
        if FIGURES.match(content.strip()) and not _is_of_figures(attributes)
    ]
    complain(found, 'Give the cell class="number": figures are read from the right.')


def test_ux_72_a_dangerous_act_is_asked_about_or_has_a_page_of_its_own() -> None:
    calls = re.compile(r"\bact\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)")
    found = [
        f"{name_of(path)} {call[:80]}"
        for path in files("templates", endings=(".html",))
        for call in calls.findall(text_of(path))
        if "danger=True" in call and "question=" not in call
    ]
    complain(found, "Ask once more by question=…, in the words of the act.")


def test_ux_72_a_button_says_what_it_does() -> None:
    found = []
    pattern = re.compile(
        r"(?:submit\(\s*|act\([^_]*|<button\b[^>]*>[^<]*?(?:{{ icon\([^)]*\) }})?\s*{{ )_\([\"']([^\"']+)"
    )
    for path in files("templates", endings=(".html",)):
        for words in pattern.findall(text_of(path)):
            plain = words.strip()
            if (
                plain.lower() in SAYS_NOTHING
                or plain.isupper()
                or not plain[:1].isupper()
                or plain.endswith((".", "!"))
            ):
                found.append(f"{name_of(path)}: {words}")
    complain(found, "The text of a button is its act in sentence case: “Accept the delivery”.")


def _hints_of_forms() -> Iterator[tuple[str, str]]:
    for path in files(*PRODUCT):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.keyword) and node.arg in {"description", "hint"}:
                parts = [part.value for part in ast.walk(node.value) if isinstance(part, ast.Constant)]
                words = max((part for part in parts if isinstance(part, str)), key=len, default="")
                yield f"{name_of(path)}:{node.value.lineno}", words


def _hints_of_pages() -> Iterator[tuple[str, str]]:
    for path in files("templates", endings=(".html",)):
        for words in re.findall(r"hint=_\(\"([^\"]+)", text_of(path)):
            yield name_of(path), words


def test_ux_71_a_hint_is_one_sentence() -> None:
    hints = [*_hints_of_forms(), *_hints_of_pages()]
    found = [f"{place} {words[:90]}" for place, words in hints if re.search(r"[.!?]\s+[A-Z0-9]", words)]
    complain(found, "A hint is at most one sentence. Say the rest in the error, or before the form.")


def test_ux_71_no_field_says_what_it_is_by_a_placeholder() -> None:
    found = [
        f"{name_of(path)}:{number}"
        for path in files(*PRODUCT, "templates", "static/js", endings=(".py", ".html", ".js"))
        for number, line in enumerate(text_of(path).splitlines(), 1)
        if re.search(r"placeholder\s*[=:\"']", line)
    ]
    complain(found, "A placeholder goes away when one types. Use the label, and a hint where it is needed.")
