"""Lists as somebody likes to see them, kept under a name: only for themselves, few for each list."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import Conflict, Invalid, NotFound
from core.i18n import text
from core.text import fold, sort_key
from core.web.models import SavedView

MOST_VIEWS = 20
"""For each list and person: more would be a list of their own."""

LONGEST_NAME = 60
_LONGEST_ARGUMENTS = 1000
_MOST_ARGUMENTS = 30
_NOT_KEPT = frozenset({"page", "format"})


class ViewNameTaken(Conflict):
    """The person has a view of this list under this name."""

    code = "view_name_taken"


class TooManyViews(Conflict):
    """The person keeps as many views of this list as anybody may."""

    code = "too_many_views"


class ViewUnreadable(Invalid):
    """What is to be kept is no choice of a list."""

    code = "view_unreadable"


def list_views(session: Session, *, user_id: int, endpoint: str | None = None) -> Sequence[SavedView]:
    """Return the views of a person, of one list or of all, by list and then by name in Kazakh order."""
    statement = select(SavedView).where(SavedView.user_id == user_id)
    if endpoint is not None:
        statement = statement.where(SavedView.endpoint == endpoint)
    return sorted(session.scalars(statement), key=lambda view: (view.endpoint, sort_key(view.name), view.id))


def get_view(session: Session, view_id: int, *, user_id: int) -> SavedView:
    """Return a view of this person's own.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    view = session.get(SavedView, view_id)
    if view is None or view.user_id != user_id:
        raise NotFound(text("There is no such view."))
    return view


def save_view(session: Session, *, user_id: int, endpoint: str, name: str, arguments: str, at: datetime) -> SavedView:
    """Keep what was chosen of a list under a name.

    Raises:
        ViewNameTaken, TooManyViews, ViewUnreadable: see there.
    """
    there = list_views(session, user_id=user_id, endpoint=endpoint)
    if len(there) >= MOST_VIEWS:
        raise TooManyViews(text("You keep %(n)s views of this list. Delete one of them first.", n=MOST_VIEWS))
    _refuse_taken(there, name)
    view = SavedView(user_id=user_id, endpoint=endpoint, name=name, arguments=_kept(arguments), created_at=at)
    session.add(view)
    session.flush()
    return view


def rename_view(session: Session, view_id: int, *, user_id: int, name: str) -> SavedView:
    """Give a view of one's own another name.

    Raises:
        NotFound, ViewNameTaken: see there.
    """
    view = get_view(session, view_id, user_id=user_id)
    others = [one for one in list_views(session, user_id=user_id, endpoint=view.endpoint) if one.id != view.id]
    _refuse_taken(others, name)
    view.name = name
    return view


def delete_view(session: Session, view_id: int, *, user_id: int) -> str:
    """Forget a view of one's own, and return its name.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    view = get_view(session, view_id, user_id=user_id)
    session.delete(view)
    return view.name


def _refuse_taken(there: Sequence[SavedView], name: str) -> None:
    if any(fold(view.name) == fold(name) for view in there):
        raise ViewNameTaken(text("You have a view of this name here. Give this one another name."))


def _kept(arguments: str) -> str:
    """Return the arguments of an address as we write them, without the page; each name stands once."""
    try:
        pairs = parse_qsl(arguments, keep_blank_values=True, max_num_fields=_MOST_ARGUMENTS)
    except ValueError:
        raise _unreadable() from None
    pairs = [(name, value) for name, value in pairs if name not in _NOT_KEPT]
    written = urlencode(pairs, safe=",")
    if len(dict(pairs)) != len(pairs) or len(written) > _LONGEST_ARGUMENTS:
        raise _unreadable()
    return written


def _unreadable() -> ViewUnreadable:
    return ViewUnreadable(text("This choice cannot be kept. Open the list again and choose anew."))
