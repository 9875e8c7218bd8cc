"""Reads of who did what: names of users by id."""

from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.models import User


def names_of_users(session: Session, ids: Iterable[int | None]) -> Mapping[int | None, str]:
    """Return the names of users by id; nobody is None and has a dash."""
    wanted = {one for one in ids if one is not None}
    rows = session.execute(select(User.id, User.name).where(User.id.in_(wanted)))
    return {None: "–"} | dict.fromkeys(wanted, "–") | {row.id: row.name for row in rows}
