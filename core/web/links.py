"""Links that lead only where their reader may go, and the documents that movements of goods come from."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from flask import Blueprint, current_app, url_for
from sqlalchemy.orm import Session
from werkzeug.routing import BuildError

from core.i18n import Text, text
from core.web.guards import find_actor, guard_of

Words = Callable[[Session, Collection[str]], Mapping[str, str]]
"""Returns, by document id, a word about each document, in one statement for any number of them."""

_EXTENSION = "documents"
_UNKNOWN = text("Movement")


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """What a `document_kind` of the ledger is called, the page that shows one, and what else is known of many.

    The page has one argument in its address, the document's id. `numbers` gives the number on the paper, `devices` the
    device on which it was made, where the document knows it.
    """

    name: Text
    endpoint: str | None = None
    numbers: Words | None = None
    devices: Words | None = None


@dataclass(frozen=True, slots=True)
class DocumentLink:
    """A document as a line shows it: its kind and number, its address where its reader may open it, its device."""

    words: str
    href: str | None
    number: str = ""
    device: str = ""


def link_documents(blueprint: Blueprint, kinds: Mapping[str, DocumentKind]) -> None:
    """Make the kinds of documents of a package known to the application that carries its blueprint."""
    blueprint.record_once(lambda state: state.app.extensions.setdefault(_EXTENSION, {}).update(kinds))


def link_to(endpoint: str, **values: str | int) -> str | None:
    """Return the address of a page, or None where there is no such page or its guard does not let the reader in."""
    view = current_app.view_functions.get(endpoint)
    if view is None or not _lets_in(guard_of(view) or ""):
        return None
    try:
        return url_for(endpoint, **values)  # type: ignore[arg-type]  # Flask types values as Any
    except BuildError:
        return None


def link_to_one(endpoint: str, value: object) -> str | None:
    """Return the address of a page that shows one thing, whatever the one argument in its address is called."""
    if endpoint not in current_app.view_functions:
        return None
    arguments = {name for rule in current_app.url_map.iter_rules(endpoint) for name in rule.arguments}
    return link_to(endpoint, **dict.fromkeys(arguments, str(value))) if len(arguments) == 1 else None


def document_name(kind: str) -> Text:
    """Return what a kind of document is called."""
    return _kind(kind).name


def document_links(session: Session, documents: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], DocumentLink]:
    """Return documents, given as (kind, id), with number and device; at most two statements for each kind."""
    ids: dict[str, set[str]] = {}
    for kind, document_id in documents:
        ids.setdefault(kind, set()).add(document_id)
    links: dict[tuple[str, str], DocumentLink] = {}
    for kind, wanted in ids.items():
        found = _kind(kind)
        numbers = found.numbers(session, wanted) if found.numbers else {}
        devices = found.devices(session, wanted) if found.devices else {}
        for one in wanted:
            number = numbers.get(one, "")
            words = f"{found.name} {number}".strip()
            links[(kind, one)] = DocumentLink(words, _address(found, one), number, devices.get(one, ""))
    return links


def _kind(kind: str) -> DocumentKind:
    known: Mapping[str, DocumentKind] = current_app.extensions.get(_EXTENSION, {})
    return known.get(kind) or DocumentKind(_UNKNOWN)


def _address(kind: DocumentKind, document_id: str) -> str | None:
    return link_to_one(kind.endpoint, document_id) if kind.endpoint else None


def _lets_in(guard: str) -> bool:
    actor = find_actor()
    if guard == "public" or (guard == "signed in" and actor is not None):
        return True
    return actor is not None and any(actor.may(right) for right in guard.split())
