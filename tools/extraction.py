"""Find the sentences of a Python file; Babel calls this, see babel.cfg."""

import ast
from collections.abc import Collection, Iterator, Mapping
from typing import IO

# name of the function → which of its arguments are sentences (1 is the first)
KEYWORDS: dict[str, tuple[int, ...]] = {
    "_": (1,),
    "gettext": (1,),
    "text": (1,),
    "ngettext": (1, 2),
    "text_plural": (1, 2),
}

Extracted = tuple[int, str, str | tuple[str, ...], list[str]]


class StringsError(Exception):
    """A catalogue or a file of translations is wrong; the message says what to do."""


def extract_python(
    fileobj: IO[bytes], keywords: Collection[str], comment_tags: Collection[str], options: Mapping[str, object]
) -> Iterator[Extracted]:
    """Yield the sentences of one Python file; the signature is Babel's.

    Raises StringsError on an f-string: its parts change with the data, so it can never be found in a catalogue.
    """
    del comment_tags, options
    tree = ast.parse(fileobj.read())
    foreign = _names_from_sqlalchemy(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = _called_name(node.func)
        if name is None or name in foreign or name not in keywords:
            continue
        wanted = [node.args[place - 1] for place in KEYWORDS[name] if place <= len(node.args)]
        if any(isinstance(argument, ast.JoinedStr) for argument in wanted):
            message = f'{getattr(fileobj, "name", "?")}:{node.lineno}: {name}(f"…") cannot be translated. '
            raise StringsError(message + "Use %(name)s placeholders and pass the values by name.")
        sentences = [part.value for part in wanted if isinstance(part, ast.Constant) and isinstance(part.value, str)]
        if len(sentences) == len(KEYWORDS[name]):
            yield node.lineno, name, sentences[0] if len(sentences) == 1 else tuple(sentences), []


def _names_from_sqlalchemy(tree: ast.AST) -> set[str]:
    imports = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    from_sql = (node for node in imports if (node.module or "").split(".")[0] in {"sqlalchemy", "alembic"})
    return {alias.asname or alias.name for node in from_sql for alias in node.names}


def _called_name(function: ast.expr) -> str | None:
    if isinstance(function, ast.Name):
        return function.id
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) and function.value.id == "i18n":
        return function.attr
    return None
