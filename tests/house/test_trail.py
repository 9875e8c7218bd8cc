"""Every act leaves its line in the trail (SEC-49): who did what, when and to which thing."""

import ast
from collections.abc import Iterator, Mapping

from tests.house.sources import complain, files, name_of, tree_of

WITHOUT = {
    "add_comment": "a comment is never changed and says itself who wrote it and when",
    "open_places": "many places at once are facts and the demonstration; people open one",
    "replace_picks": "a part of picking and of sending, which are written down",
    "touch_draft": "a part of every change of a draft, which is written down",
}
"""Function → why it needs no line of its own."""
ASKS = {"ask_job"}
"""What is only asked for is written down when it is done, and the queue keeps who asked."""
TRAIL = {"record", *ASKS}


def _functions(package: str) -> Iterator[tuple[str, ast.FunctionDef]]:
    for path in files(package, endings=(".py",)):
        name = name_of(path)
        if "/services" in name:
            for node in tree_of(path).body:
                if isinstance(node, ast.FunctionDef):
                    yield name, node


def _called(node: ast.FunctionDef) -> set[str]:
    """Return the names that a function calls or hands on."""
    names = {found.id for found in ast.walk(node) if isinstance(found, ast.Name)}
    return names | {found.attr for found in ast.walk(node) if isinstance(found, ast.Attribute)}


def _reaching(calls: Mapping[str, set[str]]) -> set[str]:
    """Return the functions from which a line of the trail is reached."""
    found, before = set(TRAIL), set[str]()
    while found != before:
        before = set(found)
        found |= {name for name, called in calls.items() if called & before}
    return found


def _is_act(node: ast.FunctionDef) -> bool:
    """Say whether somebody does something at a moment: it takes the session, who acts, and when."""
    given = {argument.arg for argument in (*node.args.args, *node.args.kwonlyargs)}
    return not node.name.startswith("_") and {"session", "actor", "at"} <= given


def test_sec_49_every_act_of_a_service_is_written_into_the_trail() -> None:
    every = [one for package in ("distribution", "logistics", "warehouses", "catalog") for one in _functions(package)]
    calls: dict[str, set[str]] = {}
    for _, node in every:
        calls.setdefault(node.name, set()).update(_called(node))
    reaching = _reaching(calls)
    found = [
        f"{name}:{node.lineno} {node.name}"
        for name, node in every
        if _is_act(node) and node.name not in reaching and node.name not in WITHOUT
    ]
    acts = sum(_is_act(node) for _, node in every)
    assert acts > 60, "the search finds the acts"
    complain(
        found, "Call core.audit.record in it, with who acted, on what and when; or say in WITHOUT why none is needed."
    )
