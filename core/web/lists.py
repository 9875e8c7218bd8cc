"""Lists that live in the URL: search, filters, order and page; and the slice of rows that answers them."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, TypeVarTuple
from urllib.parse import urlencode

from flask import request
from sqlalchemy import Row, Select, SQLColumnExpression, func, select
from sqlalchemy.orm import Session
from werkzeug.urls import iri_to_uri

from core.errors import Invalid
from core.i18n import Text, current_language, text
from core.text import clean, fold

PAGE_SIZE = 50
LONGEST_SEARCH = 100
_LAST_PAGE = 1_000_000

T = TypeVar("T")
Columns = TypeVarTuple("Columns")
Sorts = Mapping[str, SQLColumnExpression[Any]]


class UnknownListArgument(Invalid):
    """The address asks for an order, filter or page that the list does not have."""

    code = "unknown_list_argument"
    status = 400


def in_language(
    sorts: Mapping[str, Mapping[str, SQLColumnExpression[Any]]],
) -> Mapping[str, SQLColumnExpression[Any]]:
    """Return the orders of a list for the language that is spoken."""
    return {key: columns[current_language()] for key, columns in sorts.items()}


def word_argument(name: str, known: Mapping[str, Text]) -> str | None:
    """Return a word that the address names, one of those known, or None.

    Raises:
        UnknownListArgument: it is none of them.
    """
    given = request.args.get(name)
    if not given:
        return None
    if given not in known:
        raise UnknownListArgument(text("This list has no such filter. Open the list again from the menu."))
    return given


def like_pattern(asked: str) -> str:
    """Return the LIKE pattern of what was typed into a search, folded, with a backslash as its escape character."""
    folded = fold(asked)
    for sign in ("\\", "%", "_"):
        folded = folded.replace(sign, f"\\{sign}")
    return f"%{folded}%"


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What an address asks of a list."""

    q: str = ""
    sort: str = ""
    descending: bool = False
    page: int = 1
    filters: Mapping[str, str] = field(default_factory=dict)
    offered: tuple[str, ...] = ()
    """The columns that may be shown or hidden; the lead column is none of them."""
    hidden: frozenset[str] = frozenset()
    """Of these, the columns that are shown only when they are chosen."""
    columns: tuple[str, ...] | None = None
    """The columns that were chosen, or None for those that the list shows by itself."""

    @property
    def pattern(self) -> str:
        """The LIKE pattern of the folded search text, with a backslash as its escape character."""
        return like_pattern(self.q)

    def shows(self, column: str) -> bool:
        """Say whether a column is to be shown.

        Raises:
            LookupError: the list does not offer this column: a mistake of the template.
        """
        if column not in self.offered:
            raise LookupError(column)
        return column not in self.hidden if self.columns is None else column in self.columns

    def kept(self, *without: str) -> list[tuple[str, str]]:
        """Return the arguments that a form of the list carries on, but for those it asks for itself; never the page."""
        return [(name, value) for name, value in self._arguments() if name not in {"page", *without}]

    @property
    def arguments(self) -> str:
        """What was chosen, as it stands in the address, but for the page: what a saved view keeps."""
        return _written(self.kept())

    def url(self, **changes: str | int | None) -> str:
        """Return the address of this list with arguments changed; None removes one, and any change starts at page 1."""
        arguments = dict(self._arguments())
        if "page" not in changes:
            arguments.pop("page", None)
        for name, value in changes.items():
            if value is None:
                arguments.pop(name, None)
            else:
                arguments[name] = str(value)
        written = _written(arguments.items())
        return iri_to_uri(f"{request.path}?{written}" if written else request.path)

    def _arguments(self) -> Iterator[tuple[str, str]]:
        if self.q:
            yield "q", self.q
        if self.sort:
            yield "sort", f"-{self.sort}" if self.descending else self.sort
        if self.page > 1:
            yield "page", str(self.page)
        yield from self.filters.items()
        if self.columns is not None:
            yield "columns", ",".join(self.columns)


@dataclass(frozen=True, slots=True)
class Slice(Generic[T]):
    """The rows of one page of a list, and how many there are in all."""

    rows: Sequence[T]
    total: int
    page: int
    size: int = PAGE_SIZE

    @property
    def pages(self) -> int:
        """The number of pages, at least one."""
        return max(1, -(-self.total // self.size))


def read_list_query(
    *,
    sorts: Collection[str],
    default: str,
    filters: Collection[str] = (),
    columns: Sequence[str] = (),
    hidden: Collection[str] = (),
) -> ListQuery:
    """Read what the address asks of a list; names are checked against what the list has.

    `default` is the order without one asked for, `-name` for descending. `columns` are those that may be shown or
    hidden, in their order, without the lead; `hidden` are those of them that stay hidden until they are chosen.

    Raises:
        UnknownListArgument: an order, page or column that the list does not know.
    """
    arguments = request.args
    sort = arguments.get("sort", default)
    if sort.removeprefix("-") not in sorts:
        raise UnknownListArgument(text("This list has no such order. Open the list again from the menu."))
    page = arguments.get("page", "1")
    if not (page.isascii() and page.isdigit() and 0 < int(page[:9]) <= _LAST_PAGE):
        raise UnknownListArgument(text("This list has no such page. Open the list again from the menu."))
    return ListQuery(
        q=clean(arguments.get("q", ""))[:LONGEST_SEARCH],
        sort=sort.removeprefix("-"),
        descending=sort.startswith("-"),
        page=int(page),
        filters={name: arguments[name] for name in filters if arguments.get(name)},
        offered=tuple(columns),
        hidden=frozenset(hidden),
        columns=_chosen_columns(columns),
    )


def _chosen_columns(offered: Sequence[str]) -> tuple[str, ...] | None:
    """Return the columns that the address names, `columns=a,b` or as a form sends them, in the order of the list."""
    given = request.args.getlist("columns")
    if not given:
        return None
    chosen = {name for part in given for name in part.split(",") if name}
    if not chosen <= set(offered):
        raise UnknownListArgument(text("This list has no such column. Open the list again from the menu."))
    return tuple(name for name in offered if name in chosen)


def _written(arguments: Iterable[tuple[str, str]]) -> str:
    return urlencode(list(arguments), safe=",")


def ordered(
    statement: Select[*Columns], query: ListQuery, sorts: Sorts, tie: SQLColumnExpression[Any]
) -> Select[*Columns]:
    """Return the statement in the order asked for; `tie` (the key) makes the order total: pages never overlap."""
    column = sorts[query.sort]
    return statement.order_by(column.desc() if query.descending else column.asc(), tie)


def slice_of(
    session: Session, statement: Select[*Columns], query: ListQuery, *, size: int = PAGE_SIZE
) -> Slice[Row[*Columns]]:
    """Return the rows of the page asked for, with the total; two statements whatever the size of the list."""
    total = session.scalar(select(func.count()).select_from(statement.order_by(None).subquery())) or 0
    rows = session.execute(statement.limit(size).offset((query.page - 1) * size)).all()
    return Slice(rows, total, query.page, size)
