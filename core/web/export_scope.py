"""What an exported table says about itself: of whom it is, of which time, who made it, when, and what was chosen."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from flask import current_app, request
from sqlalchemy.orm import Session

from core.actors import Actor
from core.i18n import gettext as _, name_of
from core.scopes import ScopeBook
from core.tabular import Cell
from core.web.guards import find_actor
from core.web.session import reading

_NOT_FILTERS = {"format", "header", "delimiter", "columns", "page"}
_MOST_SCOPES = 3
_LONG_NUMBER = re.compile(r"\d{6,}")
_NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\'\0-\x1f]+")
_LONGEST_SHEET_NAME = 31
_LONGEST_PAGE_HEADER = 100


@dataclass(frozen=True, slots=True)
class ExportScope:
    """Of what, of whom and of which time a table is; `name` is what its file is called."""

    name: str
    whose: str
    period: str
    at: datetime
    by: str
    login: str

    @property
    def sheet(self) -> str:
        """The name of the sheet: what and whose, as far as a workbook takes it."""
        return _NOT_IN_SHEET_NAMES.sub(" ", f"{self.name} {self.whose}").strip()[:_LONGEST_SHEET_NAME].strip()

    @property
    def page_header(self) -> str:
        """What stands on top of each printed page, in the signs of a workbook; an ampersand is doubled there."""
        words = " · ".join(part for part in (self.name, self.whose[:_LONGEST_PAGE_HEADER], self.period) if part)
        return f"&L{words.replace('&', '&&')}&R{self.login.replace('&', '&&')} · &P / &N"

    def facts(self, header: Mapping[str, str], count: int) -> list[Sequence[Cell]]:
        """Return the rows of the sheet "About": what the table is, then what each column is called by programs."""
        return [
            (_("Table"), self.name),
            (_("Of whom"), self.whose),
            (_("Period"), self.period or _("as of the moment it was made")),
            (_("Made at"), self.at),
            (_("Made by"), f"{self.by} ({self.login})" if self.login else ""),
            (_("What was chosen"), _chosen() or _("everything")),
            (_("Rows"), count),
            *((_("Column “%(key)s”", key=key), label) for key, label in header.items()),
        ]


def export_scope(name: str, *, whose: str, period: str, at: datetime) -> ExportScope:
    """Return what a table says about itself; without `whose` it is of all that its reader's roles cover."""
    actor = find_actor()
    by, login = (actor.name, actor.login) if actor else ("", "")
    return ExportScope(name, whose or (_territory_of(actor) if actor else ""), period, at, by, login)


def _territory_of(actor: Actor) -> str:
    """Return the code and the name of what the roles of a person cover, in words where it is the country."""
    if any(grant.scope_kind == "country" for grant in actor.grants):
        return _("Kazakhstan")
    book = cast("ScopeBook", current_app.extensions["scopes"])
    with reading() as session:
        names = [name for kind in book for name in _names(session, book, actor, kind)]
    more = [f"+{len(names) - _MOST_SCOPES}"] if len(names) > _MOST_SCOPES else []
    return ", ".join([*names[:_MOST_SCOPES], *more])


def _names(session: Session, book: ScopeBook, actor: Actor, kind: str) -> list[str]:
    ids = {grant.scope_id for grant in actor.grants if grant.scope_kind == kind}
    return sorted(f"{scope.code} {name_of(scope)}" for scope in book[kind].named(session, ids).values())


def _chosen() -> str:
    """Return the filters of the address; of long numbers, which may be those of persons, only that there was one."""
    parts = [f"{name}: {value}" for name, value in request.args.items() if name not in _NOT_FILTERS and value]
    return "; ".join(_LONG_NUMBER.sub("•••", part) for part in parts)
