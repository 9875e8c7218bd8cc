"""Refusals of accounts."""

from core.errors import Conflict, Invalid, NotFound


class UserUnknown(NotFound):
    """No such user, or one who may not act."""

    code = "user_unknown"


class GrantUnknown(NotFound):
    """No such role of a user."""

    code = "grant_unknown"


class LinkDead(NotFound):
    """A one-time link that was used, is too old, or never was."""

    code = "link_dead"


class SessionUnknown(NotFound):
    """No such browser session of this user."""

    code = "session_unknown"


class NotSignedIn(Invalid):
    """The login and the password do not belong together, or the account is closed; nobody learns which."""

    code = "not_signed_in"


class PasswordRefused(Invalid):
    """A password that others would guess."""

    code = "password_refused"


class WrongUserEntry(Invalid):
    """A login or name that cannot be taken."""

    code = "wrong_user_entry"


class LoginTaken(Conflict):
    """Another user has this login."""

    code = "login_taken"


class ScopeUnknown(Invalid):
    """No such region, district, place or supplier, or a role that is not bound to such."""

    code = "scope_unknown"


class GrantExists(Conflict):
    """The user has this role within this scope already."""

    code = "grant_exists"


class SecondPersonNeeded(Conflict):
    """Two administrators are needed for a role: one gives, another approves, and neither to themself."""

    code = "second_person_needed"


class LastAdministrator(Conflict):
    """Nobody would be left to administer."""

    code = "last_administrator"


class TokenUnknown(NotFound):
    """No such token of this user."""

    code = "token_unknown"


class TokenNotMade(Invalid):
    """A token that is not made: without a name, for too long, or one too many."""

    code = "token_not_made"


class AdministratorExists(Conflict):
    """The link for the first administrator is dead once there is one."""

    code = "administrator_exists"
