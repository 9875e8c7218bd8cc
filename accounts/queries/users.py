"""Reads of users and their roles."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from accounts.errors import GrantUnknown, UserUnknown
from accounts.models import RoleGrant, User
from accounts.values import Credential, GrantLine, Role
from core.i18n import text
from core.text import fold
from territory.models import District, Region

_LIVE = RoleGrant.withdrawn_at.is_(None)
_COUNTED = and_(_LIVE, RoleGrant.approved_at.is_not(None))
_TAKEN_UP = or_(User.password_hash.is_not(None), User.last_sign_in_at.is_not(None))
_SHORTEST_WORD = 4

STATES = ("active", "invited", "waiting", "disabled")
"""What the list of users can be narrowed to: can sign in, has not yet, has a role that waits for approval, closed."""


def select_users(
    *, pattern: str = "", role: str | None = None, state: str | None = None
) -> Select[int, str, str, bool, bool, datetime | None]:
    """Return the users of a list: id, login, name, is_active, has_password, last_sign_in_at."""
    statement = select(
        User.id,
        User.login,
        User.name,
        User.is_active,
        User.password_hash.is_not(None).label("has_password"),
        User.last_sign_in_at,
    )
    if pattern:
        statement = statement.where(User.search_text.like(pattern, escape="\\"))
    if role:
        statement = statement.where(_has_grant(_LIVE, RoleGrant.role == role))
    conditions: dict[str, ColumnElement[bool]] = {
        "active": and_(User.is_active, User.password_hash.is_not(None)),
        "invited": and_(User.is_active, User.password_hash.is_(None)),
        "waiting": _has_grant(_LIVE, RoleGrant.approved_at.is_(None)),
        "disabled": ~User.is_active,
    }
    return statement.where(conditions[state]) if state in conditions else statement


def _has_grant(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return select(RoleGrant.id).where(RoleGrant.user_id == User.id, *conditions).exists()


def count_users_by_role(session: Session) -> Mapping[str, int]:
    """Return how many users hold each role, approved or waiting."""
    counted = func.count(RoleGrant.user_id.distinct())
    rows = session.execute(select(RoleGrant.role, counted).where(_LIVE).group_by(RoleGrant.role))
    return {role: count for role, count in rows}  # noqa: C416 - a row is not a tuple for mypy


def find_user(session: Session, login: str) -> User | None:
    """Return the user with this login, active or not."""
    return session.scalar(select(User).where(User.login == fold(login)))


def get_user(session: Session, user_id: int) -> User:
    """Return the user.

    Raises:
        UserUnknown: there is none.
    """
    found = session.get(User, user_id) if 0 < user_id < 2**31 else None
    if found is None:
        raise UserUnknown(text("There is no such user."))
    return found


def find_credential(session: Session, login: str) -> Credential:
    """Return what a sign-in is checked against; for an unknown login an empty one, found in the same time."""
    row = session.execute(
        select(User.id, User.password_hash, User.is_active).where(User.login == fold(login)[:80])
    ).one_or_none()
    return Credential(None, None, is_active=False) if row is None else Credential(*row)


def list_grants(session: Session, user_ids: Collection[int]) -> Mapping[int, Sequence[GrantLine]]:
    """Return the roles of users that were not withdrawn, with who gave and who approved them."""
    giver, approver = aliased(User), aliased(User)
    rows = session.execute(
        select(
            RoleGrant.user_id,
            RoleGrant.id,
            RoleGrant.role,
            RoleGrant.scope_kind,
            RoleGrant.scope_id,
            RoleGrant.approved_at.is_not(None),
            RoleGrant.granted_by_id,
            giver.name,
            approver.name,
        )
        .outerjoin(giver, giver.id == RoleGrant.granted_by_id)
        .outerjoin(approver, approver.id == RoleGrant.approved_by_id)
        .where(RoleGrant.user_id.in_(user_ids), _LIVE)
        .order_by(RoleGrant.id)
    )
    found: dict[int, list[GrantLine]] = {user_id: [] for user_id in user_ids}
    for row in rows:
        user_id, line = row[0], row[1:]
        found[user_id].append(GrantLine(*line))
    return found


def get_grant(session: Session, grant_id: int) -> RoleGrant:
    """Return a role of a user that was not withdrawn, locked until the unit of work ends.

    Raises:
        GrantUnknown: there is none.
    """
    asked = select(RoleGrant).where(RoleGrant.id == grant_id, _LIVE).with_for_update()
    found = session.scalar(asked) if 0 < grant_id < 2**31 else None
    if found is None:
        raise GrantUnknown(text("This role was withdrawn, or there never was such a one."))
    return found


def count_administrators(session: Session, *, but: int | None = None, able: bool = False) -> int:
    """Return how many active administrators there are, whose rows stay locked until the unit of work ends.

    Counted is who took the invitation up; with `able` only who has a password now. `but` is left out.
    Locked, so that two administrators who close each other's account at once do not both succeed.
    """
    statement = (
        select(User.id)
        .join(RoleGrant, RoleGrant.user_id == User.id)
        .where(User.is_active, _COUNTED, RoleGrant.role == Role.ADMINISTRATOR, _TAKEN_UP)
        .order_by(User.id)
        .with_for_update()
    )
    if able:
        statement = statement.where(User.password_hash.is_not(None))
    return len({user_id for user_id in session.scalars(statement) if user_id != but})


def place_words(session: Session) -> frozenset[str]:
    """Return the words of the names of regions and districts, which nobody's password may consist of."""
    names = session.execute(
        select(District.name_kk, District.name_ru, District.name_en, District.centre_ru, District.centre_en)
    ).all()
    regions = session.execute(
        select(Region.name_kk, Region.name_ru, Region.name_en, Region.centre_ru, Region.centre_en)
    ).all()
    words = {word.casefold() for row in [*names, *regions] for name in row for word in str(name).split()}
    return frozenset(word for word in words if len(word) >= _SHORTEST_WORD)
