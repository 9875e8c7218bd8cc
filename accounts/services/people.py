"""What writes of users share: who may, and how a new user begins."""

from datetime import datetime

from sqlalchemy.orm import Session

from accounts.errors import LoginTaken, UserUnknown, WrongUserEntry
from accounts.models import User
from accounts.permissions import AccountRight
from accounts.queries import find_user
from accounts.rules import is_login
from core.actors import Actor
from core.i18n import LANGUAGES, text
from core.text import clean, fold


def administers(actor: Actor) -> None:
    """Refuse whoever does not keep accounts.

    Raises:
        UserUnknown: for others there are no users to see.
    """
    if not actor.may(AccountRight.MANAGE_USERS):
        raise UserUnknown(text("There is no such user."))


def new_user(session: Session, *, login: str, name: str, language: str, at: datetime) -> User:
    """Add an active user without password and roles.

    Raises:
        WrongUserEntry: the login or name cannot be taken.
        LoginTaken: another user has the login.
    """
    folded, shown = fold(login), clean(name)
    if not is_login(folded):
        raise WrongUserEntry(
            text("A login has 3 to 80 letters, digits and the signs . _ @ + -, and begins with a letter or digit.")
        )
    if not shown or language not in LANGUAGES:
        raise WrongUserEntry(text("Enter the name of the person."))
    if find_user(session, folded) is not None:
        raise LoginTaken(text("The login %(login)s is taken. Choose another.", login=folded))
    user = User(login=folded, name=shown[:200], language=language, is_active=True, created_at=at)
    session.add(user)
    session.flush()
    return user
