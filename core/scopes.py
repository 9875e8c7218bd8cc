"""What the scopes of a role are called. Each floor knows its own kinds; `app.scopes` brings them together."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from core.database import Named
from core.text import clean


@dataclass(frozen=True, slots=True)
class ScopeName:
    """A region, district, place or supplier as people know it: its code and its name in three languages."""

    id: int
    code: str
    name_kk: str
    name_ru: str
    name_en: str


class ScopeSource:
    """Where the scopes of one kind are found: a table of names with a code that people type."""

    def __init__(
        self,
        model: type[Named],
        *,
        id: ColumnElement[int] | InstrumentedAttribute[int],
        code: ColumnElement[str] | InstrumentedAttribute[str],
        only: ColumnElement[bool] | None = None,
    ) -> None:
        self._model, self._id, self._code, self._only = model, id, code, only

    def find(self, session: Session, code: str) -> ScopeName | None:
        """Return the scope with this code, as typed: spaces and case do not matter."""
        typed = clean(code)
        row = session.execute(self._select().where(self._code.in_({typed, typed.upper()})).limit(1)).one_or_none()
        return None if row is None else ScopeName(*row)

    def named(self, session: Session, ids: Collection[int]) -> Mapping[int, ScopeName]:
        """Return the names of the scopes with these ids."""
        if not ids:
            return {}
        rows = session.execute(self._select(all_of_them=True).where(self._id.in_(ids)))
        return {row[0]: ScopeName(*row) for row in rows}

    def options(self, session: Session) -> Sequence[ScopeName]:
        """Return every scope that a role may be given with, in Kazakh order."""
        return [ScopeName(*row) for row in session.execute(self._select().order_by(self._model.sort_kk, self._id))]

    def _select(self, *, all_of_them: bool = False) -> Select[int, str, str, str, str]:
        model = self._model
        statement = select(self._id, self._code, model.name_kk, model.name_ru, model.name_en)
        return statement if self._only is None or all_of_them else statement.where(self._only)


ScopeBook = Mapping[str, ScopeSource]
"""The sources by kind of scope: region, district, place, supplier."""
